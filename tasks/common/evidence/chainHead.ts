import type { AttachedManifest, ListedRun, RunArtifact } from './previousRuns';
import type { Chain, Manifest } from './manifest';
import { MANIFEST_FILE } from './manifestText';

/** Exports of one chain agree in all of these. */
export interface ChainIdentity {
  readonly organization: string;
  readonly pipelineId: string;
  readonly branch: string;
  readonly artifactName: string;
}

/** An export of a chain that can be continued: its run has both its manifest and the artifact. */
export interface ChainHead {
  readonly run: string;
  readonly sha256: string;
  readonly manifest: Manifest & { readonly chain: Chain };
}

/** What is asked of the earlier runs; see {@link PreviousRuns}. */
export interface RunStore {
  list(pipelineId: string, branch: string): AsyncIterable<ListedRun>;
  manifests(runId: string): Promise<readonly AttachedManifest[]>;
  artifact(runId: string, name: string): Promise<RunArtifact | undefined>;
  holds(where: RunArtifact, path: string): Promise<'yes' | 'no' | 'unknown'>;
}

/**
 * The end of the chain as one run left it, or undefined. The manifest alone does not count: an upload can fail after it was
 * attached, and what nobody has must be exported again.
 * @param nowSeconds an export that claims to cover a later instant is not believed, seconds since 1970
 * @param note a sentence for the log about a manifest that does not count
 */
export async function headOfRun(store: RunStore, identity: ChainIdentity, run: string, nowSeconds: number, note: (sentence: string) => void): Promise<ChainHead | undefined> {
  const heads: ChainHead[] = [];
  for (const attached of await store.manifests(run)) {
    const problem = 'problem' in attached ? attached.problem : disbelief(attached.manifest, run, nowSeconds);
    if (problem !== undefined) note(`The manifest of run ${run} does not count: ${problem}.`);
    else if ('manifest' in attached && belongs(attached.manifest, identity)) heads.push({ run, sha256: attached.sha256, manifest: attached.manifest });
  }
  if (heads.length === 0) return undefined;
  const artifact = await store.artifact(run, identity.artifactName);
  if (artifact === undefined) {
    note(`Run ${run} has a manifest, but no artifact "${identity.artifactName}": its upload failed, or the artifact was deleted. What it covered is exported again.`);
    return undefined;
  }
  heads.sort((left, right) => (left.manifest.window.covered.end < right.manifest.window.covered.end ? 1 : -1));
  const held = await Promise.all(heads.map(({ manifest }) => store.holds(artifact, `${manifest.folder}/${MANIFEST_FILE}`)));
  const sure = heads.find((_, index) => held[index] === 'yes');
  if (sure !== undefined) return sure;
  const possible = heads.filter((_, index) => held[index] === 'unknown');
  const head = possible.length > 1 ? uploadedAttempt(possible) : possible[0];
  if (head === undefined) note(`The artifact "${identity.artifactName}" of run ${run} does not hold the export of its manifest. What it covered is exported again.`);
  return head;
}

/**
 * Which of several attempts was uploaded, where that cannot be seen: an attempt that began where the one before it had begun did
 * not find that one's artifact, so the artifact is its own. When in doubt it is the earlier one, which loses nothing.
 */
function uploadedAttempt(heads: readonly ChainHead[]): ChainHead | undefined {
  const [first, ...others] = heads.toSorted((left, right) => left.manifest.run.attempt - right.manifest.run.attempt);
  let uploaded = first;
  for (const later of others) {
    const [before, after] = [uploaded?.manifest, later.manifest];
    if (before?.window.requested.start !== after.window.requested.start || before.run.attempt === after.run.attempt) break;
    uploaded = later;
  }
  return uploaded;
}

function disbelief(manifest: Manifest, run: string, nowSeconds: number): string | undefined {
  if (manifest.chain === 'none') return undefined;
  if (manifest.run.id !== run) return 'it belongs to another run';
  if (Date.parse(manifest.window.covered.end) > nowSeconds * 1000) return 'it claims to cover an instant that has not come';
  return undefined;
}

function belongs(manifest: Manifest, identity: ChainIdentity): manifest is Manifest & { chain: Chain } {
  const { chain, organization } = manifest;
  return chain !== 'none' && organization.name.toLowerCase() === identity.organization.toLowerCase()
    && chain.pipelineId === identity.pipelineId && chain.branch === identity.branch && chain.artifactName === identity.artifactName;
}
