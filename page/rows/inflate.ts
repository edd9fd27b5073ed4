/** What a chunk may grow to, bytes: far above what the task writes, and far below what would stop a browser. */
const LARGEST_INFLATED = 256 * 1024 * 1024;

/**
 * The text that is gzipped and written as base64.
 * @throws when it is neither, or longer than any chunk of ours
 */
export async function inflate(base64: string): Promise<string> {
  const reader = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > LARGEST_INFLATED) throw new RangeError('A chunk is too large');
    parts.push(decoder.decode(value, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const constructor = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (constructor.fromBase64 !== undefined) return constructor.fromBase64(base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let position = 0; position < binary.length; position += 1) bytes[position] = binary.charCodeAt(position);
  return bytes;
}
