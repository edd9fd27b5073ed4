/**
 * The different values of a column, each kept once with what the search compares: its text in lower case, made when it is first asked for.
 * Values of one key are one value; without `keyOf` every added value stands for itself, which is cheaper where nearly all differ.
 */
export class Dictionary<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #lowered: string[] = [];
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

  /** Makes the lower-case texts that are still missing, so that the first search does not have to. */
  lower(): void {
    for (let number = this.#lowered.length; number < this.values.length; number += 1) this.#lowered.push(this.#textOf(this.values[number] as Value).toLowerCase());
  }

  /** 1 for each value whose text contains the word (lower case), 0 for the others; undefined when none does. */
  hits(word: string): Uint8Array | undefined {
    this.lower();
    let found: Uint8Array | undefined;
    for (let number = 0; number < this.#lowered.length; number += 1) {
      if (!(this.#lowered[number] as string).includes(word)) continue;
      found ??= new Uint8Array(this.values.length);
      found[number] = 1;
    }
    return found;
  }
}
