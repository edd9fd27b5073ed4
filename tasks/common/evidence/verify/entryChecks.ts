import { sha256Of } from '../../auditlog/sha256';
import { ticksOfTimestamp } from '../../time/ticks';
import type { Manifest } from '../manifest';
import { EntryScanner, FIELD } from '../../auditlog/entryScanner';
import { compareMoments, momentOfId, momentOfTicks, MomentReader, textOf, ticksOfMoment, type Moment } from '../../auditlog/moments';
import { KnownHashes } from './knownHashes';
import { NameCounts } from './nameCounts';
import { BACKSLASH, QUOTE } from '../../auditlog/bytes';

/** An entry as the checks see it, valid only during the call. */
export interface SeenEntry {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  /** Name of the file. */
  readonly file: string;
  readonly moment: Moment;
  readonly isLate: boolean;
  /** Made on demand. */
  id(): string;
  countCategory(counts: NameCounts): void;
}

export interface EntryChecksParts {
  readonly manifest: Manifest;
  /** Name of the file. */
  readonly file: string;
  /** Called for each entry that could be read. */
  readonly onEntry: (entry: SeenEntry) => void;
  /** @param line from 1; undefined for the file as a whole */
  readonly onProblem: (line: number | undefined, sentence: string) => void;
}

/** Holds the entries of an export against its manifest, line by line, in one pass. */
export class EntryChecks implements SeenEntry {
  bytes: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  line = 0;
  readonly file: string;
  readonly moment: Moment = { seconds: 0, fraction: 0 };
  isLate = false;
  /** Entries whose id does not begin with an instant. */
  otherIds = 0;
  /** The ids that the manifest knows; undefined outside a chain. */
  readonly known: KnownHashes | undefined;
  readonly #parts: EntryChecksParts;
  readonly #scanner = new EntryScanner();
  readonly #reader = new MomentReader();
  readonly #idMoment: Moment = { seconds: 0, fraction: 0 };
  readonly #tallies = { category: new NameCounts(), area: new NameCounts(), action: new NameCounts() };
  readonly #overlapFrom: Moment;
  readonly #coveredStart: Moment;
  readonly #coveredEnd: Moment;
  readonly #knownFrom: Moment | undefined;
  readonly #problems = new Map<string, number>();
  #unreadable = 0;
  #late = 0;
  #unknown = 0;
  #newest: string | undefined;
  #newestTicks = '';
  /** The entry before; its id stays where it was read until it is needed. */
  readonly #previous = { bytes: this.bytes, from: -1, to: -1, moment: { seconds: Infinity, fraction: 0 } };

  constructor(parts: EntryChecksParts) {
    this.#parts = parts;
    this.file = parts.file;
    const { window, chain } = parts.manifest;
    this.#overlapFrom = momentOf(window.overlapFrom);
    this.#coveredStart = momentOf(window.covered.start);
    this.#coveredEnd = momentOf(window.covered.end);
    this.#knownFrom = chain === 'none' ? undefined : momentOf(chain.knownFrom);
    this.known = chain === 'none' ? undefined : new KnownHashes(chain.known);
  }

