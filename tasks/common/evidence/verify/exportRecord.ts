import type { ChainRun, Manifest, Predecessor } from '../manifest';

/** Half-open, UTC, whole seconds, written as in manifests, so that comparing texts compares instants. */
export interface Interval {
  readonly start: string;
  readonly end: string;
}

/** What is kept of every export while a set is verified; everything else is read again when it is needed. */
export interface ExportRecord {
  /** Folder, absolute. */
  readonly path: string;
  /** Folder below the one that is verified, with `/`. */
  readonly place: string;
  /** Further folders with the same manifest: an export that was downloaded twice. */
  readonly copies: { readonly path: string; readonly place: string }[];
  /** Of the manifest's bytes. */
  readonly sha256: string;
  /** Lower case. */
  readonly organization: string;
  /** As the manifest says. */
  readonly folder: string;
  readonly run: string;
  readonly kind: Manifest['window']['kind'];
  readonly covered: Interval;
  readonly startedAt: string;
  readonly entries: number;
  readonly late: number;
  /** Undefined for an export outside a chain. */
  readonly chain: ChainRecord | undefined;
}

export interface ChainRecord {
  readonly pipelineId: string;
  readonly branch: string;
  readonly artifactName: string;
  readonly position: number;
  readonly originStart: string;
  readonly predecessor: Predecessor | null;
  readonly restartedAfter: Predecessor | null;
  readonly gap: Interval | null;
}

/** What a chain's manifest says of other runs; asked for only where a link is broken. */
export interface ChainDetails {
  readonly runs: readonly ChainRun[];
}

/** @param place and path of the folder in which the manifest lies */
export function recordOf(manifest: Manifest, sha256: string, place: string, path: string): ExportRecord {
  const { window, chain, counts, run, retrieval } = manifest;
  return {
    path, place, copies: [], sha256,
    organization: manifest.organization.name.toLowerCase(),
    folder: manifest.folder,
    run: run.id,
    kind: window.kind,
    covered: window.covered,
    startedAt: retrieval.startedAt,
    entries: counts.entries,
    late: counts.late,
    chain: chain === 'none' ? undefined : {
      pipelineId: chain.pipelineId, branch: chain.branch, artifactName: chain.artifactName, position: chain.position,
      originStart: chain.origin.start, predecessor: chain.predecessor, restartedAfter: chain.restartedAfter, gap: chain.gap,
    },
  };
}

/** An export in a chain. */
export type ChainExport = ExportRecord & { readonly chain: ChainRecord };

export function isInChain(record: ExportRecord): record is ChainExport {
  return record.chain !== undefined;
}
