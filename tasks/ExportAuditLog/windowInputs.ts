import type { ContinueFrom } from '../common/evidence/chainPlan';
import { parseChoice } from '../common/step/inputValues';
import { DAY_MS, formatDuration, MINUTE_MS, parseDurationBetween } from '../common/window/duration';
import { formatInstant, parseInstant, type InstantInSeconds } from '../common/window/instant';
import { parsed, refused, type Parsed } from '../common/window/parsed';
import { isWhollyExpired, oldestRetained } from '../common/window/retention';
import { betweenWindow, lastWindow, previousWindow, type Period, type Window } from '../common/window/window';
import { onGapValues, periodValues, windowValues } from './contract';
import type { ExportInputs, ExportProblems } from './inputs';

/** The window as asked for; it becomes bounds once now is known. */
export type WindowRequest =
  | ChainRequest
  | SingleWindowRequest;

/** To go on where the chain of exports ends. */
export interface ChainRequest {
  readonly kind: 'sinceLastExport';
  readonly continueFrom: ContinueFrom | undefined;
  /** How far before the last export's end the log is read again, ms. */
  readonly overlapMs: number;
  readonly failsOnGap: boolean;
}

/** An export for itself. */
export type SingleWindowRequest =
  | { readonly kind: 'last'; readonly durationMs: number }
  | { readonly kind: 'previous'; readonly period: Period; readonly timeZone: string }
  | { readonly kind: 'between'; readonly start: InstantInSeconds; readonly end: InstantInSeconds | undefined };

/**
 * Reads the inputs that say which window is exported. Only those of the chosen kind count.
 * @param timeZone the IANA name that was given; undefined when it was none
 */
export function readWindowRequest(agent: ExportInputs, problems: ExportProblems, nowMs: number, timeZone: string | undefined): WindowRequest | undefined {
  switch (problems.take('window', parseChoice(agent.input('window') ?? 'sinceLastExport', windowValues))) {
    case 'sinceLastExport': return readSinceLastExport(agent, problems, nowMs);
    case 'last': return readLast(agent, problems);
    case 'previous': return readPrevious(agent, problems, timeZone);
    case 'between': return readBetween(agent, problems, nowMs);
    case undefined: return undefined;
  }
}

/** The bounds of the requested window, before anything is clipped. */
export function boundsOf(request: SingleWindowRequest, nowMs: number): Window {
  switch (request.kind) {
    case 'last': return lastWindow(nowMs, request.durationMs);
    case 'previous': return previousWindow(nowMs, request.period, request.timeZone);
    case 'between': return { startSeconds: request.start.epochSecondsFloor, endSeconds: request.end?.epochSecondsCeil ?? Math.floor(nowMs / 1000) };
  }
}

/** The request in words, for the log. */
export function describeRequest(request: SingleWindowRequest): string {
  switch (request.kind) {
    case 'last': return `the last ${formatDuration(request.durationMs)}`;
    case 'previous': return `the previous ${request.period} in ${request.timeZone}`;
    case 'between': return 'between two instants';
  }
}

function readSinceLastExport(agent: ExportInputs, problems: ExportProblems, nowMs: number): WindowRequest | undefined {
  for (const name of ['Build.BuildId', 'System.DefinitionId', 'Build.SourceBranch']) {
    if (agent.variable(name) === undefined) {
      problems.add('window', `sinceLastExport finds the last export among the earlier runs of the pipeline, and this job has none (${name} is empty). Move the step to a YAML pipeline, or choose window: last, previous or between.`);
      return undefined;
    }
  }
  const overlapMs = problems.take('overlap', parseDurationBetween(agent.input('overlap') ?? '2h', 0, DAY_MS));
  const onGap = problems.take('onGap', parseChoice(agent.input('onGap') ?? 'fail', onGapValues));
  const text = agent.input('continueFrom');
  const continueFrom = text === undefined ? undefined : problems.take('continueFrom', parseContinueFrom(text, nowMs));
  if (overlapMs === undefined || onGap === undefined || (text !== undefined && continueFrom === undefined)) return undefined;
  return { kind: 'sinceLastExport', continueFrom, overlapMs, failsOnGap: onGap === 'fail' };
}

function parseContinueFrom(text: string, nowMs: number): Parsed<ContinueFrom> {
  if (/^[1-9]\d{0,9}$/.test(text)) return parsed({ kind: 'pipeline', id: text });
  const instant = parseInstant(text);
  if (!instant.ok) return refused(`${instant.problem} Or give the number of a pipeline (definitionId in its address).`);
  const seconds = instant.value.epochSecondsFloor;
  return seconds * 1000 < nowMs ? parsed({ kind: 'instant', seconds }) : refused(`${formatInstant(seconds)} has not come yet; now it is ${formatInstant(Math.floor(nowMs / 1000))}. Give an instant that has passed.`);
}

function readLast(agent: ExportInputs, problems: ExportProblems): WindowRequest | undefined {
  const durationMs = problems.take('duration', parseDurationBetween(agent.input('duration') ?? '24h', MINUTE_MS, 90 * DAY_MS));
  return durationMs === undefined ? undefined : { kind: 'last', durationMs };
}

function readPrevious(agent: ExportInputs, problems: ExportProblems, timeZone: string | undefined): WindowRequest | undefined {
  const period = problems.take('period', parseChoice(agent.input('period') ?? 'day', periodValues));
  return period === undefined || timeZone === undefined ? undefined : { kind: 'previous', period, timeZone };
}

function readBetween(agent: ExportInputs, problems: ExportProblems, nowMs: number): WindowRequest | undefined {
  const startText = agent.input('startTime');
  const endText = agent.input('endTime');
  if (startText === undefined) problems.add('startTime', `is needed for window: between. Example: ${formatInstant(Math.floor((nowMs - DAY_MS) / 1000))}.`);
  const start = startText === undefined ? undefined : problems.take('startTime', parseInstant(startText));
  const end = endText === undefined ? undefined : problems.take('endTime', parseInstant(endText));
  if (start === undefined || (endText !== undefined && end === undefined)) return undefined;
  const window = problems.take(endText === undefined ? 'startTime' : 'endTime', betweenWindow(start, end, nowMs));
  if (window === undefined) return undefined;
  if (isWhollyExpired(window, nowMs)) {
    problems.add('endTime', `the whole window is older than 90 days, and Azure DevOps has deleted its entries. The oldest that can be exported begins at ${formatInstant(oldestRetained(nowMs))}.`);
    return undefined;
  }
  return { kind: 'between', start, end };
}
