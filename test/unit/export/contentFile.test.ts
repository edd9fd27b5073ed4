import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ContentFile, PIECE_BYTES } from '../../../tasks/common/export/contentFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('the content of a file', () => {
  const folder = temporaryFolder();

  for (const [name, unpack] of [['lines.jsonl', (content: Buffer) => content], ['lines.jsonl.gz', (content: Buffer) => gunzipSync(content)]] as const) {
    it(`is what was given, however much waits for being compressed and written: ${name}`, async () => {
      const file = await ContentFile.create(folder(), name, 'jsonl');
      const content = Buffer.concat([randomBytes(9 * PIECE_BYTES), Buffer.alloc(21 * PIECE_BYTES + 17, 'ab')]);
      for (let from = 0, turn = 0; from < content.length; turn += 1) {
        const to = from + [1, 70_000, PIECE_BYTES, 3 * PIECE_BYTES + 5, 11][turn % 5]!;
        await file.write(content.subarray(from, to));
        from = to;
      }
      const described = await file.close(7);
      const written = readFileSync(path.join(folder(), name));
      assert.equal(sha256(unpack(written)), sha256(content));
      assert.deepEqual(described, { name, format: 'jsonl', bytes: written.length, sha256: sha256(written), contentSha256: sha256(content), entries: 7 });
      assert.equal(file.pieceEnds.length, name.endsWith('.gz') ? 31 : 0);
    });
  }
});
