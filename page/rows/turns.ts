/** So long the browser may be kept from painting and answering at a time, ms. */
const LONGEST_TURN = 12;

/** ms. */
const LONGEST_PAINT = 100;

/** Work that gives way to the browser in time. */
export class Turns {
  #began = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#began >= LONGEST_TURN;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#began = performance.now();
  }

  /** The same, after the browser has painted what is there and answered what the reader did with it. */
  async painted(): Promise<void> {
    await afterPaint();
    await whenIdle(LONGEST_PAINT);
    this.#began = performance.now();
  }
}

/** Lets the browser paint and answer what the reader did; a timer of 0 ms is put off to 4 ms once it is nested. */
export async function nextTurn(): Promise<undefined> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Once the browser has nothing else to do, or after so many ms. */
export async function whenIdle(longest: number): Promise<void> {
  await new Promise<void>((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: longest });
    else setTimeout(resolve, longest);
  });
}

/** A page that nobody sees is not painted, so it does not wait for that alone. */
async function afterPaint(): Promise<void> {
  await new Promise<void>((resolve) => {
    if (typeof requestAnimationFrame === 'function') requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, LONGEST_PAINT);
  });
}
