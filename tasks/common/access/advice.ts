/** One change that somebody has to make: everything a person needs for it, and nothing to look up. */
export interface Advice {
  /** What is changed, as the portal calls it. */
  readonly setting: string;
  /** The id of the thing that is changed. */
  readonly id: string;
  /** As it is. */
  readonly from: string;
  /** As it has to be. */
  readonly to: string;
  /** Who can change it. */
  readonly who: string;
  /** The way through the portal, with its address. */
  readonly where: string;
  /** A command that does it, with every id filled in and quoted for a POSIX shell. */
  readonly command?: string;
}

/** Who can change users, groups, permissions and policies of an organization. */
export const ADMINISTRATORS = 'a Project Collection Administrator, or the owner of the organization';

/** The lines of the log for a change. */
export function renderAdvice(advice: Advice): string[] {
  return [
    `What to change: ${advice.setting} (${advice.id})`,
    `  from: ${advice.from}`,
    `  to:   ${advice.to}`,
    `  where: ${advice.where}`,
    ...(advice.command === undefined ? [] : [`  or run: ${advice.command}`]),
    `  who:  ${advice.who}`,
  ];
}

/** The change in one line, for the end of the log. */
export function adviceInShort({ setting, from, to, where }: Advice): string {
  return `${setting}: ${from} -> ${to}. ${where}`;
}

/** A word of a POSIX shell that stands for exactly this text. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * JSON for a command line. The agent masks authorization parameters of service connections, among them the subject of the
 * federation, wherever they stand in the log; written with escapes they mean the same and pass.
 */
export function shellJson(value: unknown): string {
  return shellWord(JSON.stringify(value).replaceAll('//', '\\u002f\\u002f').replaceAll('/sc/', '\\u002fsc\\u002f'));
}
