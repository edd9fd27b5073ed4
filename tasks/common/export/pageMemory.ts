import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Dead pages may take this much before they are collected, bytes. */
const MOST_DEAD_BYTES = 12 * 1024 * 1024;

/**
 * Room for young objects, bytes. With the 2 MiB that an engine begins with, a fifth of the CPU time goes into collecting them; with more
 * than this an export gains little and takes more memory. Left to itself the engine gives up to 48, because so many pass through here.
 */
const YOUNG_BYTES = 4 * 1024 * 1024;

/** What {@link PageMemory} needs of the engine; replaced in tests. */
export interface Engine {
  /** Bytes that buffers hold outside the heap, dead ones included. */
  readonly bufferBytes: () => number;
  /** Undefined where the engine does not let its collector be called. */
  readonly collect: (() => void) | undefined;
  /** The room for young objects, bytes. */
  readonly youngBytes: () => number;
  /** From now on it does not grow. */
  readonly keepYoung: () => void;
}

/**
 * Has the pages collected that are written and done with, and young objects kept to little room. Left to itself the engine lets 64 MiB of them gather
 * (V8: kExternalAllocationSoftLimit), because a page outlives the collection of young objects.
 */
export class PageMemory {
  readonly #engine: Engine;
  #limit = MOST_DEAD_BYTES;
  #isYoungKept = false;

  constructor(engine: Engine = v8Engine()) {
    this.#engine = engine;
  }

  /** Called after each page. */
  pageWritten(): void {
    const { bufferBytes, collect, youngBytes, keepYoung } = this.#engine;
    if (!this.#isYoungKept && youngBytes() >= YOUNG_BYTES) {
      this.#isYoungKept = true;
      keepYoung();
    }
    if (!collect || bufferBytes() < this.#limit) return;
    collect();
    // What is still there is alive: the next collection waits for as much again.
    this.#limit = bufferBytes() + MOST_DEAD_BYTES;
  }
}

function v8Engine(): Engine {
  return {
    bufferBytes: () => process.memoryUsage().arrayBuffers,
    collect: collector(),
    youngBytes: () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0,
    keepYoung: () => { setFlagsFromString('--semi-space-growth-factor=1'); },
  };
}

/** Node offers `gc` to contexts that are made after the flag is set. */
function collector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? () => { (found as () => void)(); } : undefined;
}
