import { spawnSync } from 'node:child_process';

/**
 * The first of these programs that can be started here; undefined when none can.
 * @param isDemanded whether a missing one is a failure
 * @throws Error in continuous integration (`CI=true`), where a missing program must not look like a passed test
 */
export function findProgram(purpose: string, candidates: readonly string[], versionArgument = '--version', isDemanded = process.env['CI'] === 'true'): string | undefined {
  const found = candidates.find((candidate) => spawnSync(candidate, [versionArgument], { timeout: 60_000 }).status === 0);
  if (found !== undefined) return found;
  const missing = `${purpose}: none of ${candidates.join(', ')} can be started here`;
  if (isDemanded) throw new Error(missing);
  process.stdout.write(`\n  SKIPPED: ${missing}.\n`);
  return undefined;
}

export const PYTHON = ['python3', 'python'] as const;

export const LIBREOFFICE = ['soffice', '/Applications/LibreOffice.app/Contents/MacOS/soffice', 'C:\\Program Files\\LibreOffice\\program\\soffice.com'] as const;

/** Not demanded in continuous integration: Debian has no package of it. It is asked with `-?`, which both of them know. */
export const POWERSHELL = ['pwsh', 'powershell'] as const;
