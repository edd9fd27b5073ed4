/** What a chunk may grow to, bytes: far above what the task writes, and far below what would stop a browser. */
const LARGEST_INFLATED = 256 * 1024 * 1024;
/** Letters of base64 that are inflated at once: a few milliseconds of work. A multiple of four, which stand for three bytes. */
const LETTERS_AT_ONCE = 64 * 1024;
/** ms. */
const QUIET = 50;

/**
 * The text that is gzipped and written as base64.
 * @throws when it is neither, or longer than any chunk of ours
 */
export async function inflate(base64: string): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const bytes of inflated(base64, false)) {
    size += bytes.byteLength;
    if (size > LARGEST_INFLATED) throw new RangeError('A chunk is too large');
    parts.push(decoder.decode(bytes, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

/**
 * The bytes that are gzipped and written as base64, piece by piece.
 * @param isCut whether the text is only the beginning: then its end is no error
 * @throws when it is neither
 */
export async function* inflated(base64: string, isCut: boolean): AsyncGenerator<Uint8Array, void, undefined> {
  const { readable, writable } = new DecompressionStream('gzip');
  const reader = readable.getReader();
  const written = writeAll(writable.getWriter(), base64, isCut);
  // Reading tells of a failure too; until then it must not count as unhandled.
  written.catch(() => {});
  try {
    let next = reader.read();
    // A stream that is not closed never says that it has given everything.
    const drained = written.then(() => (isCut ? 'written' as const : new Promise<never>(() => {})));
    drained.catch(() => {});
    for (;;) {
      const first = await Promise.race([next, drained]);
      const result = first === 'written' ? await Promise.race([next, quiet()]) : first;
      if (result.done) break;
      yield result.value;
      next = reader.read();
    }
    await written;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** What is inflated is there as soon as it is written, by the standard of the streams; whatever takes longer for it has this long. */
async function quiet(): Promise<{ readonly done: true; readonly value: undefined }> {
  await new Promise((resolve) => setTimeout(resolve, QUIET));
  return { done: true, value: undefined };
}

/** One after the other: what is inflated waits to be taken. */
async function writeAll(writer: WritableStreamDefaultWriter<BufferSource>, base64: string, isCut: boolean): Promise<void> {
  for (let from = 0; from < base64.length; from += LETTERS_AT_ONCE) await writer.write(bytesOf(base64.slice(from, from + LETTERS_AT_ONCE)));
  // The end of what was cut would be an error, and an error takes along what has not been read.
  if (!isCut) await writer.close();
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const constructor = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (constructor.fromBase64 !== undefined) return constructor.fromBase64(base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let position = 0; position < binary.length; position += 1) bytes[position] = binary.charCodeAt(position);
  return bytes;
}
