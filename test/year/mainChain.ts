import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Pipelines } from '../../sandbox/pipelines/pipelines';
import type { Chain, Manifest } from '../../tasks/common/evidence/manifest';
import { manifestSha256, readManifest } from '../../tasks/common/evidence/manifestText';

/** An export that is still there, in an artifact of a run. */
export interface KeptExport {
  readonly run: string;
  readonly folder: string;
  readonly sha256: string;
  readonly manifest: Manifest & { readonly chain: Chain };
}

/** All exports of chains that artifacts still hold, by the hash of their manifest. */
export function keptExports(pipelines: Pipelines, artifactName: string, organization: string): ReadonlyMap<string, KeptExport> {
  const kept = new Map<string, KeptExport>();
  for (const { id, artifacts } of pipelines.all()) {
    const parent = path.join(artifacts.find(({ name }) => name === artifactName)?.folder ?? '', organization);
    if (!path.isAbsolute(parent) || !existsSync(parent)) continue;
    for (const name of readdirSync(parent)) {
      const bytes = readFileSync(path.join(parent, name, 'manifest.json'));
      const { manifest, problem } = readManifest(bytes);
      if (manifest === undefined) throw new Error(`The manifest of ${name} is none: ${problem}`);
      const { chain } = manifest;
      if (chain === 'none') continue;
      const sha256 = manifestSha256(bytes);
      kept.set(sha256, { run: String(id), folder: path.join(parent, name), sha256, manifest: { ...manifest, chain } });
    }
  }
  return kept;
}

/**
 * A chain from its newest export back, each found by the hash in its successor. Where a copy is gone, it goes on with the
 * run that its successor names before that one.
 */
export function mainChain(kept: ReadonlyMap<string, KeptExport>, newest: string): readonly KeptExport[] {
  const chain: KeptExport[] = [];
  for (let current = kept.get(newest); current !== undefined && !chain.includes(current);) {
    chain.push(current);
    const { predecessor } = current.manifest.chain;
    if (predecessor === null) break;
    current = kept.get(predecessor.manifestSha256) ?? behindHole(kept, current);
  }
  return chain;
}

function behindHole(kept: ReadonlyMap<string, KeptExport>, { manifest: { chain } }: KeptExport): KeptExport | undefined {
  const gone = chain.runs.findIndex(({ run }) => run === chain.predecessor?.run);
  for (const { run, until } of chain.runs.slice(0, Math.max(0, gone)).reverse()) {
    for (const candidate of kept.values()) if (candidate.run === run && candidate.manifest.window.covered.end === until) return candidate;
  }
  return undefined;
}

/** The ids of an export's entries, as its evidence file has them. */
export function idsOf({ folder }: KeptExport): string[] {
  const lines = gunzipSync(readFileSync(path.join(folder, 'audit-log.jsonl.gz'))).toString('utf8').trimEnd();
  return lines === '' ? [] : lines.split('\n').map((line) => (JSON.parse(line) as { id: string }).id);
}
