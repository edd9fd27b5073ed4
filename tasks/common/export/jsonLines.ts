import { ContentFile } from './contentFile';
import type { FormatWriter } from './formatWriter';

const LINE_FEED = Buffer.from('\n');

/** One entry a line, as the service sent it: the evidence. */
export async function jsonLinesWriter(folder: string, isCompressed: boolean): Promise<FormatWriter> {
  const file = await ContentFile.create(folder, isCompressed ? 'audit-log.jsonl.gz' : 'audit-log.jsonl', 'jsonl');
  let count = 0;
  return {
    write: async (entries) => {
      count += entries.length;
      const pieces: Buffer[] = [];
      for (const { raw } of entries) pieces.push(raw, LINE_FEED);
      await file.write(...pieces);
    },
    finish: async () => [await file.close(count)],
    abandon: () => file.abandon(),
  };
}
