/** A change as the log words it; what a person, or a test in the person's place, can act on. */
export interface PrintedChange {
  readonly setting: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly where: string;
  readonly who: string;
  readonly command: string | undefined;
  /** Issuer, subject and audience as the log shows them for pasting. */
  readonly federated?: { readonly issuer: string; readonly subject: string; readonly audience: string };
}

/** All changes that a log advises, read from its text alone. */
export function printedChanges(log: string): PrintedChange[] {
  const lines = log.split('\n').map((line) => line.replace(/^##\[\w+\]/, ''));
  const issuer = valueOf(lines, 'Issuer');
  const subject = valueOf(lines, 'Subject identifier');
  const audience = valueOf(lines, 'Audience');
  return lines.flatMap((line, index) => {
    const [, setting, id] = /^What to change: (.+) \(((?:[^()]|\([^()]*\))+)\)$/.exec(line) ?? [];
    if (setting === undefined || id === undefined) return [];
    const end = lines.findIndex((later, at) => at > index && !later.startsWith('  '));
    const block = lines.slice(index + 1, end < 0 ? undefined : end);
    return [{
      setting, id, from: valueOf(block, 'from') ?? '', to: valueOf(block, 'to') ?? '', where: valueOf(block, 'where') ?? '', who: valueOf(block, 'who') ?? '', command: valueOf(block, 'or run'),
      ...(issuer !== undefined && subject !== undefined && audience !== undefined && { federated: { issuer, subject, audience } }),
    }];
  });
}

function valueOf(lines: readonly string[], name: string): string | undefined {
  const found = lines.find((line) => line.startsWith(`  ${name}:`));
  return found?.slice(name.length + 3).trim();
}
