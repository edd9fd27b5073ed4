import { OTHER_NAMES } from '../../auditlog/tally';
import { manifestText } from '../manifestValue';
import { textOf } from '../../auditlog/moments';
import { hashOf, isSame } from '../../auditlog/nameTable';
import { QUOTE } from '../../auditlog/bytes';

/** As auditlog/tally.ts counts: so many names for themselves, of this length; the rest and the nameless together. */
const MOST_NAMES = 2_000;
const LONGEST_NAME = 200;

/** Different spellings that are told apart; more than that are of no honest file. */
const MOST_SPELLINGS = 10_000;
const SLOTS = 32_768;

interface Spelling {
  readonly bytes: Buffer;
  readonly name: string | undefined;
  count: number;
}

/** Counts values of one field by their bytes: a name is made of each only once. */
export class NameCounts {
  readonly #slots = new Int32Array(SLOTS);
  readonly #spellings: Spelling[] = [];
  readonly #nameless: Spelling = { bytes: Buffer.alloc(0), name: undefined, count: 0 };
  #last: Spelling = this.#nameless;

  /** @param from where the value begins, quotes included; -1 for none */
  add(bytes: Buffer, from: number, to: number): void {
    if (this.#last === this.#nameless || !isSame(this.#last.bytes, bytes, from, to)) this.#last = this.#find(bytes, from, to);
    this.#last.count += 1;
  }

  /** By name, as a manifest's tallies are sorted. */
  sorted(): { readonly name: string; readonly entries: number }[] {
    const counts = new Map<string, number>();
    for (const { name, count } of this.#spellings) {
      const short = name === undefined || name === '' ? OTHER_NAMES : name.slice(0, LONGEST_NAME);
      const key = counts.has(short) || counts.size < MOST_NAMES ? short : OTHER_NAMES;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
    const cut = new Map<string, number>();
    for (const [name, count] of counts) {
      const text = manifestText(name, LONGEST_NAME);
      cut.set(text, (cut.get(text) ?? 0) + count);
    }
    return [...cut].map(([name, entries]) => ({ name, entries })).sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  #find(bytes: Buffer, from: number, to: number): Spelling {
    if (from < 0 || bytes[from] !== QUOTE) return this.#first(this.#nameless);
    let slot = hashOf(bytes, from, to) % SLOTS;
    for (let index = this.#slots[slot] ?? 0; index !== 0; index = this.#slots[slot] ?? 0) {
      const spelling = this.#spellings[index - 1];
      if (spelling !== undefined && isSame(spelling.bytes, bytes, from, to)) return spelling;
      slot = (slot + 1) % SLOTS;
    }
    if (this.#spellings.length >= MOST_SPELLINGS) return this.#first(this.#nameless);
    const spelling = { bytes: Buffer.from(bytes.subarray(from, to)), name: textOf(bytes, from, to), count: 0 };
    this.#spellings.push(spelling);
    this.#slots[slot] = this.#spellings.length;
    return spelling;
  }

  /** The nameless are counted where they came first, because names beyond the most depend on the order. */
  #first(spelling: Spelling): Spelling {
    if (spelling.count === 0) this.#spellings.push(spelling);
    return spelling;
  }
}
