/** How a run ended. */
export type RunResult = 'succeeded' | 'partiallySucceeded' | 'failed' | 'canceled';

/** An artifact of a run, as the service holds it. */
export interface StoredArtifact {
  readonly id: number;
  readonly name: string;
  readonly type: 'Container' | 'PipelineArtifact';
  /** Folder inside the run's file container; the name, unless the agent was told otherwise. */
  readonly containerFolder: string;
  /** Folder on this machine with the artifact's files. */
  readonly folder: string;
  /** Timeline record of the step that published it. */
  readonly recordId: string;
}

/** An attachment of a step. */
export interface StoredAttachment {
  readonly type: string;
  readonly name: string;
  readonly content: Buffer;
  readonly timelineId: string;
  readonly recordId: string;
}

/** A run of a pipeline, as the service holds it. Times are ms since 1970. */
export interface RunRecord {
  readonly id: number;
  readonly pipelineId: number;
  readonly revision: number;
  readonly buildNumber: string;
  readonly branch: string;
  readonly commit: string;
  /** As `Build.Reason` names it, for example `Schedule`. */
  readonly reason: string;
  readonly containerId: number;
  readonly planId: string;
  /** Job, and timeline record of the step, of each attempt; oldest first. */
  readonly attempts: {readonly jobId: string; readonly recordId: string}[];
  queueTime: number;
  /** Undefined while an attempt is running. */
  finishTime: number | undefined;
  result: RunResult | undefined;
  readonly artifacts: StoredArtifact[];
  readonly attachments: StoredAttachment[];
}
