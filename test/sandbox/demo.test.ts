import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { HELP, readOptions } from '../../sandbox/demo/options';
import { demoPipeline } from '../../sandbox/demo/pipeline';
import { formatBytes, listTree } from '../../sandbox/demo/tree';

describe('demo', () => {
  it('reads its options', () => {
    const options = readOptions(['--entries', '20', '--fault', 'a', '--fault', 'b', '--time-zone', 'Europe/Berlin', '--input', 'csvDelimiter=semicolon', '--input', 'startTime=', '--debug']);
    assert.deepEqual([options.entries, options.faults, options.debug, options.seed], [20, ['a', 'b'], true, 1]);
    assert.deepEqual(options.inputs, { timeZone: 'Europe/Berlin', csvDelimiter: 'semicolon', startTime: '' });
    assert.deepEqual([options.task, options.broken], ['export', []]);
    assert.deepEqual([readOptions(['--broken', 'a', '--broken', 'b']).task, readOptions(['--broken', 'a', '--task', 'export']).task], ['check', 'export']);
    assert.throws(() => readOptions(['--task', 'verify']), /--task "verify" is neither/);
    assert.throws(() => readOptions(['--entries', 'many']), /--entries "many" is not a whole number/);
    assert.throws(() => readOptions(['--input', 'x']), /not of the form NAME=VALUE/);
    assert.throws(() => readOptions(['--nonsense']), /nonsense/);
  });

  it('describes every option', () => {
    for (const option of ['entries', 'seed', 'fault', 'broken', 'task', 'window', 'duration', 'period', 'time-zone', 'start-time', 'end-time', 'formats', 'input', 'debug', 'node', 'out', 'help']) {
      assert.match(HELP, new RegExp(`^  --${option}\\b`, 'm'));
    }
  });

  it('writes a complete pipeline whose schedule always runs', () => {
    const pipeline = parse(demoPipeline('ExportAuditLog', { azureDevOpsServiceConnection: 'audit: log', duration: '7d', formats: 'jsonl' })) as Record<string, unknown>;
    assert.deepEqual([pipeline['trigger'], pipeline['pr']], ['none', 'none']);
    assert.equal((pipeline['schedules'] as { always: boolean }[])[0]?.always, true);
    assert.deepEqual((pipeline['steps'] as { inputs: object }[])[0]?.inputs, { azureDevOpsServiceConnection: 'audit: log', duration: '7d', formats: 'jsonl' });
  });

  it('lists a folder with sizes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tree-'));
    try {
      mkdirSync(join(directory, 'b'));
      writeFileSync(join(directory, 'b', 'c.txt'), 'x'.repeat(2048));
      writeFileSync(join(directory, 'a.txt'), '');
      assert.deepEqual([...listTree(directory)], ['a.txt  0 B', 'b/', '  c.txt  2.0 KiB']);
      assert.deepEqual([1023, 1024, 102_400, 3 * 1024 ** 3].map(formatBytes), ['1023 B', '1.0 KiB', '100 KiB', '3.0 GiB']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
