import type { CollectedReport, RowChunk } from './reportData';

/**
 * The same report with only as many rows as fit: whole lines go first, the newest chunks stay.
 * @param bytes most bytes of all chunks together, as they stand in the JSON
 */
export function limitRows(data: CollectedReport, bytes: number): CollectedReport {
  const { rows } = data;
  if (rows === null || sizeOf(rows.chunks) <= bytes) return data;
  const chunks = fitting(rows.chunks.map((chunk) => ({ ...chunk, lines: null })), bytes);
  const included = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return { ...data, rows: { form: 'chunks', included, leftOut: rows.leftOut + rows.included - included, chunks: withLines(chunks, rows.chunks, bytes) } };
}

/** The newest chunks, as many as fit. */
function fitting(chunks: readonly RowChunk[], bytes: number): RowChunk[] {
  let size = 0;
  const beyond = chunks.findIndex((chunk) => (size += sizeOf([chunk])) > bytes);
  return beyond < 0 ? [...chunks] : chunks.slice(0, beyond);
}

/** The newest whole lines come back where there is room for them. */
function withLines(chunks: readonly RowChunk[], whole: readonly RowChunk[], bytes: number): RowChunk[] {
  let left = bytes - sizeOf(chunks);
  return chunks.map((chunk, at) => {
    const lines = whole[at]?.lines ?? null;
    left -= lines?.length ?? 0;
    return { ...chunk, lines: left >= 0 ? lines : null };
  });
}

/** Base64 has a byte for each character; what is around it in the JSON is little. */
function sizeOf(chunks: readonly RowChunk[]): number {
  return chunks.reduce((sum, { columns, lines }) => sum + columns.length + (lines?.length ?? 0) + CHUNK_FRAME, 0);
}

const CHUNK_FRAME = 48;
