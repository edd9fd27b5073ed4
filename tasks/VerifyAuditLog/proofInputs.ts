import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { KeptHash } from '../common/evidence/verify/readRecords';
import { LARGEST_SAMPLE } from '../common/evidence/verify/sample';
import { pinnedKey, type PinnedKey } from '../common/evidence/verify/signatureCheck';
import { quoted } from '../common/window/parsed';
import type { VerifyInputs, VerifyProblems } from './inputs';

export interface SampleRequest {
  readonly count: number;
  readonly seed: string;
}

const PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

/** PEM text, and paths of files with PEM text. */
export function readPublicKeys(agent: VerifyInputs, problems: VerifyProblems): PinnedKey[] {
  const given = agent.input('publicKeys') ?? '';
  const files = given.replace(PEM, '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const read = (text: string, name: string): PinnedKey[] => {
    const key = pinnedKey(text);
    if (key === undefined) problems.add('publicKeys', `${name} is no public key in PEM. It begins with -----BEGIN PUBLIC KEY-----.`);
    return key === undefined ? [] : [key];
  };
  return [
    ...[...given.matchAll(PEM)].flatMap(([text], index) => read(text, `key ${index + 1}`)),
    ...files.flatMap((file) => {
      const text = textOf(path.resolve(agent.variable('System.DefaultWorkingDirectory') ?? process.cwd(), file));
      if (text !== undefined) return read(text, quoted(file));
      problems.add('publicKeys', `the file ${quoted(file)} cannot be read. Give the path of a PEM file, or the PEM text itself.`);
      return [];
    }),
  ];
}

/** One hash a line; what follows it, and lines that begin with `#`, are passed over. */
export function readKeptHashes(agent: VerifyInputs, problems: VerifyProblems): KeptHash[] {
  return (agent.input('keptHashes') ?? '').split('\n').flatMap((line, index) => {
    const [hash = ''] = line.trim().split(/\s/);
    if (hash === '' || hash.startsWith('#')) return [];
    const sha256 = hash.toLowerCase();
    if (/^[0-9a-f]{64}$/.test(sha256)) return [{ sha256, source: `keptHashes, line ${index + 1}` }];
    problems.add('keptHashes', `${quoted(hash)} in line ${index + 1} is no SHA-256. Give 64 hexadecimal digits, as the output variable manifestSha256 has them.`);
    return [];
  });
}

export function readSample(agent: VerifyInputs, problems: VerifyProblems): SampleRequest | undefined {
  const count = agent.input('sample');
  const seed = agent.input('seed');
  if (count === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(count) || Number(count) > LARGEST_SAMPLE) problems.add('sample', `${quoted(count)} is not a whole number from 1 to ${LARGEST_SAMPLE}. Example: 25.`);
  if (seed === undefined) problems.add('seed', 'is needed with sample: without it nobody could draw the same entries. Example: audit-2026.');
  return seed === undefined ? undefined : { count: Number(count), seed };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
