import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { idHash, idHashText } from '../../tasks/common/auditlog/idHash';
import type { Chain, ChainRun, Manifest, Predecessor } from '../../tasks/common/evidence/manifest';
import { manifestBytes } from '../../tasks/common/evidence/manifestText';
import { compactInstant, formatInstant } from '../../tasks/common/window/instant';
import { idOf, timestampOf } from '../support/auditEntries';
import { makeManifest } from '../support/manifests';

/*
 * The single file, as it is published, on exports of a thousand days with ten million entries. Not part of `npm test`: `npm run test:verifier`.
 * EXPORTS and ENTRIES (of each export) make it smaller.
 */

const EXPORTS = Number(process.env['EXPORTS'] ?? 1_000);
const ENTRIES = Number(process.env['ENTRIES'] ?? 10_000);
const FIRST_DAY = Date.UTC(2024, 0, 1) / 1000;
const DAY = 86_400;
const KNOWN_SECONDS = 7_200;
const RUNS_KEPT = 100;
const MOST_BYTES = 400_000_000;
const VERIFIER = path.resolve('build/verify-audit-log.mjs');
const ACTIONS = [['access', 'Auditing', 'AuditLog.AccessLog'], ['create', 'Project', 'Project.CreateCompleted'], ['modify', 'Permissions', 'Security.ModifyPermission'], ['execute', 'Library', 'Library.ServiceConnectionExecuted']] as const;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe(`the single file on ${EXPORTS} exports with ${(EXPORTS * ENTRIES).toLocaleString('en')} entries`, function () {
  this.timeout(3_600_000);
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'audit-log-verifier-')); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  for (const isCompressed of [true, false]) {
    it(`verifies them ${isCompressed ? 'compressed' : 'as they are'}, at less than ${MOST_BYTES / 1e6} MB`, () => {
      const { files, bytes, contentBytes } = makeExports(folder, isCompressed);
      const run = verify(folder);
      assert.equal(run.status, 0, run.output);
      assert.match(run.output, new RegExp(`${EXPORTS.toLocaleString('en-US')} of ${EXPORTS.toLocaleString('en-US')} exports valid`));
      assert.match(run.output, new RegExp(`${(EXPORTS * ENTRIES).toLocaleString('en-US')} entries checked`));
      print(`verifier: ${rate(run.seconds, contentBytes)}, at most ${Math.round(run.peakBytes / 1e6)} MB`);
      const sums = time('sha256sum', ['--', ...files]);
      print(sums === undefined ? 'SKIPPED: there is no sha256sum here.' : `sha256sum of the same files (${Math.round(bytes / 1e6).toLocaleString('en')} MB): ${rate(sums, bytes)}`);
      if (isCompressed) {
        const unpacked = time('sh', ['-c', `find "$1" -name '*.gz' -exec gzip -dc {} + | sha256sum`, 'sh', folder]);
        if (unpacked !== undefined) print(`gzip -dc | sha256sum of the same files: ${rate(unpacked, contentBytes)}`);
      }
      assert.ok(run.peakBytes < MOST_BYTES, `${run.peakBytes} bytes`);
    });
  }
});

function rate(seconds: number, bytes: number): string {
  return `${seconds.toFixed(1)} s, ${Math.round((EXPORTS * ENTRIES) / seconds).toLocaleString('en')} entries and ${Math.round(bytes / seconds / 1e6)} MB a second`;
}

function verify(root: string): { status: number | null; output: string; seconds: number; peakBytes: number } {
  const tellPeak = 'data:text/javascript,process.on("exit",()=>process.stderr.write("\\npeak "+process.resourceUsage().maxRSS+"\\n"))';
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', tellPeak, VERIFIER, root], { encoding: 'utf8', maxBuffer: 1e8 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { status, output: stdout + stderr, seconds, peakBytes: Number(/peak (\d+)/.exec(stderr)?.[1]) * 1024 };
}

/** Seconds that a program took; undefined where it cannot run. */
function time(program: string, args: readonly string[]): number | undefined {
  const started = process.hrtime.bigint();
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return status === 0 ? Number(process.hrtime.bigint() - started) / 1e9 : undefined;
}

interface Made {
  readonly files: string[];
  readonly bytes: number;
  readonly contentBytes: number;
}

