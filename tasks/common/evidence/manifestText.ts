import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as v from 'valibot';
import { manifestSchema, MOST_KNOWN_IDS, type Manifest } from './manifest';

export const MANIFEST_FILE = 'manifest.json';

/** A manifest is never larger than this, bytes: the most known ids, gaps and runs together stay below. */
export const LARGEST_MANIFEST = 16 * 1024 * 1024;

/** The bytes of a manifest: JSON in the one form of RFC 8785, so that a hash speaks for the content and not for white space. */
export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(canonicalize(manifest) ?? '', 'utf8');
}

/** What makes a manifest itself, and what its successor and its signature refer to: SHA-256 of the file, lower-case hexadecimal. */
export function manifestSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A manifest as it was read, or why it is none. */
export type ReadManifest = { readonly manifest: Manifest; readonly problem?: undefined } | { readonly manifest?: undefined; readonly problem: string };

/**
 * Reads a manifest of unknown origin: its size, its form, its version, and that it is written in the one canonical form.
 * Never throws. The problem is a sentence without remote text.
 */
export function readManifest(bytes: Uint8Array): ReadManifest {
  if (bytes.length > LARGEST_MANIFEST) return { problem: 'it is larger than any manifest' };
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { problem: 'it is not JSON' };
  }
  const version = typeof content === 'object' && content !== null && 'manifestVersion' in content ? content.manifestVersion : undefined;
  if (version !== manifestSchema.entries.manifestVersion.literal) return { problem: typeof version === 'number' ? 'it has a version that this program does not know' : 'it is no manifest' };
  const result = v.safeParse(manifestSchema, content, { abortEarly: true });
  if (!result.success) return { problem: `the value of ${v.getDotPath(result.issues[0]) ?? 'the whole'} is not what it should be` };
  if (!Buffer.from(bytes).equals(manifestBytes(result.output))) return { problem: 'it is not in the canonical form, so it was not written by this product' };
  const problem = contradiction(result.output);
  return problem === undefined ? { manifest: result.output } : { problem };
}

/** What the form alone cannot hold. */
function contradiction({ window, chain, coverage, counts, files }: Manifest): string | undefined {
  if (window.overlapFrom > window.covered.start) return 'its overlap begins after its window';
  if (coverage.until < window.covered.end || coverage.from > coverage.until) return 'its coverage contradicts its window';
  if (counts.late > counts.entries) return 'it counts more late entries than entries';
  if (new Set(files.map(({ name }) => name)).size !== files.length) return 'it names a file twice';
  if (chain === 'none') return undefined;
  if (chain.position === 1 ? chain.predecessor !== null : chain.predecessor === null) return 'its place in the chain contradicts its predecessor';
  if (chain.knownFrom > window.covered.end) return 'its known entries begin after its window';
  if (chain.known.reduce((sum, { ids }) => sum + ids.length, 0) > MOST_KNOWN_IDS) return 'it knows more entries than a manifest may';
  return undefined;
}
