import { AuditLogEntry } from '../tasks/common/auditlog/entry';
import { EntryScanner, FIELD } from '../tasks/common/auditlog/entryScanner';
import { textOf } from '../tasks/common/auditlog/moments';
import { Lines } from '../tasks/common/evidence/verify/lines';
import { ticksOfTimestamp } from '../tasks/common/time/ticks';

/** What has so many lines that are no entries is no file of an export; nothing more is looked for in it. */
const MOST_UNREADABLE = 10_000;
/** No id of the service is longer by far, bytes. */
const LONGEST_ID = 4_000;

/** Makes entries of the content of a file: an entry a line, as JSON Lines or as export/jsonArray.ts writes an array. */
export class EntryLines {
  /** Lines that hold no entry. */
  unreadable = 0;
  /** Why the content is not whole; a sentence. */
  problem: string | undefined;
  readonly #form: 'lines' | 'array';
  readonly #scanner = new EntryScanner();
  readonly #lines = new Lines((bytes, from, to, isText) => { this.#add(bytes, from, to, isText); });
  readonly #found: AuditLogEntry[] = [];
  #isClosed = false;

  constructor(form: 'lines' | 'array') {
    this.#form = form;
  }

  /** Whether the rest need not be read. */
  get isHopeless(): boolean {
    return this.#lines.isTooLong || this.unreadable > MOST_UNREADABLE;
  }

  /** @returns the entries that the piece completes; they share its memory */
  push(piece: Buffer): AuditLogEntry[] {
    this.#lines.push(piece);
    if (this.isHopeless) this.problem = 'it is not what an export writes';
    return this.#found.splice(0);
  }

  /** After the last piece. */
  end(): AuditLogEntry[] {
    const isWhole = this.#lines.end();
    if (!isWhole || (this.#form === 'array' && !this.#isClosed)) this.problem ??= 'its end is cut off';
    return this.#found.splice(0);
  }

  #add(bytes: Buffer, from: number, to: number, isText: boolean): void {
    if (this.#form === 'array' && isFrame(bytes, from, to)) {
      this.#isClosed = bytes[to - 1] === CLOSE_BRACKET;
      return;
    }
    const end = this.#form === 'array' && bytes[to - 1] === COMMA ? to - 1 : to;
    const entry = isText ? this.#entry(bytes, from, end) : undefined;
    if (entry === undefined) this.unreadable += 1;
    else this.#found.push(entry);
  }

  #entry(bytes: Buffer, from: number, to: number): AuditLogEntry | undefined {
    const scanner = this.#scanner;
    if (scanner.scan(bytes, from, to) !== to) return undefined;
    const [idFrom = -1, idTo = -1] = [scanner.from[FIELD.id], scanner.to[FIELD.id]];
    if (idTo - idFrom > LONGEST_ID) return undefined;
    const id = textOf(bytes, idFrom, idTo);
    const ticks = ticksOfTimestamp(textOf(bytes, scanner.from[FIELD.timestamp] ?? -1, scanner.to[FIELD.timestamp] ?? -1) ?? '');
    return id === undefined || id === '' || ticks === undefined ? undefined : new AuditLogEntry(bytes.subarray(from, to), id, ticks);
  }
}

/** `[`, `]` and `[]`, which stand on lines of their own. */
function isFrame(bytes: Buffer, from: number, to: number): boolean {
  return to - from <= 2 && (bytes[from] === OPEN_BRACKET || bytes[from] === CLOSE_BRACKET);
}

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
