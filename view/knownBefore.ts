import path from 'node:path';
import { MANIFEST_FILE, LARGEST_MANIFEST, readManifest } from '../tasks/common/evidence/manifestText';
import type { Interval } from '../tasks/common/evidence/verify/exportRecord';
import { readSmall } from '../tasks/common/evidence/verify/fileContent';
import { knownNames, type KnownNames } from '../tasks/common/report/firstSeen';
import type { ExportSource } from './exportSource';
import { unreadable } from './findSources';

/** Whom and what a chain had seen before, and what is to be said about it; a sentence. */
export interface KnownBefore {
  /** Undefined where nobody knows. */
  readonly names: KnownNames | undefined;
  readonly sentence: string;
}

/** An export that can say it: one of a chain, whose manifest can be used. */
type Telling = ExportSource & { readonly covered: Interval };

/**
 * What was known before the time that is shown, from the manifest of the export before it. Where that is not here, from the one of the
 * oldest export that is: then only what came after it can be told to be new.
 * @param sources all of the organization, also those before the window
 */
export async function knownBefore(sources: readonly ExportSource[], window: Interval): Promise<KnownBefore> {
  const told = sources.filter(isTelling).sort((left, right) => (left.covered.end < right.covered.end ? -1 : Number(left.covered.end > right.covered.end)));
  const source = told.findLast(({ covered }) => covered.end <= window.start) ?? told[0];
  if (source === undefined || source.covered.end >= window.end) return { names: undefined, sentence: 'Who and what is new here cannot be told: that takes the export before, with its manifest, in the same folder.' };
  const names = await namesIn(source);
  if (names === undefined) return { names, sentence: 'Who and what is new here cannot be told: the chain has seen more names than its manifests keep.' };
  return { names, sentence: `First seen is what no export of the chain had seen up to ${source.covered.end}.` };
}

function isTelling(source: ExportSource): source is Telling {
  return source.told?.isOfChain === true && source.covered !== undefined;
}

/** Read again: to keep the names of all manifests would take more memory than their entries. */
async function namesIn({ path: folder }: Telling): Promise<KnownNames | undefined> {
  const bytes = await readSmall(path.join(folder, MANIFEST_FILE), LARGEST_MANIFEST).catch(unreadable);
  return bytes instanceof Uint8Array ? knownNames(readManifest(bytes).manifest?.seen) : undefined;
}
