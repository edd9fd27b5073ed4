import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Buffers may take this much, bytes: with less, short-lived pages are collected more often than it is worth. */
const ROOM_BYTES = 32 * 1024 * 1024;
/** Where more is alive, the dead among them may take this much: each collection takes as long as reading some pages. */
const DEAD_BYTES = 8 * 1024 * 1024;

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
 * Has pages and their copies collected that are done with, written or held back in a file, and young objects kept to little room. Left to
 * itself the engine lets 64 MiB of them gather (V8: kExternalAllocationSoftLimit), because a page outlives the collection of young objects.
 */
export class PageMemory {
  readonly #engine: Engine;
  /** Bytes of buffers, at the least since the last collection. */
  #least = 0;
  #isYoungKept = false;

  constructor(engine: Engine = v8Engine()) {
    this.#engine = engine;
  }

  /** Called after each page. */
  pageRead(): void {
    const { bufferBytes, collect, youngBytes, keepYoung } = this.#engine;
    if (!this.#isYoungKept && youngBytes() >= YOUNG_BYTES) {
      this.#isYoungKept = true;
      keepYoung();
    }
    if (!collect) return;
    const bytes = bufferBytes();
    // What a collection has found dead is let go of a while after it, by another thread: only the least tells what is alive.
    this.#least = Math.min(this.#least, bytes);
    if (bytes < Math.max(ROOM_BYTES, this.#least + DEAD_BYTES)) return;
    collect();
    this.#least = bufferBytes();
  }
}

function v8Engine(): Engine {
  return {
    // Of `process.memoryUsage`, most of the time would go into asking the system for what is not needed here.
    bufferBytes: () => getHeapStatistics().external_memory,
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