  id(): string {
    return textOf(this.bytes, this.#scanner.from[FIELD.id] ?? -1, this.#scanner.to[FIELD.id] ?? -1) ?? '';
  }

  countCategory(counts: NameCounts): void {
    counts.add(this.bytes, this.#scanner.from[FIELD.category] as number, this.#scanner.to[FIELD.category] as number);
  }

  /** The next line. */
  add(bytes: Buffer, from: number, to: number, isText: boolean): void {
    this.line += 1;
    const scanner = this.#scanner;
    if (!isText || scanner.scan(bytes, from, to) !== to) { this.#skip('This line is no JSON object.'); return; }
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    const idFrom = scanner.from[FIELD.id] as number;
    const idTo = scanner.to[FIELD.id] as number;
    const timeFrom = scanner.from[FIELD.timestamp] as number;
    if (idFrom < 0 || bytes[idFrom] !== QUOTE || idTo - idFrom < 3) { this.#skip('This entry has no id.'); return; }
    if (timeFrom < 0 || !this.#reader.timestamp(bytes, timeFrom, scanner.to[FIELD.timestamp] as number, this.moment)) { this.#skip('This entry has no timestamp that can be read.'); return; }
    this.#checkId(idFrom, idTo);
    this.#checkOrder(idFrom, idTo);
    this.#checkWindow();
    this.#count();
    this.#parts.onEntry(this);
  }

  /** After the last line. */
  finish(): void {
    const { counts, entries } = this.#parts.manifest;
    for (const [sentence, count] of this.#problems) {
      if (count > MOST_OF_ONE_KIND) this.#wrong(`${count - MOST_OF_ONE_KIND} more lines like these: ${sentence}`);
    }
    if (this.line !== counts.entries) this.#wrong(`It holds ${this.line} entries, but the manifest counts ${counts.entries}.`);
    // What follows would only say the same again.
    if (this.line !== counts.entries || this.#unreadable > 0) return;
    if (this.#late !== counts.late) this.#wrong(`Of its entries ${this.#late} came late, but the manifest counts ${counts.late}.`);
    if (!isMark(entries.newest, this.#newest, this.#newestTicks)) this.#wrong('Its newest entry is not the one that the manifest names.');
    const oldest = this.#newest === undefined ? undefined : this.id();
    if (!isMark(entries.oldest, oldest, ticksOfMoment(this.moment))) this.#wrong('Its oldest entry is not the one that the manifest names.');
    const different = this.#differentTallies();
    if (different.length > 0) this.#wrong(`Its entries by ${different.join(', by ')} are not as many as the manifest says.`);
    if (this.#unknown > 0) this.#wrong(`The manifest does not name ${this.#unknown} of these entries as known.`);
  }

  #differentTallies(): string[] {
    const { tallies } = this.#parts.manifest;
    return (['category', 'area', 'action'] as const).filter((name) => {
      const said = tallies[name].map(({ name: of, entries }) => ({ name: of, entries }));
      return JSON.stringify(this.#tallies[name].sorted()) !== JSON.stringify(said);
    });
  }

  #checkId(idFrom: number, idTo: number): void {
    if (!momentOfId(this.bytes, idFrom, idTo, this.#idMoment)) this.otherIds += 1;
    else if (compareMoments(this.#idMoment, this.moment) !== 0) this.#problem('The instant in this entry\'s id is not that of its timestamp.');
  }

  #checkOrder(idFrom: number, idTo: number): void {
    const previous = this.#previous;
    const order = compareMoments(previous.moment, this.moment);
    if (order < 0) this.#problem('This entry is newer than the one before it.');
    else if (order === 0) {
      const before = textOf(previous.bytes, previous.from, previous.to) ?? '';
      const id = this.id();
      if (before === id) this.#problem('This entry is the same as the one before it.');
      else if (before > id) this.#problem('This entry and the one before it are in the wrong order.');
    }
    previous.bytes = this.bytes;
    previous.from = idFrom;
    previous.to = idTo;
    previous.moment.seconds = this.moment.seconds;
    previous.moment.fraction = this.moment.fraction;
  }

  #checkWindow(): void {
    this.isLate = compareMoments(this.moment, this.#coveredStart) < 0;
    if (this.isLate) this.#late += 1;
    if (compareMoments(this.moment, this.#overlapFrom) < 0) this.#problem('This entry is older than its export\'s window.');
    if (compareMoments(this.moment, this.#coveredEnd) >= 0) this.#problem('This entry is newer than its export\'s window.');
    if (this.known === undefined || this.#knownFrom === undefined || compareMoments(this.moment, this.#knownFrom) < 0) return;
    if (!this.known.meet(this.#idHash())) this.#unknown += 1;
  }

  #idHash(): Buffer {
    const from = this.#scanner.from[FIELD.id] as number;
    const to = this.#scanner.to[FIELD.id] as number;
    for (let at = from; at < to; at += 1) if (this.bytes[at] === BACKSLASH) return sha256Of(this.id());
    return sha256Of(this.bytes.subarray(from + 1, to - 1));
  }

  #count(): void {
    const { from, to } = this.#scanner;
    this.countCategory(this.#tallies.category);
    this.#tallies.area.add(this.bytes, from[FIELD.area] as number, to[FIELD.area] as number);
    this.#tallies.action.add(this.bytes, from[FIELD.actionId] as number, to[FIELD.actionId] as number);
    if (this.#newest !== undefined) return;
    this.#newest = this.id();
    this.#newestTicks = ticksOfMoment(this.moment);
  }

  #skip(sentence: string): void {
    this.#unreadable += 1;
    this.#problem(sentence);
  }

  #problem(sentence: string): void {
    const count = (this.#problems.get(sentence) ?? 0) + 1;
    this.#problems.set(sentence, count);
    if (count <= MOST_OF_ONE_KIND) this.#parts.onProblem(this.line, sentence);
  }

  #wrong(sentence: string): void {
    this.#parts.onProblem(undefined, sentence);
  }
}

/** Of an instant as manifests write it. */
export function momentOf(instant: string): Moment {
  return momentOfTicks(ticksOfTimestamp(instant) ?? '');
}

function isMark(mark: Manifest['entries']['newest'], id: string | undefined, ticks: string): boolean {
  if (mark === null || id === undefined) return mark === null && id === undefined;
  return mark.ticks === ticks && mark.id === id.slice(0, mark.id.length) && mark.id.length === Math.min(id.length, LONGEST_MARK);
}

/** Lines of one file that are named for the same problem; the others are counted. */
const MOST_OF_ONE_KIND = 3;
/** Manifests cut longer ids. */
const LONGEST_MARK = 1_000;
