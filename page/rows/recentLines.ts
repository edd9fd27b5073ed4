const MOST_KEPT = 3;

/** The whole entries of chunks as lines: those of the last chunks that were asked for are kept. */
export class RecentLines {
  readonly #make: (chunk: number) => Promise<readonly string[]>;
  readonly #kept = new Map<number, Promise<readonly string[]>>();

  constructor(make: (chunk: number) => Promise<readonly string[]>) {
    this.#make = make;
  }

  /** None where they cannot be read. */
  async of(chunk: number): Promise<readonly string[]> {
    const kept = this.#kept.get(chunk) ?? this.#make(chunk).catch(() => []);
    this.#kept.delete(chunk);
    this.#kept.set(chunk, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }
}