function makeExports(root: string, isCompressed: boolean): Made {
  const made = { files: [] as string[], bytes: 0, contentBytes: 0 };
  let predecessor: Predecessor | null = null;
  const runs: ChainRun[] = [];
  for (let day = 0; day < EXPORTS; day += 1) {
    const [start, end] = [FIRST_DAY + day * DAY, FIRST_DAY + (day + 1) * DAY];
    const run = String(1_000 + day);
    runs.push({ run, from: formatInstant(start), until: formatInstant(end) });
    if (runs.length > RUNS_KEPT) runs.shift();
    const { content, known, newest, oldest } = makeEntries(day, end);
    const name = isCompressed ? 'audit-log.jsonl.gz' : 'audit-log.jsonl';
    const bytes = isCompressed ? gzipSync(content, { level: 1 }) : content;
    const folder = `fabrikam/${compactInstant(start)}_${compactInstant(end)}.run${run}-1`;
    const chain: Chain = {
      pipelineId: '7', branch: 'refs/heads/main', artifactName: 'audit-log', position: day + 1, origin: { start: formatInstant(FIRST_DAY), continueFrom: null }, predecessor,
      restartedAfter: null, gap: null, runs: [...runs], knownFrom: formatInstant(end - KNOWN_SECONDS), known: [{ from: formatInstant(end - KNOWN_SECONDS), ids: known }],
    };
    const manifest = manifestOf({ run, folder, chain, start, end, newest, oldest, file: { name, format: 'jsonl', role: 'evidence', bytes: bytes.length, sha256: sha256(bytes), contentSha256: sha256(content), entries: ENTRIES } });
    const target = path.join(root, `run ${run}`, 'audit-log', folder);
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, name), bytes);
    writeFileSync(path.join(target, 'manifest.json'), manifestBytes(manifest));
    const hash = sha256(manifestBytes(manifest));
    writeFileSync(path.join(target, 'SHA256SUMS'), `${sha256(bytes)}  ${name}\n${hash}  manifest.json\n`);
    predecessor = { run, folder, manifestSha256: hash, coveredUntil: formatInstant(end) };
    made.files.push(path.join(target, name));
    made.bytes += bytes.length;
    made.contentBytes += content.length;
  }
  return made;
}

interface MadeEntries {
  readonly content: Buffer;
  readonly known: string[];
  readonly newest: { id: string; ticks: string };
  readonly oldest: { id: string; ticks: string };
}

/** Entries at even distances, newest first. */
function makeEntries(day: number, end: number): MadeEntries {
  const step = Math.floor((DAY * 10_000_000) / ENTRIES);
  const last = (BigInt(end) + 62_135_596_800n) * 10_000_000n;
  const lines: string[] = [];
  const known: string[] = [];
  const marks: { id: string; ticks: string }[] = [];
  for (let index = 0; index < ENTRIES; index += 1) {
    const ticks = String(last - BigInt((index + 1) * step)).padStart(19, '0');
    const id = idOf(ticks, day * ENTRIES + index);
    const [category, area, actionId] = ACTIONS[index % ACTIONS.length]!;
    lines.push(`{"id":"${id}","timestamp":"${timestampOf(ticks)}","actorUPN":"user${index % 40}@fabrikam.example","actionId":"${actionId}","area":"${area}","category":"${category}","details":"made for a test"}`);
    if ((index + 1) * step <= KNOWN_SECONDS * 10_000_000) known.push(idHashText(idHash(id)));
    if (index === 0 || index === ENTRIES - 1) marks.push({ id, ticks });
  }
  return { content: Buffer.from(`${lines.join('\n')}\n`), known: known.sort(), newest: marks[0]!, oldest: marks.at(-1)! };
}

interface Facts {
  readonly run: string;
  readonly folder: string;
  readonly chain: Chain;
  readonly start: number;
  readonly end: number;
  readonly newest: { id: string; ticks: string };
  readonly oldest: { id: string; ticks: string };
  readonly file: Manifest['files'][number];
}

function manifestOf({ run, folder, chain, start, end, newest, oldest, file }: Facts): Manifest {
  const covered = { start: formatInstant(start), end: formatInstant(end) };
  const tally = (column: 0 | 1 | 2): Manifest['tallies']['area'] => ACTIONS.map((names, number) => ({ name: names[column], entries: Math.floor((ENTRIES + ACTIONS.length - 1 - number) / ACTIONS.length) })).sort((left, right) => (left.name < right.name ? -1 : 1));
  return makeManifest({
    run,
    change: (manifest) => ({
      ...manifest,
      folder,
      chain,
      window: { kind: 'sinceLastExport', requested: covered, covered, overlapFrom: covered.start, unsettledFrom: null },
      coverage: { from: formatInstant(FIRST_DAY), until: covered.end, gaps: [] },
      counts: { entries: ENTRIES, late: 0, greatestLatenessSeconds: null, repaired: 0 },
      entries: { newest, oldest },
      tallies: { category: tally(0), area: tally(1), action: tally(2) },
      retrieval: { ...manifest.retrieval, startedAt: covered.end, endedAt: covered.end, agentClock: covered.end, serviceClock: covered.end },
      files: [file],
    }),
  });
}

function print(line: string): void {
  process.stdout.write(`      ${line}\n`);
}
