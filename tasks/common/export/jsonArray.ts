import { ContentFile } from './contentFile';
import type { FormatWriter } from './formatWriter';

const BEGINNING = Buffer.from('[\n');
const BETWEEN = Buffer.from(',\n');
const END = Buffer.from('\n]\n');
const EMPTY = Buffer.from('[]\n');

/** All entries as one JSON array, an entry a line. */
export async function jsonArrayWriter(folder: string, isCompressed: boolean): Promise<FormatWriter> {
  const file = await ContentFile.create(folder, isCompressed ? 'audit-log.json.gz' : 'audit-log.json', 'json');
  let count = 0;
  return {
    write: async (entries) => {
      await file.write(...entries.flatMap(({ raw }, index) => [count + index === 0 ? BEGINNING : BETWEEN, raw]));
      count += entries.length;
    },
    finish: async () => {
      await file.write(count === 0 ? EMPTY : END);
      return [await file.close(count)];
    },
    abandon: () => file.abandon(),
  };
}
