/**
 * How much longer the packaged task needs to start than an empty Node process: median of 15 runs each, taken in turns.
 * The task is started without inputs, so that it loads everything it has, reads its inputs, and ends with what is wrong in them.
 *
 *   npm run package && node bench/startup.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const RUNS = 15;
const bundle = path.resolve('dist/unzipped/tasks/ExportAuditLog/index.js');
const folder = mkdtempSync(path.join(tmpdir(), 'startup-'));
const empty = path.join(folder, 'empty.js');
writeFileSync(empty, '');

const environment = { ...process.env, AGENT_TEMPDIRECTORY: folder, NODE_EXTRA_CA_CERTS: '' };
/** @type {{ empty: number[], task: number[] }} */
const measured = { empty: [], task: [] };
for (let run = 0; run < RUNS; run += 1) {
  measured.empty.push(millisecondsOf(empty));
  measured.task.push(millisecondsOf(bundle));
}
rmSync(folder, { recursive: true });

const base = median(measured.empty);
const task = median(measured.task);
console.log(`Node.js ${process.versions.node}, median of ${RUNS}: empty process ${base} ms, task ${task} ms, start-up ${task - base} ms`);

/** @param {string} script */
function millisecondsOf(script) {
  const begun = process.hrtime.bigint();
  spawnSync(process.execPath, [script], { env: environment, cwd: folder, stdio: 'ignore' });
  return Number((process.hrtime.bigint() - begun) / 1_000_000n);
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
