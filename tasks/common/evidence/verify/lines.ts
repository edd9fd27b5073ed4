import { isUtf8 } from 'node:buffer';

/** No entry of the service is larger by far, bytes. */
const LONGEST_LINE = 32 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Takes a line, without its line feed. `isText`: whether it is UTF-8. */
export type OnLine = (bytes: Buffer, from: number, to: number, isText: boolean) => void;

/** Cuts content into lines, without copying any but those that two pieces share. */
export class Lines {
  /** Whether a line was longer than any entry; what followed was not looked at. */
  isTooLong = false;
  readonly #onLine: OnLine;
  #begun: Buffer[] = [];
  #begunBytes = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  readonly push = (piece: Buffer): void => {
    if (this.isTooLong) return;
    const first = piece.indexOf(LINE_FEED);
    if (first < 0) { this.#keep(piece); return; }
    const from = this.#begunBytes > 0 ? this.#join(piece, first) : 0;
    const last = piece.lastIndexOf(LINE_FEED);
    if (last >= from) this.#whole(piece, from, last);
    if (last + 1 < piece.length) this.#keep(piece.subarray(last + 1));
  };

  /** At the content's end. @returns whether it ended with a line feed, or was empty */
  end(): boolean {
    if (this.#begunBytes === 0) return true;
    const rest = Buffer.concat(this.#begun);
    this.#begun = [];
    this.#begunBytes = 0;
    if (!this.isTooLong) this.#onLine(rest, 0, rest.length, isUtf8(rest));
    return false;
  }

  #keep(piece: Buffer): void {
    this.#begun.push(piece);
    this.#begunBytes += piece.length;
    if (this.#begunBytes <= LONGEST_LINE) return;
    this.isTooLong = true;
    this.#begun = [];
  }

  /** @returns where the next line begins */
  #join(piece: Buffer, lineFeed: number): number {
    this.#begun.push(piece.subarray(0, lineFeed));
    const line = Buffer.concat(this.#begun);
    this.#begun = [];
    this.#begunBytes = 0;
    this.#onLine(line, 0, line.length, isUtf8(line));
    return lineFeed + 1;
  }

  /** Lines that lie wholly in one piece. A line feed never lies inside a character, so they are text together or looked at one by one. */
  #whole(piece: Buffer, from: number, last: number): void {
    const isText = isUtf8(piece.subarray(from, last));
    for (let at = from; at <= last;) {
      const to = piece.indexOf(LINE_FEED, at);
      this.#onLine(piece, at, to, isText || isUtf8(piece.subarray(at, to)));
      at = to + 1;
    }
  }
}
