import { createGunzip } from 'node:zlib';

/** Unpacked pieces, bytes. */
const PIECE_BYTES = 64 * 1024;

/**
 * Unpacks gzip piece by piece. Of content that is damaged or breaks off, all comes out that stands before the damage:
 * a stream that fails drops what it still holds.
 * @throws zlib's errors, once what could be unpacked has been given
 */
export async function* unpack(packed: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  const ready: Buffer[] = [];
  let failure: Error | undefined;
  gunzip.on('data', (piece: Buffer) => ready.push(piece));
  gunzip.on('error', (error) => { failure = error; });
  const takenIn = (begin: (done?: () => void) => void): Promise<void> => new Promise((resolve) => {
    gunzip.once('close', resolve);
    begin(() => {
      gunzip.off('close', resolve);
      resolve();
    });
  });
  try {
    for await (const piece of packed) {
      await takenIn((done) => { gunzip.write(piece, done); });
      yield* ready.splice(0);
      if (failure !== undefined) throw failure;
    }
    // Closed once all has come out.
    await takenIn(() => { gunzip.end(); });
    yield* ready.splice(0);
    if (failure !== undefined) throw failure;
  } finally {
    gunzip.destroy();
  }
}
