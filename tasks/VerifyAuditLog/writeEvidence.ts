import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { disarm } from '../common/errors/disarm';
import { TaskError } from '../common/errors/taskError';
import type { CollectedRun } from '../common/evidence/collectExports';
import { statementText } from '../common/evidence/verify/statement';
import type { Verification } from '../common/evidence/verify/verifyExports';
import { MISSING_FILE, type Comparison } from './compareWithLog';
import { comparisonLines, differs } from './comparisonLines';
import { readMe } from './readMe';
import type { VerifyRequest } from './inputs';
import type { VerifyParts } from './run';

/** What the step found out. */
export interface Evidence {
  readonly verification: Verification;
  readonly comparison: Comparison;
  /** Undefined when the exports lay in a folder. */
  readonly collected: readonly CollectedRun[] | undefined;
}

/** Where it was written. */
export interface WrittenEvidence {
  readonly statement: string;
  /** The statement without its sample, for the page of the run. */
  readonly summary: string;
}

/** The verifier as one file, which lies beside this program. */
const VERIFIER_FILE = 'verify-audit-log.mjs';

/**
 * Writes statement, result and verifier beside the collected exports.
 * @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE
 */
export async function writeEvidence(story: VerifyParts, evidence: Evidence): Promise<WrittenEvidence> {
  const { request, temporary } = story;
  const { evidenceDirectory: directory } = request;
  try {
    const args = await repeatedArguments(request);
    const program = await programName(story);
    const parts = { program, args, madeAt: new Date(story.clock()) };
    const [statement, summary] = [path.join(directory, 'statement.md'), path.join(temporary, `audit-log-verification-${path.basename(directory)}.md`)];
    await writeFile(statement, withAdditions(statementText(evidence.verification, parts), evidence));
    await writeFile(summary, withAdditions(statementText({ ...evidence.verification, sample: null }, parts), evidence));
    await writeFile(path.join(directory, 'verification.json'), `${JSON.stringify(resultOf(request, program, evidence), undefined, 2)}\n`);
    await copyFile(path.join(__dirname, VERIFIER_FILE), path.join(directory, VERIFIER_FILE));
    await writeFile(path.join(directory, 'README.txt'), readMe(args, request, evidence));
    return { statement, summary };
  } catch (thrown) {
    throw evidenceFailure(thrown, request);
  }
}

/** The same form as that of the single file with `--json`, and what only this step knows. */
function resultOf({ collect }: VerifyRequest, program: string, { verification, comparison, collected }: Evidence): object {
  return {
    formatVersion: 1,
    program,
    ...verification,
    collection: collect === undefined ? null : { ...collect, branch: collect.branch ?? null, runs: collected },
    comparison: comparison?.requery ?? (comparison === undefined ? null : { failure: comparison.failure.code }),
  };
}

/** What to call the single file with, inside the package of evidence; keys and hashes are written beside it. */
async function repeatedArguments({ evidenceDirectory, folder, requested, pinned, kept, sample }: VerifyRequest): Promise<string[]> {
  const args = [folder ?? 'exports'];
  if (requested.from !== undefined) args.push('--from', requested.from);
  if (requested.to !== undefined) args.push('--to', requested.to);
  for (const { pem, sha256 } of pinned) {
    await mkdir(path.join(evidenceDirectory, 'keys'), { recursive: true });
    await writeFile(path.join(evidenceDirectory, 'keys', `${sha256}.pem`), pem);
    args.push('--key', `keys/${sha256}.pem`);
  }
  if (kept.length > 0) {
    await writeFile(path.join(evidenceDirectory, 'kept-hashes.txt'), kept.map(({ sha256 }) => `${sha256}\n`).join(''));
    args.push('--kept-hashes', 'kept-hashes.txt');
  }
  if (sample !== undefined) args.push('--sample', String(sample.count), '--seed', sample.seed);
  return args;
}

async function programName({ productVersion }: VerifyParts): Promise<string> {
  const sha256 = createHash('sha256').update(await readFile(path.join(__dirname, VERIFIER_FILE))).digest('hex');
  return `VerifyAuditLog ${productVersion}, the same as ${VERIFIER_FILE} with SHA-256 ${sha256}`;
}

function withAdditions(statement: string, { comparison, collected }: Evidence): string {
  const isDifferent = comparison?.requery !== undefined && differs(comparison.requery);
  const begun = isDifferent ? statement.replace('\n\n', '\n\n**The copy differs from the living log**: see the end.\n\n') : statement;
  return [begun, ...collectionSection(collected), ...comparisonSection(comparison)].join('\n');
}

function collectionSection(collected: readonly CollectedRun[] | undefined): string[] {
  if (collected === undefined) return [];
  const others = collected.filter(({ result }) => result !== 'collected');
  return [
    '## Collection',
    '',
    `The exports of ${collected.length - others.length} runs were downloaded from Azure DevOps by the step that made this statement.`,
    ...others.slice(0, 200).map(({ run, queuedAt, covers, result }) => `- Run ${run}, queued at ${queuedAt}${covers === null ? '' : `, which covers ${covers.from} to ${covers.until}`}: ${result}.`),
    '',
  ];
}

function comparisonSection(comparison: Comparison): string[] {
  if (comparison === undefined) return [];
  const lines = comparison.requery === undefined ? [`It could not be compared: ${disarm(comparison.failure.message, 500)}`] : comparisonLines(comparison.requery);
  const rest = comparison.requery !== undefined && comparison.requery.missing.count > 0 ? ['', `The entries that are missing from the copy are in ${MISSING_FILE}, as the service sent them.`] : [];
  // Indented, so that nothing inside can format.
  return ['## Comparison with the living log', '', 'The ids of the entries that the service still has were compared with those of the copy.', '', ...lines.map((line) => `    ${disarm(line, 500)}`), ...rest, ''];
}

/** What the file system refused, in the words of this step's inputs. */
export function evidenceFailure(thrown: unknown, { evidenceDirectory }: VerifyRequest): unknown {
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  if (thrown instanceof TaskError || code === undefined || !/^E[A-Z]+$/.test(code)) return thrown;
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  const where = disarm(evidenceDirectory, 200);
  return new TaskError(isFull ? 'OUTPUT_DISK_FULL' : 'OUTPUT_NOT_WRITABLE', isFull ? `There is no room left for the evidence at ${where}.` : `The evidence cannot be written to ${where} (${code}).`, {
    cause: thrown, advice: ['Free space on the disk of this agent, or name another folder in collectTo, such as $(Build.ArtifactStagingDirectory)/audit-log-evidence.'],
  });
}
