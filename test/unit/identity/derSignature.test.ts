import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { derSignature } from '../../../tasks/common/identity/derSignature';

/** Reads what {@link derSignature} writes, by the rules of DER alone. */
function integersOf(der: Buffer): bigint[] {
  assert.deepEqual([der[0], der[1]], [0x30, der.length - 2]);
  const integers: bigint[] = [];
  for (let at = 2; at < der.length;) {
    const length = der[at + 1] ?? 0;
    const bytes = der.subarray(at + 2, at + 2 + length);
    assert.equal(der[at], 0x02);
    assert.ok(length >= 1 && bytes.length === length && (bytes[0] ?? 0) < 0x80, 'an integer that is empty, cut off or negative');
    assert.ok(length === 1 || bytes[0] !== 0 || (bytes[1] ?? 0) >= 0x80, 'an integer with needless zeros');
    integers.push(BigInt(`0x${bytes.toString('hex')}`));
    at += 2 + length;
  }
  return integers;
}

describe('DER form of a signature', () => {
  it('holds the same two integers in their shortest form', () => {
    const half = fc.tuple(fc.integer({ min: 0, max: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 })).map(([zeros, bytes]) => Buffer.from(bytes).fill(0, 0, zeros));
    fc.assert(fc.property(half, half, (first, second) => {
      assert.deepEqual(integersOf(derSignature(Buffer.concat([first, second]))), [first, second].map((bytes) => BigInt(`0x${bytes.toString('hex')}`)));
    }));
  });

  it('is what Node verifies', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let round = 0; round < 50; round += 1) {
      const content = Buffer.from(`content ${round}`);
      assert.ok(verify('sha256', content, publicKey, derSignature(sign('sha256', content, { key: privateKey, dsaEncoding: 'ieee-p1363' }))));
    }
  });
});
