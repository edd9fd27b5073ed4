import { disarm } from '../common/errors/disarm';
import type { VerifyRequest } from './inputs';
import type { Evidence } from './writeEvidence';

/** What lies in the package of evidence, and how to verify again what it says. */
export function readMe(args: readonly string[], { folder, pinned, kept }: VerifyRequest, { comparison }: Evidence): string {
  return [
    'Evidence about exports of the audit log of Azure DevOps',
    '',
    'statement.md          what was verified, how, and with what result; for working papers',
    'verification.json     the same for programs, with everything that was found',
    ...(folder === undefined ? ['exports               the exports, in a folder for each run that made them'] : []),
    ...(comparison?.requery !== undefined && comparison.requery.missing.count > 0 ? ['missing.jsonl         entries that the service has and the exports have not'] : []),
    ...(pinned.length > 0 ? ['keys                  the public keys that the signatures were checked with'] : []),
    ...(kept.length > 0 ? ['kept-hashes.txt       the hashes that were looked for'] : []),
    'verify-audit-log.mjs  the verifier: one file, which needs Node.js 18 or newer and no network',
    '',
    'To verify again, without Azure DevOps, in this folder:',
    '',
    `    node verify-audit-log.mjs ${args.map(quoted).join(' ')}`,
    '',
    ...(folder === undefined ? [] : ['The exports themselves are not in this package: put the folder there that holds them.', '']),
    'It ends with VALID or INVALID and the exit code 0 or 1.',
    '',
    'Whoever could change the exports could change this package too. So take the verifier from the release that published',
    'its SHA-256, and keys and hashes from where you kept them yourself.',
    '',
  ].join('\n');
}

function quoted(arg: string): string {
  const safe = disarm(arg, 500);
  return /^[\w./:=+@,-]+$/.test(safe) ? safe : `"${safe.replaceAll('"', '\\"')}"`;
}
