import { parseCommand, unescapeCommand, type LoggingCommand } from './commands';
import { isCommandAllowed, isVariableSettable } from './restrictions';
import { mergeResults, RESULTS, type StepRecord } from './stepRecord';
import type { Restrictions, TaskDefinition } from './taskDefinition';
import type { Uploads } from './uploads';

/** A command that the agent found in the output, in the order in which it was executed. */
export interface AgentCommand extends LoggingCommand {
  /** The line as the process wrote it. */
  readonly line: string;
  /** False when the restrictions of the task or the step dropped it. */
  readonly allowed: boolean;
}

type Handler = (command: LoggingCommand) => void | Promise<void>;

/** Commands that the agent knows and that leave nothing behind that the stand-in shows. */
const WITHOUT_EFFECT_HERE = [
  'task.logdetail', 'task.uploadfile', 'task.settaskvariable', 'task.setendpoint', 'task.prependpath', 'artifact.associate', 'build.uploadlog',
  'build.uploadsummary', 'build.updatebuildnumber', 'release.updatereleasename', 'telemetry.publish', 'results.publish', 'codecoverage.publish',
];

/** Areas that are open to some host types only. */
const AREA_HOSTS: Readonly<Record<string, readonly string[]>> = { artifact: ['build', 'release'], release: ['release'] };

/** Reads the lines of a step's process and does what the commands in them ask for, one after the other (WorkerCommandManager.cs). */
export class CommandProcessor {
  readonly commands: AgentCommand[] = [];
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #areas: ReadonlySet<string>;

  constructor(private readonly record: StepRecord, private readonly uploads: Uploads, private readonly restrictions: readonly Restrictions[], private readonly definition: TaskDefinition) {
    this.#handlers = new Map(Object.entries(this.#allHandlers()));
    this.#areas = new Set([...this.#handlers.keys()].map((name) => name.split('.')[0] ?? ''));
  }

  async processLine(line: string): Promise<void> {
    const command = parseCommand(line);
    if (command) await this.#process(command, line);
    else {
      if (line.includes('##vso')) this.record.warning(`'${line}' contains logging command keyword '##vso', but it's not a legal command.`);
      this.record.write(line);
    }
  }

  async #process(command: LoggingCommand, line: string): Promise<void> {
    const area = command.area.toLowerCase();
    if (!this.#areas.has(area)) {
      this.commands.push({ ...command, line, allowed: true });
      this.record.warning(`Cannot find command extension for ##vso[${command.area}.command].`);
      return;
    }
    const hostType = this.record.variables.get('System.HostType') ?? '';
    if (AREA_HOSTS[area]?.includes(hostType.toLowerCase()) === false) {
      this.record.failCommand(`${command.area} commands are not supported for ${hostType} flow.`);
      this.record.write(line);
      return;
    }
    try {
      await this.#execute(command, line);
    } catch (error) {
      this.record.error(`Unable to process command '${line}' successfully.`);
      this.record.failCommand((error as Error).message);
    }
    if (area !== 'task' || command.event.toLowerCase() !== 'debug') this.record.debug(`Processed: ${unescapeCommand(line)}`);
  }

  async #execute(command: LoggingCommand, line: string): Promise<void> {
    const handler = this.#handlers.get(`${command.area}.${command.event}`.toLowerCase());
    const allowed = isCommandAllowed(command, this.restrictions) && this.#isTargetAllowed(command);
    this.commands.push({ ...command, line, allowed });
    if (!handler) throw new Error(`##vso[${command.area}.${command.event}] is not a recognized command for ${command.area} command extension.`);
    if (!isCommandAllowed(command, this.restrictions)) this.record.warning(`##vso[${command.area}.${command.event}] is not allowed in this step due to policy restrictions.`);
    else await handler(command);
  }

  #isTargetAllowed({ area, event, properties }: LoggingCommand): boolean {
    return `${area}.${event}`.toLowerCase() !== 'task.setvariable' || isVariableSettable(properties['variable'] ?? '', this.restrictions);
  }

  #allHandlers(): Record<string, Handler> {
    const { record, uploads } = this;
    const logIssue: Handler = (command) => this.#logIssue(command);
    return {
      ...Object.fromEntries(WITHOUT_EFFECT_HERE.map((name) => [name, () => undefined])),
      'task.debug': ({ data }) => record.debug(data),
      'task.logissue': logIssue,
      'task.issue': logIssue,
      'task.setsecret': ({ data }) => record.masks.add(data),
      'task.setvariable': (command) => this.#setVariable(command),
      'task.setprogress': ({ properties, data }) => this.#progress(Number.parseInt(properties['value'] ?? '', 10) || 0, data),
      'task.complete': (command) => this.#complete(command),
      'task.addattachment': ({ properties, data }) => uploads.queueAttachment(properties['type'], properties['name'], data),
      'task.uploadsummary': ({ data }) => uploads.queueSummary(data),
      'artifact.upload': (command) => uploads.queueArtifact(command),
      'build.addbuildtag': ({ data }) => this.#addBuildTag(data),
    };
  }

  #logIssue({ properties, data }: LoggingCommand): void {
    const type = properties['type']?.toLowerCase();
    if (type === 'error') this.record.error(data);
    else if (type === 'warning') this.record.warning(data);
    else throw new Error(`issue type ${properties['type'] ?? ''} is not an expected issue type.`);
  }

  #setVariable({ properties, data }: LoggingCommand): void {
    const name = properties['variable'];
    if (!name) throw new Error("Required field 'variable' is missing in ##vso[task.setvariable] command.");
    const isTrue = (key: string) => properties[key]?.toLowerCase() === 'true';
    const secret = isTrue('issecret');
    if (secret && data.includes('\n')) throw new Error('Secrets cannot contain multiple lines');
    if (secret) this.record.masks.add(data);
    if (!isVariableSettable(name, this.restrictions)) {
      this.record.warning(`Setting variable '${name}' has been disabled by the task or build definition.`);
      return;
    }
    const declared = this.definition.outputVariables?.some((output) => output.name.toLowerCase() === name.toLowerCase()) === true;
    if (isTrue('isoutput') || declared) this.record.outputVariables[name] = data;
    else this.record.variables.set(name, data, secret);
  }

  #progress(percent: number, operation: string): void {
    this.record.progress = Math.max(this.record.progress, Math.min(Math.max(percent, 0), 100));
    if (operation !== '') this.record.message = this.record.masks.apply(operation);
  }

  #complete({ properties, data }: LoggingCommand): void {
    // .NET parses the name with regard to case.
    const result = RESULTS.find((known) => known === properties['result']);
    if (!result) throw new Error("Command doesn't have valid result value.");
    this.record.result = mergeResults(this.record.result, result);
    this.#progress(100, data);
  }

  #addBuildTag(tag: string): void {
    if (tag === '') throw new Error('Build tag is required.');
    if (!this.record.variables.get('Build.BuildId')) throw new Error("Value cannot be null. (Parameter 'Build.BuildId')");
    this.record.buildTags.push(tag);
  }
}
