import { readFileSync } from 'node:fs';
import { LARGEST_SAMPLE } from '../common/evidence/verify/sample';
import type { KeptHash } from '../common/evidence/verify/readRecords';
import { pinnedKey, type PinnedKey } from '../common/evidence/verify/signatureCheck';
import type { VerifyOptions } from '../common/evidence/verify/verifyExports';
import { BadOption, onlyFolder, readArguments, requestedRange } from '../common/step/commandLine';

/** What was asked for on the command line. */
export interface CliOptions extends Omit<VerifyOptions, 'onProgress'> {
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  /** File that the statement is written to. */
  readonly statement: string | undefined;
}

export const HELP = `Verifies exports of the audit log of Azure DevOps: offline, without changing anything.

  node verify-audit-log.mjs FOLDER [options]

FOLDER holds the artifacts as they were downloaded and unpacked, at any depth.

  --from INSTANT       the copies must be complete from here on, such as 2026-01-01T00:00:00Z
  --to INSTANT         and up to here; without it nothing is said about the time after the newest export
  --key FILE           public key (PEM) that must have signed every export; may be repeated
  --kept-hash SHA256   hash of a manifest that was kept elsewhere and must be here; may be repeated
  --kept-hashes FILE   the same, one hash a line
  --statement FILE     write a statement for the working papers (Markdown)
  --sample N           draw N entries: those with the lowest SHA-256 of seed and id
  --seed S             seed of the sample
  --json               print everything as JSON
  --verbose            list everything
  --version            print the version and the SHA-256 of this file
  --help               print this

Exit code: 0 valid, 1 invalid, 2 could not be verified.
`;

/** @throws BadOption */
export function parseOptions(args: readonly string[]): CliOptions | 'help' | 'version' {
  const { values, positionals } = parse(args);
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  return {
    root: onlyFolder(positionals),
    requested: requestedRange(values.from, values.to),
    pinned: (values.key ?? []).map(keyOf),
    kept: [...(values['kept-hash'] ?? []).map((text) => keptHash(text, '--kept-hash')), ...keptHashesOf(values['kept-hashes'])],
    sample: sampleOf(values.sample, values.seed),
    isJson: values.json === true,
    isVerbose: values.verbose === true,
    statement: values.statement,
  };
}

function parse(args: readonly string[]) {
  return readArguments(args, {
    'from': { type: 'string' },
    'to': { type: 'string' },
    'key': { type: 'string', multiple: true },
    'kept-hash': { type: 'string', multiple: true },
    'kept-hashes': { type: 'string' },
    'statement': { type: 'string' },
    'sample': { type: 'string' },
    'seed': { type: 'string' },
    'json': { type: 'boolean' },
    'verbose': { type: 'boolean' },
    'version': { type: 'boolean' },
    'help': { type: 'boolean', short: 'h' },
  });
}

function keyOf(file: string): PinnedKey {
  const key = pinnedKey(textOf('--key', file));
  if (key === undefined) throw new BadOption(`--key: ${file} holds no public key in PEM.`);
  return key;
}

function keptHash(text: string, source: string): KeptHash {
  const sha256 = text.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new BadOption(`${source}: this is no SHA-256: ${text.trim().slice(0, 80)}`);
  return { sha256, source };
}

/** Empty lines, and what begins with `#`, are passed over; so is what follows the hash. */
function keptHashesOf(file: string | undefined): KeptHash[] {
  if (file === undefined) return [];
  return textOf('--kept-hashes', file).replace(/^\ufeff/, '').split('\n').flatMap((line, index) => {
    const [hash = ''] = line.trim().split(/\s/);
    return hash === '' || hash.startsWith('#') ? [] : [keptHash(hash, `${file}:${index + 1}`)];
  });
}

function sampleOf(count: string | undefined, seed: string | undefined): CliOptions['sample'] {
  if (count === undefined && seed === undefined) return undefined;
  if (count === undefined || seed === undefined) throw new BadOption('--sample and --seed go together: without the seed nobody could draw the same entries.');
  if (!/^[1-9]\d{0,4}$/.test(count) || Number(count) > LARGEST_SAMPLE) throw new BadOption(`--sample takes a number from 1 to ${LARGEST_SAMPLE}.`);
  return { count: Number(count), seed };
}

function textOf(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new BadOption(`${option}: ${file} cannot be read.`);
  }
}
