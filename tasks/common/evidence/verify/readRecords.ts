import path from 'node:path';
import type { Manifest } from '../manifest';
import { LARGEST_MANIFEST, MANIFEST_FILE, manifestSha256, readManifest } from '../manifestText';
import { recordOf, type ExportRecord } from './exportRecord';
import { NoFile, readSmall } from './fileContent';
import { findExports, type FoundFolder } from './findExports';
import type { Findings } from './verdict';

/** A hash that somebody kept elsewhere. */
export interface KeptHash {
  readonly sha256: string;
  /** Where it was kept: an option, or a file and its line. */
  readonly source: string;
}

/** Everything that a set holds, before any file but the manifests was read. */
export interface FoundExports {
  /** Each manifest once. */
  readonly records: readonly ExportRecord[];
  /** Folders with exports that have no manifest, or one that cannot be read. */
  readonly unreadable: number;
}

/** Finds all exports below a folder and reads their manifests. @throws what reading the folder throws */
export async function readRecords(root: string, findings: Findings): Promise<FoundExports> {
  const records = new Map<string, ExportRecord>();
  let unreadable = 0;
  for await (const found of findExports(root, findings)) {
    const read = await readFound(found, findings);
    if (read === 'foreign') continue;
    if (read === undefined) {
      unreadable += 1;
      continue;
    }
    const same = records.get(read.sha256);
    if (same) same.copies.push({ path: read.path, place: read.place });
    else records.set(read.sha256, read);
    checkPlace(read, root, findings);
  }
  const all = [...records.values()];
  checkFolders(all, findings);
  return { records: all, unreadable };
}

/** Reads the manifest of an export anew; undefined when it is no longer the one that it was. */
export async function manifestOf({ path: folder, sha256 }: Pick<ExportRecord, 'path' | 'sha256'>): Promise<{ readonly manifest: Manifest; readonly bytes: Buffer } | undefined> {
  const bytes = await readSmall(path.join(folder, MANIFEST_FILE), LARGEST_MANIFEST);
  if (bytes === undefined || bytes === 'tooLarge' || manifestSha256(bytes) !== sha256) return undefined;
  // The same bytes have been held against the schema before.
  return { manifest: JSON.parse(bytes.toString('utf8')) as Manifest, bytes };
}

/** Each kept hash must be that of a manifest that is here: what was rewritten or taken away shows by this even where all else fits. */
export function checkKeptHashes(kept: readonly KeptHash[], records: readonly ExportRecord[], findings: Findings): void {
  const hashes = new Set(records.map(({ sha256 }) => sha256));
  for (const { sha256, source } of kept) {
    if (!hashes.has(sha256)) findings.invalid('not found', {}, `No manifest here has the kept hash ${sha256} (${source}).`);
  }
}

/** `foreign`: not an export's, since other programs write a `manifest.json` too. Undefined: an export's, but it cannot be used. */
async function readFound({ path: folder, place, hasManifest, looksLikeExport }: FoundFolder, findings: Findings): Promise<ExportRecord | 'foreign' | undefined> {
  const where = { folder: place, file: MANIFEST_FILE };
  const bytes = hasManifest ? await readSmall(path.join(folder, MANIFEST_FILE), LARGEST_MANIFEST).catch(unreadable) : undefined;
  if (bytes === undefined) {
    findings.invalid('not found', where, hasManifest ? 'The manifest of this export cannot be read.' : 'Here lie files of an export, but its manifest is not here.');
    return undefined;
  }
  const { manifest, problem } = bytes === 'tooLarge' ? { problem: 'it is larger than any manifest' } : readManifest(bytes);
  if (manifest === undefined || bytes === 'tooLarge') {
    if (!looksLikeExport && !(bytes !== 'tooLarge' && bytes.includes('"manifestVersion"'))) return 'foreign';
    findings.invalid('invalid format', where, `This manifest cannot be used: ${problem ?? ''}.`);
    return undefined;
  }
  if (isAhead(manifest)) findings.invalid('invalid format', where, `It says that it covers the time until ${manifest.window.covered.end}, which had not come when it was made.`);
  return recordOf(manifest, manifestSha256(bytes), place, folder);
}

/** By the latest of the clocks that it names; an end between two seconds is raised to the next. */
function isAhead({ window, retrieval }: Manifest): boolean {
  const { endedAt, agentClock, serviceClock } = retrieval;
  const latest = Math.max(...[endedAt, agentClock, serviceClock ?? endedAt].map((instant) => Date.parse(instant)));
  return Date.parse(window.covered.end) > latest + 1_000;
}

function unreadable(thrown: unknown): undefined {
  if (thrown instanceof NoFile || typeof (thrown as NodeJS.ErrnoException).code === 'string') return undefined;
  throw thrown;
}

function checkPlace({ place, path: folder, folder: own, organization }: ExportRecord, root: string, findings: Findings): void {
  const where = { folder: place, file: MANIFEST_FILE };
  const [of, name] = own.split('/');
  if (of?.toLowerCase() !== organization) findings.invalid('invalid format', where, `It is of the organization ${organization}, but says that it was written to ${own}.`);
  const actual = [path.basename(path.dirname(folder)), path.basename(folder)].join('/');
  // An auditor may verify a folder of exports whose organization's name was not kept; nothing above the verified folder counts then.
  const isAlone = path.resolve(folder) === path.resolve(root);
  if (isAlone ? path.basename(folder) === name : actual.toLowerCase() === own.toLowerCase()) return;
  findings.invalid('moved', where, `This export was written to ${own}, and lies in ${isAlone ? path.basename(folder) : actual}.`);
}

/** Two manifests that say they are of the same export: at least one of them is not what was written there. */
function checkFolders(records: readonly ExportRecord[], findings: Findings): void {
  const followed = new Set(records.flatMap(({ chain }) => [chain?.predecessor?.manifestSha256, chain?.restartedAfter?.manifestSha256]));
  const byFolder = new Map<string, ExportRecord[]>();
  for (const record of records) byFolder.set(record.folder, [...(byFolder.get(record.folder) ?? []), record]);
  for (const same of byFolder.values()) {
    if (same.length === 1) continue;
    for (const record of same) {
      const other = same.find((candidate) => candidate !== record)?.place ?? '';
      if (!followed.has(record.sha256)) findings.invalid('hash does not match', { folder: record.place, file: MANIFEST_FILE }, `Another manifest (${other}) says that it is of the same export.`);
    }
  }
}
