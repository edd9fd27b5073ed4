import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { disarm } from '../errors/disarm';

/** Exit code of a program that could not do its work. */
export const COULD_NOT_RUN = 2;

const PROGRESS_EVERY_MS = 2_000;

/** A line on standard error that is written over and over, where somebody watches. */
export function showProgress(): (done: number, total: number) => void {
  let shown = Date.now();
  return (done, total) => {
    if (!process.stderr.isTTY || Date.now() < shown + PROGRESS_EVERY_MS) return;
    shown = Date.now();
    process.stderr.write(`\r${done} of ${total} exports\r`);
  };
}

/** @returns the exit code of success */
export function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

/** @returns the exit code of failure */
export function complain(sentence: string): typeof COULD_NOT_RUN {
  process.stderr.write(`${disarm(sentence, 1_000)}\n`);
  return COULD_NOT_RUN;
}

/** Name, version and hash of a program that is one file. @param url of that file: its hash is published beside it */
export function programName(name: string, version: string, url: string): string {
  const sha256 = createHash('sha256').update(readFileSync(fileURLToPath(url))).digest('hex');
  return `${name} ${version}, SHA-256 ${sha256}`;
}
