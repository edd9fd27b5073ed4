import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Dead pages may take this much before they are collected, bytes. */
const MOST_DEAD_BYTES = 12 * 1024 * 1024;

/** What {@link PageMemory} needs of the engine; replaced in tests. */
export interface Engine {
  /** Bytes that buffers hold outside the heap, dead ones included. */
  readonly bufferBytes: () => number;
  /** Undefined where the engine does not let its collector be called. */
  readonly collect: (() => void) | undefined;
}

/**
 * Has the pages collected that are written and done with. Left to itself the engine lets 64 MiB of them gather
 * (V8: kExternalAllocationSoftLimit), because a page outlives the collection of young objects.
 */
export class PageMemory {
  readonly #engine: Engine;
  #limit = MOST_DEAD_BYTES;

  constructor(engine: Engine = v8Engine()) {
    this.#engine = engine;
  }

  /** Called after each page. */
  pageWritten(): void {
    const { bufferBytes, collect } = this.#engine;
    if (!collect || bufferBytes() < this.#limit) return;
    collect();
    // What is still there is alive: the next collection waits for as much again.
    this.#limit = bufferBytes() + MOST_DEAD_BYTES;
  }
}

/** Young objects keep the room that they have: left to itself the engine gives them up to 48 MiB, because so many pass through here. */
function v8Engine(): Engine {
  setFlagsFromString('--semi-space-growth-factor=1');
  return { bufferBytes: () => process.memoryUsage().arrayBuffers, collect: collector() };
}

/** Node offers `gc` to contexts that are made after the flag is set. */
function collector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? () => { (found as () => void)(); } : undefined;
}
