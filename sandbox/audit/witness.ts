import type {ServiceConnection} from '../jobContext';
import type {Directory, Project} from '../organization/directory';
import type {Instant} from '../organization/instant';
import type {Lease} from '../pipelines/leases';
import type {Pipelines} from '../pipelines/pipelines';
import type {RunRecord} from '../pipelines/runRecord';
import type {Switches} from '../switches';
import type {EntryStore} from './entryStore';
import {connectionEntry, retainedEntry, type JobDeed} from './ownEntries';

export interface WitnessOptions {
  readonly directory: Directory;
  readonly project: Project;
  readonly store: EntryStore;
  readonly pipelines: Pipelines;
  readonly connections: readonly ServiceConnection[];
  readonly switches: Readonly<Switches>;
  readonly isOn: boolean;
}

/** Writes into the audit log what jobs do elsewhere. */
export class Witness {
  private deeds = 0;

  constructor(private readonly options: WitnessOptions) {}

  /** A run got an assertion for a service connection. @param now ms since 1970 */
  connectionUsed(run: RunRecord, connectionId: string, now: number): void {
    const {directory, store, connections, switches, isOn} = this.options;
    const connection = connections.find(({id}) => id === connectionId);
    if (isOn && switches.recordsConnections && connection !== undefined) store.add(connectionEntry(directory, this.deed(run), connection, this.instant(now)));
  }

  leasePlaced({runId, ownerId, createdOn}: Lease): void {
    const {directory, store, pipelines, switches, isOn} = this.options;
    const run = pipelines.find(runId);
    if (isOn && switches.recordsLeases && run !== undefined) store.add(retainedEntry(directory, this.deed(run), ownerId, this.instant(createdOn)));
  }

  private deed({id, pipelineId, buildNumber}: RunRecord): JobDeed {
    return {project: this.options.project, pipelineId, pipelineName: this.options.pipelines.nameOf(pipelineId), runId: id, runName: buildNumber};
  }

  /** Entries of one millisecond get different ticks. */
  private instant(ms: number): Instant {
    this.deeds += 1;
    return {ms, subTicks: this.deeds % 10_000};
  }
}
