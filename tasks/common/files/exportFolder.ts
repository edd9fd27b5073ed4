import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { outputFailure } from './outputFailure';

const PARTIAL = '.partial-';
/** A partial folder that nobody has written to for so long belongs to no living export: no wait of an export is longer. */
const STALE_AFTER_MS = 15 * 60_000;

/** A folder that is filled under another name and gets its own once it is complete. */
export interface ExportFolder {
  /** What the folder will be called: the name asked for, or one like it where that is taken, since two steps of one job can export the same window. */
  readonly name: string;
  /** Where the files are written. */
  readonly partial: string;
  /** Gives the folder its final name, in one step. @returns the final path */
  readonly publish: () => Promise<string>;
  /** Removes what was written. Never rejects: what resists is left to a later run's sweep, and must not hide the failure before. */
  readonly discard: () => Promise<void>;
}

/**
 * Begins an export folder `parent/name`. Partial folders that a killed run left behind are swept.
 * @param nowMs for judging what is stale, ms since 1970
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function createExportFolder(parent: string, name: string, nowMs: number): Promise<ExportFolder> {
  const partial = path.join(parent, `${PARTIAL}${process.pid}-${name}`);
  let free: string;
  try {
    await mkdir(parent, { recursive: true });
    await sweep(parent, nowMs);
    await mkdir(partial);
    free = await freeName(parent, name);
  } catch (thrown) {
    throw outputFailure(thrown, partial);
  }
  return {
    name: free,
    partial,
    publish: () => publish(partial, parent, free),
    discard: () => rm(partial, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined),
  };
}

async function publish(partial: string, parent: string, name: string): Promise<string> {
  try {
    await syncFolder(partial);
    const final = path.join(parent, name);
    await rename(partial, final);
    await syncFolder(parent);
    return final;
  } catch (thrown) {
    throw outputFailure(thrown, path.join(parent, name));
  }
}

async function freeName(parent: string, name: string): Promise<string> {
  const taken = new Set(await readdir(parent));
  let candidate = name;
  for (let number = 2; taken.has(candidate); number += 1) candidate = `${name}.${number}`;
  return candidate;
}

async function sweep(parent: string, nowMs: number): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(PARTIAL) && await isStale(path.join(parent, name), nowMs)) {
      await rm(path.join(parent, name), { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

async function isStale(folder: string, nowMs: number): Promise<boolean> {
  const processId = Number(path.basename(folder).slice(PARTIAL.length).split('-')[0]);
  if (processId === process.pid || !isAlive(processId)) return true;
  try {
    const times = await Promise.all([folder, ...(await readdir(folder)).map((file) => path.join(folder, file))].map(changedAt));
    return Math.max(...times) < nowMs - STALE_AFTER_MS;
  } catch (thrown) {
    // Its own export renamed or removed it just now.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

async function changedAt(file: string): Promise<number> {
  return (await stat(file)).mtimeMs;
}

function isAlive(processId: number): boolean {
  if (!Number.isSafeInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Makes the names inside a folder durable, where the system can: Windows and some network file systems cannot. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (thrown) {
    if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown;
  } finally {
    await handle.close();
  }
}
