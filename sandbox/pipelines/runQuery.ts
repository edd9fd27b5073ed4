import type {RunRecord} from './runRecord';

/** A page of runs. */
export interface RunPage {
  readonly runs: readonly RunRecord[];
  /** Undefined on the last page. */
  readonly continuationToken: string | undefined;
}

/** A parameter that the service does not take; the message is the service's. */
export class BadRunQueryError extends Error {}

const ORDER = /^(queueTime|startTime|finishTime)(Ascending|Descending)$/i;

/**
 * Answers "Builds - List" of the Build API. `deletedFilter` is ignored: what is deleted here is gone.
 *
 * @param pageCap largest page; larger wishes are clamped
 * @throws BadRunQueryError for parameters that the service refuses
 */
export function queryRuns(all: Iterable<RunRecord>, parameters: URLSearchParams, pageCap: number): RunPage {
  const [, field = '', direction = ''] = ORDER.exec(parameters.get('queryOrder') ?? 'queueTimeDescending') ?? [];
  if (field === '') throw new BadRunQueryError(`The value '${parameters.get('queryOrder') ?? ''}' is not valid for BuildQueryOrder.`);
  const timeOf = field.toLowerCase() === 'finishtime' ? finishOf : queueOf;
  const sign = direction.toLowerCase() === 'ascending' ? 1 : -1;
  const compare = (left: Position, right: Position): number => sign * (left.time === right.time ? left.id - right.id : left.time < right.time ? -1 : 1);
  const after = positionOf(parameters.get('continuationToken'));
  const found = [...all].filter((run) => isWanted(run, parameters) && isBetween(timeOf(run), parameters))
    .map((run) => ({run, time: timeOf(run), id: run.id}))
    .sort(compare).filter((candidate) => after === undefined || compare(candidate, after) > 0);
  const page = found.slice(0, pageSize(parameters, pageCap));
  const last = page.at(-1);
  return {runs: page.map(({run}) => run), continuationToken: last !== undefined && page.length < found.length ? `${String(last.time)},${String(last.id)}` : undefined};
}

interface Position {
  readonly time: number;
  readonly id: number;
}

function queueOf({queueTime}: RunRecord): number {
  return queueTime;
}

/** What has not finished counts as finishing last. */
function finishOf({finishTime}: RunRecord): number {
  return finishTime ?? Number.POSITIVE_INFINITY;
}

function isWanted(run: RunRecord, parameters: URLSearchParams): boolean {
  const definitions = listOf(parameters, 'definitions');
  const ids = listOf(parameters, 'buildIds');
  const branch = parameters.get('branchName');
  const status = listOf(parameters, 'statusFilter');
  const results = listOf(parameters, 'resultFilter');
  return (definitions.length === 0 || definitions.includes(String(run.pipelineId)))
    && (ids.length === 0 || ids.includes(String(run.id)))
    && (branch === null || branch === run.branch)
    && (status.length === 0 || status.includes('all') || status.includes(statusOf(run).toLowerCase()))
    && (results.length === 0 || (run.result !== undefined && results.includes(run.result.toLowerCase())));
}

/** `minTime` and `maxTime` are about the time that decides the order. */
function isBetween(time: number, parameters: URLSearchParams): boolean {
  return time >= bound(parameters, 'minTime', Number.NEGATIVE_INFINITY) && time <= bound(parameters, 'maxTime', Number.POSITIVE_INFINITY);
}

function bound(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === null) return otherwise;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new BadRunQueryError(`The value '${text}' is not valid for ${name}.`);
  return time;
}

function listOf(parameters: URLSearchParams, name: string): string[] {
  return (parameters.get(name) ?? '').toLowerCase().split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function pageSize(parameters: URLSearchParams, pageCap: number): number {
  const text = parameters.get('$top');
  if (text === null) return pageCap;
  if (!/^[1-9]\d*$/.test(text)) throw new BadRunQueryError(`The value '${text}' is not valid for $top.`);
  return Math.min(Number(text), pageCap);
}

function positionOf(token: string | null): Position | undefined {
  if (token === null || token === '') return undefined;
  const [, time = '', id = ''] = /^(-?\d+|Infinity),(\d+)$/.exec(token) ?? [];
  if (id === '') throw new BadRunQueryError('The continuation token is not valid.');
  return {time: Number(time), id: Number(id)};
}

/** `status` of a run in the words of the API. */
export function statusOf({finishTime}: RunRecord): 'inProgress' | 'completed' {
  return finishTime === undefined ? 'inProgress' : 'completed';
}
