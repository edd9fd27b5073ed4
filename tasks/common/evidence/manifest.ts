import * as v from 'valibot';
import { epochSeconds, formatInstant } from '../window/instant';

/** The version of the manifest's form; a reader refuses one that it does not know. */
export const MANIFEST_VERSION = 1;

/** Most hashes of known ids a manifest carries; in a denser burst the overlap shrinks. */
export const MOST_KNOWN_IDS = 200_000;
/** Most runs that a manifest names as those of its chain, the oldest left out first. */
export const MOST_RUNS = 5_000;
/** Most gaps that a manifest names, the oldest left out first. */
export const MOST_GAPS = 1_000;
/** Most names of a kind that a manifest knows as seen; a chain that has seen more of them knows none. */
export const MOST_SEEN_NAMES = 2_000;

const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), v.check((value) => Number.isFinite(Date.parse(value)) && formatInstant(epochSeconds(value)) === value));
const ticks = v.pipe(v.string(), v.regex(/^\d{19}$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const hash64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const runId = v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/));
const fileName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,99}$/i));
const folder = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,50}\/[\w.-]{1,120}$/i));

/** Half-open, UTC, whole seconds: `start <= t < end`. */
const interval = v.pipe(v.strictObject({ start: instant, end: instant }), v.check(({ start, end }) => start < end));

/** Why entries of an interval are in no export: `expired`: the service had deleted them before they were read; `deleted`: their export is gone, and the service no longer has them; `continueFrom`: the chain was restarted behind them. */
const gap = v.strictObject({ start: instant, end: instant, reason: v.picklist(['expired', 'deleted', 'continueFrom']) });

/** A range of the audit log that a run of the chain covers. */
const chainRun = v.strictObject({ run: runId, from: instant, until: instant });

/** An export that this one follows. */
const predecessor = v.strictObject({ run: runId, folder, manifestSha256: sha256, coveredUntil: instant });

/** Hashes (first 64 bits of SHA-256, lower-case hexadecimal, sorted) of the ids of the entries known within ten minutes from `from` on. */
const knownBlock = v.strictObject({ from: instant, ids: v.array(hash64) });

const chain = v.strictObject({
  /** Of one chain are exports of one organization by one pipeline on one branch under one artifact name. */
  pipelineId: runId,
  branch: text(500),
  artifactName: text(100),
  /** 1 for a chain's first export. */
  position: v.pipe(count, v.minValue(1)),
  /** How the chain began, carried along unchanged. `continueFrom` is that input's value when it began the chain. */
  origin: v.strictObject({ start: instant, continueFrom: v.nullable(text(100)) }),
  /** Null only for a chain's first export. */
  predecessor: v.nullable(predecessor),
  /** The end of the chain that `continueFrom` ended; null unless this export restarted it. */
  restartedAfter: v.nullable(predecessor),
  /** What lies between the predecessor's end (or that of the chain that was restarted) and this export's start. */
  gap: v.nullable(interval),
  /** The chain's runs of the last 120 days up to this one, oldest first. */
  runs: v.pipe(v.array(chainRun), v.maxLength(MOST_RUNS)),
  /** The entries that the chain holds from `knownFrom` to the covered end, in blocks, oldest first. */
  knownFrom: instant,
  known: v.array(knownBlock),
});

const fileDescription = v.strictObject({
  name: fileName,
  format: v.picklist(['jsonl', 'csv', 'json', 'anomalies']),
  /** `evidence`: whole entries, never filtered; `view`: made for reading. */
  role: v.picklist(['evidence', 'view']),
  bytes: count,
  sha256,
  /** Of the content before compression. */
  contentSha256: sha256,
  entries: count,
});

/** Names with their counts, sorted by name. */
const tally = v.pipe(v.array(v.strictObject({ name: text(200), entries: count })), v.maxLength(2_001));
const entryMark = v.strictObject({ id: text(1_000), ticks });
/** Hashes as of ids (first 64 bits of SHA-256, lower-case hexadecimal), sorted; null once there are more than {@link MOST_SEEN_NAMES}. */
const seenNames = v.nullable(v.pipe(v.array(hash64), v.maxLength(MOST_SEEN_NAMES)));
/** Rules of `include` or `exclude`, a line each. */
const filterRules = v.pipe(v.array(text(2_000)), v.maxLength(100));
const sighting = v.picklist(['found', 'absent', 'unknown']);

/**
 * `manifest.json`: what an export covers and holds. Published as docs/manifest-1.schema.json.
 * Instants are UTC in whole seconds; ticks (.NET, 100 ns) and ids are strings, because they do not fit a JSON number.
 */
