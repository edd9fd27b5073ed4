import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest, ManifestFile } from '../manifest';
import { MANIFEST_FILE } from '../manifestText';
import { CHECKSUMS_FILE, SIGNATURE_FILE, SIGNING_KEY_FILE } from '../sealFolder';
import { EntryChecks, type SeenEntry } from './entryChecks';
import { NoFile, readContent, readSmall, type FileContent, type ReadOptions } from './fileContent';
import { Lines } from './lines';
import { parseSums, type SumsLine } from './sumsFile';
import type { Findings } from './verdict';

/** Content of a file beyond this is of no honest export, bytes: a compressed file can hold a thousand times its size. */
const CONTENT_AT_LEAST = 64 * 1024 * 1024;
const CONTENT_OF_AN_ENTRY = 1024 * 1024;
const LARGEST_SUMS = 4 * 1024 * 1024;
/** What belongs to an export though no manifest lists it. */
const COMPANIONS: ReadonlySet<string> = new Set([MANIFEST_FILE, SIGNATURE_FILE, SIGNING_KEY_FILE, CHECKSUMS_FILE, 'summary.md', 'report.html']);

export interface ExportFilesParts {
  readonly folder: string;
  readonly place: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly findings: Findings;
  /** Undefined for a further copy, whose entries were looked at already. */
  readonly onEntry: ((entry: SeenEntry) => void) | undefined;
}

/** What looking at the files of one export gives. */
export interface CheckedFiles {
  readonly valid: number;
  readonly total: number;
  /** The checks of its entries; undefined when none could be made. */
  readonly entries: EntryChecks | undefined;
}

/** Reads every file of an export once and holds it against manifest and SHA256SUMS; the evidence entry by entry. */
export async function checkFiles(parts: ExportFilesParts): Promise<CheckedFiles> {
  const { manifest, findings, place } = parts;
  const hashes = new Map([[MANIFEST_FILE, parts.manifestSha256], ...manifest.files.map(({ name, sha256 }) => [name, sha256] as const)]);
  const evidence = manifest.files.find(({ format }) => format === 'jsonl') ?? manifest.files.find(({ format }) => format === 'json');
  const checks = evidence === undefined || parts.onEntry === undefined ? undefined : entryChecks(parts, parts.onEntry, evidence.name);
  if (evidence === undefined) findings.note('not found', { folder: place }, 'This export has only files made for reading: its entries could not be checked one by one.');
  let valid = 0;
  for (const file of manifest.files) {
    const before = findings.all.length + findings.unnamed;
    await checkFile(parts, file, file === evidence ? checks : undefined);
    if (findings.all.length + findings.unnamed === before) valid += 1;
  }
  await checkSums(parts, hashes);
  await nameUnlisted(parts, hashes);
  return { valid, total: manifest.files.length, entries: checks };
}

function entryChecks({ manifest, findings, place }: ExportFilesParts, onEntry: (entry: SeenEntry) => void, file: string): EntryChecks {
  return new EntryChecks({ manifest, file, onEntry, onProblem: (line, sentence) => { findings.invalid('invalid format', { folder: place, file, line }, sentence); } });
}

async function checkFile(parts: ExportFilesParts, file: ManifestFile, checks: EntryChecks | undefined): Promise<void> {
  const { folder, place, findings } = parts;
  const where = { folder: place, file: file.name };
  const reader = readerOf(file, checks);
  const content = await contentOf(path.join(folder, file.name), { ...(reader && { onContent: reader.push }), mostContent: CONTENT_AT_LEAST + file.entries * CONTENT_OF_AN_ENTRY });
  if (content === undefined) { findings.invalid('not found', where, 'The manifest lists this file, but it is not here.'); return; }
  if (content === 'noFile') { findings.invalid('not found', where, 'Under the name of this file there is none that can be read.'); return; }
  const problem = hashProblem(file, content);
  if (problem !== undefined) findings.invalid('hash does not match', where, problem);
  else if (content.problem !== undefined) findings.invalid('invalid format', where, `This file is as the manifest says, but ${content.problem}.`);
  // Of a file that is not the one that was written, only the entries are worth a closer look: they may show where it was changed.
  if (content.problem !== undefined || (problem !== undefined && checks === undefined)) return;
  const wrong = reader?.end();
  if (wrong !== undefined) findings.invalid('invalid format', where, wrong);
  checks?.finish();
}

function hashProblem(file: ManifestFile, content: FileContent): string | undefined {
  if (content.sha256 === file.sha256 && content.bytes === file.bytes) {
    return content.contentSha256 === undefined || content.contentSha256 === file.contentSha256 ? undefined : 'Its content is not what the manifest says, though the file is.';
  }
  if (content.problem !== undefined) return `This file is not the one that was written: ${content.problem}.`;
  if (content.contentSha256 === file.contentSha256) return 'This file was compressed anew; its content is unchanged.';
  return content.bytes === file.bytes ? 'This file is not the one that was written.' : `This file is not the one that was written: it has ${content.bytes} bytes instead of ${file.bytes}.`;
}

async function contentOf(file: string, options: ReadOptions): Promise<FileContent | 'noFile' | undefined> {
  try {
    return await readContent(file, options);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (thrown instanceof NoFile || code === 'EACCES' || code === 'EPERM' || code === 'ELOOP') return 'noFile';
    throw thrown;
  }
}

/** Takes a file's content; `end` says what is wrong with it as a whole. */
interface ContentReader {
  readonly push: (piece: Buffer) => void;
  readonly end: () => string | undefined;
}

