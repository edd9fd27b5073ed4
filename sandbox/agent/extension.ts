import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import AdmZip from 'adm-zip';

/**
 * Unpacks a vsix into a folder of its own, as an agent does with a task that it downloads: nothing of this repository lies beside it.
 * @returns the folder of the task with the given name
 * @throws Error when the vsix holds no such task
 */
export function unpackTask(vsixFile: string, targetDirectory: string, taskName: string): string {
  new AdmZip(vsixFile).extractAllTo(targetDirectory, true);
  for (const entry of readdirSync(targetDirectory, { recursive: true, encoding: 'utf8' })) {
    if (!/(^|[\\/])task\.json$/.test(entry)) continue;
    const file = join(targetDirectory, entry);
    if ((JSON.parse(readFileSync(file, 'utf8')) as { name: string }).name === taskName) return dirname(file);
  }
  throw new Error(`${vsixFile} holds no task ${taskName}.`);
}

/**
 * The one vsix in a folder.
 * @throws Error when there is none or more than one
 */
export function findVsix(directory: string): string {
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.vsix')) : [];
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error(`Expected one vsix in ${directory}, found ${files.length}. Run "npm run package" first.`);
  return join(directory, file);
}
