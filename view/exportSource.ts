import path from 'node:path';
import type { OwnFootprint } from '../tasks/common/auditlog/ownFootprint';
import type { Gap, Manifest } from '../tasks/common/evidence/manifest';
import type { Interval } from '../tasks/common/evidence/verify/exportRecord';
import { epochSeconds, formatInstant } from '../tasks/common/window/instant';

/** A folder with an export, and what is known of it before its entries are read. */
export interface ExportSource {
  /** Absolute. */
  readonly path: string;
  /** Below the folder that is shown, with `/`. */
  readonly place: string;
  /** File with whole entries, by name; undefined when there is none. */
  readonly entryFile: string | undefined;
  /** Lower case; undefined where neither the manifest nor the folders' names tell. */
  readonly organization: string | undefined;
  /** The export's own name with that of the organization. */
  readonly folder: string;
  /** Undefined where neither the manifest nor the folder's name tells. */
  readonly covered: Interval | undefined;
  /** What only a manifest tells. */
  readonly told: ToldByManifest | undefined;
}

export interface ToldByManifest {
  /** Lower-case hexadecimal; the same for every copy of an export. */
  readonly sha256: string;
  /** The oldest entry can be so old: what is older than the covered start came late. */
  readonly overlapFrom: string;
  readonly unsettledFrom: string | null;
  readonly entries: number;
  readonly repaired: number;
  /** Without gaps that another export's manifest has told of already. */
  readonly gaps: readonly Gap[];
  readonly artifactName: string | null;
  readonly own: OwnFootprint;
  /** Whether another export continues it. */
  readonly isOfChain: boolean;
}

/** Of an export whose manifest can be used. @param organization and the rest as it says, not as the folders are called */
export function toldSource(at: Pick<ExportSource, 'path' | 'place' | 'entryFile'>, manifest: Manifest, sha256: string, gaps: readonly Gap[]): ExportSource {
  const { window, chain, identity, run } = manifest;
  return {
    ...at,
    organization: manifest.organization.name.toLowerCase(),
    folder: manifest.folder,
    covered: { start: window.covered.start, end: window.covered.end },
    told: {
      sha256,
      overlapFrom: window.overlapFrom,
      unsettledFrom: window.unsettledFrom,
      entries: manifest.counts.entries,
      repaired: manifest.counts.repaired,
      gaps,
      artifactName: chain === 'none' ? null : chain.artifactName,
      own: { clientId: identity.clientId, objectId: identity.objectId, serviceConnectionId: identity.serviceConnectionId, pipelineId: run.pipeline.id },
      isOfChain: chain !== 'none',
    },
  };
}

/** Of an export without a usable manifest: what the names of its folders tell. */
export function namedSource(at: Pick<ExportSource, 'path' | 'place' | 'entryFile'>): ExportSource {
  const name = path.basename(at.path);
  const parent = path.basename(path.dirname(at.path));
  const covered = intervalOf(name);
  return {
    ...at,
    organization: covered !== undefined && ORGANIZATION.test(parent) ? parent.toLowerCase() : undefined,
    folder: covered === undefined ? at.place : `${parent}/${name}`,
    covered,
    told: undefined,
  };
}

const ORGANIZATION = /^[a-z0-9-]{1,50}$/i;
const EXPORT_NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.run/;

/** Of `20261120T000000Z_20261121T000000Z.run4711-1`. */
function intervalOf(name: string): Interval | undefined {
  const parts = EXPORT_NAME.exec(name)?.slice(1);
  if (parts === undefined) return undefined;
  const [start, end] = [instantOf(parts.slice(0, 6)), instantOf(parts.slice(6))];
  return start !== undefined && end !== undefined && start < end ? { start, end } : undefined;
}

function instantOf([year, month, day, hour, minute, second]: readonly string[]): string | undefined {
  const text = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`;
  const seconds = epochSeconds(text);
  return Number.isFinite(seconds) && formatInstant(seconds) === text ? text : undefined;
}
