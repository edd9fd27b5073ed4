/** A line of SHA256SUMS. */
export interface SumsLine {
  /** From 1. */
  readonly line: number;
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Text or binary mode, as `sha256sum` writes it (GNU coreutils). The name has no folder: an export folder is flat. */
const LINE = /^([0-9a-f]{64}) [ *]([^/\\\0]{1,200})$/;

/** Reads what `sha256sum` reads. @returns the number of the first line that is none, or the lines */
export function parseSums(text: string): { readonly lines: readonly SumsLine[]; readonly wrongLine?: number } {
  const lines: SumsLine[] = [];
  const texts = text.split('\n');
  for (const [index, content] of texts.entries()) {
    if (content === '' && index === texts.length - 1) break;
    const [, sha256, name] = LINE.exec(content.replace(/\r$/, '')) ?? [];
    if (sha256 === undefined || name === undefined) return { lines, wrongLine: index + 1 };
    lines.push({ line: index + 1, name, sha256 });
  }
  return { lines };
}
