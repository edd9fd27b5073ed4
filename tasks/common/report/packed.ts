import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compressed = promisify(gzip);
/** The fastest: a second pass over an export must stay cheap. */
const LEVEL = 1;
/** Where gzip names the operating system (RFC 1952, 2.3): `unknown`, so that every machine makes the same bytes. */
const OS_AT = 9;
const UNKNOWN_OS = 255;

/** Base64 of gzip. */
export async function packed(bytes: Buffer | string): Promise<string> {
  const gzipped = await compressed(bytes, { level: LEVEL });
  gzipped[OS_AT] = UNKNOWN_OS;
  return gzipped.toString('base64');
}
