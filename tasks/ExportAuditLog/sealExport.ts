import { TaskError } from '../common/errors/taskError';
import type { Manifest } from '../common/evidence/manifest';
import { manifestBytes, manifestSha256 } from '../common/evidence/manifestText';
import { sealFolder, type ManifestSignature } from '../common/evidence/sealFolder';
import { verifySignature } from '../common/evidence/signature';
import type { ExportFolder } from '../common/files/exportFolder';
import type { SigningKey } from '../common/identity/signingKey';
import type { ReportData } from '../common/report/reportData';
import { writeExportSummary } from './summaries';

export interface SealParts {
  readonly signingKey: SigningKey | undefined;
  readonly signal: AbortSignal;
}

/** An export that is complete, under its final name. */
export interface SealedExport {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

/**
 * Completes an export: signature, summary, manifest and checksums, and then its final name.
 * @throws TaskError SIGNING_KEY_UNUSABLE, OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL, and what Key Vault answers
 */
export async function sealExport({ signingKey, signal }: SealParts, folder: ExportFolder, manifest: Manifest, report: ReportData): Promise<SealedExport> {
  const bytes = manifestBytes(manifest);
  const hash = manifestSha256(bytes);
  const signed = await sign(signingKey, bytes, hash);
  await writeExportSummary(folder.partial, { manifest, manifestSha256: hash, report });
  await sealFolder(folder.partial, manifest, signed);
  signal.throwIfAborted();
  return { directory: await folder.publish(), manifest, manifestSha256: hash };
}

async function sign(key: SigningKey | undefined, bytes: Buffer, hash: string): Promise<ManifestSignature | undefined> {
  if (key === undefined) return undefined;
  const signature = await key.sign(Buffer.from(hash, 'hex'));
  // A signature that nobody can check is worse than none, and would be found only when it is needed.
  if (verifySignature({ manifestBytes: bytes, signature, publicKeyPem: key.publicKeyPem }) !== 'valid') {
    throw new TaskError('SIGNING_KEY_UNUSABLE', 'The signature that Key Vault made does not fit the key; nothing is published.', {
      advice: ['Run the pipeline again. If it happens again, name another key in signingKey, and report this as an issue of this extension.'],
    });
  }
  return { signature, publicKeyPem: key.publicKeyPem };
}