export const manifestSchema = v.strictObject({
  manifestVersion: v.literal(MANIFEST_VERSION),
  organization: v.strictObject({ name: text(50), id: v.nullable(text(64)) }),
  /** Organization and name of the export folder: an export that lies elsewhere has been moved. */
  folder,
  window: v.strictObject({
    kind: v.picklist(['sinceLastExport', 'last', 'previous', 'between']),
    /** As asked for, before anything was clipped or split. */
    requested: interval,
    /** Every entry of it that the service showed is in the export. */
    covered: interval,
    /** From here to the covered start the log was read again for entries that had come late; equal to the covered start when not. */
    overlapFrom: instant,
    /** From here to the covered end entries may still have come later; null when all had settled. */
    unsettledFrom: v.nullable(instant),
  }),
  /** `none`: an export for itself, which no other continues. */
  chain: v.union([v.literal('none'), chain]),
  /** What the chain covers up to now; for an export outside a chain its own window. */
  coverage: v.strictObject({
    /** Since when there is no gap. */
    from: instant,
    until: instant,
    gaps: v.pipe(v.array(gap), v.maxLength(MOST_GAPS)),
  }),
  counts: v.strictObject({
    entries: count,
    /** Entries older than the covered start that no earlier export of the chain holds. */
    late: count,
    /** At least so many seconds after it happened the latest of the late entries appeared; null without any. */
    greatestLatenessSeconds: v.nullable(count),
    /** Entries that came as invalid JSON; `anomalies.jsonl` has their original bytes. */
    repaired: count,
  }),
  /** Newest and oldest entry; null without entries. */
  entries: v.strictObject({ newest: v.nullable(entryMark), oldest: v.nullable(entryMark) }),
  tallies: v.strictObject({ category: tally, area: tally, action: tally }),
  /** Not null for a day or more without any entry: that nothing happened is not proven. Says whether auditing was seen to be on. */
  empty: v.nullable(v.strictObject({ proven: v.literal(false), auditing: v.picklist(['on', 'off', 'unknown']) })),
  /** Whether the log shows the previous run's own reading (`AuditLog.AccessLog`) and the use of its service connection; `everFound` over the chain. */
  witness: v.strictObject({
    accessLog: sighting,
    serviceConnection: sighting,
    everFound: v.strictObject({ accessLog: v.boolean(), serviceConnection: v.boolean() }),
  }),
  /** Who had acted and what had been done up to this export: from it the next one tells who and what is new. Of an export outside a chain its own alone. */
  seen: v.strictObject({ actors: seenNames, actions: seenNames }),
  /** The filter that was in force for CSV, report and summary, and how many entries it left out there; null without one. It never touches the files with the role `evidence`. */
  views: v.nullable(v.strictObject({ include: filterRules, exclude: filterRules, leftOut: count })),
  retrieval: v.strictObject({
    apiVersion: text(40),
    batchSize: count,
    skipAggregation: v.boolean(),
    pages: count,
    requests: count,
    retries: count,
    /** Seconds spent waiting for the services, rounded up. */
    waitedSeconds: count,
    /** The agent's clock when reading began and ended, and the services' clock (their `Date`) at the run's beginning; null when they sent none. */
    startedAt: instant,
    endedAt: instant,
    agentClock: instant,
    serviceClock: v.nullable(instant),
  }),
  /** Who read: the identity's client (application), object and tenant id. */
  identity: v.strictObject({ clientId: v.nullable(text(64)), objectId: v.nullable(text(64)), tenantId: v.nullable(text(64)), serviceConnectionId: v.nullable(text(64)) }),
  run: v.strictObject({
    id: runId,
    number: v.nullable(text(255)),
    attempt: v.pipe(count, v.minValue(1)),
    stage: v.nullable(text(255)),
    job: v.nullable(text(255)),
    reason: v.nullable(text(64)),
    project: v.strictObject({ id: v.nullable(text(64)), name: v.nullable(text(255)) }),
    pipeline: v.strictObject({ id: v.nullable(runId), name: v.nullable(text(500)), revision: v.nullable(text(20)) }),
    repository: v.nullable(text(500)),
    branch: v.nullable(text(500)),
    commit: v.nullable(text(64)),
    agent: v.strictObject({ name: v.nullable(text(255)), os: v.nullable(text(64)), version: v.nullable(text(40)) }),
    taskVersion: text(40),
  }),
  /** The key with which this manifest's hash is signed; null without signature. */
  signedBy: v.nullable(v.strictObject({ keyId: text(300), algorithm: v.picklist(['RS256', 'ES256']), publicKeySha256: sha256 })),
  files: v.pipe(v.array(fileDescription), v.maxLength(10_000)),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;
export type Chain = v.InferOutput<typeof chain>;
export type ChainRun = v.InferOutput<typeof chainRun>;
export type Gap = v.InferOutput<typeof gap>;
export type KnownBlock = v.InferOutput<typeof knownBlock>;
export type ManifestFile = v.InferOutput<typeof fileDescription>;
export type Predecessor = v.InferOutput<typeof predecessor>;
export type Sighting = v.InferOutput<typeof sighting>;
