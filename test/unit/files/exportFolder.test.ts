import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createExportFolder } from '../../../tasks/common/files/exportFolder';
import { isTaskError } from '../../support/taskErrors';
import { temporaryFolder } from '../../support/temporaryFolder';

const NAME = '20261120T000000Z_20261121T000000Z.run4711-1';
const MINUTE_MS = 60_000;

describe('export folder', () => {
  const folder = temporaryFolder();
  const parent = (): string => path.join(folder(), 'out', 'fabrikam');
  const begin = (nowMs = Date.now()): ReturnType<typeof createExportFolder> => createExportFolder(parent(), NAME, nowMs);

  it('has its name only once it is complete, and gets it by renaming, with all that is in it', async () => {
    const { partial, publish } = await begin();
    writeFileSync(path.join(partial, 'a'), 'content');
    assert.deepEqual(readdirSync(parent()).filter((name) => !name.startsWith('.partial-')), []);
    assert.equal(path.dirname(partial), parent());
    const { ino } = statSync(partial);
    const final = await publish();
    assert.equal(final, path.join(parent(), NAME));
    assert.deepEqual(readdirSync(parent()), [NAME]);
    assert.equal(statSync(final).ino, ino);
    assert.equal(readFileSync(path.join(final, 'a'), 'utf8'), 'content');
  });

  it('leaves what has its name already, and takes the next free one', async () => {
    mkdirSync(path.join(parent(), NAME), { recursive: true });
    const finals: string[] = [];
    for (let number = 0; number < 3; number += 1) {
      const { partial, publish } = await begin();
      writeFileSync(path.join(partial, 'number'), String(number));
      finals.push(await publish());
    }
    assert.deepEqual(finals.map((final) => path.basename(final)), [`${NAME}.2`, `${NAME}.3`, `${NAME}.4`]);
    assert.deepEqual(finals.map((final) => readFileSync(path.join(final, 'number'), 'utf8')), ['0', '1', '2']);
    assert.deepEqual(readdirSync(path.join(parent(), NAME)), []);
  });

  it('is gone when it is discarded, and nothing else with it', async () => {
    const published = await (await begin()).publish();
    const { partial, discard } = await begin();
    writeFileSync(path.join(partial, 'a'), 'content');
    await discard();
    await discard();
    assert.deepEqual(readdirSync(parent()), [path.basename(published)]);
  });

  it('stays when it is discarded after it was published', async () => {
    const { publish, discard } = await begin();
    const final = await publish();
    await discard();
    assert.ok(statSync(final).isDirectory());
  });

  it('can be discarded though its place is gone, so that the failure before it is the one that is told', async () => {
    const { discard } = await begin();
    rmSync(folder(), { recursive: true });
    writeFileSync(folder(), '');
    await discard();
  });

  it('cannot be where a file is, and says so', async () => {
    writeFileSync(path.join(folder(), 'out'), '');
    await assert.rejects(begin(), isTaskError('OUTPUT_NOT_WRITABLE'));
  });

  it('says so when it was removed before it was published', async () => {
    const { partial, publish } = await begin();
    rmSync(partial, { recursive: true });
    await assert.rejects(publish(), isTaskError('OUTPUT_NOT_WRITABLE'));
  });

  it('has a name that every file system takes', async () => {
    const { partial } = await begin();
    assert.match(path.basename(partial), /^[\w.-]+[\w-]$/);
    assert.ok(path.basename(partial).length < 100);
  });

  describe('that another run left', () => {
    let other: ChildProcess;
    before(() => { other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); });
    after(() => { other.kill('SIGKILL'); });

    function leave(processId: number | string, ageMs: number, fileAgeMs = ageMs): string {
      const left = path.join(parent(), `.partial-${processId}-${NAME}`);
      mkdirSync(left, { recursive: true });
      writeFileSync(path.join(left, 'audit-log.jsonl'), 'half');
      const at = (age: number): Date => new Date(Date.now() - age);
      utimesSync(path.join(left, 'audit-log.jsonl'), at(fileAgeMs), at(fileAgeMs));
      utimesSync(left, at(ageMs), at(ageMs));
      return path.basename(left);
    }

    it('is swept when its process has ended', async () => {
      const ended = spawnSync(process.execPath, ['-e', '']).pid;
      leave(ended, 0);
      leave('nobody', 0);
      const { partial } = await begin();
      assert.deepEqual(readdirSync(parent()), [path.basename(partial)]);
    });

    it('is swept when it has the number of this process, which a restarted agent can hand out again', async () => {
      leave(process.pid, 0);
      const { partial } = await begin();
      assert.deepEqual(readdirSync(partial), []);
    });

    it('is kept while its process lives and writes', async () => {
      const left = leave(other.pid!, 60 * MINUTE_MS, 5 * MINUTE_MS);
      const { publish } = await begin();
      await publish();
      assert.deepEqual(readdirSync(parent()).sort(), [left, NAME].sort());
      assert.equal(readFileSync(path.join(parent(), left, 'audit-log.jsonl'), 'utf8'), 'half');
    });

    it('is swept when nothing was written to it for longer than an export waits', async () => {
      leave(other.pid!, 16 * MINUTE_MS);
      const { partial } = await begin();
      assert.deepEqual(readdirSync(parent()), [path.basename(partial)]);
    });

    it('may change while it is looked at', async function () {
      if (process.platform === 'win32') this.skip();
      const left = leave(other.pid!, 0);
      // What a file is like that goes away between listing and asking for its time.
      symlinkSync('gone', path.join(parent(), left, 'audit-log.csv'));
      await begin();
      assert.ok(readdirSync(parent()).includes(left));
    });

    it('is all that is swept', async () => {
      mkdirSync(path.join(parent(), NAME), { recursive: true });
      writeFileSync(path.join(parent(), 'notes.txt'), '');
      const { publish } = await begin();
      await publish();
      assert.deepEqual(readdirSync(parent()).sort(), [NAME, `${NAME}.2`, 'notes.txt'].sort());
    });
  });
});
