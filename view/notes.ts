import { disarm } from '../tasks/common/errors/disarm';

/** Sentences that are kept; of a hostile folder there could be any number. */
const MOST = 200;
const LONGEST = 500;

/** What a reader of the report has to know of how it came about. */
export class Notes {
  readonly #sentences: string[] = [];
  #unnamed = 0;

  /** @param place an export or a file of it, below the folder that is shown; empty for the whole */
  add(place: string, sentence: string): void {
    if (this.#sentences.length >= MOST) this.#unnamed += 1;
    else this.#sentences.push(disarm(place === '' ? sentence : `${place}: ${sentence}`, LONGEST));
  }

  /** At most so many, in the order in which they came up; the last says how many are not named. */
  first(most: number): string[] {
    const named = this.#sentences.length + this.#unnamed <= most ? this.#sentences : this.#sentences.slice(0, most - 1);
    const left = this.#sentences.length - named.length + this.#unnamed;
    return left === 0 ? [...named] : [...named, `${left} more notes are not shown.`];
  }
}
