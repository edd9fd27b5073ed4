import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Lists a folder as a tree, files with their size. */
export function* listTree(directory: string, indent = ''): Generator<string> {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((one, other) => one.name.localeCompare(other.name, 'en'));
  const width = Math.max(0, ...entries.map((entry) => entry.name.length));
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) yield `${indent}${entry.name.padEnd(width)}  ${formatBytes(statSync(path).size)}`;
    else {
      yield `${indent}${entry.name}/`;
      yield* listTree(path, `${indent}  `);
    }
  }
}

/** A size for people: binary units, three digits at most. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
