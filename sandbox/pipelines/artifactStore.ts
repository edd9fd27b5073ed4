import {cp, mkdir, readdir, rm, stat} from 'node:fs/promises';
import {basename, join, relative, sep} from 'node:path';
import type {RunRecord, StoredArtifact} from './runRecord';

/** A file of an artifact. */
export interface ArtifactFile {
  /** Inside the artifact, with `/`. */
  readonly path: string;
  /** On this machine. */
  readonly source: string;
  readonly bytes: number;
}

/** What a step publishes. */
export interface Publication {
  readonly name: string;
  /** A folder, or a single file. */
  readonly source: string;
  readonly type: StoredArtifact['type'];
  readonly containerFolder: string;
  readonly recordId: string;
}

/** Keeps the files of artifacts in folders of its own, so that a task may do with its own files what it likes. */
export class ArtifactStore {
  private count = 0;

  constructor(private readonly root: string) {}

  /**
   * Adds files to an artifact, or begins one. Container artifacts of one name merge: same paths are overwritten, others stay.
   *
   * @throws Error with the service's message when a pipeline artifact has that name already: those never merge
   */
  async publish(run: RunRecord, publication: Publication): Promise<void> {
    const {name, type, containerFolder, recordId} = publication;
    const known = run.artifacts.find((artifact) => artifact.name.toLowerCase() === name.toLowerCase());
    if (known && (type === 'PipelineArtifact' || known.type === 'PipelineArtifact')) throw new Error(`Artifact ${name} already exists for build ${String(run.id)}.`);
    const artifact = known ?? {id: (this.count += 1), name, type, containerFolder, recordId, folder: join(this.root, String(run.id), String(this.count))};
    await mkdir(artifact.folder, {recursive: true});
    const isFolder = (await stat(publication.source)).isDirectory();
    await cp(publication.source, isFolder ? artifact.folder : join(artifact.folder, basename(publication.source)), {recursive: true, force: true});
    if (known === undefined) run.artifacts.push(artifact);
  }

  async remove(run: RunRecord, name: string): Promise<void> {
    const index = run.artifacts.findIndex((artifact) => artifact.name === name);
    const artifact = run.artifacts[index];
    if (artifact === undefined) throw new Error(`Run ${String(run.id)} has no artifact "${name}".`);
    run.artifacts.splice(index, 1);
    await rm(artifact.folder, {recursive: true, force: true});
  }

  async removeRun(run: RunRecord): Promise<void> {
    await rm(join(this.root, String(run.id)), {recursive: true, force: true});
  }
}

/** The files of an artifact, in the order of their paths. */
export async function filesOf({folder}: StoredArtifact): Promise<ArtifactFile[]> {
  const entries = (await readdir(folder, {withFileTypes: true, recursive: true})).filter((entry) => entry.isFile());
  const files = await Promise.all(entries.map(async (entry) => {
    const source = join(entry.parentPath, entry.name);
    return {path: relative(folder, source).split(sep).join('/'), source, bytes: (await stat(source)).size};
  }));
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}
