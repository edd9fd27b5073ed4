/** Texts of so many values are searched as one. */
const VALUES_AT_ONCE = 5_000;

/** Texts one after the other, in lower case, and where each begins. */
interface Texts {
  readonly first: number;
  readonly joined: string;
  readonly begins: Uint32Array;
}

/**
 * The different values of a column, each kept once, with what the search compares: their texts in lower case, made when they are first
 * asked for. One long text is searched many times faster than many short ones.
 * Values of one key are one value; without `keyOf` every added value stands for itself, which is cheaper where nearly all differ.
 */
export class Dictionary<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #texts: Texts[] = [];
  #lowered = 0;
  readonly #textOf: (value: Value) => string;
  readonly #keyOf: ((value: Value) => string) | undefined;

  constructor(textOf: (value: Value) => string, keyOf?: (value: Value) => string) {
    this.#textOf = textOf;
    this.#keyOf = keyOf;
  }

  /** The number of a value, which is given one when it is new. */
  numberOf(value: Value): number {
    if (this.#keyOf === undefined) return this.values.push(value) - 1;
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const fresh = this.values.push(value) - 1;
    this.#numbers.set(key, fresh);
    return fresh;
  }

  /** Makes some of the lower-case texts that are still missing, so that the first search does not have to. @returns whether any were */
  lowerSome(): boolean {
    if (this.#lowered === this.values.length) return false;
    const texts = this.values.slice(this.#lowered, this.#lowered + VALUES_AT_ONCE).map((value) => this.#textOf(value).toLowerCase());
    const begins = new Uint32Array(texts.length + 1);
    for (const [place, text] of texts.entries()) begins[place + 1] = (begins[place] as number) + text.length + 1;
    this.#texts.push({ first: this.#lowered, joined: texts.join('\n'), begins });
    this.#lowered += texts.length;
    return true;
  }

  /** The same as soon as it is worth it: a search in the middle of loading finds little left to do. */
  lowerMany(): void {
    if (this.values.length - this.#lowered >= VALUES_AT_ONCE) this.lowerSome();
  }

  /** 1 for each value whose text contains the word, 0 for the others; undefined when none does. @param word lower case, without line feeds */
  hits(word: string): Uint8Array | undefined {
    while (this.lowerSome());
    let found: Uint8Array | undefined;
    for (const { first, joined, begins } of this.#texts) {
      let place = 0;
      for (let at = joined.indexOf(word); at >= 0; at = joined.indexOf(word, begins[place])) {
        while ((begins[place + 1] as number) <= at) place += 1;
        found ??= new Uint8Array(this.values.length);
        found[first + place] = 1;
        place += 1;
        if (place === begins.length - 1) break;
      }
    }
    return found;
  }
}
