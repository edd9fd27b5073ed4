import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import { outputFailure } from '../files/outputFailure';
import { OutputFile } from '../files/outputFile';
import type { Manifest } from './manifest';
import { MANIFEST_FILE, manifestBytes } from './manifestText';

export const SIGNATURE_FILE = 'manifest.sig';
export const SIGNING_KEY_FILE = 'signing-key.pem';
export const CHECKSUMS_FILE = 'SHA256SUMS';

/** A signature of the manifest's hash, and the key that anybody can check it with. */
export interface ManifestSignature {
  readonly signature: Uint8Array;
  /** PEM, SPKI. */
  readonly publicKeyPem: string;
}

export interface SealedFolder {
  /** Lower-case hexadecimal. */
  readonly manifestSha256: string;
  /** Path of `manifest.json`, inside the folder as it is called now. */
  readonly manifestFile: string;
}

/**
 * Completes an export folder in which all other files are written: the manifest, its signature if there is one, and
 * `SHA256SUMS` of every file but itself, as `sha256sum -c` reads it. All are on the disk afterwards.
 * @throws TaskError OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function sealFolder(folder: string, manifest: Manifest, signed?: ManifestSignature): Promise<SealedFolder> {
  const hashes = new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]));
  const manifestSha256 = await writeWhole(folder, MANIFEST_FILE, manifestBytes(manifest));
  hashes.set(MANIFEST_FILE, manifestSha256);
  if (signed !== undefined) {
    hashes.set(SIGNATURE_FILE, await writeWhole(folder, SIGNATURE_FILE, signed.signature));
    hashes.set(SIGNING_KEY_FILE, await writeWhole(folder, SIGNING_KEY_FILE, Buffer.from(signed.publicKeyPem, 'utf8')));
  }
  const names = await fileNames(folder);
  for (const { name } of manifest.files) if (!names.includes(name)) throw vanished(path.join(folder, name));
  const lines: string[] = [];
  for (const name of names) lines.push(`${hashes.get(name) ?? await hashOf(path.join(folder, name))}  ${name}\n`);
  await writeWhole(folder, CHECKSUMS_FILE, Buffer.from(lines.join(''), 'utf8'));
  return { manifestSha256, manifestFile: path.join(folder, MANIFEST_FILE) };
}

async function writeWhole(folder: string, name: string, content: Uint8Array): Promise<string> {
  const file = await OutputFile.create(path.join(folder, name));
  try {
    await file.write(content);
    return (await file.close()).sha256;
  } catch (thrown) {
    await file.abandon();
    throw thrown;
  }
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found.filter((item) => item.isFile()).map(({ name }) => name).sort();
  } catch (thrown) {
    throw outputFailure(thrown, folder);
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  } catch (thrown) {
    throw outputFailure(thrown, file);
  }
  return hash.digest('hex');
}

function vanished(file: string): TaskError {
  return new TaskError('OUTPUT_NOT_WRITABLE', `A file of the export is gone before the export was complete: ${disarm(file, 200)}.`, {
    advice: ['Look for what removes files on this agent, such as a virus scanner or a cleaning job, and let it leave the outputDirectory alone; then run the pipeline again.'],
  });
}
