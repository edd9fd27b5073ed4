import {jsonReply, type Reply, type ServiceRequest} from '../network/exchange';
import {refusal} from '../network/signIn';
import type {Lease} from './leases';
import type {Pipelines} from './pipelines';
import {timeText} from './runDescription';

interface NewLease {
  readonly definitionId?: unknown;
  readonly runId?: unknown;
  readonly ownerId?: unknown;
  readonly daysValid?: unknown;
  readonly protectPipeline?: unknown;
}

const DAY_MS = 86_400_000;

/** "Retention" and "Leases" of the Build API. */
export class Retention {
  /** @param onLease is told of each lease that is placed */
  constructor(private readonly pipelines: Pipelines, private readonly onLease: (lease: Lease) => void) {}

  /** The project's retention settings. */
  settings(): Reply {
    return jsonReply(200, {
      purgeArtifacts: {min: 1, max: 60, value: 30}, purgePullRequestRuns: {min: 1, max: 30, value: 10}, purgeRuns: {min: 30, max: 731, value: 30},
      retainRunsPerProtectedBranch: {min: 0, max: 50, value: 3},
    });
  }

  /** @param mayRetain whether the caller has "Retain indefinitely" */
  answer(request: ServiceRequest, mayRetain: boolean): Reply {
    if (request.method === 'GET') return this.list(request.url.searchParams);
    if (!mayRetain) return refusal(403, 'TF215106: Access denied. The caller needs Retain indefinitely permissions for the build pipeline to perform the action.', 'AccessDeniedException');
    if (request.method === 'POST') return this.place(request);
    if (request.method !== 'DELETE') return refusal(405, 'The requested resource does not support this http method.', 'VssServiceException', {allow: 'GET, POST, DELETE'});
    this.pipelines.leases.remove((request.url.searchParams.get('ids') ?? '').split(',').map(Number));
    return {status: 204, headers: {}, body: Buffer.alloc(0)};
  }

  private list(parameters: URLSearchParams): Reply {
    const matches = (name: string, value: string): boolean => parameters.get(name) === null || parameters.get(name) === value;
    const found = this.pipelines.leases.list.filter(({pipelineId, runId, ownerId}) => matches('definitionId', String(pipelineId)) && matches('runId', String(runId)) && matches('ownerId', ownerId));
    return jsonReply(200, {count: found.length, value: found.map(describeLease)});
  }

  private place(request: ServiceRequest): Reply {
    const wanted = readArray(request.body);
    if (wanted === undefined) return refusal(400, 'Value cannot be null. Parameter name: newLeases', 'ArgumentNullException');
    const problem = wanted.map((lease) => this.problem(lease)).find((found) => found !== undefined);
    if (problem !== undefined) return problem;
    const added = wanted.map(({definitionId, runId, ownerId, daysValid, protectPipeline}) => this.pipelines.leases.add({
      pipelineId: Number(definitionId), runId: Number(runId), ownerId: String(ownerId), createdOn: request.now,
      validUntil: request.now + Number(daysValid) * DAY_MS, protectPipeline: protectPipeline === true,
    }));
    for (const lease of added) this.onLease(lease);
    return jsonReply(200, {count: added.length, value: added.map(describeLease)});
  }

  private problem({definitionId, runId, ownerId, daysValid}: NewLease): Reply | undefined {
    const isWhole = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
    if (!isWhole(definitionId) || !isWhole(runId) || typeof ownerId !== 'string' || ownerId === '' || !isWhole(daysValid)) {
      return refusal(400, 'A retention lease needs definitionId, runId, ownerId and daysValid.', 'InvalidRetentionLeaseException');
    }
    if (this.pipelines.find(runId)?.pipelineId === definitionId) return undefined;
    return refusal(404, `The requested build ${String(runId)} could not be found.`, 'BuildNotFoundException');
  }
}

function readArray(body: string): readonly NewLease[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null) ? value as NewLease[] : undefined;
  } catch {
    return undefined;
  }
}

function describeLease({id, pipelineId, runId, ownerId, createdOn, validUntil, protectPipeline}: Lease): object {
  return {leaseId: id, definitionId: pipelineId, runId, ownerId, createdOn: timeText(createdOn), validUntil: timeText(validUntil), protectPipeline};
}
