import { bytesOf } from './inflate';
import { type RowTexts } from './rowTexts';

/** Four letters stand for three bytes. */
const LETTERS_AT_ONCE = 256 * 1024;

/** The bytes of `audit-log.jsonl.gz`, which arrive as pieces of base64, and are kept: an entry is inflated again when somebody opens it. */
export class EvidenceBytes {
  /** What has arrived. */
  readonly here: Uint8Array<ArrayBuffer>[] = [];
  readonly #first: string;
  readonly #following: RowTexts;

  /** @param following what follows `first` */
  constructor(first: string, following: RowTexts) {
    this.#first = first;
    this.#following = following;
  }

  /** All of it, once. @throws when a piece is no base64 */
  async* arriving(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (let from = 0; from < this.#first.length; from += LETTERS_AT_ONCE) yield this.#arrived(this.#first.slice(from, from + LETTERS_AT_ONCE));
    for await (const text of this.#following) yield this.#arrived(text);
  }

  #arrived(text: string): Uint8Array<ArrayBuffer> {
    const bytes = bytesOf(text);
    this.here.push(bytes);
    return bytes;
  }
}
