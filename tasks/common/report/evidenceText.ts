import { open, type FileHandle } from 'node:fs/promises';
import type { OwnFootprint } from '../auditlog/ownFootprint';
import type { FileCut } from '../export/fileCut';
import type { EvidenceCut } from './reportData';

/** The file whose beginning makes the rows of a report. */
export interface EvidenceFile {
  /** `audit-log.jsonl.gz`. */
  readonly file: string;
  readonly bytes: number;
  /** Where it can be cut, from its beginning on. */
  readonly cuts: readonly FileCut[];
  readonly own: OwnFootprint;
}

/** As much of it from its beginning as goes into a report. */
export interface EvidencePart extends Omit<EvidenceFile, 'cuts'> {
  /** Of the file: as many as it has, when it is not cut. */
  readonly bytes: number;
  readonly cut: EvidenceCut | null;
}

/** Base64 writes three bytes as four letters: only pieces of whole threes can be put together. */
const PIECE_BYTES = 3 * 64 * 1024;
/** Texts of more are memory that is asked for and given back each time, which takes ten times as long. */
const TEXT_BYTES = 3 * 8 * 1024;
/** Some hundred entries: what a page shows first. */
const FIRST_BYTES = 3 * 8 * 1024;

/**
 * As much of the evidence as fits: up to the last place at which it can be cut.
 * @param most bytes of the file
 */
export function partOf({ cuts, ...evidence }: EvidenceFile, most: number): EvidencePart {
  if (evidence.bytes <= most) return { ...evidence, cut: null };
  const { fileBytes, ...cut } = cuts.findLast((place) => place.fileBytes <= most) ?? { fileBytes: 0, entries: 0, bytes: 0 };
  return { ...evidence, bytes: fileBytes, cut };
}

/**
 * Base64 of that part, a piece at a time: as a whole it would be in memory twice. Each piece stands for itself; the first is short.
 * The next one takes its place in memory.
 * @throws what the file system throws; RangeError when the file has become shorter
 */
export async function* evidenceText({ file, bytes }: EvidencePart): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const text = Buffer.allocUnsafe(PIECE_BYTES / 3 * 4);
    for (let from = 0; from < bytes;) {
      const wanted = Math.min(from === 0 ? FIRST_BYTES : PIECE_BYTES, bytes - from);
      await fill(handle, piece, wanted, from);
      yield text.subarray(0, encode(piece.subarray(0, wanted), text));
      from += wanted;
    }
  } finally {
    await handle.close();
  }
}

/** @returns bytes of the text */
function encode(piece: Buffer, text: Buffer): number {
  let length = 0;
  for (let from = 0; from < piece.length; from += TEXT_BYTES) length += text.write(piece.toString('base64', from, from + TEXT_BYTES), length, 'latin1');
  return length;
}

async function fill(handle: FileHandle, piece: Buffer, wanted: number, from: number): Promise<void> {
  for (let filled = 0; filled < wanted;) {
    const { bytesRead } = await handle.read(piece, filled, wanted - filled, from + filled);
    if (bytesRead === 0) throw new RangeError('The file with the entries is shorter than it was written.');
    filled += bytesRead;
  }
}
