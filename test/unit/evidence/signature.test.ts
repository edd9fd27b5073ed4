import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { fingerprint, verifySignature } from '../../../tasks/common/evidence/signature';
import { findProgram } from '../../support/programs';
import { temporaryFolder } from '../../support/temporaryFolder';

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const pairs = { RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }), ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
const manifestBytes = Buffer.from('{"manifestVersion":1}');

describe('signature of a manifest', () => {
  const folder = temporaryFolder();
  const openssl = findProgram('Verifying a signature without this product', ['openssl'], 'version');

  for (const [name, { privateKey, publicKey }] of Object.entries(pairs)) {
    const publicKeyPem = pemOf(publicKey);
    const signature = sign('sha256', manifestBytes, privateKey);

    it(`${name} is valid for its bytes and its key`, () => {
      assert.equal(verifySignature({ manifestBytes, signature, publicKeyPem }), 'valid');
      assert.equal(verifySignature({ manifestBytes, signature, publicKeyPem: `\r\n${publicKeyPem.replaceAll('\n', '\r\n')}` }), 'valid');
    });

    it(`${name} is invalid once any byte of manifest or signature is another`, () => {
      fc.assert(fc.property(fc.constantFrom('manifestBytes', 'signature'), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, at, change) => {
        const bytes = Buffer.from(part === 'signature' ? signature : manifestBytes);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ change;
        assert.equal(verifySignature({ manifestBytes, signature, publicKeyPem, [part]: bytes }), 'invalid');
      }));
    });

    it(`${name} is invalid when it is cut, stripped, of other bytes or of another key`, () => {
      const other = Object.entries(pairs).find(([otherName]) => otherName !== name)?.[1].publicKey as KeyObject;
      const sameKind = name === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
      for (const wrong of [signature.subarray(0, -1), Buffer.alloc(0), Buffer.concat([signature, Buffer.of(0)]), randomBytes(signature.length), Buffer.alloc(signature.length)]) {
        assert.equal(verifySignature({ manifestBytes, signature: wrong, publicKeyPem }), 'invalid');
      }
      for (const key of [other, sameKind.publicKey]) assert.equal(verifySignature({ manifestBytes, signature, publicKeyPem: pemOf(key) }), 'invalid');
      assert.equal(verifySignature({ manifestBytes, signature: sign('sha512', manifestBytes, privateKey), publicKeyPem }), 'invalid');
    });

    it(`${name} is judged by openssl alike`, function () {
      if (openssl === undefined) return this.skip();
      const judge = (): string => execFileSync(openssl, ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'manifest.sig', 'manifest.json'], { cwd: folder(), encoding: 'utf8', stdio: 'pipe' });
      for (const [file, content] of [['manifest.json', manifestBytes], ['manifest.sig', signature], ['key.pem', publicKeyPem]] as const) writeFileSync(path.join(folder(), file), content);
      assert.match(judge(), /Verified OK/);
      writeFileSync(path.join(folder(), 'manifest.json'), '{"manifestVersion":2}');
      assert.throws(judge);
    });

    it(`${name}: the key's fingerprint is that of its DER`, () => {
      const expected = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
      assert.equal(fingerprint(publicKeyPem), expected);
      assert.equal(fingerprint(publicKeyPem.replaceAll('\n', '\r\n')), expected);
    });
  }

  it('is invalid for keys that are too weak, of another kind, or too long to be checked', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    for (const { privateKey, publicKey } of [weak, curve, pss]) {
      assert.equal(verifySignature({ manifestBytes, signature: sign('sha256', manifestBytes, privateKey), publicKeyPem: pemOf(publicKey) }), 'invalid');
    }
    const edwards = generateKeyPairSync('ed25519');
    assert.equal(verifySignature({ manifestBytes, signature: sign(null, manifestBytes, edwards.privateKey), publicKeyPem: pemOf(edwards.publicKey) }), 'invalid');
    const padded = sign('sha256', manifestBytes, { key: pairs.RS256.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING });
    assert.equal(verifySignature({ manifestBytes, signature: padded, publicKeyPem: pemOf(pairs.RS256.publicKey) }), 'invalid');
  });

  it('is invalid, and has no fingerprint, for what is not one public key', () => {
    const pem = pemOf(pairs.RS256.publicKey);
    const signature = sign('sha256', manifestBytes, pairs.RS256.privateKey);
    const texts = ['', 'no key', pem.replace('MII', 'MIX'), `${pem}${pem}`, `first ${pem}`, pairs.RS256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), pem.replaceAll('PUBLIC KEY', 'CERTIFICATE'), pem.slice(0, 200)];
    for (const publicKeyPem of texts) {
      assert.equal(verifySignature({ manifestBytes, signature, publicKeyPem }), 'invalid', publicKeyPem);
      assert.equal(fingerprint(publicKeyPem), undefined, publicKeyPem);
    }
  });
});
