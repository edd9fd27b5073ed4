import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../support/temporaryFolder';

const SCRIPT = path.join(import.meta.dirname, 'writeUntilFull.ts');
const FORMATS = ['jsonl', 'csv', 'json', 'jsonl,csv,json'];

/** What writing without end in a folder ends with. @param shell what a shell does before @param within a command to run that shell in */
async function writeUntilFull(folder: string, formats: string, shell: string, within: readonly string[] = []): Promise<unknown> {
  const [command, ...words] = [...within, 'sh', '-c', `${shell} exec "$0" --import tsx "$@"`, process.execPath, SCRIPT, folder, formats];
  const { stdout } = await promisify(execFile)(command, words, {
    // tsx's own cache would meet the limit too.
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    timeout: 60_000,
  });
  return JSON.parse(stdout);
}

describe('a disk without room', function () {
  this.timeout(70_000);
  const folder = temporaryFolder();
  before(function () { if (process.platform === 'win32') this.skip(); });

  for (const formats of FORMATS) {
    it(`ends the writing of ${formats} with a sentence: a limit of a file's size`, async () => {
      assert.deepEqual(await writeUntilFull(folder(), formats, 'ulimit -f 1000;'), { ended: 'OUTPUT_DISK_FULL', unhandled: [] });
    });

    it(`ends the writing of ${formats} with a sentence: a small file system`, async function () {
      // In a name space of its own, so that nothing stays mounted however the test ends.
      const mount = `mount -t tmpfs -o size=512k tmpfs "${folder()}"`;
      if (spawnSync('unshare', ['-m', 'sh', '-c', mount]).status !== 0) this.skip();
      assert.deepEqual(await writeUntilFull(folder(), formats, `${mount} &&`, ['unshare', '-m']), { ended: 'OUTPUT_DISK_FULL', unhandled: [] });
    });
  }
});
