/** A piece of a file: bytes from `at` on. */
export interface Extent {
  readonly at: number;
  readonly length: number;
}

function endOf({ at, length }: Extent): number {
  return at + length;
}

/** Which parts of a file are free, so that what is freed is written over instead of making the file longer. */
export class FreeSpace {
  /** Ascending; no two touch each other. */
  #free: Extent[] = [];
  #end = 0;

  /** Bytes of the file up to its last taken piece. */
  get end(): number {
    return this.#end;
  }

  /** The first free piece that is long enough, or one behind the end. */
  take(length: number): Extent {
    const index = this.#free.findIndex((extent) => extent.length >= length);
    const found = this.#free[index];
    if (!found) {
      this.#end += length;
      return { at: this.#end - length, length };
    }
    const rest = found.length - length;
    this.#free.splice(index, 1, ...rest > 0 ? [{ at: found.at + length, length: rest }] : []);
    return { at: found.at, length };
  }

  /** @param extent as {@link take} gave it, and not given back yet */
  giveBack(extent: Extent): void {
    const next = this.#free.findIndex(({ at }) => at > extent.at);
    const index = next < 0 ? this.#free.length : next;
    let [from, to] = [index, index];
    let { at, length } = extent;
    const [before, after] = [this.#free[index - 1], this.#free[index]];
    if (before !== undefined && endOf(before) === at) {
      from -= 1;
      at = before.at;
      length += before.length;
    }
    if (after?.at === at + length) {
      to += 1;
      length += after.length;
    }
    const isLast = at + length === this.#end;
    if (isLast) this.#end = at;
    this.#free.splice(from, to - from, ...isLast ? [] : [{ at, length }]);
  }
}
