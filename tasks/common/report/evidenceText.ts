import { open, type FileHandle } from 'node:fs/promises';
import type { OwnFootprint } from '../auditlog/ownFootprint';

/** The file whose beginning makes the rows of a report. */
export interface EvidenceFile {
  /** `audit-log.jsonl.gz`. */
  readonly file: string;
  readonly bytes: number;
  /** Most bytes of it that go into the report. */
  readonly most: number;
  readonly own: OwnFootprint;
}

/** Base64 writes three bytes as four letters: only pieces of whole threes can be put together. */
const PIECE_BYTES = 3 * 64 * 1024;

/** Whether the file has more than goes into the report. */
export function isCut({ bytes, most }: EvidenceFile): boolean {
  return bytes > most;
}

/**
 * Base64 of the beginning of the file, a piece at a time: as a whole it would be in memory twice.
 * @throws what the file system throws; RangeError when the file has become shorter
 */
export async function* evidenceText({ file, bytes, most }: EvidenceFile): AsyncGenerator<string, void, undefined> {
  const handle = await open(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const end = Math.min(bytes, most);
    for (let from = 0; from < end; from += PIECE_BYTES) {
      const wanted = Math.min(PIECE_BYTES, end - from);
      await fill(handle, piece, wanted, from);
      yield piece.toString('base64', 0, wanted);
    }
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, piece: Buffer, wanted: number, from: number): Promise<void> {
  for (let filled = 0; filled < wanted;) {
    const { bytesRead } = await handle.read(piece, filled, wanted - filled, from + filled);
    if (bytesRead === 0) throw new RangeError('The file with the entries is shorter than it was written.');
    filled += bytesRead;
  }
}
