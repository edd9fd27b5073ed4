import { bytesOf } from './inflate';
import { type RowTexts } from './rowTexts';

/** The bytes of `audit-log.jsonl.gz`, which arrive as pieces of base64, and are kept: an entry is inflated again when somebody opens it. */
export class EvidenceBytes {
  /** What has arrived. */
  readonly here: Uint8Array<ArrayBuffer>[] = [];
  readonly #texts: RowTexts;

  constructor(texts: RowTexts) {
    this.#texts = texts;
  }

  /** All of it, once. @throws when a piece is no base64 */
  async* arriving(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    for await (const text of this.#texts) {
      const bytes = bytesOf(text);
      this.here.push(bytes);
      yield bytes;
    }
  }
}
