const STEP_BYTES = 256 * 1024;

/** Buffers for pages, each used again once its page is sent: a megabyte of new memory takes longer than what is written into it. */
export class PageRoom {
  private readonly free: Buffer[] = [];

  /** @returns so many bytes, with anything in them */
  take(bytes: number): Buffer {
    const index = this.free.findLastIndex(({length}) => length >= bytes);
    const [buffer] = index < 0 ? [Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES)] : this.free.splice(index, 1);
    return (buffer as Buffer).subarray(0, bytes);
  }

  giveBack(page: Buffer): void {
    this.free.push(Buffer.from(page.buffer));
  }
}
