import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { findProgram } from '../support/programs';

/** `CHROMIUM_PATH` names one that stands elsewhere. */
const PLACES = [
  process.env['CHROMIUM_PATH'] ?? '',
  ...['chromium', 'chromium-browser', 'google-chrome', 'microsoft-edge'].flatMap((name) => (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name))),
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * The path of a Chromium on this machine; undefined, and said so, when there is none: a test installs nothing of the system.
 * @throws Error in continuous integration (`CI=true`), which installs one
 */
export function findChromium(purpose: string): string | undefined {
  const found = PLACES.filter((place) => place !== '' && existsSync(place));
  // On Windows browsers do not print their version.
  if (process.platform === 'win32' && found[0]) return found[0];
  return findProgram(purpose, found.length > 0 ? found : ['chromium']);
}

/** Starts it without a window. @param options of its command line, beside those that every test needs */
export async function startChromium(executablePath: string, options: readonly string[] = []): Promise<Browser> {
  // As root, in a container, Chromium starts only without its own sandbox.
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // Each browser would add its own listeners for signals to this process.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, headless: true, ...signals, args: ['--disable-gpu', '--disable-dev-shm-usage', ...sandbox, ...options] });
}
