import { ContentFile, PIECE_BYTES } from './contentFile';
import type { FileCut } from './fileCut';
import type { FormatWriter } from './formatWriter';

const LINE_FEED = Buffer.from('\n');

/** One entry a line, as the service sent it: the evidence. */
export async function jsonLinesWriter(folder: string, isCompressed: boolean): Promise<FormatWriter> {
  const file = await ContentFile.create(folder, isCompressed ? 'audit-log.jsonl.gz' : 'audit-log.jsonl', 'jsonl');
  const lines = new WholeLines();
  return {
    write: async (entries) => {
      const pieces: Buffer[] = [];
      for (const { raw } of entries) {
        lines.add(raw.length + LINE_FEED.length);
        pieces.push(raw, LINE_FEED);
      }
      await file.write(...pieces);
    },
    finish: async () => [await file.close(lines.count)],
    cuts: () => lines.cuts(file.pieceEnds),
    abandon: () => file.abandon(),
  };
}

/** The lines of a file, and which of them are whole at the end of each piece of it. */
class WholeLines {
  count = 0;
  #bytes = 0;
  /** By piece. */
  readonly #whole: Omit<FileCut, 'fileBytes'>[] = [];

  add(bytes: number): void {
    while (this.#bytes + bytes > (this.#whole.length + 1) * PIECE_BYTES) this.#whole.push({ entries: this.count, bytes: this.#bytes });
    this.count += 1;
    this.#bytes += bytes;
  }

  /** @param pieceEnds bytes of the file, by piece */
  cuts(pieceEnds: readonly number[]): FileCut[] {
    const cuts: FileCut[] = [];
    for (const [piece, fileBytes] of pieceEnds.entries()) {
      const whole = this.#whole[piece];
      if (whole !== undefined) cuts.push({ fileBytes, ...whole });
    }
    return cuts;
  }
}
