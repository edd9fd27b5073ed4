import { disarm } from '../../errors/disarm';
import type { Verification, VerifiedChain } from './verifyExports';
import type { Finding } from './verdict';

/** Exports outside a chain, and side branches, that are listed without `--verbose`. */
const LISTED = 10;

/** The result for a terminal or a log: a table a chain, every finding, and the sums. Lines without line ends, safe to print. */
export function tableLines(verification: Verification, isVerbose: boolean): string[] {
  const { chains, findings, unnamedFindings } = verification;
  return [
    ...chains.flatMap((chain) => [...chainLines(chain, verification, isVerbose), '']),
    ...separateLines(verification, isVerbose),
    ...findings.map(findingLine),
    ...(unnamedFindings > 0 ? [`and ${number(unnamedFindings)} more like these`] : []),
    ...(findings.length > 0 ? [''] : []),
    ...sumLines(verification),
  ].map((line) => disarm(line, 2_000));
}

function chainLines(chain: VerifiedChain, { requested }: Verification, isVerbose: boolean): string[] {
  const { population, uncovered, found } = chain;
  const gaps = uncovered.length === 0 ? 'without a gap' : `with ${counted(uncovered.length, 'gap')}`;
  return [
    `${chain.organization}, pipeline ${chain.pipelineId}, ${chain.branch}, artifact ${chain.artifactName}: ${chain.result.toUpperCase()}`,
    `  requested  ${requested.from ?? 'from the beginning of the chain'} to ${requested.to ?? 'the newest export'}`,
    `  found      ${found === null ? 'nothing' : `${found.start} to ${found.end}, ${gaps}`}`,
    `  entries    ${number(population.entries)} of this time, each once (${number(chain.late)} came late)`,
    `  newest     ${chain.newestManifest.folder}, manifest ${chain.newestManifest.sha256}`,
    ...(requested.to === undefined ? ['             Without --to nothing is said about the time after the newest export.'] : []),
    '',
    ...periodLines(chain),
    ...chain.restarts.map(({ folder, after, at, kind }) => `  restart    ${folder}: began again at ${at}, after ${after}${kind === 'seamless' ? '' : ` (${kind})`}`),
    ...limited(chain.sideBranches, isVerbose).map(({ newest, exports, covered }) => `  beside     ${counted(exports, 'export')} to ${newest}, ${covered.start} to ${covered.end}: a side branch, not counted`),
    ...more(chain.sideBranches, isVerbose, 'side branch', 'side branches'),
  ];
}

function periodLines({ periods }: VerifiedChain): string[] {
  const rows = [['month', 'runs', 'exports', 'entries', 'verdict'], ...periods.map((period) => [period.month, number(period.runs), number(period.exports), number(period.entries), period.isValid ? 'valid' : 'INVALID'])];
  const widths = [7, 7, 8, 13];
  return rows.map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(7) : cell.padStart(widths[column] ?? 0))).join('  ').replace(/ +(\S+)$/, '  $1')}`);
}

function separateLines({ separate, separateEntries }: Verification, isVerbose: boolean): string[] {
  if (separate.length === 0) return [];
  return [
    `Outside a chain: ${counted(separate.length, 'export')}, ${counted(separateEntries.entries, 'entry', 'entries')}. Each stands for itself; nothing is said about the time between.`,
    ...limited(separate, isVerbose).map(({ folder, covered, entries, result }) => `  ${covered.start} to ${covered.end}  ${number(entries)} entries  ${result === 'valid' ? 'valid' : 'INVALID'}  ${folder}`),
    ...more(separate, isVerbose, 'export', 'exports'),
    '',
  ];
}

/** A finding in one line: its verdict, its place, its sentence. */
export function findingLine({ verdict, isInvalid, folder, file, line, sentence }: Finding): string {
  const place = [folder, file].filter((part) => part !== undefined).join('/');
  const at = place === '' ? '' : ` ${place}${line === undefined ? '' : `:${line}`}:`;
  return `${isInvalid ? 'INVALID' : 'note'}: ${verdict}:${at} ${sentence}`;
}

function sumLines({ totals, result, keptHashes, findings }: Verification): string[] {
  const missing = findings.filter(({ isInvalid }) => isInvalid).length;
  return [
    ...(totals.otherIds > 0 ? [`${number(totals.otherIds)} entries have an id that does not carry their time.`] : []),
    ...Object.entries(totals.signedBy).map(([key, exports]) => `${counted(exports, 'export')} signed by the key ${key}`),
    ...(keptHashes > 0 ? [`${counted(keptHashes, 'kept hash', 'kept hashes')} compared`] : []),
    `${number(totals.validExports)} of ${number(totals.exports)} exports valid, ${number(totals.validFiles)} of ${number(totals.files)} files valid, ${number(totals.entries)} entries checked`,
    result === 'valid' ? 'VALID' : `INVALID: ${counted(missing, 'finding')}`,
  ];
}

function limited<Item>(items: readonly Item[], isVerbose: boolean): readonly Item[] {
  return isVerbose ? items : items.slice(0, LISTED);
}

function more(items: readonly unknown[], isVerbose: boolean, one: string, several: string): string[] {
  const rest = isVerbose ? 0 : items.length - LISTED;
  return rest > 0 ? [`  and ${counted(rest, `more ${one}`, `more ${several}`)} (--verbose lists them)`] : [];
}

/** `1 export`, `2 exports`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : several}`;
}

/** With commas, the same on every machine. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}
