import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { idHash, idHashText } from '../../tasks/common/auditlog/idHash';
import type { Chain, Manifest } from '../../tasks/common/evidence/manifest';
import { MANIFEST_FILE, manifestBytes, manifestSha256 } from '../../tasks/common/evidence/manifestText';
import { ticksOfTimestamp } from '../../tasks/common/time/ticks';
import { formatInstant } from '../../tasks/common/window/instant';
import { auditLogOf, ExportChain, HOUR, SET_START, type ExportChainOptions, type SetKey } from './exportSet';

export const EVIDENCE = 'audit-log.jsonl.gz';

/** A type of which everything can be changed. */
export type Changeable<Value> = { -readonly [Key in keyof Value]: Changeable<Value[Key]> };
export type ChangeableManifest = Changeable<Omit<Manifest, 'chain'>> & { chain: Changeable<Chain> };

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Hours after {@link SET_START} at which the exports of the set end; the fourth is of a quiet day, the second and third are of one run. */
const ENDS = [24, 30, 36, 60, 84, 108, 132, 156];
const RUNS = ['1', '2', '2', '3', '4', '5', '6', '7'];
/** Nothing happens between these hours. */
const QUIET = [36, 60] as const;

/** The hour of a set as an instant. */
export function hour(hours: number): string {
  return formatInstant(SET_START + hours * HOUR);
}

/** Makes a set of eight exports by seven runs, with late entries, a series, and a quiet day. */
export async function makeSet(options: Omit<ExportChainOptions, 'log'> & { readonly seed?: number; readonly entries?: number }): Promise<ExportChain> {
  const { seed = 1, entries = 700 } = options;
  const log = auditLogOf(seed, SET_START, SET_START + 160 * HOUR, entries, 0.3).filter(({ seconds }) => seconds < SET_START + QUIET[0] * HOUR || seconds >= SET_START + QUIET[1] * HOUR);
  const chain = new ExportChain({ ...options, log });
  for (const [index, end] of ENDS.entries()) await chain.add(RUNS[index]!, SET_START + end * HOUR);
  return chain;
}

/** A set in a folder of its own, to be tampered with. */
export class TamperedSet {
  readonly root: string;
  /** Places of the exports below the root, oldest first. */
  readonly places: readonly string[];
  readonly #key: SetKey | undefined;

  constructor(original: string, root: string, places: readonly string[], key?: SetKey) {
    cpSync(original, root, { recursive: true });
    this.root = root;
    this.places = places;
    this.#key = key;
  }

  path(index: number, file = ''): string {
    return path.join(this.root, this.places[index] ?? '', file);
  }

  read(index: number, file: string): Buffer {
    return readFileSync(this.path(index, file));
  }

  write(index: number, file: string, content: Buffer | string): void {
    writeFileSync(this.path(index, file), content);
  }

  remove(index: number, file = ''): void {
    rmSync(this.path(index, file), { recursive: true });
  }

  /** Turns one bit over. */
  flip(index: number, file: string, at = 0.5): void {
    const bytes = this.read(index, file);
    const position = Math.floor(bytes.length * at);
    bytes[position] = bytes[position]! ^ 1;
    this.write(index, file, bytes);
  }

  manifest(index: number): ChangeableManifest {
    return JSON.parse(this.read(index, MANIFEST_FILE).toString()) as ChangeableManifest;
  }

  sha256(index: number): string {
    return manifestSha256(this.read(index, MANIFEST_FILE));
  }

  /** Changes a manifest, and makes SHA256SUMS fit: what somebody would do who knows how a set is made. Nothing is signed anew. */
  change(index: number, change: (manifest: ChangeableManifest) => void): void {
    const manifest = this.manifest(index);
    change(manifest);
    this.write(index, MANIFEST_FILE, manifestBytes(manifest));
    this.sums(index);
  }

