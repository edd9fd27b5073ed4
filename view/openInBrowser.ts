import { spawn } from 'node:child_process';

/** What opens a file as a click on it would: neither of them is a shell that would read the name. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'explorer.exe', darwin: 'open', linux: 'xdg-open' };

/** Opens a file where there is something to open it with; where not, its path has been printed. @param file absolute */
export function openInBrowser(file: string): void {
  const opener = OPENERS[process.platform];
  if (opener === undefined) return;
  const opening = spawn(opener, [file], { stdio: 'ignore', detached: true });
  opening.on('error', () => undefined);
  opening.unref();
}
