import { disarm } from '../../errors/disarm';
import { counted, findingLine, number } from './table';
import type { Verification, VerifiedChain } from './verifyExports';

export interface StatementParts {
  /** Name, version and hash of the program. */
  readonly program: string;
  /** As given on the command line. */
  readonly args: readonly string[];
  readonly madeAt: Date;
}

/** Findings that a statement names; the rest are in the table. */
const NAMED_FINDINGS = 200;

/** A statement for working papers: what was verified, how, with what result, and how to do it again. Markdown. */
export function statementText(verification: Verification, { program, args, madeAt }: StatementParts): string {
  const { requested, chains, totals, result, keptHashes } = verification;
  const period = `${requested.from ?? 'the beginning of the chain'} to ${requested.to ?? 'the newest export'}`;
  return [
    '# Verification of audit log exports',
    '',
    `- **Period requested:** ${period} (UTC)`,
    `- **Result:** ${result === 'valid' ? 'valid' : '**INVALID**'}`,
    `- **Verified:** ${madeAt.toISOString().slice(0, 19)}Z`,
    `- **Program:** ${cell(program)}`,
    '',
    '## Source',
    '',
    `Exports of the audit log of Azure DevOps, made by the pipeline task ExportAuditLog and downloaded as artifacts: ${counted(totals.exports, 'export')} with ${counted(totals.files, 'file')} and ${counted(totals.entries, 'entry', 'entries')}.`,
    '',
    ...chains.flatMap(chainSection),
    ...separateSection(verification),
    '## Procedure',
    '',
    'Every manifest was read and held against its published schema and its place. Each chain was walked from its newest to its oldest export by the hashes of the manifests. Every file was read to its end and its SHA-256 compared with the manifest and with SHA256SUMS. Every entry was checked: valid JSON, order, time inside the window of its export, the time in its id equal to its timestamp, and present once; the counts, tallies, first and last entry were made anew and compared.',
    ...(keptHashes > 0 ? ['', `${counted(keptHashes, 'hash', 'hashes')} of manifests, kept elsewhere, were looked for.`] : []),
    ...Object.entries(totals.signedBy).flatMap(([key, exports]) => ['', `The signatures of ${counted(exports, 'export')} were checked with the public key ${key} (SHA-256 of its SPKI).`]),
    ...(requested.to === undefined ? ['', 'No end was requested: nothing is said about the time after the newest export.'] : []),
    ...(keptHashes === 0 && Object.keys(totals.signedBy).length === 0 ? ['', 'Neither a signature nor a hash kept elsewhere was used: whoever could replace all exports together would not be noticed.'] : []),
    '',
    '## Exceptions',
    '',
    ...exceptions(verification),
    '',
    ...sampleSection(verification),
    '## To perform it again',
    '',
    '```',
    `node verify-audit-log.mjs ${args.map(quoted).join(' ')}`,
    '```',
    '',
    `with the same exports and this program: ${cell(program)}.`,
    '',
  ].join('\n');
}

function chainSection({ organization, pipelineId, branch, artifactName, found, exports, runs, population, late, uncovered, restarts, newestManifest, result }: VerifiedChain): string[] {
  return [
    `## Population: ${cell(organization)}, pipeline ${cell(pipelineId)}`,
    '',
    '| | |',
    '| --- | --- |',
    `| Chain | branch ${cell(branch)}, artifact ${cell(artifactName)} |`,
    `| Verdict | ${result === 'valid' ? 'valid' : '**INVALID**'} |`,
    `| Period found | ${found === null ? 'nothing' : `${found.start} to ${found.end}`} |`,
    `| Not covered | ${uncovered.length === 0 ? 'nothing' : uncovered.slice(0, NAMED_FINDINGS).map(({ start, end, reason }) => `${start} to ${end}${reason === undefined ? '' : ` (${reason})`}`).join('; ')} |`,
    `| Exports, runs | ${number(exports)}, ${number(runs)} |`,
    `| Entries of the period, each once | ${number(population.entries)} |`,
    `| Oldest and newest entry | ${population.oldest ?? 'none'}, ${population.newest ?? 'none'} |`,
    `| Entries that came late | ${number(late)} |`,
    `| By category | ${cell(population.categories.map(({ name, entries }) => `${name} ${number(entries)}`).join(', '))} |`,
    ...(restarts.length > 0 ? [`| Declared restarts | ${cell(restarts.map(({ at, kind }) => `${at} (${kind})`).join(', '))} |`] : []),
    `| Newest manifest | ${cell(newestManifest.folder)}, SHA-256 ${newestManifest.sha256} |`,
    '',
  ];
}

function separateSection({ separate, separateEntries }: Verification): string[] {
  if (separate.length === 0) return [];
  return ['## Exports outside a chain', '', `${counted(separate.length, 'export')} with ${counted(separateEntries.entries, 'entry', 'entries')}. Each stands for itself: nothing is said about the time between them.`, ''];
}

function exceptions({ findings, unnamedFindings }: Verification): string[] {
  if (findings.length === 0) return ['None.'];
  const rest = findings.length + unnamedFindings - NAMED_FINDINGS;
  return [...findings.slice(0, NAMED_FINDINGS).map((finding) => `- ${cell(findingLine(finding), 2_000)}`), ...(rest > 0 ? [`- and ${number(rest)} more`] : [])];
}

function sampleSection({ sample }: Verification): string[] {
  if (sample === null) return [];
  return [
    '## Sample',
    '',
    `The ${number(sample.entries.length)} entries of the population with the lowest SHA-256 of seed and id (UTF-8, the id directly after the seed). Seed: ${cell(sample.seed)}`,
    '',
    '| timestamp | actor | action | id | place |',
    '| --- | --- | --- | --- | --- |',
    ...sample.entries.map(({ timestamp, actor, action, id, folder, file, line }) => `| ${[timestamp, actor, action, id, `${folder ?? ''}/${file ?? ''}:${line ?? ''}`].map((text) => cell(text)).join(' | ')} |`),
    '',
  ];
}

/** Text from elsewhere, harmless in a table of Markdown. */
function cell(text: string, longest = 300): string {
  return disarm(text, longest).replace(/[\\`*_{}[\]<>#|~!]/g, '\\$&');
}

function quoted(arg: string): string {
  const safe = disarm(arg, 500);
  return /^[\w./:=+@,-]+$/.test(safe) ? safe : `"${safe.replaceAll('"', '\\"')}"`;
}
