import {AUDIT_ACTIONS, type AuditAction} from './actions';
import type {Actor, Directory, Project} from './directory';
import {contentBuilder} from './eventData';
import type {EventContent, EventScene} from './eventData';
import {hostileEntry} from './hostileText';
import {invertedTicks, timestampText} from './instant';
import type {SeededRandom} from './random';
import type {WrittenEntry} from './storedEntry';

/** How the texts of the entries are to be spoiled. */
export interface TextOptions {
  /** Share of the entries whose texts are hostile, 0 to 1. */
  readonly hostileShare: number;
  /** White space between the tokens of an entry. */
  readonly whitespace: boolean;
  /** Share of the entries with a stray backslash in `details`, which makes their JSON invalid. */
  readonly strayBackslashShare: number;
}

interface PreparedAction {
  readonly action: AuditAction;
  readonly build: (scene: EventScene) => EventContent;
  readonly verb: string;
  readonly serviceId: string;
  readonly tail: string;
}

/** How often an action occurs, where it is not 1; service connections in use dominate real logs. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'Library.ServiceConnectionExecuted': 400, 'Pipelines.RunRetained': 60, 'Git.RefUpdatePoliciesBypassed': 40, 'Security.ModifyPermission': 60,
  'AuditLog.AccessLog': 40, 'Release.DeploymentCompleted': 60, 'Group.UpdateGroupMembership.Add': 30, 'Pipelines.ResourceAuthorizedForPipeline': 40,
  'Token.PatCreateEvent': 20, 'Pipelines.PipelineModified': 30, 'CheckSuite.Completed': 40,
};
const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'python-requests/2.32.3', 'AzureDevOps.CLI/1.0.1 (Linux)', '',
];
const SERVICE_AGENT = 'VSServices/19.255.35618.1 (TfsJobAgent.exe)';

const PREPARED: readonly PreparedAction[] = AUDIT_ACTIONS.flatMap((action) => {
  const categoryDisplayName = action.category.slice(0, 1).toUpperCase() + action.category.slice(1);
  const prepared: PreparedAction = {
    action,
    build: contentBuilder(action.actionId),
    verb: action.actionId.slice(action.actionId.lastIndexOf('.') + 1),
    serviceId: action.area === 'Auditing' ? '00000064-0000-8888-8000-000000000000' : '00000002-0000-8888-8000-000000000000',
    tail: `,"area":"${action.area}","category":"${action.category}","categoryDisplayName":"${categoryDisplayName}","actorDisplayName":`,
  };
  return Array.from({length: WEIGHTS[action.actionId] ?? 1}, () => prepared);
});

/** Writes the entries of one organization. */
export class EntryWriter {
  private readonly actorHeads: ReadonlyMap<Actor, string>;
  private readonly actorTails: ReadonlyMap<Actor, string>;
  private readonly organizationScope: string;

  constructor(private readonly directory: Directory, private readonly options: TextOptions) {
    this.actorHeads = new Map(directory.actors.map((actor) => [actor, actorHead(actor)]));
    this.actorTails = new Map(directory.actors.map((actor) => [actor, `${JSON.stringify(actor.displayName)},"actorImageUrl":${JSON.stringify(actor.imageUrl)}`]));
    this.organizationScope = `"scopeType":"organization","scopeDisplayName":"${directory.organization} (Organization)","scopeId":"${directory.organizationId}"`;
  }

  /**
   * Writes the next entry.
   *
   * @param ms time of the event in ms since 1970
   * @param subTicks the rest of the time, 0 to 9999 ticks of 100 ns
   */
  write(random: SeededRandom, ms: number, subTicks: number): WrittenEntry {
    const prepared = random.pick(PREPARED);
    const eventId = random.guid();
    const id = `${invertedTicks(ms, subTicks)};${prepared.serviceId};${eventId}`;
    const timestamp = timestampText(ms, subTicks, random.chance(0.3) ? 'Z' : '+00:00');
    const actor = this.drawActor(random);
    const json = this.spoil(this.compose(random, prepared, actor, id, eventId, timestamp), random);
    return {id, json, accessBy: prepared.action.actionId === 'AuditLog.AccessLog' ? actor.cuid : undefined};
  }

