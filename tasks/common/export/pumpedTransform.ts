import type { Transform } from 'node:stream';

/**
 * A transform whose output is written on as it comes, with back-pressure in both directions. A failure of the target
 * reaches whoever writes next, instead of leaving it waiting for a drain that never comes.
 */
export class PumpedTransform {
  readonly #transform: Transform;
  readonly #pump: Promise<void>;
  #readBytes = 0;

  constructor(transform: Transform, target: (piece: Buffer) => Promise<void>) {
    this.#transform = transform;
    this.#pump = pump(transform, target);
    // Beside a reader that listens to 'readable', as the pump does, this sees what is read and asks for nothing (https://nodejs.org/api/stream.html#event-readable).
    transform.on('data', (piece: Buffer) => { this.#readBytes += piece.length; });
    // A failure is reported by write or end; without this it would also count as unhandled.
    this.#pump.catch(() => undefined);
  }

  /** Resolves when the transform is ready for more. */
  async write(pieces: Iterable<unknown>): Promise<void> {
    for (const piece of pieces) {
      if (this.#transform.destroyed) await this.#pump;
      if (!this.#transform.write(piece)) await this.#untilCalled((done) => this.#transform.once('drain', done));
    }
  }

  /** Resolves when the transform has taken the whole piece in, so that its memory can be used again. */
  async writeThrough(piece: Uint8Array): Promise<void> {
    if (this.#transform.destroyed) await this.#pump;
    await this.#untilCalled((done) => this.#transform.write(piece, done));
  }

  /** What the transform has given so far, bytes, with what still waits for the target. */
  get givenBytes(): number {
    return this.#readBytes + this.#transform.readableLength;
  }

  /** Resolves when all output has reached the target. */
  async end(): Promise<void> {
    this.#transform.end();
    await this.#pump;
  }

  abandon(): void {
    this.#transform.destroy();
  }

  /** Waits for `done`, or for the failure that keeps it from being called. A race with the pump would leave a trace on it each time. */
  async #untilCalled(begin: (done: () => void) => void): Promise<void> {
    const transform = this.#transform;
    await new Promise<void>((resolve) => {
      transform.once('close', resolve);
      begin(() => {
        transform.off('close', resolve);
        resolve();
      });
    });
    if (transform.destroyed) await this.#pump;
  }
}

async function pump(transform: Transform, target: (piece: Buffer) => Promise<void>): Promise<void> {
  for await (const piece of transform as AsyncIterable<Buffer>) await target(piece);
}
