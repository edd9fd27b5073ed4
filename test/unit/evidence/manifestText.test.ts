import assert from 'node:assert/strict';
import type { Manifest } from '../../../tasks/common/evidence/manifest';
import { LARGEST_MANIFEST, manifestBytes, readManifest } from '../../../tasks/common/evidence/manifestText';
import { dayInstant, makeManifest } from '../../support/manifests';

function problemOf(bytes: Uint8Array): string {
  const { problem } = readManifest(bytes);
  assert.ok(problem !== undefined);
  return problem;
}

describe('a manifest of unknown origin', () => {
  const manifest = makeManifest();
  const bytes = manifestBytes(manifest);

  it('is read as it was written', () => {
    assert.deepEqual(readManifest(bytes), { manifest });
  });

  for (const [what, text] of [
    ['with white space', JSON.stringify(JSON.parse(bytes.toString()), undefined, 2)],
    ['with a line feed at its end', `${bytes.toString()}\n`],
    ['with its names in another order', JSON.stringify(Object.fromEntries(Object.entries(manifest).reverse()))],
    ['with a name that comes twice', bytes.toString().replace('{', '{"manifestVersion":1,')],
  ] as const) {
    it(`${what} is none: its hash would speak for its form`, () => {
      assert.match(problemOf(Buffer.from(text)), /not in the canonical form/);
    });
  }

  it('is refused before it is read when it is too large', () => {
    assert.match(problemOf(Buffer.alloc(LARGEST_MANIFEST + 1, 0x20)), /larger than any manifest/);
  });

  it('says what is wrong without repeating it', () => {
    assert.equal(problemOf(Buffer.from('##vso[task.complete]')), 'it is not JSON');
    assert.equal(problemOf(Buffer.from([0x22, 0xff, 0x22])), 'it is not JSON');
    assert.equal(problemOf(Buffer.from('[]')), 'it is no manifest');
    assert.equal(problemOf(Buffer.from('{"manifestVersion":2}')), 'it has a version that this program does not know');
    assert.equal(problemOf(manifestBytes({ ...manifest, organization: { name: 'x'.repeat(51), id: null } })), 'the value of organization.name is not what it should be');
  });

  const contradictions: [string, (manifest: Manifest) => Manifest, RegExp][] = [
    ['an overlap after the window', (given) => ({ ...given, window: { ...given.window, overlapFrom: dayInstant(0.5) } }), /overlap begins after/],
    ['a window beyond its coverage', (given) => ({ ...given, coverage: { ...given.coverage, until: dayInstant(0.5) } }), /coverage contradicts/],
    ['more late entries than entries', (given) => ({ ...given, counts: { ...given.counts, late: 1 } }), /more late entries/],
    ['a second place without a predecessor', (given) => (given.chain === 'none' ? given : { ...given, chain: { ...given.chain, position: 2 } }), /place in the chain/],
    ['a window that ends before it begins', (given) => ({ ...given, window: { ...given.window, covered: { start: dayInstant(1), end: dayInstant(0) } } }), /window\.covered/],
    ['a day that does not exist', (given) => ({ ...given, window: { ...given.window, unsettledFrom: '2026-02-30T00:00:00Z' } }), /window\.unsettledFrom/],
  ];
  for (const [what, change, why] of contradictions) {
    it(`is refused for ${what}`, () => { assert.match(problemOf(manifestBytes(change(manifest))), why); });
  }
});
