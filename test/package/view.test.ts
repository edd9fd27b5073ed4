import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildView, viewFile, viewText } from '../../scripts/view.mjs';
import { AuditLogEntry, compareEntries } from '../../tasks/common/auditlog/entry';
import { manifestBytes } from '../../tasks/common/evidence/manifestText';
import { isoOfTicks, ticksOfSeconds } from '../../tasks/common/time/ticks';
import { epochSeconds, formatInstant } from '../../tasks/common/window/instant';
import { auditLogOf, ExportChain, HOUR, SET_START, type LoggedEntry, type SetExport } from '../support/exportSet';
import { columnsOf, linesOf, reportIn } from '../support/reportFile';
import { temporaryFolder } from '../support/temporaryFolder';

const DAY = 24 * HOUR;
const NOT_VERIFIED = 'Nothing was verified for this page: whether the exports are complete and unaltered, verify-audit-log.mjs tells.';
const NOT_TOLD = 'Who and what is new here cannot be told: that takes the export before, with its manifest, in the same folder.';
const FORMATS = [
  { formats: ['jsonl', 'csv'], compressJson: true },
  { formats: ['json'], compressJson: true },
  { formats: ['jsonl'], compressJson: false },
  { formats: ['json', 'csv'], compressJson: false },
] as const;

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