  private drawActor(random: SeededRandom): Actor {
    const {actors} = this.directory;
    const platform = random.chance(0.15);
    const index = platform ? actors.length - 1 - random.below(2) : random.below(actors.length - 2);
    return actors[index] as Actor;
  }

  private compose(random: SeededRandom, prepared: PreparedAction, actor: Actor, id: string, eventId: string, timestamp: string): string {
    const {directory} = this;
    const project = random.pick(directory.projects);
    const content = prepared.build({random, directory, project, actor, timestamp, verb: prepared.verb});
    const data = random.chance(0.1) ? lowerFirstLetters(content.data) : content.data;
    const correlationId = random.chance(0.6) ? eventId : random.guid();
    return `{"id":"${id}","correlationId":"${correlationId}","activityId":"${random.guid()}",${this.actorHeads.get(actor) ?? ''}` +
      `"authenticationMechanism":"${mechanism(random, actor)}","timestamp":"${timestamp}",${this.scope(random, project)},${origin(random, directory, actor)},` +
      `"actionId":"${prepared.action.actionId}","data":${JSON.stringify(data)},"details":${JSON.stringify(content.details)}` +
      `${prepared.tail}${this.actorTails.get(actor) ?? ''}${random.chance(0.03) ? futureFields(random) : ''}}`;
  }

  private scope(random: SeededRandom, project: Project): string {
    if (random.chance(0.7)) return `${this.organizationScope},"projectId":"${project.id}","projectName":${JSON.stringify(project.name)}`;
    return random.chance(0.5) ? this.organizationScope : `${this.organizationScope},"projectId":null,"projectName":null`;
  }

  private spoil(json: string, random: SeededRandom): string {
    let text = json;
    if (random.chance(this.options.hostileShare)) text = hostileEntry(JSON.parse(text) as Record<string, unknown>, random);
    if (this.options.whitespace) text = spreadOut(text);
    if (random.chance(this.options.strayBackslashShare)) text = strayBackslash(text);
    return text;
  }
}

/** Puts a backslash that escapes nothing into an entry's `details`: the invalid JSON that collectors of this log report. */
export function strayBackslash(json: string): string {
  return json.replace(/("details"\s*:\s*")/, (found) => `${found}C:\\Projects\\web `);
}

/** The same JSON with blanks, tabs and line ends between its tokens. */
export function spreadOut(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs, (token) => {
    if (token.startsWith('"')) return token;
    return token === ':' ? ' :\t' : token === ',' ? ' ,\r\n  ' : token === '{' || token === '[' ? `${token} ` : ` ${token}`;
  });
}

function actorHead(actor: Actor): string {
  const clientId = actor.clientId === undefined ? '' : `"actorClientId":"${actor.clientId}",`;
  const upn = actor.upn === undefined ? '' : `"actorUPN":${JSON.stringify(actor.upn)},`;
  return `"actorCUID":"${actor.cuid}","actorUserId":"${actor.userId}",${clientId}${upn}`;
}

function mechanism(random: SeededRandom, actor: Actor): string {
  if (actor.kind === 'service') return random.chance(0.5) ? '' : 'S2S_ServicePrincipal';
  switch (random.below(5)) {
    case 0: return `PAT_Unscoped authorizationId: ${random.guid()}`;
    case 1: return `SessionToken_Unscoped authorizationId: ${random.guid()}`;
    case 2: return 'Basic_AAD';
    default: return 'FedAuth';
  }
}

function origin(random: SeededRandom, directory: Directory, actor: Actor): string {
  if (actor.kind === 'service') return `"ipAddress":null,"userAgent":"${random.chance(0.5) ? '' : SERVICE_AGENT}"`;
  return `"ipAddress":"${random.pick(directory.addresses)}","userAgent":"${random.pick(USER_AGENTS)}"`;
}

/** Fields that no documentation names, with numbers that do not survive being read into a double and written again. */
function futureFields(random: SeededRandom): string {
  return `,"sessionRisk":{"score":0.${String(random.below(9))}0,"sequence":9007199254740993${String(random.below(10))},"signals":[]},"region":"weu"`;
}

function lowerFirstLetters(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const name in data) renamed[name.charAt(0).toLowerCase() + name.slice(1)] = data[name];
  return renamed;
}