  /** Writes SHA256SUMS anew. */
  sums(index: number): void {
    const names = readdirSync(this.path(index)).filter((name) => name !== 'SHA256SUMS').sort();
    this.write(index, 'SHA256SUMS', names.map((name) => `${sha256(this.read(index, name))}  ${name}\n`).join(''));
  }

  /** Makes all later exports follow what is there now. */
  relink(from: number): void {
    for (let index = from + 1; index < this.places.length; index += 1) this.change(index, ({ chain }) => { chain.predecessor!.manifestSha256 = this.sha256(index - 1); });
  }

  signAnew(index: number): void {
    this.write(index, 'manifest.sig', this.#key!.sign(this.read(index, MANIFEST_FILE)));
    this.sums(index);
  }

  lines(index: number): string[] {
    return gunzipSync(this.read(index, EVIDENCE)).toString().split('\n').slice(0, -1);
  }

  /** Puts other lines in the place of the evidence, without a word to the manifest. */
  writeLines(index: number, lines: readonly string[], end = '\n'): void {
    this.write(index, EVIDENCE, gzipSync(lines.join('\n') + (lines.length > 0 ? end : '')));
  }

  /** Other lines, and a manifest with the hashes of the evidence made anew, but nothing else. */
  changeLines(index: number, change: (lines: string[]) => string[], end = '\n'): void {
    this.writeLines(index, change(this.lines(index)), end);
    this.rehash(index, EVIDENCE);
  }

  /** Makes the manifest fit a file. */
  rehash(index: number, name: string, entries?: number): void {
    const bytes = this.read(index, name);
    const content = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    this.change(index, ({ files }) => { Object.assign(files.find((file) => file.name === name)!, { bytes: bytes.length, sha256: sha256(bytes), contentSha256: sha256(content), ...(entries !== undefined && { entries }) }); });
  }

  /** Other lines, and everything in the manifest made anew: counts, tallies, marks, known ids. The CSV keeps its rows, and is left out of the manifest. */
  forgeLines(index: number, change: (lines: string[]) => string[]): void {
    this.changeLines(index, change);
    const entries = this.lines(index).map((line) => JSON.parse(line) as { id: string; timestamp: string; category: string; area: string; actionId: string });
    rmSync(this.path(index, 'audit-log.csv'), { force: true });
    this.change(index, (manifest) => {
      const ticks = entries.map(({ timestamp }) => ticksOfTimestamp(timestamp)!);
      const mark = (at: number) => (entries.length === 0 ? null : { id: entries.at(at)!.id, ticks: ticks.at(at)! });
      manifest.files = manifest.files.filter(({ name }) => name === EVIDENCE);
      manifest.files[0]!.entries = entries.length;
      manifest.counts.entries = entries.length;
      manifest.counts.late = ticks.filter((tick) => tick < ticksOfTimestamp(manifest.window.covered.start)!).length;
      manifest.entries = { newest: mark(0), oldest: mark(-1) };
      manifest.tallies = { category: tally(entries.map(({ category }) => category)), area: tally(entries.map(({ area }) => area)), action: tally(entries.map(({ actionId }) => actionId)) };
      const recent = entries.filter((_, at) => ticks[at]! >= ticksOfTimestamp(manifest.chain.knownFrom)!).map(({ id }) => idHashText(idHash(id)));
      manifest.chain.known = recent.length === 0 ? [] : [{ from: manifest.chain.knownFrom, ids: recent.sort() }];
    });
  }

  /** Puts each of two exports in the other one's place. */
  exchange(index: number, other: number): void {
    const between = path.join(this.root, 'between');
    renameSync(this.path(index), between);
    renameSync(this.path(other), this.path(index));
    renameSync(between, this.path(other));
  }

  /** Moves an export to another place. */
  move(index: number, to: string): void {
    const target = path.join(this.root, to);
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(this.path(index), target, { recursive: true });
    this.remove(index);
  }
}

function tally(names: readonly string[]): { name: string; entries: number }[] {
  return [...new Set(names)].sort().map((name) => ({ name, entries: names.filter((other) => other === name).length }));
}
