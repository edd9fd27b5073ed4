import {AUDIT_ACTIONS} from './actions';
import type {Actor, Directory, Project} from './directory';
import {contentBuilder} from './eventData';
import {SeededRandom} from './random';

/**
 * One thing that keeps happening in an organization: somebody, from somewhere, does something to something. Real logs repeat themselves
 * in the same way; only ids and times are new each time.
 */
export interface EventKind {
  /** The service that emits it: second part of an entry's id. */
  readonly serviceId: string;
  /** The entry's text before and after its timestamp, without the ids at its beginning. */
  readonly head: string;
  readonly headBytes: Buffer;
  /** `timestamp` is what stands in `data` where the event repeats its own time. */
  tail(timestamp: string): string;
  /** Undefined where the text depends on the time. */
  readonly tailBytes: Buffer | undefined;
  /** Who accessed the log, for entries that the service aggregates. */
  readonly accessBy: string | undefined;
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

/** The ids of all actions, each as often as its weight. */
const SLOTS = AUDIT_ACTIONS.flatMap((action) => Array.from({length: WEIGHTS[action.actionId] ?? 1}, () => action));
const KINDS_PER_SLOT = 8;

/** The kinds of events of one organization; each is made when it is first needed. */
export class EventKinds {
  private readonly kinds: (EventKind | undefined)[] = Array.from({length: SLOTS.length * KINDS_PER_SLOT}, () => undefined);

  constructor(private readonly directory: Directory, private readonly seed: number) {}

  draw(random: SeededRandom): EventKind {
    const index = random.below(this.kinds.length);
    return (this.kinds[index] ??= this.make(index));
  }

  private make(index: number): EventKind {
    const {directory} = this;
    const random = new SeededRandom(this.seed ^ 0x4b1d, index);
    const action = SLOTS[Math.floor(index / KINDS_PER_SLOT)] as (typeof SLOTS)[number];
    const actor = drawActor(random, directory);
    const project = random.pick(directory.projects);
    const build = contentBuilder(action.actionId);
    const verb = action.actionId.slice(action.actionId.lastIndexOf('.') + 1);
    const readsLog = action.actionId === 'AuditLog.AccessLog';
    const head = `${actorHead(actor)}"authenticationMechanism":"${mechanism(random, actor)}",`;
    const before = `,${scope(random, directory, project)},${origin(random, directory, actor)},"actionId":"${action.actionId}",`;
    const category = `"category":"${action.category}","categoryDisplayName":"${action.category.slice(0, 1).toUpperCase()}${action.category.slice(1)}"`;
    const future = random.chance(0.03) ? futureFields(random) : '';
    const after = `,"area":"${action.area}",${category},"actorDisplayName":${JSON.stringify(actor.displayName)},"actorImageUrl":${JSON.stringify(actor.imageUrl)}${future}}`;
    const lowerCase = random.chance(0.1);
    const contentSeed = random.next32();
    const tail = (timestamp: string): string => {
      const content = build({random: new SeededRandom(contentSeed, index), directory, project, actor, timestamp, verb});
      const data = lowerCase ? lowerFirstLetters(content.data) : content.data;
      return `${before}"data":${JSON.stringify(data)},"details":${JSON.stringify(content.details)}${after}`;
    };
    return {
      serviceId: action.area === 'Auditing' ? '00000064-0000-8888-8000-000000000000' : '00000002-0000-8888-8000-000000000000',
      head, headBytes: Buffer.from(head), tail, tailBytes: readsLog ? undefined : Buffer.from(tail('')), accessBy: readsLog ? actor.cuid : undefined,
    };
  }
}

function drawActor(random: SeededRandom, {actors}: Directory): Actor {
  const platform = random.chance(0.15);
  return actors[platform ? actors.length - 1 - random.below(2) : random.below(actors.length - 2)] as Actor;
}

function scope(random: SeededRandom, directory: Directory, project: Project): string {
  const organization = `"scopeType":"organization","scopeDisplayName":"${directory.organization} (Organization)","scopeId":"${directory.organizationId}"`;
  if (random.chance(0.7)) return `${organization},"projectId":"${project.id}","projectName":${JSON.stringify(project.name)}`;
  return random.chance(0.5) ? organization : `${organization},"projectId":null,"projectName":null`;
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