describe('the report over many exports', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  before(buildView);

  const exports = (): string => path.join(folder(), 'exports');
  const output = (): string => path.join(folder(), 'alone', 'audit-log-report.html');

  /** Runs a copy of the file, away from the repository and its packages, with no environment. */
  function run(...args: readonly string[]): Run {
    const alone = path.join(folder(), 'alone');
    mkdirSync(alone, { recursive: true });
    const file = path.join(alone, 'view-audit-log.mjs');
    copyFileSync(viewFile, file);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: alone, encoding: 'utf8', env: {} });
    return { status, out: stdout, error: stderr };
  }

  /** So many days, an export each, every one in another format than the one before. */
  async function makeChain(days: number, more: { readonly entries?: number; readonly organization?: string; readonly log?: LoggedEntry[]; readonly root?: string } = {}): Promise<{ chain: ExportChain; made: SetExport[] }> {
    const log = more.log ?? auditLogOf(1, SET_START, SET_START + days * DAY, more.entries ?? days * 50, 0.2);
    const made: SetExport[] = [];
    let chain: ExportChain | undefined;
    for (let day = 1; day <= days; day += 1) {
      chain = new ExportChain({ root: more.root ?? exports(), log, ...(more.organization !== undefined && { organization: more.organization }), format: FORMATS[day % FORMATS.length]! }, chain?.state);
      made.push(await chain.add(String(day), SET_START + day * DAY));
    }
    return { chain: chain!, made };
  }

  /** What a report over these exports has to show, found out another way. */
  function truth(shown: readonly SetExport[]): { readonly entries: AuditLogEntry[]; readonly duplicates: number; readonly late: Set<string> } {
    const byId = new Map<string, AuditLogEntry>();
    const late = new Set<string>();
    for (const { entries, manifest } of shown) {
      const start = ticksOfSeconds(epochSeconds(manifest.window.covered.start));
      for (const entry of entries) {
        byId.set(entry.id, entry);
        if (entry.ticks < start) late.add(entry.id);
      }
    }
    const all = shown.reduce((sum, { entries }) => sum + entries.length, 0);
    return { entries: [...byId.values()].sort(compareEntries), duplicates: all - byId.size, late };
  }

  function shownIds(): string[] {
    return columnsOf(reportIn(output())).flatMap(({ id }) => id);
  }

  it('has the SHA-256 that is published beside it, the same whenever it is built, and loads nothing from elsewhere', async () => {
    const text = readFileSync(viewFile, 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    assert.equal(readFileSync(`${viewFile}.sha256`, 'utf8'), `${sha256}  view-audit-log.mjs\n`);
    assert.equal(await viewText(), text);
    assert.match(run('--version').out, new RegExp(sha256));
    assert.deepEqual([...text.matchAll(/^import .*from "(?!node:)/gm)], []);
    assert.doesNotMatch(text, /WebAssembly/, 'everything in it can be read');
    assert.match(text, /temporal-polyfill \d.*\n=+\n/, 'the licences of what is in it');
  });

  it('shows a single export', async () => {
    const { made } = await makeChain(1);
    const { status, out, error } = run(exports());
    assert.deepEqual([status, error], [0, '']);
    const report = reportIn(output());
    assert.deepEqual(shownIds(), made[0]!.entries.map(({ id }) => id));
    assert.deepEqual(linesOf(report), made[0]!.entries.map(({ raw }) => raw.toString('utf8')));
    assert.deepEqual([report.organization, report.run, report.artifactName, report.coverage.gapCount, report.notes, report.firstSeen], ['fabrikam', null, 'audit-log', 0, [NOT_TOLD, NOT_VERIFIED], null]);
    assert.deepEqual(report.exports, [{ folder: made[0]!.folder, start: '2026-09-01T00:00:00Z', end: '2026-09-02T00:00:00Z', entries: made[0]!.entries.length }]);
    assert.match(out, /^fabrikam: 1 export, 2026-09-01T00:00:00Z to 2026-09-02T00:00:00Z\n\d+ entries\nnote: Who and what is new here cannot be told: .*\nWrote .*audit-log-report\.html \(\d+ KiB\)\.\nWhoever gets the file sees people.*\nNothing was verified: .*verify-audit-log\.mjs tells\.\n$/);
  });

  it('shows forty exports in all formats, with overlaps, a copy and a gap: every entry once, newest first', async () => {
    const { chain, made } = await makeChain(40);
    const separate = [await chain.addSeparate('900', SET_START + 10 * DAY + 6 * HOUR, SET_START + 12 * DAY), await chain.addSeparate('901', SET_START + 11 * DAY, SET_START + 11 * DAY + HOUR), await chain.addSeparate('902', SET_START + 22 * DAY, SET_START + 36 * DAY)];
    const [lost] = made.splice(20, 1);
    rmSync(lost!.path, { recursive: true });
    cpSync(made[3]!.path, path.join(exports(), 'again', 'fabrikam', path.basename(made[3]!.path)), { recursive: true });
    const expected = truth([...made, ...separate, made[3]!]);
    assert.ok(expected.duplicates > 100 && expected.late.size > 10, 'the set has what the test is about');

    const { status, out } = run(exports());
    assert.equal(status, 0, out);
    const report = reportIn(output());
    assert.deepEqual(shownIds(), expected.entries.map(({ id }) => id));
    assert.deepEqual(linesOf(report), expected.entries.map(({ raw }) => raw.toString('utf8')));
    assert.deepEqual([report.counts.entries, report.counts.late], [expected.entries.length, expected.late.size]);
    assert.deepEqual(new Set(columnsOf(report).flatMap(({ id, late }) => late.map((row) => id[row]))), expected.late);
    assert.ok(report.notes?.includes(`${expected.duplicates} entries were in several exports and are shown once.`), out);
    assert.deepEqual(report.coverage.gaps, [{ start: '2026-09-21T00:00:00Z', end: '2026-09-22T00:00:00Z', reason: 'notFound' }]);
    assert.match(out, /^gap: 2026-09-21T00:00:00Z to 2026-09-22T00:00:00Z: no export of it is here$/m);
    assert.deepEqual(report.exports.map(({ start }) => start), [...made, ...separate].map(({ manifest }) => manifest.window.covered.start).sort());
    assert.equal(report.artifactName, null, 'exports outside the chain have none in common with it');
  });

  it('gives the reason of a gap that a manifest knows, and of the rest that it is not here', async () => {
    const { chain, made } = await makeChain(2);
    const after = SET_START + 3 * DAY;
    const gap = { start: formatInstant(SET_START + 2 * DAY), end: formatInstant(after), reason: 'expired' as const };
    await chain.add('3', after + DAY, { from: after, gaps: [gap] });
    rmSync(made[1]!.path, { recursive: true });
    assert.equal(run(exports()).status, 0);
    assert.deepEqual(reportIn(output()).coverage, { isChain: true, from: formatInstant(after), until: formatInstant(after + DAY), gapCount: 2, gaps: [gap, { start: formatInstant(SET_START + DAY), end: formatInstant(SET_START + 2 * DAY), reason: 'notFound' }] });
  });

  /** Whom and what entries name, as the charts count them. */
  function namesOf(entries: readonly AuditLogEntry[]): { actors: Set<unknown>; actions: Set<unknown> } {
    const fields = entries.map((entry) => entry.fields());
    return { actors: new Set(fields.map(({ actorUPN }) => actorUPN)), actions: new Set(fields.map(({ actionId }) => actionId)) };
  }

  /** A chain of days to which somebody comes on most days, and something new is done. */
  async function makeGrowingChain(days: number): Promise<SetExport[]> {
    const log = auditLogOf(1, SET_START, SET_START + days * DAY, days * 40, 0.2).map((logged) => {
      const day = Math.floor((logged.seconds - SET_START) / DAY);
      const fields = { ...logged.entry.fields(), actorUserId: null, actorCUID: null, actorDisplayName: null, actorClientId: null, actorUPN: `person${day - day % 3}@fabrikam.example`, actionId: `Git.Action${day}` };
      return { ...logged, entry: new AuditLogEntry(Buffer.from(JSON.stringify(fields)), logged.entry.id, logged.entry.ticks) };
    });
    return (await makeChain(days, { log })).made;
  }

  /** Demands what is new of a report over exports against others. */
  function assertNew(shown: readonly SetExport[], before: readonly SetExport[], until: number): void {
    const [now, known] = [namesOf(shown.flatMap(({ entries }) => entries)), namesOf(before.flatMap(({ entries }) => entries))];
    const { firstSeen, notes } = reportIn(output());
    const fresh = { actors: [...now.actors].filter((name) => !known.actors.has(name)).sort(), actions: [...now.actions].filter((name) => !known.actions.has(name)).sort() };
    assert.ok(fresh.actors.length > 0 && fresh.actors.length < now.actors.size && fresh.actions.length > 2, JSON.stringify(fresh));
    assert.deepEqual([firstSeen?.actors?.map(({ name }) => name).sort(), firstSeen?.actions.toSorted()], [fresh.actors, fresh.actions]);
    assert.deepEqual([firstSeen?.actorCount, firstSeen?.actionCount], [fresh.actors.length, fresh.actions.length]);
    assert.ok(notes?.includes(`First seen is what no export of the chain had seen up to ${formatInstant(until)}.`), notes?.join('\n'));
  }

  it('tells who and what is new against the export before the range that is shown', async () => {
    const made = await makeGrowingChain(12);
    const from = SET_START + 5 * DAY;
    assert.equal(run(exports(), '--from', formatInstant(from)).status, 0);
    const shown = truth(made).entries.filter(({ ticks }) => ticks >= ticksOfSeconds(from));
    assertNew([{ ...made[5]!, entries: shown }], made.slice(0, 5), from);
  });

  it('tells who and what is new against the oldest export where the one before is not there, and against that of a chain', async () => {
    const made = await makeGrowingChain(12);
    for (const { path: gone } of made.slice(0, 3)) rmSync(gone, { recursive: true });
    await new ExportChain({ root: exports(), log: [] }).addSeparate('900', SET_START + DAY, SET_START + 2 * DAY);
    assert.equal(run(exports()).status, 0);
    // What the fourth export itself had seen first cannot be told from what those before it had seen.
    assertNew(made.slice(3), made.slice(0, 4), SET_START + 4 * DAY);
  });

  it('says that it cannot tell who and what is new where no manifest can', async () => {
    const made = await makeGrowingChain(3);
    for (const { path: place } of made) rmSync(path.join(place, 'manifest.json'));
    assert.equal(run(exports()).status, 0);
    const { firstSeen, notes } = reportIn(output());
    assert.deepEqual([firstSeen, notes?.includes(NOT_TOLD)], [null, true]);
  });

  it('says so as well where the chain has seen too many names', async () => {
    const made = await makeGrowingChain(3);
    writeFileSync(path.join(made[0]!.path, 'manifest.json'), manifestBytes({ ...made[0]!.manifest, seen: { actors: null, actions: [] } }));
    assert.equal(run(exports()).status, 0);
    const { firstSeen, notes } = reportIn(output());
    assert.deepEqual([firstSeen, notes?.includes('Who and what is new here cannot be told: the chain has seen more names than its manifests keep.')], [null, true]);
  });

  it('shows a range alone, and what of it no export covers', async () => {
    const { made } = await makeChain(4);
    const [from, to] = [formatInstant(SET_START + 3 * DAY + HOUR), formatInstant(SET_START + 6 * DAY)];
    assert.equal(run(exports(), '--from', from, '--to', to, '--time-zone', 'europe/berlin').status, 0);
    const report = reportIn(output());
    const start = ticksOfSeconds(epochSeconds(from));
    assert.deepEqual(shownIds(), truth(made).entries.filter(({ ticks }) => ticks >= start).map(({ id }) => id));
    assert.deepEqual([report.window.start, report.window.end, report.timeZone], [from, to, 'Europe/Berlin']);
    assert.deepEqual(report.coverage.gaps, [{ start: formatInstant(SET_START + 4 * DAY), end: to, reason: 'notFound' }]);
    assert.equal(report.exports.length, 1);
  });

  /** What a report shows of an export whose file was cut, and the gap that it names. */
  function assertShownDownTo(cut: SetExport, others: readonly SetExport[], problem: RegExp): void {
    const { status, out } = run(exports());
    assert.equal(status, 0);
    const report = reportIn(output());
    const shown = shownIds();
    const own = cut.entries.filter(({ id }) => shown.includes(id));
    assert.ok(own.length > 20 && own.length < cut.entries.length, `${own.length} of ${cut.entries.length}`);
    assert.deepEqual(own, cut.entries.slice(0, own.length), 'the newest of them');
    assert.equal(shown.length, own.length + truth(others).entries.length);
    const oldest = isoOfTicks(own.at(-1)!.ticks).slice(0, 19);
    assert.ok(report.notes?.some((note) => problem.test(note) && note.includes(`its entries are shown down to ${oldest}Z only.`)), out);
    assert.deepEqual(report.coverage.gaps, [{ start: cut.manifest.window.covered.start, end: formatInstant(epochSeconds(`${oldest}Z`) + 1), reason: 'notFound' }]);
  }

  it('shows of a file that breaks off what stands before that, and names the rest as a gap', async () => {
    const { made } = await makeChain(4, { entries: 8_000 });
    const file = path.join(made[3]!.path, 'audit-log.jsonl.gz');
    truncateSync(file, Math.floor(readFileSync(file).length * 0.6));
    assertShownDownTo(made[3]!, made.slice(0, 3), /run4-1\/audit-log\.jsonl\.gz: This file could not be read to its end \(its compressed content ends too early\)/);
  });

  // What follows a damage is unpacked all the same, as something else, and only the checksum at the end tells.
  for (const [extent, length] of [['in one byte', 1], ['in some', 20], ['in many', 2_000]] as const) {
    it(`the same of a file that is damaged ${extent}, and nothing that is not an entry`, async () => {
      const { made } = await makeChain(4, { entries: 8_000 });
      for (const [index, name] of [[0, 'audit-log.json.gz'], [3, 'audit-log.jsonl.gz']] as const) {
        const file = path.join(made[index]!.path, name);
        const whole = readFileSync(file);
        const bytes = Buffer.from(whole);
        bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + length);
        writeFileSync(file, bytes);
        assertShownDownTo(made[index]!, made.filter((_, other) => other !== index), /its compressed content is damaged.*What is shown of it can be wrong too: download its artifact again\.$/);
        writeFileSync(file, whole);
      }
    });
  }

  it('and nothing of what was unpacked just before the first sign of damage', async () => {
    const { made } = await makeChain(4, { entries: 8_000 });
    const file = path.join(made[3]!.path, 'audit-log.jsonl.gz');
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const half = Math.floor(lines.length / 2);
    const bytes = gzipSync([...lines.slice(0, half), 'no entry', ...lines.slice(half), ''].join('\n'));
    // The checksum stands 8 bytes before the end.
    bytes.writeUInt32LE(0, bytes.length - 8);
    writeFileSync(file, bytes);
    assertShownDownTo(made[3]!, made.slice(0, 3), /its compressed content is damaged/);
    const shown = new Set(shownIds());
    const ofOthers = new Set(made.slice(0, 3).flatMap(({ entries }) => entries.map(({ id }) => id)));
    const hidden = lines.slice(0, half).filter((line) => {
      const { id } = JSON.parse(line) as { id: string };
      return !shown.has(id) && !ofOthers.has(id);
    });
    assert.ok(hidden.join('\n').length > 64 * 1024, `${hidden.length} lines`);
  });

  it('the same of an array that ends before its bracket', async () => {
    const { made } = await makeChain(4, { entries: 2_000 });
    const file = path.join(made[2]!.path, 'audit-log.json');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, 200).join('\n')}\n`);
    assertShownDownTo(made[2]!, [made[0]!, made[1]!, made[3]!], /its end is cut off/);
  });

  it('passes over lines that are no entries, and says how many', async () => {
    const { made } = await makeChain(2);
    const file = path.join(made[1]!.path, 'audit-log.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, ['no JSON', '{"id":"1"}', ...lines.slice(1)].join('\n'));
    const { status, out } = run(exports());
    assert.equal(status, 0);
    assert.match(out, /audit-log\.jsonl: 2 lines are no entries and are not shown\./);
    assert.equal(reportIn(output()).counts.entries, truth(made).entries.length - 1);
  });

  it('says that a file is not in order', async () => {
    const { made } = await makeChain(2);
    const file = path.join(made[1]!.path, 'audit-log.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd().split('\n').reverse().join('\n')}\n`);
    const { status, out } = run(exports());
    assert.equal(status, 0);
    assert.match(out, new RegExp(`audit-log\\.jsonl: ${made[1]!.entries.length - 1} entries are not in order`));
    assert.deepEqual(new Set(shownIds()), new Set(truth(made).entries.map(({ id }) => id)));
  });

  it('names a manifest that cannot be used, and shows its entries all the same', async () => {
    const { made } = await makeChain(3);
    writeFileSync(path.join(made[0]!.path, 'manifest.json'), '{"manifestVersion":7}');
    rmSync(path.join(made[1]!.path, 'manifest.json'));
    const { status, out } = run(exports());
    assert.equal(status, 0);
    assert.match(out, /run1-1: The manifest cannot be used: it has a version that this program does not know\. What this export covers is taken from the name of its folder\./);
    assert.match(out, /run2-1: The manifest cannot be used: it is not here\./);
    assert.deepEqual(shownIds(), truth(made).entries.map(({ id }) => id));
    assert.equal(reportIn(output()).coverage.gapCount, 0);
  });

  it('names an export that has no whole entries, and its time as a gap', async () => {
    const { made } = await makeChain(4);
    const [, , , last] = made;
    rmSync(path.join(last!.path, 'audit-log.jsonl.gz'));
    const { status, out } = run(exports());
    assert.equal(status, 0);
    assert.match(out, /run4-1: It has no file with whole entries/);
    assert.deepEqual(reportIn(output()).coverage.gaps, [{ start: last!.manifest.window.covered.start, end: last!.manifest.window.covered.end, reason: 'notFound' }]);
  });

  it('refuses several organizations with their names, and shows the one that is asked for', async () => {
    const { made } = await makeChain(1);
    await makeChain(1, { organization: 'contoso', log: auditLogOf(2, SET_START, SET_START + DAY, 30), root: path.join(exports(), 'contoso') });
    const { status, out, error } = run(exports());
    assert.deepEqual([status, out, existsSync(output())], [2, '', false]);
    assert.equal(error, 'These exports are of 2 organizations: contoso, fabrikam. Choose one, such as --organization contoso.\n');
    assert.equal(run(exports(), '--organization', 'https://dev.azure.com/Fabrikam').status, 0);
    assert.deepEqual(shownIds(), made[0]!.entries.map(({ id }) => id));
    assert.deepEqual(reportIn(output()).notes, ['1 export of another organization is not shown.', NOT_TOLD, NOT_VERIFIED]);
    assert.match(run(exports(), '--organization', 'adventure').error, /None of these exports is of adventure\. They are of contoso, fabrikam\./);
  });

  it('leaves no name, address or id in the file with --detail counts', async () => {
    const secrets = { actorDisplayName: 'Zaphod Beeblebrox', actorUPN: 'zaphod@heartofgold.example', actorCUID: '11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa', actorUserId: '22222222-aaaa-4aaa-8aaa-aaaaaaaaaaaa', ipAddress: '203.0.113.77', userAgent: 'InfiniteImprobability/4.2', details: 'Trillian was added', correlationId: '33333333-aaaa-4aaa-8aaa-aaaaaaaaaaaa', data: { who: 'Marvin' } };
    const { made } = await makeChain(1, { entries: 40 });
    const file = path.join(made[0]!.path, readdirSync(made[0]!.path).find((name) => name.startsWith('audit-log.json'))!);
    rmSync(file);
    writeFileSync(path.join(made[0]!.path, 'audit-log.jsonl'), made[0]!.entries.map(({ raw }) => `${JSON.stringify({ ...JSON.parse(raw.toString('utf8')) as object, ...secrets })}\n`).join(''));
    const traces = (): string[] => [...Object.values(secrets).filter((value) => typeof value === 'string'), 'Marvin', made[0]!.entries[0]!.id].filter((trace) => readFileSync(output(), 'utf8').includes(trace));
    assert.equal(run(exports()).status, 0);
    assert.ok(traces().includes(secrets.actorUPN), 'full detail does show them');
    const { status, out } = run(exports(), '--detail', 'counts');
    assert.equal(status, 0);
    assert.deepEqual(traces(), []);
    assert.match(out, /left out \(--detail counts\)/);
    const report = reportIn(output());
    assert.deepEqual([report.detail, report.rows, report.counts.entries], ['counts', null, made[0]!.entries.length]);
  });

  it('reads nothing that is no export\'s file, and prints nothing that a terminal or a log would obey', async () => {
    const { made } = await makeChain(2);
    if (process.platform === 'win32') return;
    const hostile = path.join(exports(), 'x\u001b[31m##vso[task.complete]\n', 'fabrikam', '20261001T000000Z_20261002T000000Z.run9-1');
    mkdirSync(hostile, { recursive: true });
    writeFileSync(path.join(hostile, 'audit-log.jsonl'), '\u001b[31m##vso[task.complete]\n');
    symlinkSync('/etc/passwd', path.join(hostile, 'manifest.json'));
    rmSync(path.join(made[1]!.path, 'audit-log.jsonl'));
    spawnSync('mkfifo', [path.join(made[1]!.path, 'audit-log.jsonl')]);
    const { status, out, error } = run(exports(), '--to', formatInstant(SET_START + 2 * DAY));
    assert.deepEqual([status, error], [0, '']);
    assert.doesNotMatch(out, /\u001b|##vso|root:/);
    assert.match(out, /run2-1: It has no file with whole entries/);
    assert.deepEqual(shownIds(), made[0]!.entries.map(({ id }) => id));
  });

  it('writes where it is told, in the place of an earlier report, whole or not at all', async () => {
    await makeChain(1);
    const file = path.join(folder(), 'report with spaces & more.html');
    writeFileSync(file, 'an earlier report');
    assert.equal(run(exports(), '--output', file, '--open', 'no').status, 0);
    assert.equal(reportIn(file).organization, 'fabrikam');
    const { status, error } = run(exports(), '--output', path.join(folder(), 'missing', 'report.html'));
    assert.equal(status, 2);
    assert.match(error, /--output: .*report\.html cannot be written \(ENOENT\)\. --help lists the options\./);
    assert.deepEqual(readdirSync(folder()).sort(), ['alone', 'exports', path.basename(file)]);
  });

  it('takes the name of a lone folder\'s organization from its manifest, wherever it was put', async () => {
    const { made } = await makeChain(1);
    const moved = path.join(folder(), 'moved');
    renameSync(made[0]!.path, moved);
    assert.equal(run(moved).status, 0);
    assert.equal(reportIn(output()).organization, 'fabrikam');
  });

  it('needs no more memory for many more entries', () => {
    const peak = (entries: number): number => {
      const place = path.join(exports(), String(entries), 'fabrikam', '20260901T000000Z_20261001T000000Z.run1-1');
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, 'audit-log.jsonl'), auditLogOf(1, SET_START, SET_START + 30 * DAY, 2_000, 0).map(({ entry }) => `${entry.raw.toString('utf8').replace('}}', `},"padding":"${'x'.repeat(2_000)}"}`)}\n`).join('').repeat(entries / 2_000));
      const program = path.join(folder(), 'peak.mjs');
      writeFileSync(program, 'process.on("exit", () => { process.stderr.write(String(process.resourceUsage().maxRSS)); });\nconst [, , file, ...args] = process.argv;\nprocess.argv = [process.argv[0], file, ...args];\nawait import(file);\n');
      const { status, stderr } = spawnSync(process.execPath, [program, viewFile, path.join(exports(), String(entries)), '--detail', 'counts', '--output', output()], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.equal(reportIn(output()).counts.entries, entries);
      return Number(stderr) / 1024;
    };
    mkdirSync(path.dirname(output()), { recursive: true });
    const [few, many] = [peak(10_000), peak(100_000)];
    // 180 MB more to read.
    assert.ok(many < few + 60, `${few} MB for 10,000 entries, ${many} MB for 100,000`);
  });

  for (const [what, args, sentence] of [
    ['no folder', [], /Name one folder/],
    ['two folders', ['one', 'two'], /Name one folder/],
    ['a folder that is not there', ['missing'], /cannot be read \(ENOENT\)/],
    ['a folder without exports', ['.'], /no export below/],
    ['an option that does not exist', ['.', '--colour'], /Unknown option '--colour'\. --help lists the options\./],
    ['an instant without an offset', ['.', '--from', '2026-01-01T00:00:00'], /--from: .* has no offset/],
    ['an end before the beginning', ['.', '--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'], /must be earlier/],
    ['a time zone that does not exist', ['.', '--time-zone', 'Berlin'], /--time-zone: "Berlin" is not a known time zone/],
    ['a detail that does not exist', ['.', '--detail', 'names'], /--detail: "names" is not allowed\. Allowed: full, counts\./],
    ['an organization that is none', ['.', '--organization', 'a/b'], /--organization: "a\/b" is not an organization/],
  ] as const) {
    it(`says that it could not run, with exit code 2: ${what}`, () => {
      const { status, out, error } = run(...args);
      assert.deepEqual([status, out], [2, ''], error);
      assert.match(error, sentence);
      assert.equal(existsSync(output()), false);
    });
  }

  it('explains itself', () => {
    const { status, out } = run('--help');
    assert.equal(status, 0);
    for (const option of ['output', 'from', 'to', 'time-zone', 'detail', 'organization', 'open', 'version', 'help']) assert.ok(out.includes(`--${option}`), option);
    assert.match(out, /nothing is verified here\. verify-audit-log\.mjs does that\./);
  });
});
