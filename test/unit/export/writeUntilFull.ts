// A process of its own, because the limit of a file's size belongs to a process: writes entries that do not compress until
// there is no room, and prints what it ended with. Arguments: folder, formats.
import { randomBytes } from 'node:crypto';
import type { EntryBatch } from '../../../tasks/common/auditlog/readEntries';
import { asTaskError } from '../../../tasks/common/errors/taskError';
import { writeEntries, type ExportFormat } from '../../../tasks/common/export/writeEntries';
import { entryAt } from '../../support/auditEntries';

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => { unhandled.push(String(reason)); });

async function* endless(): AsyncGenerator<EntryBatch> {
  for (let pages = 1; pages < 2_000; pages += 1) {
    const entries = Array.from({ length: 100 }, (_, index) => entryAt(1_000_000_000 - pages * 100 - index, index, { details: randomBytes(300).toString('base64') }));
    yield await Promise.resolve({ entries, pages, reached: undefined });
  }
}

const [folder = '', formats = ''] = process.argv.slice(2);
let ended = 'WRITTEN';
try {
  await writeEntries(endless(), folder, { formats: formats.split(',') as ExportFormat['formats'], compressJson: true, csvDelimiter: ',' }, () => {});
} catch (thrown) {
  ended = asTaskError(thrown).code;
}
await new Promise((resolve) => { setTimeout(resolve, 50); });
process.stdout.write(`${JSON.stringify({ ended, unhandled })}\n`);
