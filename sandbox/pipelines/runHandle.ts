import type {TaskResult} from '../agent/stepRecord';
import type {JobContext} from '../jobContext';
import type {Pipelines} from './pipelines';
import type {RunRecord, RunResult, StoredArtifact} from './runRecord';

/** What a step left behind with the service: that part of the stand-in agent's record of a step. */
export interface StepUploads {
  readonly artifacts: readonly {readonly name: string; readonly containerFolder: string; readonly directory: string}[];
  readonly attachments: readonly StepAttachment[];
  readonly summaries: readonly StepAttachment[];
}

interface StepAttachment {
  readonly type: string;
  readonly name: string;
  /** Undefined when the file was gone when its upload came. */
  readonly content: Buffer | undefined;
}

/** How an agent names the results. */
const RESULTS: Readonly<Record<TaskResult, RunResult>> = {
  Succeeded: 'succeeded', SucceededWithIssues: 'partiallySucceeded', Failed: 'failed', Canceled: 'canceled', Skipped: 'canceled', Abandoned: 'canceled',
};

/** One attempt of a run: what the agent is told, and where it uploads to. */
export class RunHandle {
  readonly id: number;
  readonly attempt: number;
  /** Timeline record of the step; each attempt has another. */
  private readonly recordId: string;

  constructor(private readonly pipelines: Pipelines, private readonly run: RunRecord, readonly job: JobContext) {
    this.id = run.id;
    this.attempt = run.attempts.length;
    this.recordId = run.attempts.at(-1)?.recordId ?? '';
  }

  /** Takes what a step uploaded: artifacts that arrived, attachments and summaries. What failed to upload is not among them. */
  async receive({artifacts, attachments, summaries}: StepUploads): Promise<void> {
    for (const {name, containerFolder, directory} of artifacts) await this.publishArtifact(name, directory, 'Container', containerFolder);
    for (const {type, name, content} of [...attachments, ...summaries]) if (content !== undefined) this.attach(type, name, content);
  }

  /** Uploads a folder as an artifact: one in the run's file container, or one as the shortcut `publish:` makes it. */
  publishArtifact(name: string, folder: string, type: StoredArtifact['type'] = 'Container', containerFolder = name): Promise<void> {
    return this.pipelines.artifacts.publish(this.run, {name, source: folder, type, containerFolder, recordId: this.recordId});
  }

  /** Adds an attachment; one of the same attempt with the same type and name is replaced. */
  attach(type: string, name: string, content: Buffer | string): void {
    const {attachments, planId} = this.run;
    const index = attachments.findIndex((known) => known.recordId === this.recordId && known.type === type && known.name === name);
    const attachment = {type, name, content: Buffer.from(content), timelineId: planId, recordId: this.recordId};
    if (index < 0) attachments.push(attachment);
    else attachments[index] = attachment;
  }

  /** Ends the attempt. @param result in the words of a run, or of an agent's step (`SucceededWithIssues`) */
  complete(result: RunResult | TaskResult = 'succeeded'): void {
    this.run.result = isTaskResult(result) ? RESULTS[result] : result;
    this.run.finishTime = this.pipelines.now();
  }
}

function isTaskResult(result: RunResult | TaskResult): result is TaskResult {
  return result in RESULTS;
}
