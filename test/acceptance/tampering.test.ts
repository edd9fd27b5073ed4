import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pinnedKey } from '../../tasks/common/evidence/verify/signatureCheck';
import { findingLine } from '../../tasks/common/evidence/verify/table';
import { verifyExports, type Verification, type VerifyOptions } from '../../tasks/common/evidence/verify/verifyExports';
import { newKey } from '../support/exportSet';
import { makeSet, TamperedSet } from '../support/tampering';
import { TAMPERINGS, type Tampering } from './tamperings';

/** Verifies a set without anything asked for beyond it. */
function verify(root: string, options: Partial<VerifyOptions> = {}): Promise<Verification | undefined> {
  return verifyExports({ root, requested: { from: undefined, to: undefined }, pinned: [], kept: [], ...options });
}

/** Verdict and place of everything that makes a set invalid, with `@n` for the n-th export. */
function invalidOf(verification: Verification, places: readonly string[]): string[] {
  return verification.findings.filter(({ isInvalid }) => isInvalid).map(({ verdict, folder, file, line }) => {
    const export_ = places.findIndex((place) => place === folder || place.endsWith(`/${folder ?? '-'}`));
    const where = folder === undefined ? '' : export_ < 0 ? ` ${folder}` : ` @${export_}`;
    return `${verdict}${where}${file === undefined ? '' : `/${file}`}${line === undefined ? '' : `:${line}`}`;
  });
}

const VERDICTS = ['hash does not match', 'not found', 'invalid format', 'moved', 'signature invalid', 'signed by an unpinned key', 'second chain start'];
const KINDS = ['plain', 'signed', 'two'] as const;
type Kind = typeof KINDS[number];

function titleOf({ name, expected, isHidden }: Tampering): string {
  if (expected.length > 0) return `${name}: ${VERDICTS.filter((verdict) => expected.some((finding) => finding.startsWith(verdict))).join(', ')}`;
  return isHidden === true ? `only a signature or a hash kept elsewhere can tell: ${name}` : `nothing is invalid: ${name}`;
}

describe('a set of exports that was tampered with', () => {
  const key = newKey();
  const otherKey = newKey('ES256');
  let folder: string;
  const places: Record<Kind, string[]> = { plain: [], signed: [], two: [] };
  const hashes: Record<Kind, string[]> = { plain: [], signed: [], two: [] };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'audit-log-tampering-'));
    for (const kind of KINDS) {
      const root = path.join(folder, kind);
      const { exports } = await makeSet({ root, ...(kind === 'signed' && { key }) });
      if (kind === 'two') exports.push(...(await makeSet({ root, organization: 'contoso', seed: 2 })).exports);
      places[kind] = exports.map((made) => path.relative(root, made.path).split(path.sep).join('/'));
      hashes[kind] = exports.map((made) => made.sha256);
    }
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  async function tamper({ tamper: change, set = 'plain', options }: Tampering): Promise<{ verification: Verification; places: readonly string[] }> {
    const root = path.join(folder, 'tampered');
    rmSync(root, { recursive: true, force: true });
    const tampered = new TamperedSet(path.join(folder, set), root, places[set], key);
    await change(tampered, { otherKey });
    const given = options?.({ hashes: hashes[set], key: pinnedKey(key.publicKeyPem)!, otherKey: pinnedKey(otherKey.publicKeyPem)! });
    const verification = await verify(root, given);
    assert.ok(verification);
    return { verification, places: places[set] };
  }

  for (const tampering of TAMPERINGS) {
    it(titleOf(tampering), async () => {
      const { verification, places: where } = await tamper(tampering);
      const { expected } = tampering;
      assert.deepEqual(invalidOf(verification, where).sort(), [...expected].sort(), verification.findings.map(findingLine).join('\n'));
      assert.equal(verification.result, expected.length === 0 ? 'valid' : 'invalid');
      if (tampering.sentence) assert.match(verification.findings.map(findingLine).join('\n'), tampering.sentence);
    });
  }
});
