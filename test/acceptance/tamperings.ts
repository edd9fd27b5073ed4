import { appendFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { MANIFEST_FILE } from '../../tasks/common/evidence/manifestText';
import type { PinnedKey } from '../../tasks/common/evidence/verify/signatureCheck';
import type { VerifyOptions } from '../../tasks/common/evidence/verify/verifyExports';
import type { SetKey } from '../support/exportSet';
import { EVIDENCE, hour, type TamperedSet } from '../support/tampering';

export interface GivenOptions {
  /** Of the manifests of the set as it was. */
  readonly hashes: readonly string[];
  readonly key: PinnedKey;
  readonly otherKey: PinnedKey;
}

/** Something that can be done to a set, and what the verifier says of it. */
export interface Tampering {
  readonly name: string;
  /** `two` holds two organizations: the second one's exports are numbered from 8. */
  readonly set?: 'plain' | 'signed' | 'two';
  readonly tamper: (set: TamperedSet, keys: { readonly otherKey: SetKey }) => void | Promise<void>;
  readonly options?: (given: GivenOptions) => Partial<VerifyOptions>;
  /** `verdict @export/file:line` of every finding that makes the set invalid. */
  readonly expected: readonly string[];
  readonly sentence?: RegExp;
  /** Whether it is a fault all the same, which nothing in the set itself can show. */
  readonly isHidden?: true;
}

const kept = (...exports: readonly number[]) => ({ hashes }: GivenOptions): Partial<VerifyOptions> => ({ kept: exports.map((index) => ({ sha256: hashes[index]!, source: 'the papers' })) });
const requested = (from: string | undefined, to: string | undefined) => (): Partial<VerifyOptions> => ({ requested: { from, to } });
const pinned = ({ key }: GivenOptions): Partial<VerifyOptions> => ({ pinned: [key] });
const withoutLine = (number: number) => (lines: string[]): string[] => lines.filter((_, index) => index !== number - 1);

/** Of the files as they lie there: who does this does not know how a set is made, or does not care. */
const FILES: readonly Tampering[] = [
  { name: 'a byte of the evidence', tamper: (set) => { set.flip(5, EVIDENCE); }, expected: [`hash does not match @5/${EVIDENCE}`] },
  { name: 'the last byte of the evidence', tamper: (set) => { set.flip(5, EVIDENCE, 0.99999); }, expected: [`hash does not match @5/${EVIDENCE}`] },
  { name: 'a byte of the table', tamper: (set) => { set.flip(5, 'audit-log.csv'); }, expected: ['hash does not match @5/audit-log.csv'] },
  { name: 'a byte of the summary', tamper: (set) => { set.flip(5, 'summary.md'); }, expected: ['hash does not match @5/summary.md'] },
  { name: 'the evidence cut off', tamper: (set) => { set.write(5, EVIDENCE, set.read(5, EVIDENCE).subarray(0, -40)); }, expected: [`hash does not match @5/${EVIDENCE}`], sentence: /ends too early/ },
  { name: 'bytes after the compressed evidence', tamper: (set) => { appendFileSync(set.path(5, EVIDENCE), 'more'); }, expected: [`hash does not match @5/${EVIDENCE}`] },
  { name: 'evidence that was never compressed', tamper: (set) => { set.write(5, EVIDENCE, set.lines(5).join('\n')); }, expected: [`hash does not match @5/${EVIDENCE}`], sentence: /is damaged/ },
  { name: 'the same evidence compressed anew', tamper: (set) => { set.write(5, EVIDENCE, gzipSync(`${set.lines(5).join('\n')}\n`, { level: 1 })); }, expected: [`hash does not match @5/${EVIDENCE}`], sentence: /its content is unchanged/ },
  { name: 'the evidence missing', tamper: (set) => { set.remove(5, EVIDENCE); }, expected: [`not found @5/${EVIDENCE}`] },
  { name: 'the table missing', tamper: (set) => { set.remove(5, 'audit-log.csv'); }, expected: ['not found @5/audit-log.csv'] },
  { name: 'the summary missing', tamper: (set) => { set.remove(5, 'summary.md'); }, expected: ['not found @5/summary.md'] },
  { name: 'the list of hashes missing', tamper: (set) => { set.remove(5, 'SHA256SUMS'); }, expected: ['not found @5/SHA256SUMS'] },
  { name: 'a line of the list of hashes', tamper: (set) => { set.write(5, 'SHA256SUMS', set.read(5, 'SHA256SUMS').toString().replace(/^(.*\n)./, '$1f').replace(/^(.*\n)f(.{4})/, '$1f0000')); }, expected: ['hash does not match @5/SHA256SUMS:2'] },
  { name: 'a line of the list of hashes missing', tamper: (set) => { set.write(5, 'SHA256SUMS', set.read(5, 'SHA256SUMS').toString().replace(/^.*\n/, '')); }, expected: ['not found @5/SHA256SUMS'] },
  { name: 'a list of hashes that is none', tamper: (set) => { set.write(5, 'SHA256SUMS', 'no hashes\n'); }, expected: ['invalid format @5/SHA256SUMS:1'] },
  { name: 'an entry\'s actor, compressed anew', tamper: (set) => { set.writeLines(5, set.lines(5).map((line, index) => (index === 4 ? line.replace(/user\d@/, 'nobody@') : line))); }, expected: [`hash does not match @5/${EVIDENCE}`] },
  { name: 'a line taken out', tamper: (set) => { set.writeLines(5, withoutLine(5)(set.lines(5))); }, expected: [`hash does not match @5/${EVIDENCE}`, `invalid format @5/${EVIDENCE}`] },
  { name: 'a line put in twice', tamper: (set) => { set.writeLines(5, set.lines(5).flatMap((line, index) => (index === 4 ? [line, line] : [line]))); }, expected: [`hash does not match @5/${EVIDENCE}`, `invalid format @5/${EVIDENCE}`, `invalid format @5/${EVIDENCE}:6`] },
  {
    name: 'an entry moved to another export',
    tamper: (set) => {
      const [moved = '', ...rest] = set.lines(5);
      set.writeLines(5, rest);
      set.writeLines(6, [...set.lines(6), moved]);
    },
    expected: [`hash does not match @5/${EVIDENCE}`, `hash does not match @6/${EVIDENCE}`, `invalid format @5/${EVIDENCE}`, `invalid format @6/${EVIDENCE}`, `invalid format @6/${EVIDENCE}:94`],
  },
  {
    name: 'the evidence of two exports exchanged',
    tamper: (set) => {
      const [one, other] = [set.read(5, EVIDENCE), set.read(6, EVIDENCE)];
      set.write(5, EVIDENCE, other);
      set.write(6, EVIDENCE, one);
    },
    expected: [`hash does not match @5/${EVIDENCE}`, `hash does not match @6/${EVIDENCE}`, `invalid format @5/${EVIDENCE}`, `invalid format @5/${EVIDENCE}`, `invalid format @5/${EVIDENCE}:1`, `invalid format @5/${EVIDENCE}:2`, `invalid format @5/${EVIDENCE}:3`, `invalid format @6/${EVIDENCE}`, `invalid format @6/${EVIDENCE}`, `invalid format @6/${EVIDENCE}:14`, `invalid format @6/${EVIDENCE}:15`, `invalid format @6/${EVIDENCE}:16`],
  },
  { name: 'a file that was added', tamper: (set) => { set.write(5, 'more.jsonl', '{}\n'); }, expected: [], sentence: /note: not found: .*more\.jsonl: No manifest lists this file/ },
  { name: 'a folder in the place of a file', tamper: (set) => { set.remove(5, 'audit-log.csv'); mkdirSync(set.path(5, 'audit-log.csv')); }, expected: ['not found @5/audit-log.csv'] },
];

/** Windows lets only administrators make links. */
const LINKS: readonly Tampering[] = process.platform === 'win32' ? [] : [
  { name: 'a link in the place of a file', tamper: (set) => { set.remove(5, 'audit-log.csv'); symlinkSync('/etc/hosts', set.path(5, 'audit-log.csv')); }, expected: ['not found @5/audit-log.csv'] },
];

/** Of manifests and lines, with hashes made anew: who does this knows how a set is made. */
const FORGED: readonly Tampering[] = [
  { name: 'a number in a manifest', tamper: (set) => { set.write(5, MANIFEST_FILE, set.read(5, MANIFEST_FILE).toString().replace('"requests":4', '"requests":5')); }, expected: ['hash does not match @5/SHA256SUMS:3', 'hash does not match @5/manifest.json'] },
  { name: 'a number in the newest manifest', tamper: (set) => { set.write(7, MANIFEST_FILE, set.read(7, MANIFEST_FILE).toString().replace('"requests":4', '"requests":5')); }, expected: ['hash does not match @7/SHA256SUMS:3'] },
  { name: 'a manifest laid out anew', tamper: (set) => { set.write(7, MANIFEST_FILE, JSON.stringify(set.manifest(7), null, 2)); }, expected: ['invalid format @7/manifest.json'] },
  { name: 'half a manifest', tamper: (set) => { set.write(5, MANIFEST_FILE, set.read(5, MANIFEST_FILE).subarray(0, 500)); }, expected: ['invalid format @5/manifest.json', 'not found', 'not found @5'] },
  { name: 'a manifest missing', tamper: (set) => { set.remove(5, MANIFEST_FILE); }, expected: ['not found', 'not found @5', 'not found @5/manifest.json'] },
  { name: 'a manifest of another version', tamper: (set) => { set.write(7, MANIFEST_FILE, set.read(7, MANIFEST_FILE).toString().replace('"manifestVersion":1', '"manifestVersion":2')); }, expected: ['invalid format @7/manifest.json'] },
  { name: 'a line taken out, hashes made anew', tamper: (set) => { set.changeLines(5, withoutLine(5)); }, expected: ['hash does not match @5/manifest.json', `invalid format @5/${EVIDENCE}`] },
  { name: 'a line taken out, its manifest made anew', tamper: (set) => { set.forgeLines(5, withoutLine(5)); }, expected: ['hash does not match @5/manifest.json'] },
  { name: 'an actor, its manifest made anew', tamper: (set) => { set.forgeLines(5, (lines) => lines.map((line, index) => (index === 4 ? line.replace(/user\d@/, 'nobody@') : line))); }, expected: ['hash does not match @5/manifest.json'] },
  { name: 'a line put in twice, all manifests made anew', tamper: (set) => { set.forgeLines(5, (lines) => lines.flatMap((line, index) => (index === 4 ? [line, line] : [line]))); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}:6`] },
  { name: 'two lines in another order, all manifests made anew', tamper: (set) => { set.forgeLines(5, ([first = '', second = '', third = '', ...rest]) => [first, third, second, ...rest]); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}:3`] },
  { name: 'a timestamp, all manifests made anew', tamper: (set) => { set.forgeLines(5, (lines) => lines.map((line, index) => (index === 4 ? line.replace(/(T\d\d:\d\d:\d\d\.\d{6})\d/, '$10') : line))); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}:5`] },
  { name: 'a line that is no JSON, all manifests made anew', tamper: (set) => { set.changeLines(5, (lines) => lines.map((line, index) => (index === 4 ? line.replace('"details":', '"details"') : line))); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}:5`] },
  { name: 'a line that is no UTF-8, all manifests made anew', tamper: (set) => { set.write(5, EVIDENCE, gzipSync(Buffer.concat(set.lines(5).map((line, index) => Buffer.from(`${line}\n`, index === 4 ? 'latin1' : 'utf8'))))); set.rehash(5, EVIDENCE); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}:5`] },
  { name: 'the end of the last line, all manifests made anew', tamper: (set) => { set.changeLines(5, (lines) => lines, ''); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}`] },
  { name: 'an entry moved to a later export, all manifests made anew', tamper: (set) => { const [moved = ''] = set.lines(4); set.forgeLines(4, withoutLine(1)); set.forgeLines(6, (lines) => [...lines, moved]); set.relink(4); }, expected: [`invalid format @6/${EVIDENCE}:94`] },
  {
    name: 'a late entry put into the export before as well, all manifests made anew',
    tamper: (set) => {
      const late = lateLine(set, 6);
      set.forgeLines(5, (lines) => [...lines, late].sort());
      set.relink(5);
    },
    expected: [`invalid format @5/${EVIDENCE}:2`],
  },
  { name: 'a row of the table, all manifests made anew', tamper: (set) => { set.write(5, 'audit-log.csv', set.read(5, 'audit-log.csv').toString().replace(/\r\n[^\n]*\n[^\n]*\r\n$/, '\r\n')); set.rehash(5, 'audit-log.csv'); set.relink(5); }, expected: ['invalid format @5/audit-log.csv'] },
  { name: 'the hash of the content', tamper: (set) => { set.change(7, ({ files }) => { files.find(({ name }) => name === EVIDENCE)!.contentSha256 = '0'.repeat(64); }); }, expected: [`hash does not match @7/${EVIDENCE}`] },
  { name: 'the count of late entries', tamper: (set) => { set.change(7, ({ counts }) => { counts.late += 1; }); }, expected: [`invalid format @7/${EVIDENCE}`] },
  { name: 'the count of entries', tamper: (set) => { set.change(7, ({ counts }) => { counts.entries += 1; }); }, expected: [`invalid format @7/${EVIDENCE}`] },
  { name: 'a tally', tamper: (set) => { set.change(7, ({ tallies }) => { tallies.action[0]!.entries += 1; }); }, expected: [`invalid format @7/${EVIDENCE}`] },
  { name: 'the newest entry', tamper: (set) => { set.change(7, ({ entries }) => { entries.newest = entries.oldest; }); }, expected: [`invalid format @7/${EVIDENCE}`] },
  { name: 'the oldest entry', tamper: (set) => { set.change(7, ({ entries }) => { entries.oldest = entries.newest; }); }, expected: [`invalid format @7/${EVIDENCE}`] },
  { name: 'a known entry left out, which would be exported twice', tamper: (set) => { set.change(7, ({ chain }) => { chain.known.at(-1)!.ids.pop(); }); }, expected: [`invalid format @7/${EVIDENCE}`] },
  { name: 'a known entry made up, which would never be exported', tamper: (set) => { set.change(5, ({ chain }) => { chain.known.at(-1)!.ids.push('ffffffffffffffff'); }); set.relink(5); }, expected: ['invalid format @5/manifest.json'] },
  { name: 'the covered time begun later', tamper: (set) => { set.change(5, ({ window }) => { window.covered.start = hour(85); }); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}`, 'invalid format @5/manifest.json', 'not found'] },
  { name: 'the covered time begun later, with a gap to fit', tamper: (set) => { set.change(5, ({ window, chain }) => { window.covered.start = hour(85); chain.gap = { start: hour(84), end: hour(85) }; }); set.relink(5); }, expected: [`invalid format @5/${EVIDENCE}`, 'not found'] },
  { name: 'the covered time ended later', tamper: (set) => { set.change(7, ({ window, coverage }) => { window.covered.end = hour(200); coverage.until = hour(200); }); }, expected: ['invalid format @7/manifest.json'] },
  { name: 'a place in the chain', tamper: (set) => { set.change(7, ({ chain }) => { chain.position += 1; }); }, expected: ['invalid format @7/manifest.json'] },
  { name: 'the beginning of the chain', tamper: (set) => { set.change(7, ({ chain }) => { chain.origin.start = hour(30); }); }, expected: ['invalid format @7/manifest.json'] },
  { name: 'the hash of the predecessor', tamper: (set) => { set.change(5, ({ chain }) => { chain.predecessor!.manifestSha256 = '0'.repeat(64); }); set.relink(5); }, expected: ['hash does not match @4/manifest.json'] },
  { name: 'the run of the predecessor', tamper: (set) => { set.change(5, ({ chain }) => { chain.predecessor!.run = '99'; }); set.relink(5); }, expected: ['invalid format @5/manifest.json'] },
  { name: 'a compressed file of a thousand times its size', tamper: (set) => { set.write(7, EVIDENCE, gzipSync(Buffer.alloc(300 * 1024 * 1024))); }, expected: [`hash does not match @7/${EVIDENCE}`], sentence: /not read to its end/ },
  { name: 'a line longer than any entry', tamper: (set) => { set.write(7, EVIDENCE, gzipSync(Buffer.alloc(60 * 1024 * 1024, 'x'))); set.rehash(7, EVIDENCE); }, expected: [`invalid format @7/${EVIDENCE}`, `invalid format @7/${EVIDENCE}`] },
];

/** Of whole exports. */
const EXPORTS: readonly Tampering[] = [
  { name: 'a run deleted', tamper: (set) => { set.remove(5); }, expected: ['not found', 'not found @5'] },
  { name: 'two runs in a row deleted', tamper: (set) => { set.remove(4); set.remove(5); }, expected: ['not found', 'not found', 'not found @5'] },
  { name: 'two runs that do not follow each other deleted', tamper: (set) => { set.remove(4); set.remove(6); }, expected: ['not found', 'not found', 'not found @4', 'not found @6'] },
  { name: 'an export of a run that made two deleted', tamper: (set) => { set.remove(1); }, expected: ['not found', 'not found @1'] },
  { name: 'the export of a quiet day deleted', tamper: (set) => { set.remove(3); }, expected: ['not found', 'not found @3'] },
  { name: 'the oldest run deleted', tamper: (set) => { set.remove(0); }, expected: ['not found', 'not found @0'] },
  { name: 'the oldest run deleted, and only the time after it asked for', tamper: (set) => { set.remove(0); }, options: requested(hour(24), undefined), expected: [] },
  { name: 'a run deleted within the time asked for', tamper: (set) => { set.remove(5); }, options: requested(hour(90), hour(150)), expected: ['not found', 'not found @5'] },
  { name: 'a run deleted outside the time asked for', tamper: (set) => { set.remove(5); }, options: requested(hour(108), hour(150)), expected: [] },
  { name: 'the newest runs deleted', tamper: (set) => { set.remove(6); set.remove(7); }, expected: [], isHidden: true },
  { name: 'the newest runs deleted, and their time asked for', tamper: (set) => { set.remove(6); set.remove(7); }, options: requested(hour(0), hour(156)), expected: ['not found'] },
  { name: 'the newest runs deleted, and the hash of one kept', tamper: (set) => { set.remove(6); set.remove(7); }, options: kept(5, 6), expected: ['not found'] },
  { name: 'an export under another name', tamper: (set) => { set.move(5, 'run 5/audit-log/fabrikam/20260904T120000Z_20260905T120000Z.run9-1'); }, expected: ['moved run 5/audit-log/fabrikam/20260904T120000Z_20260905T120000Z.run9-1/manifest.json'] },
  { name: 'an export under another organization', tamper: (set) => { set.move(5, `run 5/audit-log/contoso/${set.places[5]?.split('/').at(-1) ?? ''}`); }, expected: ['moved run 5/audit-log/contoso/20260904T120000Z_20260905T120000Z.run5-1/manifest.json'] },
  { name: 'exports of two organizations exchanged', set: 'two', tamper: (set) => { set.exchange(5, 13); }, expected: ['moved @13/manifest.json', 'moved @5/manifest.json'] },
  { name: 'an export said to be of another organization', tamper: (set) => { set.change(7, ({ organization }) => { organization.name = 'contoso'; }); }, expected: ['invalid format @7/manifest.json', 'invalid format @7/manifest.json'] },
  { name: 'an export in another one\'s place', tamper: (set) => { const { places } = set; set.remove(6); cpSync(set.path(5), path.join(set.root, places[6] ?? ''), { recursive: true }); }, expected: ['moved @6/manifest.json', 'not found', 'not found @6'] },
  { name: 'a changed copy beside the true export', tamper: (set) => { const copy = path.join(set.root, 'copy', ...(set.places[5]?.split('/').slice(1) ?? [])); cpSync(set.path(5), copy, { recursive: true }); writeFileSync(path.join(copy, 'audit-log.csv'), ''); }, expected: ['hash does not match copy/audit-log/fabrikam/20260904T120000Z_20260905T120000Z.run5-1/audit-log.csv'] },
  { name: 'a second export with the name of a true one', tamper: (set) => { const copy = path.join(set.root, 'copy', ...(set.places[5]?.split('/').slice(1) ?? [])); cpSync(set.path(5), copy, { recursive: true }); set.change(5, ({ retrieval }) => { retrieval.requests += 1; }); }, expected: ['hash does not match @5/manifest.json'] },
  {
    name: 'a chain begun anew beside the first',
    tamper: (set) => { set.change(4, ({ chain }) => { chain.predecessor = null; chain.position = 1; chain.origin.start = hour(60); chain.gap = null; }); set.relink(4); },
    expected: ['invalid format @5/manifest.json', 'second chain start @4/manifest.json'],
  },
  {
    name: 'a chain begun anew after the first was deleted',
    tamper: (set) => { beginAt(set, 4); },
    expected: [], isHidden: true,
  },
  { name: 'a chain begun anew after the first was deleted, and its time asked for', tamper: (set) => { beginAt(set, 4); }, options: requested(hour(0), undefined), expected: ['not found'] },
  { name: 'a chain begun anew after the first was deleted, and a hash kept', tamper: (set) => { beginAt(set, 4); }, options: kept(2), expected: ['not found'] },
];

/** What only a signature or a hash kept elsewhere can tell: everything made anew. */
const EVERYTHING: readonly Tampering[] = [
  { name: 'a line taken out of the newest export, its manifest made anew', tamper: (set) => { set.forgeLines(7, withoutLine(5)); }, expected: [], isHidden: true },
  { name: 'a line taken out of the newest export, and its hash kept', tamper: (set) => { set.forgeLines(7, withoutLine(5)); }, options: kept(7), expected: ['not found'] },
  { name: 'a line taken out, all manifests made anew', tamper: (set) => { set.forgeLines(4, withoutLine(5)); set.relink(4); }, expected: [], isHidden: true },
  { name: 'a line taken out, all manifests made anew, and a hash kept', tamper: (set) => { set.forgeLines(4, withoutLine(5)); set.relink(4); }, options: kept(6), expected: ['not found'] },
  { name: 'a line taken out, all manifests made anew, of a signed set', set: 'signed', tamper: (set) => { set.forgeLines(6, withoutLine(5)); set.relink(6); }, expected: ['signature invalid @6/manifest.sig', 'signature invalid @7/manifest.sig'] },
];

const SIGNED: readonly Tampering[] = [
  { name: 'a true set with its key pinned', set: 'signed', tamper: () => undefined, options: pinned, expected: [] },
  { name: 'a true set without a pinned key', set: 'signed', tamper: () => undefined, expected: [], sentence: /note: signed by an unpinned key/ },
  { name: 'a signature taken away', set: 'signed', tamper: (set) => { set.remove(5, 'manifest.sig'); set.sums(5); }, expected: ['not found @5/manifest.sig'] },
  { name: 'a key taken away', set: 'signed', tamper: (set) => { set.remove(5, 'signing-key.pem'); set.sums(5); }, expected: ['not found @5/signing-key.pem'] },
  { name: 'a key taken away that is pinned', set: 'signed', tamper: (set) => { set.remove(5, 'signing-key.pem'); set.sums(5); }, options: pinned, expected: [] },
  { name: 'a byte of a signature', set: 'signed', tamper: (set) => { set.flip(5, 'manifest.sig'); set.sums(5); }, expected: ['signature invalid @5/manifest.sig'] },
  { name: 'the signature of another export', set: 'signed', tamper: (set) => { set.write(5, 'manifest.sig', set.read(6, 'manifest.sig')); set.sums(5); }, expected: ['signature invalid @5/manifest.sig'] },
  { name: 'another key beside the signature', set: 'signed', tamper: (set, { otherKey }) => { set.write(5, 'signing-key.pem', otherKey.publicKeyPem); set.sums(5); }, expected: ['signature invalid @5/manifest.sig'] },
  { name: 'a key that is none', set: 'signed', tamper: (set) => { set.write(5, 'signing-key.pem', 'none'); set.sums(5); }, expected: ['invalid format @5/signing-key.pem'] },
  { name: 'the newest export signed by another key', set: 'signed', tamper: (set, { otherKey }) => { signByOther(set, otherKey); }, expected: [], isHidden: true },
  { name: 'the newest export signed by another key than the pinned one', set: 'signed', tamper: (set, { otherKey }) => { signByOther(set, otherKey); }, options: pinned, expected: ['signed by an unpinned key @7/manifest.sig'] },
  { name: 'the newest export said to be unsigned', set: 'signed', tamper: (set) => { set.remove(7, 'manifest.sig'); set.remove(7, 'signing-key.pem'); set.change(7, (manifest) => { manifest.signedBy = null; }); }, options: pinned, expected: ['signature invalid @7/manifest.json'] },
  { name: 'a set of another key than the pinned one', set: 'signed', tamper: () => undefined, options: ({ otherKey }) => ({ pinned: [otherKey] }), expected: ['signed by an unpinned key @0/manifest.sig', 'signed by an unpinned key @1/manifest.sig', 'signed by an unpinned key @2/manifest.sig', 'signed by an unpinned key @3/manifest.sig', 'signed by an unpinned key @4/manifest.sig', 'signed by an unpinned key @5/manifest.sig', 'signed by an unpinned key @6/manifest.sig', 'signed by an unpinned key @7/manifest.sig'] },
  { name: 'an unsigned set with a pinned key', tamper: () => undefined, options: pinned, expected: ['signature invalid @0/manifest.json', 'signature invalid @1/manifest.json', 'signature invalid @2/manifest.json', 'signature invalid @3/manifest.json', 'signature invalid @4/manifest.json', 'signature invalid @5/manifest.json', 'signature invalid @6/manifest.json', 'signature invalid @7/manifest.json'] },
];

export const TAMPERINGS: readonly Tampering[] = [...FILES, ...LINKS, ...FORGED, ...EXPORTS, ...EVERYTHING, ...SIGNED];

function lateLine(set: TamperedSet, index: number): string {
  const { start } = set.manifest(index).window.covered;
  return set.lines(index).find((line) => (JSON.parse(line) as { timestamp: string }).timestamp < start)!;
}

/** Takes away everything before an export, and makes it the first of the chain. */
function beginAt(set: TamperedSet, index: number): void {
  for (let older = 0; older < index; older += 1) set.remove(older);
  set.forgeLines(index, (lines) => lines);
  set.change(index, ({ chain, window, coverage }) => {
    Object.assign(chain, { predecessor: null, position: 1, gap: null, runs: chain.runs.slice(-1) });
    chain.origin.start = window.covered.start;
    coverage.from = window.covered.start;
  });
  for (let newer = index + 1; newer < set.places.length; newer += 1) {
    set.change(newer, ({ chain }) => {
      chain.position -= index;
      chain.origin.start = set.manifest(index).window.covered.start;
      chain.runs = chain.runs.filter(({ from }) => from >= set.manifest(index).window.covered.start);
      chain.predecessor!.manifestSha256 = set.sha256(newer - 1);
    });
  }
}

function signByOther(set: TamperedSet, otherKey: SetKey): void {
  set.change(7, (manifest) => { manifest.signedBy = { keyId: 'https://vault.example/keys/other/1', algorithm: 'ES256', publicKeySha256: otherKey.sha256 }; });
  set.write(7, 'manifest.sig', otherKey.sign(set.read(7, MANIFEST_FILE)));
  set.write(7, 'signing-key.pem', otherKey.publicKeyPem);
  set.sums(7);
}
