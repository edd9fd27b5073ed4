import type { Agent } from '../common/agent/agent';
import type { ViewFilter } from '../common/auditlog/filter';
import type { CsvDelimiter } from '../common/export/csv';
import { readKeyAddress, type KeyAddress } from '../common/identity/keyAddress';
import type { ReportDetail } from '../common/report/reportData';
import { readConnectionInputs, readOrganizationInput, type ChosenConnection } from '../common/step/connectionInputs';
import { InputProblems, type InputSource } from '../common/step/inputProblems';
import { readIsPublished } from '../common/step/publishInput';
import { parseArtifactName, parseBoolean, parseChoice, parseChoices, parseCount } from '../common/step/inputValues';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDurationBetween } from '../common/window/duration';
import { quoted } from '../common/window/parsed';
import { parseTimeZone } from '../common/window/timeZone';
import { csvDelimiterValues, formatsValues, inputAliases, reportDetailValues, type FormatsValue, type InputName, type OutputName } from './contract';
import { readFilter } from './filterInputs';
import { readOutputDirectory } from './outputDirectory';
import { readWindowRequest, type WindowRequest } from './windowInputs';

export type ExportAgent = Agent<InputName, OutputName>;
export type ExportProblems = InputProblems<InputName>;
export type ExportInputs = InputSource<InputName>;

/** Everything the step was asked for, checked. */
export interface ExportRequest {
  readonly connection: ChosenConnection;
  readonly organization: string;
  readonly window: WindowRequest;
  readonly settleMs: number;
  readonly formats: readonly FormatsValue[];
  readonly compressJson: boolean;
  readonly csvDelimiter: CsvDelimiter;
  /** What CSV, report and summary show; undefined for everything. */
  readonly filter: ViewFilter | undefined;
  readonly outputDirectory: string;
  readonly artifactName: string;
  /** False: the export is written, and publishing it is left to a step of the user's. */
  readonly isPublished: boolean;
  /** What summary, report and tab show. */
  readonly reportDetail: ReportDetail;
  /** IANA name in its own spelling: of the report's days and hours. */
  readonly timeZone: string;
  /** How long the run is retained, days; 0: not by this task. */
  readonly retainDays: number;
  /** The key that signs the manifests. */
  readonly signingKey: KeyAddress | undefined;
  readonly allowPublicProject: boolean;
  readonly skipAggregation: boolean;
  /** Most requests to the Audit service on their way at once. */
  readonly concurrency: number;
  readonly maxDurationMs: number;
  /** How long to look again while access is refused, ms; 0: not at all. */
  readonly waitMs: number;
}

const DELIMITERS: Readonly<Record<(typeof csvDelimiterValues)[number], CsvDelimiter>> = { comma: ',', semicolon: ';', tab: '\t' };

/**
 * Reads and checks all inputs; no request has been sent yet.
 * @param nowMs the agent's clock, ms since 1970
 * @throws TaskError INPUTS_INVALID with every problem as an item of its advice
 */
export function readInputs(given: ExportInputs, nowMs: number): ExportRequest {
  const problems: ExportProblems = new InputProblems(inputAliases);
  const agent = problems.watching(given);
  const connection = readConnectionInputs(agent, problems);
  const organization = readOrganizationInput(agent, problems);
  const timeZone = problems.take('timeZone', parseTimeZone(agent.input('timeZone') ?? 'UTC'));
  const window = readWindowRequest(agent, problems, nowMs, timeZone);
  const settleMs = problems.take('settleTime', parseDurationBetween(agent.input('settleTime') ?? '30m', 0, DAY_MS));
  const formats = problems.take('formats', parseChoices(agent.input('formats') ?? 'jsonl,csv', formatsValues));
  const filter = readFilter(agent, problems, formats);
  const csvDelimiter = problems.take('csvDelimiter', parseChoice(agent.input('csvDelimiter') ?? 'comma', csvDelimiterValues));
  const isPublished = readIsPublished(agent, problems);
  const artifactName = problems.take('artifactName', parseArtifactName(agent.input('artifactName') ?? 'audit-log'));
  const reportDetail = readReportDetail(agent, problems, isPublished === true);
  const retainDays = problems.take('retainDays', parseCount(agent.input('retainDays') ?? '400', 36_500));
  const signingKey = readSigningKey(agent, problems);
  const outputDirectory = readOutputDirectory(agent, problems, isPublished === true);
  const concurrency = problems.take('concurrency', parseCount(agent.input('concurrency') ?? '4', 16, 1));
  const maxDurationMs = problems.take('maxDuration', parseDurationBetween(agent.input('maxDuration') ?? '50m', MINUTE_MS, 24 * HOUR_MS));
  const waitMs = problems.take('waitForPermission', parseDurationBetween(agent.input('waitForPermission') ?? '0m', 0, 2 * HOUR_MS));
  const flag = (name: 'compressJson' | 'allowPublicProject' | 'skipAggregation', standard: boolean): boolean | undefined =>
    problems.take(name, parseBoolean(agent.input(name), standard));
  const compressJson = flag('compressJson', true);
  const allowPublicProject = flag('allowPublicProject', false);
  const skipAggregation = flag('skipAggregation', true);
  if (window?.kind === 'sinceLastExport' && skipAggregation === false) {
    problems.add('skipAggregation', 'false is not allowed with window: sinceLastExport, because merged entries change with every query and cannot be told apart. Leave it out, or choose another window.');
  }
  if (
    problems.list.length > 0 || !connection || organization === undefined || !window || settleMs === undefined || !formats || !csvDelimiter
    || isPublished === undefined || artifactName === undefined || reportDetail === undefined || timeZone === undefined || retainDays === undefined || outputDirectory === undefined || concurrency === undefined || maxDurationMs === undefined || waitMs === undefined || compressJson === undefined || allowPublicProject === undefined || skipAggregation === undefined
  ) {
    throw problems.asFailure();
  }
  return {
    connection, organization, window, settleMs, formats, compressJson, csvDelimiter: DELIMITERS[csvDelimiter], filter, outputDirectory,
    artifactName, isPublished, reportDetail, timeZone, retainDays, signingKey, allowPublicProject, skipAggregation, concurrency, maxDurationMs, waitMs,
  };
}

/** Where the whole entries are published beside it, a report without them would hide nothing. */
function readReportDetail(agent: ExportInputs, problems: ExportProblems, isPublished: boolean): ReportDetail | undefined {
  const text = agent.input('reportDetail');
  if (text === undefined) return isPublished ? 'full' : 'counts';
  return problems.take('reportDetail', parseChoice(text, reportDetailValues));
}

function readSigningKey(agent: ExportInputs, problems: ExportProblems): KeyAddress | undefined {
  const text = agent.input('signingKey');
  const address = text === undefined ? undefined : readKeyAddress(text);
  if (text !== undefined && address === undefined) problems.add('signingKey', `${quoted(text)} is not the address of a key. Allowed: https://VAULT.vault.azure.net/keys/NAME, with or without /VERSION behind it. Example: https://fabrikam-audit.vault.azure.net/keys/audit-log.`);
  return address;
}
