import type { Manifest } from '../manifest';
import { MANIFEST_FILE } from '../manifestText';
import { checkFiles, type CheckedFiles } from './exportFiles';
import type { EntryChecks, SeenEntry } from './entryChecks';
import type { ExportRecord } from './exportRecord';
import { manifestOf } from './readRecords';
import { checkSignature, type PinnedKey } from './signatureCheck';
import type { Findings } from './verdict';

/** What the whole verification shares. */
export interface CheckParts {
  readonly findings: Findings;
  readonly pinned: readonly PinnedKey[];
  /** Grows with every export. */
  readonly totals: Totals;
  /** Called after every export that was read. */
  readonly onProgress: () => void;
}

export interface Totals {
  exports: number;
  validExports: number;
  files: number;
  validFiles: number;
  entries: number;
  /** Entries whose id does not carry their time. */
  otherIds: number;
  /** Exports that each key signed, by the key's hash. */
  readonly signedBy: Map<string, number>;
}

/** An export that was read. */
export interface CheckedExport {
  readonly manifest: Manifest;
  /** Undefined when its entries could not be checked, or something about it is wrong. */
  readonly entries: EntryChecks | undefined;
  readonly isValid: boolean;
}

/**
 * Checks one export, and each copy of it: signature, files and entries.
 * @param onEntry called for each entry that could be read, once however often the export is here
 * @returns undefined when its manifest was changed meanwhile
 */
export async function checkExport(record: ExportRecord, parts: CheckParts, onEntry: (entry: SeenEntry) => void): Promise<CheckedExport | undefined> {
  const { findings, totals } = parts;
  totals.exports += 1;
  const read = await manifestOf(record);
  if (read === undefined) {
    findings.invalid('hash does not match', { folder: record.place, file: MANIFEST_FILE }, 'This manifest changed while it was verified.');
    return undefined;
  }
  let first: CheckedFiles | undefined;
  for (const { path: folder, place } of [record, ...record.copies]) {
    const signedBy = await checkSignature({ ...read, folder, place, pinned: parts.pinned, findings });
    const files = await checkFiles({ folder, place, manifest: read.manifest, manifestSha256: record.sha256, findings, onEntry: first === undefined ? onEntry : undefined });
    if (first === undefined && signedBy !== undefined) totals.signedBy.set(signedBy, (totals.signedBy.get(signedBy) ?? 0) + 1);
    first ??= files;
  }
  totals.files += first?.total ?? 0;
  totals.validFiles += first?.valid ?? 0;
  totals.entries += first?.entries?.line ?? 0;
  totals.otherIds += first?.entries?.otherIds ?? 0;
  const isValid = isRecordValid(record, findings);
  if (isValid) totals.validExports += 1;
  parts.onProgress();
  return { manifest: read.manifest, entries: isValid ? first?.entries : undefined, isValid };
}

export function isRecordValid(record: ExportRecord, findings: Findings): boolean {
  return [record, ...record.copies].every(({ place }) => findings.isValid(place));
}
