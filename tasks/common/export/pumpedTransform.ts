import { once } from 'node:events';
import type { Transform } from 'node:stream';

/**
 * A transform whose output is written on as it comes, with back-pressure in both directions. A failure of the target
 * reaches whoever writes next, instead of leaving it waiting for a drain that never comes.
 */
export class PumpedTransform {
  readonly #transform: Transform;
  readonly #pump: Promise<void>;

  constructor(transform: Transform, target: (piece: Buffer) => Promise<void>) {
    this.#transform = transform;
    this.#pump = pump(transform, target);
    // A failure is reported by write or end; without this it would also count as unhandled.
    this.#pump.catch(() => undefined);
  }

  /** Resolves when the transform is ready for more. */
  async write(pieces: Iterable<unknown>): Promise<void> {
    for (const piece of pieces) {
      if (this.#transform.destroyed) await this.#pump;
      if (!this.#transform.write(piece)) await Promise.race([once(this.#transform, 'drain'), this.#pump]);
    }
  }

  /** Resolves when all output has reached the target. */
  async end(): Promise<void> {
    this.#transform.end();
    await this.#pump;
  }

  abandon(): void {
    this.#transform.destroy();
  }
}

async function pump(transform: Transform, target: (piece: Buffer) => Promise<void>): Promise<void> {
  for await (const piece of transform as AsyncIterable<Buffer>) await target(piece);
}
