import type { Tally } from '../auditlog/tally';
import type { QueryTerms } from '../auditlog/query';
import type { FileDescription } from '../export/fileDescription';
import type { WrittenExport } from '../export/writeEntries';
import type { HttpStatistics } from '../http/http';
import { formatInstant } from '../window/instant';
import type { Window } from '../window/window';
import { MANIFEST_VERSION, type Manifest, type ManifestFile } from './manifest';
import { manifestText, manifestTextOrNull } from './manifestValue';

/** All that a run knows of an export once it is written, grouped as the manifest is. Instants are seconds since 1970, UTC, unless they say ms. */
export interface ManifestFacts {
  readonly organization: { readonly name: string; readonly id: string | undefined };
  /** Name of the export folder, without that of the organization. */
  readonly folder: string;
  readonly window: {
    readonly kind: Manifest['window']['kind'];
    readonly requested: Window;
    readonly covered: Window;
    readonly overlapFrom: number;
    readonly unsettledFrom: number | undefined;
  };
  readonly chain: Manifest['chain'];
  readonly coverage: Manifest['coverage'];
  readonly written: WrittenExport;
  readonly lateArrivals: { readonly late: number; readonly greatestLatenessSeconds: number | null };
  readonly empty: Manifest['empty'];
  readonly witness: Manifest['witness'];
  readonly seen: Manifest['seen'];
  readonly retrieval: {
    readonly terms: QueryTerms;
    readonly skipAggregation: boolean;
    /** Of this export alone. */
    readonly statistics: HttpStatistics;
    /** The agent's clock when reading began and ended, ms since 1970, and the two clocks at the run's beginning. */
    readonly startedMs: number;
    readonly endedMs: number;
    readonly agentClockMs: number;
    readonly serviceClockMs: number | undefined;
  };
  readonly identity: Readonly<Record<keyof Manifest['identity'], string | undefined>>;
  readonly run: Manifest['run'];
  readonly signedBy: Manifest['signedBy'];
}

/** The manifest of an export. Texts are cut to what its form allows; two facts make the same bytes on every machine. */
export function composeManifest(facts: ManifestFacts): Manifest {
  const { organization, window, written, lateArrivals, retrieval, identity } = facts;
  const { tally } = written;
  return {
    manifestVersion: MANIFEST_VERSION,
    organization: { name: manifestText(organization.name, 50), id: manifestTextOrNull(organization.id, 64) },
    folder: `${organization.name.toLowerCase()}/${facts.folder}`,
    window: {
      kind: window.kind,
      requested: interval(window.requested),
      covered: interval(window.covered),
      overlapFrom: formatInstant(window.overlapFrom),
      unsettledFrom: window.unsettledFrom === undefined ? null : formatInstant(window.unsettledFrom),
    },
    chain: facts.chain,
    coverage: facts.coverage,
    counts: { entries: tally.entries, late: lateArrivals.late, greatestLatenessSeconds: lateArrivals.greatestLatenessSeconds, repaired: written.repaired },
    entries: { newest: mark(tally.newest), oldest: mark(tally.oldest) },
    tallies: { category: counts(tally.byCategory), area: counts(tally.byArea), action: counts(tally.byAction) },
    empty: facts.empty,
    witness: facts.witness,
    seen: facts.seen,
    views: views(written.views),
    retrieval: {
      apiVersion: manifestText(retrieval.terms.apiVersion, 40),
      batchSize: retrieval.terms.batchSize,
      skipAggregation: retrieval.skipAggregation,
      pages: written.pages,
      requests: retrieval.statistics.requests,
      retries: retrieval.statistics.retries,
      waitedSeconds: Math.ceil(retrieval.statistics.waitedMs / 1000),
      startedAt: instantOfMs(retrieval.startedMs),
      endedAt: instantOfMs(retrieval.endedMs),
      agentClock: instantOfMs(retrieval.agentClockMs),
      serviceClock: retrieval.serviceClockMs === undefined ? null : instantOfMs(retrieval.serviceClockMs),
    },
    identity: {
      clientId: manifestTextOrNull(identity.clientId, 64),
      objectId: manifestTextOrNull(identity.objectId, 64),
      tenantId: manifestTextOrNull(identity.tenantId, 64),
      serviceConnectionId: manifestTextOrNull(identity.serviceConnectionId, 64),
    },
    run: facts.run,
    signedBy: facts.signedBy,
    files: written.files.map(fileOf).sort((left, right) => (left.name < right.name ? -1 : 1)),
  };
}

function fileOf({ name, format, bytes, sha256, contentSha256, entries }: FileDescription): ManifestFile {
  return { name, format, role: format === 'csv' ? 'view' : 'evidence', bytes, sha256, contentSha256, entries };
}

/** Names with their counts; those that are equal once they are cut are counted together. */
function counts(tally: ReadonlyMap<string, number>): Manifest['tallies']['category'] {
  const together = new Map<string, number>();
  for (const [name, entries] of tally) {
    const cut = manifestText(name, 200);
    together.set(cut, (together.get(cut) ?? 0) + entries);
  }
  return [...together].map(([name, entries]) => ({ name, entries })).sort((left, right) => (left.name < right.name ? -1 : 1));
}

function views(given: WrittenExport['views']): Manifest['views'] {
  const cut = (rules: readonly string[]): string[] => rules.map((rule) => manifestText(rule, 2_000));
  return given === undefined ? null : { include: cut(given.include), exclude: cut(given.exclude), leftOut: given.leftOut };
}

function mark(entry: Tally['newest']): Manifest['entries']['newest'] {
  return entry === undefined ? null : { id: manifestText(entry.id, 1_000), ticks: entry.ticks };
}

function interval({ startSeconds, endSeconds }: Window): { start: string; end: string } {
  return { start: formatInstant(startSeconds), end: formatInstant(endSeconds) };
}

function instantOfMs(ms: number): string {
  return formatInstant(Math.floor(ms / 1000));
}
