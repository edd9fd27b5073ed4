import type {JobContext} from '../jobContext';
import type {TaskResult} from '../agent/stepRecord';
import type {ListedRun, Pipelines, RunOptions} from './pipelines';
import type {StepUploads} from './runHandle';
import type {RunResult, StoredArtifact} from './runRecord';

/** What a process asks the pipelines of a stand-in in another process. `id` is a run's; what is uploaded belongs to its latest attempt. */
export type PipelineCall =
  | {readonly call: 'startRun'; readonly options: RunOptions}
  | {readonly call: 'runs'}
  | {readonly call: 'publishArtifact'; readonly id: number; readonly name: string; readonly folder: string; readonly type: StoredArtifact['type']; readonly containerFolder: string}
  | {readonly call: 'attach'; readonly id: number; readonly type: string; readonly name: string; readonly base64: string}
  | {readonly call: 'complete'; readonly id: number; readonly result: RunResult | TaskResult}
  | {readonly call: 'deleteRun' | 'deleteAttachments'; readonly id: number}
  | {readonly call: 'deleteArtifact' | 'artifactFolder'; readonly id: number; readonly name: string}
  | {readonly call: 'purge'; readonly days: number};

/** A run of a stand-in in another process. */
export interface RemoteRun {
  readonly id: number;
  readonly attempt: number;
  readonly job: JobContext;
  receive(uploads: StepUploads): Promise<void>;
  publishArtifact(name: string, folder: string, type?: StoredArtifact['type']): Promise<void>;
  attach(type: string, name: string, content: Buffer | string): Promise<void>;
  complete(result?: RunResult | TaskResult): Promise<void>;
}

/** {@link Pipelines} of a stand-in in another process. */
export interface RemotePipelines {
  startRun(options?: RunOptions): Promise<RemoteRun>;
  runs(): Promise<readonly ListedRun[]>;
  deleteRun(id: number): Promise<void>;
  deleteArtifact(id: number, name: string): Promise<void>;
  deleteAttachments(id: number): Promise<void>;
  artifactFolder(id: number, name: string): Promise<string>;
  purge(days?: number): Promise<readonly number[]>;
}

/** Does what a call asks for. Resolves to what JSON can carry. */
export async function answerCall(pipelines: Pipelines, asked: PipelineCall): Promise<unknown> {
  switch (asked.call) {
    case 'startRun': {
      const {id, attempt, job} = pipelines.startRun(asked.options);
      return {id, attempt, job};
    }
    case 'runs': return pipelines.runs;
    case 'publishArtifact': return pipelines.run(asked.id).publishArtifact(asked.name, asked.folder, asked.type, asked.containerFolder);
    case 'attach': { pipelines.run(asked.id).attach(asked.type, asked.name, Buffer.from(asked.base64, 'base64')); return; }
    case 'complete': { pipelines.run(asked.id).complete(asked.result); return; }
    case 'deleteRun': return pipelines.deleteRun(asked.id);
    case 'deleteAttachments': { pipelines.deleteAttachments(asked.id); return; }
    case 'deleteArtifact': return pipelines.deleteArtifact(asked.id, asked.name);
    case 'artifactFolder': return pipelines.artifactFolder(asked.id, asked.name);
    case 'purge': return pipelines.purge(asked.days);
  }
}

/** @param ask carries a call to the other process, and its answer back */
export function remotePipelines(ask: (call: PipelineCall) => Promise<unknown>): RemotePipelines {
  const tell = async (call: PipelineCall): Promise<void> => { await ask(call); };
  return {
    startRun: async (options = {}) => remoteRun(await ask({call: 'startRun', options}) as Pick<RemoteRun, 'id' | 'attempt' | 'job'>, tell),
    runs: async () => await ask({call: 'runs'}) as readonly ListedRun[],
    deleteRun: (id) => tell({call: 'deleteRun', id}),
    deleteArtifact: (id, name) => tell({call: 'deleteArtifact', id, name}),
    deleteAttachments: (id) => tell({call: 'deleteAttachments', id}),
    artifactFolder: async (id, name) => await ask({call: 'artifactFolder', id, name}) as string,
    purge: async (days = 30) => await ask({call: 'purge', days}) as readonly number[],
  };
}

function remoteRun(run: Pick<RemoteRun, 'id' | 'attempt' | 'job'>, tell: (call: PipelineCall) => Promise<void>): RemoteRun {
  const {id} = run;
  const publish = (name: string, folder: string, type: StoredArtifact['type'], containerFolder: string): Promise<void> => tell({call: 'publishArtifact', id, name, folder, type, containerFolder});
  const attach = (type: string, name: string, content: Buffer | string): Promise<void> => tell({call: 'attach', id, type, name, base64: Buffer.from(content).toString('base64')});
  return {
    ...run, attach,
    publishArtifact: (name, folder, type = 'Container') => publish(name, folder, type, name),
    receive: async ({artifacts, attachments, summaries}) => {
      for (const {name, directory, containerFolder} of artifacts) await publish(name, directory, 'Container', containerFolder);
      for (const {type, name, content} of [...attachments, ...summaries]) if (content !== undefined) await attach(type, name, content);
    },
    complete: (result = 'succeeded') => tell({call: 'complete', id, result}),
  };
}
