import { existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { LoggingCommand } from './commands';
import { mergeResults, type StepRecord } from './stepRecord';

export interface Artifact {
  readonly name: string;
  readonly containerFolder: string;
  /** Folder in the artifact storage, laid out as the user downloads it. */
  readonly directory: string;
}

export interface Attachment {
  readonly type: string;
  readonly name: string;
  readonly path: string;
  /** Undefined when the file was gone when its upload came: the agent loses such an attachment without a word. */
  readonly content: Buffer | undefined;
}

interface PendingArtifact { readonly name: string; readonly containerFolder: string; readonly source: string; readonly files: readonly string[] }
interface PendingAttachment { readonly type: string; readonly name: string; readonly path: string }

/** Attachment type under which a run's page shows Markdown. */
const SUMMARY_TYPE = 'Distributedtask.Core.Summary';
/** Characters that the service refuses in the name of an artifact. */
const REFUSED_IN_ARTIFACT_NAME = /[\\/:*?"<>|\r\n]/;

/**
 * What a step asked to upload. A command only queues: the agent lists the files then, and is done some time after the process
 * has exited. The stand-in takes the latest moment, so a task that deletes or changes its files too early is found out.
 */
export class Uploads {
  readonly artifacts: Artifact[] = [];
  readonly attachments: Attachment[] = [];
  readonly #pendingArtifacts: PendingArtifact[] = [];
  readonly #pendingAttachments: PendingAttachment[] = [];

  constructor(private readonly record: StepRecord, private readonly storage: string) {}

  /** `artifact.upload` (ArtifactCommandExtension.cs). @throws Error with the agent's message when the command is refused */
  async queueArtifact({ properties, data }: LoggingCommand): Promise<void> {
    const { variables } = this.record;
    for (const needed of ['System.TeamProjectId', 'Build.BuildId', 'Build.ContainerId']) {
      if (!variables.get(needed)) throw new Error(`Value cannot be null. (Parameter '${needed}')`);
    }
    const name = properties['artifactname'];
    if (!name) throw new Error('Artifact Name is required.');
    if (data === '') throw new Error('Artifact location is required.');
    const hostType = variables.get('System.HostType') ?? '';
    if (hostType.toLowerCase() !== 'build') throw new Error(`Uploading server artifact is not supported in ${hostType}.`);
    const source = resolve(data);
    if (!existsSync(source)) throw new Error(`Path does not exist: ${data}`);
    const files = await filesBelow(source);
    if (files.length === 0) this.record.warning(`Directory '${source}' is empty. Nothing will be added to build artifact '${name}'.`);
    else this.#pendingArtifacts.push({ name, containerFolder: properties['containerfolder'] ?? name, source, files });
  }

  /** `task.addattachment` and `task.uploadsummary` (TaskCommandExtension.cs). @throws Error with the agent's message when the command is refused */
  queueAttachment(type: string | undefined, name: string | undefined, path: string): void {
    if (!type) throw new Error("Can't add task attachment, attachment type is not provided.");
    if (!name) throw new Error("Can't add task attachment, attachment name is not provided.");
    const refused = process.platform === 'win32' ? /[<>:"/\\|?*\u0000-\u001f]/ : /[/\u0000]/;
    if (refused.test(type)) throw new Error('Type contains invalid characters.');
    if (refused.test(name)) throw new Error('Name contains invalid characters.');
    if (!path || !existsSync(path) || !statSync(path).isFile()) {
      throw new Error('Cannot upload task attachment file, attachment file location is not specified or attachment file does not exist on disk.');
    }
    this.#pendingAttachments.push({ type, name, path });
  }

  queueSummary(path: string): void {
    if (path === '') throw new Error('Cannot upload summary file, summary file location is not specified.');
    this.queueAttachment(SUMMARY_TYPE, basename(path), path);
  }

  /**
   * Uploads all that was queued, after the process has exited.
   * @param ending `canceled`: artifacts share the cancelled token and do not arrive, attachments do; `broken`: the upload fails
   */
  async finish(ending: 'normal' | 'canceled' | 'broken'): Promise<void> {
    for (const { type, name, path } of this.#pendingAttachments) {
      this.attachments.push({ type, name, path, content: existsSync(path) ? readFileSync(path) : undefined });
    }
    for (const pending of this.#pendingArtifacts) {
      if (ending === 'canceled') {
        this.record.error('The operation was canceled.');
        this.record.commandResult = mergeResults(this.record.commandResult, 'Canceled');
      } else await this.#upload(pending, ending === 'broken');
    }
  }

  async #upload(pending: PendingArtifact, broken: boolean): Promise<void> {
    const { name, containerFolder, source, files } = pending;
    try {
      if (broken) throw new Error('File upload failed even after retry.');
      if (REFUSED_IN_ARTIFACT_NAME.test(name)) throw new Error(`Artifact name is not valid: ${name}. It cannot contain '\\', /', ':', '*', '?', '"', '<', '>', '|'.`);
      const directory = join(this.storage, name);
      for (const file of files) await store(file, join(directory, file === source ? basename(file) : relative(source, file)));
      this.record.write(`Upload '${source}' to file container: '#/${this.record.variables.get('Build.ContainerId')}/${containerFolder}'`);
      this.record.write(`Associated artifact ${this.artifacts.length + 1} with build ${this.record.variables.get('Build.BuildId')}`);
      if (!this.artifacts.some((artifact) => artifact.name === name)) this.artifacts.push({ name, containerFolder, directory });
    } catch (error) {
      this.record.failCommand((error as Error).message);
    }
  }
}

async function filesBelow(source: string): Promise<string[]> {
  if (!statSync(source).isDirectory()) return [source];
  const entries = await readdir(source, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

async function store(file: string, target: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`Could not find file '${file}'.`);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(file, target);
}