function readerOf(file: ManifestFile, checks: EntryChecks | undefined): ContentReader | undefined {
  if (checks !== undefined) return file.format === 'json' ? arrayReader(checks) : linesReader(checks);
  if (file.format === 'csv') return rowsReader(file.entries);
  return file.format === 'anomalies' ? countedLines(file.entries) : undefined;
}

const LINE_TOO_LONG = 'It holds a line that is longer than any entry.';
const CUT_LINE = 'Its last line is cut off.';

function linesReader(checks: EntryChecks): ContentReader {
  const lines = new Lines((bytes, from, to, isText) => { checks.add(bytes, from, to, isText); });
  return { push: lines.push, end: () => endOf(lines) };
}

function endOf(lines: Lines): string | undefined {
  const isWhole = lines.end();
  if (lines.isTooLong) return LINE_TOO_LONG;
  return isWhole ? undefined : CUT_LINE;
}

/** The form in which export/jsonArray.ts writes: an entry a line, commas at the ends, brackets on lines of their own. */
function arrayReader(checks: EntryChecks): ContentReader {
  let state: 'begin' | 'entries' | 'last' | 'ended' = 'begin';
  let isWrong = false;
  const lines = new Lines((bytes, from, to, isText) => {
    const first = to - from === 1 ? bytes[from] : undefined;
    if (state === 'begin' && first === 0x5b) state = 'entries';
    else if (state === 'begin' && bytes.toString('latin1', from, Math.min(to, from + 3)) === '[]') state = 'ended';
    else if (state === 'last' && first === 0x5d) state = 'ended';
    else if (state === 'entries') {
      const isFollowed = bytes[to - 1] === 0x2c;
      checks.add(bytes, from, isFollowed ? to - 1 : to, isText);
      if (!isFollowed) state = 'last';
    } else isWrong = true;
  });
  return { push: lines.push, end: () => endOf(lines) ?? (isWrong || state !== 'ended' ? 'It is not a JSON array with an entry a line.' : undefined) };
}

function countedLines(entries: number): ContentReader {
  let count = 0;
  const lines = new Lines(() => { count += 1; });
  return { push: lines.push, end: () => endOf(lines) ?? (count === entries ? undefined : `It holds ${count} lines, but the manifest counts ${entries} entries.`) };
}

/** Line feeds outside quotes end a row; the first row names the columns. */
function rowsReader(entries: number): ContentReader {
  let rows = 0;
  let isQuoted = false;
  const push = (piece: Buffer): void => {
    for (const byte of piece) {
      if (byte === 0x22) isQuoted = !isQuoted;
      else if (byte === 0x0a && !isQuoted) rows += 1;
    }
  };
  return { push, end: () => (rows - 1 === entries ? undefined : `It holds ${Math.max(0, rows - 1)} rows, but the manifest counts ${entries} entries.`) };
}

async function checkSums({ folder, place, manifest, findings }: ExportFilesParts, hashes: Map<string, string>): Promise<void> {
  const where = { folder: place, file: CHECKSUMS_FILE };
  const bytes = await readSmall(path.join(folder, CHECKSUMS_FILE), LARGEST_SUMS).catch((thrown: unknown) => { if (thrown instanceof NoFile) return undefined; throw thrown; });
  if (bytes === undefined) { findings.invalid('not found', where, 'The list of hashes is not here.'); return; }
  const { lines, wrongLine } = bytes === 'tooLarge' ? { lines: [], wrongLine: 1 } : parseSums(bytes.toString('utf8'));
  if (wrongLine !== undefined) { findings.invalid('invalid format', { ...where, line: wrongLine }, 'This line is not one that sha256sum writes.'); return; }
  for (const line of lines) await checkSumsLine(folder, place, line, findings, hashes);
  const listed = new Set(lines.map(({ name }) => name));
  for (const name of [MANIFEST_FILE, ...manifest.files.map((file) => file.name)]) {
    if (!listed.has(name)) findings.invalid('not found', where, `It does not list ${name}.`);
  }
}

async function checkSumsLine(folder: string, place: string, { line, name, sha256 }: SumsLine, findings: Findings, hashes: Map<string, string>): Promise<void> {
  const isKnown = hashes.has(name);
  if (!isKnown) {
    const content = await contentOf(path.join(folder, name), { mostContent: Infinity });
    if (content === undefined || content === 'noFile') { findings.invalid('not found', { folder: place, file: name }, `${CHECKSUMS_FILE} lists this file, but it is not here.`); return; }
    hashes.set(name, content.sha256);
  }
  if (hashes.get(name) === sha256) return;
  // A file that the manifest lists has been held against the manifest already: here it is the list that differs.
  const where = isKnown ? { folder: place, file: CHECKSUMS_FILE, line } : { folder: place, file: name };
  findings.invalid('hash does not match', where, isKnown ? `This line does not fit ${name === MANIFEST_FILE ? 'the manifest' : 'what the manifest says'}.` : `This file is not the one that ${CHECKSUMS_FILE} lists.`);
}

async function nameUnlisted({ folder, place, findings }: ExportFilesParts, hashes: ReadonlyMap<string, string>): Promise<void> {
  for (const item of await readdir(folder, { withFileTypes: true })) {
    if (item.isFile() && !hashes.has(item.name) && !COMPANIONS.has(item.name)) {
      findings.note('not found', { folder: place, file: item.name }, 'No manifest lists this file: it does not belong to the export.');
    }
  }
}
