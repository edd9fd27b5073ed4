/** What a chunk may grow to, bytes: far above what the task writes, and far below what would stop a browser. */
const LARGEST_INFLATED = 256 * 1024 * 1024;
/** Bytes that are inflated at once: a few milliseconds of work. */
const BYTES_AT_ONCE = 48 * 1024;
/** How long a stream that was cut may give nothing before what it lacks counts as damaged, ms. What is there comes as soon as it is written. */
const PATIENCE = 1_000;

/** Pieces of a file that follow each other. */
export type Pieces = AsyncIterable<Uint8Array<ArrayBuffer>> | Iterable<Uint8Array<ArrayBuffer>>;

/**
 * The text that is gzipped and written as base64.
 * @throws when it is neither, or longer than any chunk of ours
 */
export async function inflate(base64: string): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const bytes of inflated([bytesOf(base64)], false)) {
    size += bytes.byteLength;
    if (size > LARGEST_INFLATED) throw new RangeError('A chunk is too large');
    parts.push(decoder.decode(bytes, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

/**
 * The content of a gzip file, piece by piece.
 * @param isCut whether the file is only the beginning of one: then nothing says where its content ends, and whoever reads stops when he has
 * what he was told that there is. It ends by itself only where less is there.
 * @throws when it is no such file
 */
export async function* inflated(pieces: Pieces, isCut: boolean): AsyncGenerator<Uint8Array, void, undefined> {
  const { readable, writable } = new DecompressionStream('gzip');
  const reader = readable.getReader();
  const written = writeAll(writable.getWriter(), pieces, isCut);
  // Reading tells of a failure too; until then it must not count as unhandled.
  written.catch(() => {});
  try {
    let next = reader.read();
    // A stream that is not closed never says that it has given everything.
    const drained = written.then(() => (isCut ? 'written' as const : new Promise<never>(() => {})));
    drained.catch(() => {});
    for (;;) {
      const first = await Promise.race([next, drained]);
      const result = first === 'written' ? await Promise.race([next, impatience()]) : first;
      if (result.done) break;
      yield result.value;
      next = reader.read();
    }
    await written;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @throws when it is no base64 */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const constructor = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (constructor.fromBase64 !== undefined) return constructor.fromBase64(base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let position = 0; position < binary.length; position += 1) bytes[position] = binary.charCodeAt(position);
  return bytes;
}

async function impatience(): Promise<{ readonly done: true; readonly value: undefined }> {
  await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  return { done: true, value: undefined };
}

/** One after the other: what is inflated waits to be taken. */
async function writeAll(writer: WritableStreamDefaultWriter<BufferSource>, pieces: Pieces, isCut: boolean): Promise<void> {
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; from += BYTES_AT_ONCE) await writer.write(piece.subarray(from, from + BYTES_AT_ONCE));
  }
  // The end of what was cut would be an error, and an error takes along what has not been read.
  if (!isCut) await writer.close();
}
