import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST_FILE } from '../manifestText';
import type { Findings } from './verdict';

/** Folders below the one that is verified are entered only so deep, and only so many of them. */
const DEEPEST = 24;
const MOST_FOLDERS = 500_000;

/** A folder that holds an export, or what is left of one. */
export interface FoundFolder {
  readonly path: string;
  /** Below the folder that is verified, with `/`; `.` for that itself. */
  readonly place: string;
  readonly hasManifest: boolean;
  /** Its name or its other files are an export's; a `manifest.json` alone can be anybody's. */
  readonly looksLikeExport: boolean;
}

/** What only an export folder holds. */
const TELLS_EXPORT = /^(?:audit-log(?:\.\d+)?\.(?:jsonl|csv|json)(?:\.gz)?|SHA256SUMS|manifest\.sig)$/;
const EXPORT_FOLDER = /^\d{8}T\d{6}Z_\d{8}T\d{6}Z\.run/;
/** Folders that an export did not finish. */
const PARTIAL = '.partial-';

/**
 * Looks for exports at any depth. Links are not followed: what is verified lies in the folder.
 * @throws what reading the folder itself throws
 */
export async function* findExports(root: string, findings: Findings): AsyncGenerator<FoundFolder, void, undefined> {
  const waiting = [{ folder: root, depth: 0 }];
  for (let seen = 0, next = waiting.pop(); next !== undefined; seen += 1, next = waiting.pop()) {
    const { folder, depth } = next;
    const place = placeOf(root, folder);
    if (seen >= MOST_FOLDERS) {
      findings.invalid('invalid format', { folder: place }, `There are more than ${MOST_FOLDERS} folders; the rest was not looked at.`);
      return;
    }
    const content = await contentOf(folder, root, place, findings);
    const folders: string[] = [];
    for (const item of content) {
      if (item.isSymbolicLink()) findings.note('not found', { folder: place, file: item.name }, 'This is a link, which is not followed.');
      else if (item.isDirectory()) folders.push(item.name);
    }
    const hasManifest = content.some((item) => item.isFile() && item.name === MANIFEST_FILE);
    const holdsFiles = content.some((item) => item.isFile() && TELLS_EXPORT.test(item.name));
    if (hasManifest || holdsFiles) yield { path: folder, place, hasManifest, looksLikeExport: holdsFiles || EXPORT_FOLDER.test(path.basename(folder)) };
    if (folders.length > 0 && depth === DEEPEST) findings.invalid('invalid format', { folder: place }, `Folders deeper than ${DEEPEST} are not looked at.`);
    else for (const name of folders.reverse()) waiting.push({ folder: path.join(folder, name), depth: depth + 1 });
  }
}

async function contentOf(folder: string, root: string, place: string, findings: Findings): Promise<Dirent[]> {
  if (path.basename(folder).startsWith(PARTIAL)) {
    findings.note('not found', { folder: place }, 'This folder was never finished by an export; it is not looked at.');
    return [];
  }
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (thrown) {
    if (folder === root) throw thrown;
    findings.invalid('invalid format', { folder: place }, 'This folder cannot be read.');
    return [];
  }
}

function placeOf(root: string, folder: string): string {
  return path.relative(root, folder).split(path.sep).join('/') || '.';
}
