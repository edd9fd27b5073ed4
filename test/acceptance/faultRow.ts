import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox';
import type { FaultRule } from '../../sandbox/faults/fault';
import type { SandboxNetwork } from '../../sandbox/jobContext';
import type { ErrorCode } from '../../tasks/common/errors/taskError';
import type { PackagedOptions, PackagedRun } from '../support/packagedTask';

/** One line of the table: what the network, Azure or its administrators do, and what the step must make of it. */
export interface FaultRow {
  readonly name: string;
  readonly sandbox?: SandboxOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What only a running stand-in can say: its proxy's address, for example. */
  readonly agent?: (sandbox: Sandbox) => PackagedOptions & { readonly network?: SandboxNetwork };
  /** The row spends its time waiting, so it may run beside the others. */
  readonly rests?: true;
  readonly expect: Exported | Refused;
}

/** Exactly the entries of the window, each once, newest first, byte for byte. */
export interface Exported {
  readonly log?: readonly RegExp[];
  /** Entries that must have come as invalid JSON: repaired in the lines, and their bytes kept in `anomalies.jsonl`. Default 0. */
  readonly repaired?: number | 'some';
  /** What came into the log while it was read does not count: the reader had passed it. */
  readonly asBefore?: true;
  /** Only the ids count: the service itself changes the entries. */
  readonly idsAmong?: true;
  readonly check?: (finished: FinishedExport) => void;
}

/** A failed step: one sentence, advice, no artifact, no folder. */
export interface Refused {
  readonly code: ErrorCode;
  readonly sentence: RegExp;
  readonly advice?: RegExp;
  /** The activity id that the log must name: this one, or `any` GUID. */
  readonly activityId?: string;
  readonly check?: (finished: FinishedExport) => void;
}

export interface FinishedExport {
  readonly run: PackagedRun;
  readonly sandbox: Sandbox;
  /** The JSON Lines of the artifact; none after a failure. */
  readonly lines: readonly string[];
}

export function isRefused(expected: Exported | Refused): expected is Refused {
  return 'code' in expected;
}

/** Requests that ask for pages of the audit log. */
export const AUDIT = { host: 'auditservice.dev.azure.com', path: '/auditlog' } as const;
/** The request that reads the project's visibility. */
export const PROJECT = { host: 'dev.azure.com', path: '/_apis/projects/' } as const;
/** The first, unauthenticated request to the organization. */
export const PROBE = { host: 'dev.azure.com', path: '/_apis/connectionData' } as const;
/** The request for an assertion. */
export const ASSERTION = { host: 'dev.azure.com', path: '/oidctoken' } as const;
/** The exchange of an assertion for an access token. */
export const ENTRA = { host: 'login.microsoftonline.com', path: '/oauth2/v2.0/token' } as const;

/** What the service calls the request in answers that name it. */
export const ACTIVITY_ID = '5e0f0a52-7d1c-4b1e-9f6a-000000004711';

/** Two days ago, midnight UTC, for six hours: settled, and far from what the queries themselves leave in the log. ms since 1970. */
export const WINDOW = fixedWindow();

function fixedWindow(): { readonly start: number; readonly end: number } {
  const day = 86_400_000;
  const start = Math.floor(Date.now() / day) * day - 2 * day;
  return { start, end: start + 6 * 3_600_000 };
}

/** The window as inputs of the step. */
export const BETWEEN = { window: 'between', startTime: new Date(WINDOW.start).toISOString(), endTime: new Date(WINDOW.end).toISOString() } as const;

/** Entries before, in and after the window, on several pages. */
export const SEVERAL_PAGES: SandboxOptions = {
  totalEntries: { count: 1000, start: WINDOW.start - 3_600_000, end: WINDOW.end + 3_600_000 },
  switches: { pageCap: 150 },
};

/** Several pages of entries, and these rules. */
export function faults(...rules: readonly FaultRule[]): SandboxOptions {
  return { ...SEVERAL_PAGES, faults: rules };
}

/** Several pages of entries, and these switches. */
export function switches(change: SandboxOptions['switches']): SandboxOptions {
  return { ...SEVERAL_PAGES, switches: { ...SEVERAL_PAGES.switches, ...change } };
}
