/** A promise that a run is kept. */
export interface Lease {
  readonly id: number;
  readonly pipelineId: number;
  readonly runId: number;
  readonly ownerId: string;
  /** ms since 1970. */
  readonly createdOn: number;
  /** ms since 1970. */
  readonly validUntil: number;
  readonly protectPipeline: boolean;
}

/** The retention leases of the project. */
export class Leases {
  private leases: readonly Lease[] = [];
  private lastId = 90;

  add(lease: Omit<Lease, 'id'>): Lease {
    const added = {id: (this.lastId += 1), ...lease};
    this.leases = [...this.leases, added];
    return added;
  }

  get list(): readonly Lease[] {
    return this.leases;
  }

  ofRun(runId: number): readonly Lease[] {
    return this.leases.filter((lease) => lease.runId === runId);
  }

  remove(ids: readonly number[]): void {
    this.leases = this.leases.filter(({id}) => !ids.includes(id));
  }

  removeRun(runId: number): void {
    this.leases = this.leases.filter((lease) => lease.runId !== runId);
  }
}
