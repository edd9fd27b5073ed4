import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Gap } from '../tasks/common/evidence/manifest';
import { LARGEST_MANIFEST, MANIFEST_FILE, manifestSha256, readManifest } from '../tasks/common/evidence/manifestText';
import { NoFile, readSmall } from '../tasks/common/evidence/verify/fileContent';
import { findExports, type FoundFolder } from '../tasks/common/evidence/verify/findExports';
import { Findings } from '../tasks/common/evidence/verify/verdict';
import { namedSource, toldSource, type ExportSource } from './exportSource';
import type { Notes } from './notes';

/** Files with whole entries, the one that is read first; they hold the same. */
const ENTRY_FILES = ['audit-log.jsonl.gz', 'audit-log.jsonl', 'audit-log.json.gz', 'audit-log.json'] as const;

/**
 * Finds all exports below a folder. One without a usable manifest is noted, and taken by the names of its folders.
 * @throws what reading the folder itself throws
 */
export async function findSources(root: string, notes: Notes): Promise<ExportSource[]> {
  const sources: ExportSource[] = [];
  const findings = new Findings();
  const gaps = new Map<string, Gap>();
  for await (const found of findExports(root, findings)) {
    const source = await readFound(found, gaps, notes);
    if (source !== undefined) sources.push(source);
  }
  for (const { folder, file, sentence } of findings.inOrder) notes.add([folder, file].filter((name) => name !== undefined).join('/'), sentence);
  return sources;
}

async function readFound({ path: folder, place, hasManifest, looksLikeExport }: FoundFolder, gaps: Map<string, Gap>, notes: Notes): Promise<ExportSource | undefined> {
  const bytes = hasManifest ? await readSmall(path.join(folder, MANIFEST_FILE), LARGEST_MANIFEST).catch(unreadable) : undefined;
  const { manifest, problem } = bytes === undefined ? { problem: hasManifest ? 'it cannot be read' : 'it is not here' } : bytes === 'tooLarge' ? { problem: 'it is larger than any manifest' } : readManifest(bytes);
  if (manifest === undefined || !(bytes instanceof Uint8Array)) {
    // Other programs write a manifest.json as well.
    if (!looksLikeExport && !(bytes instanceof Uint8Array && bytes.includes('"manifestVersion"'))) return undefined;
    notes.add(place, `The manifest cannot be used: ${problem ?? ''}. What this export covers is taken from the name of its folder.`);
    return namedSource({ path: folder, place, entryFile: await entryFileOf(folder) });
  }
  return toldSource({ path: folder, place, entryFile: await entryFileOf(folder) }, manifest, manifestSha256(bytes), newGaps(manifest.coverage.gaps, manifest.organization.name, gaps));
}

/** Every manifest of a chain repeats the gaps before it: kept once, they stay few. */
function newGaps(told: readonly Gap[], organization: string, known: Map<string, Gap>): Gap[] {
  return told.filter((gap) => {
    const key = `${organization}/${gap.start}/${gap.end}/${gap.reason}`;
    if (known.has(key)) return false;
    known.set(key, gap);
    return true;
  });
}

async function entryFileOf(folder: string): Promise<string | undefined> {
  for (const name of ENTRY_FILES) {
    const found = await lstat(path.join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) return name;
  }
  return undefined;
}

/** Of a file that cannot be read, for whatever reason lies in it. @throws everything else */
export function unreadable(thrown: unknown): undefined {
  if (thrown instanceof NoFile || typeof (thrown as NodeJS.ErrnoException).code === 'string') return undefined;
  throw thrown;
}
