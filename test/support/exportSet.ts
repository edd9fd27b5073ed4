import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AuditLogEntry, compareEntries } from '../../tasks/common/auditlog/entry';
import { LateArrivals } from '../../tasks/common/auditlog/lateArrivals';
import type { EntryBatch } from '../../tasks/common/auditlog/readEntries';
import { advance, chainOf, planChain, type ChainState } from '../../tasks/common/evidence/chainPlan';
import { composeManifest } from '../../tasks/common/evidence/composeManifest';
import { KnownIds, knownBlocks } from '../../tasks/common/evidence/knownIds';
import { MOST_KNOWN_IDS, type Chain, type Gap, type Manifest } from '../../tasks/common/evidence/manifest';
import { manifestBytes } from '../../tasks/common/evidence/manifestText';
import { seenWith } from '../../tasks/common/evidence/seenNames';
import { sealFolder, type ManifestSignature } from '../../tasks/common/evidence/sealFolder';
import { fingerprint } from '../../tasks/common/evidence/signature';
import { writeEntries, type ExportFormat } from '../../tasks/common/export/writeEntries';
import { ReportCollector } from '../../tasks/common/report/reportCollector';
import { compactInstant, formatInstant } from '../../tasks/common/window/instant';
import type { Window } from '../../tasks/common/window/window';
import { fieldsOf, idOf } from './auditEntries';
import { manifestFacts } from './manifestFacts';

/** 2026-09-01T00:00:00Z: where the audit logs of sets begin. */
export const SET_START = Date.UTC(2026, 8, 1) / 1000;
export const HOUR = 3_600;
const OVERLAP = 2 * HOUR;
const TICKS_AT_1970 = 621_355_968_000_000_000n;

/** An entry, and when it could be seen first. */
export interface LoggedEntry {
  readonly entry: AuditLogEntry;
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly visibleFrom: number;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function diceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ACTIONS = [['access', 'Auditing', 'AuditLog.AccessLog'], ['create', 'Project', 'Project.CreateCompleted'], ['modify', 'Permissions', 'Security.ModifyPermission'], ['execute', 'Library', 'Library.ServiceConnectionExecuted']] as const;

/** An audit log: entries at any time, some in one tick, some that appear late. @param late share of the entries that appear up to two hours late */
export function auditLogOf(seed: number, from: number, until: number, count: number, late = 0.05): LoggedEntry[] {
  const dice = diceOf(seed);
  const entries: LoggedEntry[] = [];
  for (let number = 0; number < count; number += 1) {
    const seconds = from + Math.floor(dice() * (until - from));
    const isTwin = dice() < 0.05;
    const before = entries.at(-1);
    const ticks = isTwin && before !== undefined ? before.entry.ticks : String(TICKS_AT_1970 + BigInt(seconds) * 10_000_000n + BigInt(Math.floor(dice() * 1e7))).padStart(19, '0');
    const [category, area, actionId] = ACTIONS[Math.floor(dice() * ACTIONS.length)]!;
    const fields = fieldsOf(ticks, number + seed * 100_000, { category, area, actionId, actorUPN: `user${Math.floor(dice() * 9)}@fabrikam.example`, details: 'é "quoted"\n=1+1', data: { list: [1, 2.5e3, null] } });
    const own = isTwin && before !== undefined ? before.seconds : seconds;
    entries.push({ entry: new AuditLogEntry(Buffer.from(JSON.stringify(fields)), idOf(ticks, number + seed * 100_000), ticks), seconds: own, visibleFrom: dice() < late ? own + Math.floor(dice() * OVERLAP) : own });
  }
  return entries.sort((left, right) => compareEntries(left.entry, right.entry));
}

/** A local key that signs as a vault would. */
export interface SetKey {
  readonly publicKeyPem: string;
  readonly sha256: string;
  sign(bytes: Uint8Array): Buffer;
}

export function newKey(kind: 'RS256' | 'ES256' = 'RS256'): SetKey {
  const pair = kind === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const privateKey: KeyObject = pair.privateKey;
  const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { publicKeyPem, sha256: fingerprint(publicKeyPem) ?? '', sign: (bytes) => createSign('sha256').update(bytes).sign(privateKey) };
}

/** An export as it lies in a set. */
export interface SetExport {
  readonly folder: string;
  readonly path: string;
  readonly manifest: Manifest;
  readonly sha256: string;
  readonly entries: readonly AuditLogEntry[];
}

export interface ExportChainOptions {
  /** Each run's artifact is unpacked into a folder of its own below it. */
  readonly root: string;
  readonly log: readonly LoggedEntry[];
  readonly organization?: string;
  readonly pipelineId?: string;
  readonly start?: number;
  readonly format?: Partial<ExportFormat>;
  readonly key?: SetKey;
  readonly signature?: 'ES256' | 'RS256';
}

/** Makes a chain of exports with the product's own writers: what a run would leave, without agent and network. */
export class ExportChain {
  readonly exports: SetExport[] = [];
  state: ChainState;
  readonly #options: ExportChainOptions;

  constructor(options: ExportChainOptions, state?: ChainState) {
    this.#options = options;
    const identity = { organization: options.organization ?? 'fabrikam', pipelineId: options.pipelineId ?? '12', branch: 'refs/heads/main', artifactName: 'audit-log' };
    this.state = state ?? planChain(identity, { head: undefined, runs: [], lost: [], isShortened: false, notes: [] }, undefined, undefined, options.start ?? SET_START).state;
  }

  /** The next export of the chain. @param until seconds since 1970; @param settled seconds between that and the reading */
  async add(run: string, until: number, more: { readonly settled?: number; readonly from?: number; readonly gaps?: readonly Gap[] } = {}): Promise<SetExport> {
    const { state } = this;
    const start = more.from ?? state.from;
    const overlapping = state.knownFrom === undefined || more.from !== undefined ? undefined : KnownIds.of(state.known, state.knownFrom);
    const overlapFrom = overlapping === undefined ? start : Math.min(start, Math.max(start - OVERLAP, overlapping.knownFrom));
    const readAt = until + (more.settled ?? HOUR / 2);
    const late = new LateArrivals({ coveredStart: start, known: overlapping, rememberFrom: until - OVERLAP, mostRemembered: MOST_KNOWN_IDS, predecessorReadAt: undefined });
    const chain = (): Chain => {
      const remembered = late.remembered();
      return chainOf(state, { startSeconds: start, endSeconds: until }, run, { knownFrom: remembered.knownFrom, blocks: knownBlocks(remembered.blocks) });
    };
    const made = await this.#write(run, { start, until, overlapFrom, readAt }, late, chain, more.gaps ?? state.gaps);
    this.exports.push(made);
    this.state = advance(state, made.manifest as Manifest & { chain: Chain }, made.sha256);
    return made;
  }

  /** An export outside the chain. */
  async addSeparate(run: string, start: number, until: number): Promise<SetExport> {
    const late = new LateArrivals({ coveredStart: start, known: undefined, rememberFrom: until, mostRemembered: 0, predecessorReadAt: undefined });
    return this.#write(run, { start, until, overlapFrom: start, readAt: until + HOUR }, late, () => 'none', []);
  }

  async #write(run: string, times: { start: number; until: number; overlapFrom: number; readAt: number }, late: LateArrivals, chain: () => Manifest['chain'], gaps: readonly Gap[]): Promise<SetExport> {
    const { root, log, format, key } = this.#options;
    const { start, until, overlapFrom, readAt } = times;
    const { organization } = this.state.identity;
    const name = `${compactInstant(start)}_${compactInstant(until)}.run${run}-1`;
    const folder = path.join(root, `run ${run}`, 'audit-log', organization, name);
    mkdirSync(folder, { recursive: true });
    const visible = log.filter(({ seconds, visibleFrom }) => seconds >= overlapFrom && seconds < until && visibleFrom <= readAt).map(({ entry }) => entry);
    const entries: AuditLogEntry[] = [];
    const kept = keep(late.pass(inBatches(visible)), entries);
    const written = await writeEntries(kept, folder, { formats: ['jsonl', 'csv'], compressJson: true, csvDelimiter: ',', ...format }, () => undefined);
    const manifest = composeManifest({
      ...manifestFacts(),
      organization: { name: organization, id: undefined },
      folder: name,
      window: { kind: chain() === 'none' ? 'between' : 'sinceLastExport', requested: { startSeconds: start, endSeconds: until }, covered: { startSeconds: start, endSeconds: until }, overlapFrom, unsettledFrom: undefined },
      chain: chain(),
      coverage: { from: formatInstant(start), until: formatInstant(until), gaps: [...gaps] },
      written,
      lateArrivals: { late: late.late, greatestLatenessSeconds: late.greatestLatenessSeconds },
      empty: null,
      seen: await seenUntil(chain() === 'none' ? undefined : this.state.previous, entries, { startSeconds: start, endSeconds: until }),
      retrieval: { ...manifestFacts().retrieval, startedMs: readAt * 1000, endedMs: readAt * 1000 + 5_000, agentClockMs: readAt * 1000, serviceClockMs: readAt * 1000 },
      run: { ...manifestFacts().run, id: run },
      signedBy: key === undefined ? null : { keyId: 'https://vault.example/keys/audit/1', algorithm: this.#options.signature ?? 'RS256', publicKeySha256: key.sha256 },
    });
    writeFileSync(path.join(folder, 'summary.md'), '# Summary\n');
    const sealed = await sealFolder(folder, manifest, signatureOf(manifest, key));
    return { folder: manifest.folder, path: folder, manifest, sha256: sealed.manifestSha256, entries };
  }
}

/** What an export knows to have been seen, together with the one before. */
async function seenUntil(previous: Manifest | undefined, entries: readonly AuditLogEntry[], covered: Window): Promise<Manifest['seen']> {
  const collector = new ReportCollector({ detail: 'counts', timeZone: 'UTC', covered, own: { clientId: null, objectId: null, serviceConnectionId: null, pipelineId: null } });
  await collector.add(entries);
  return seenWith(previous?.seen, collector.seenNames());
}

function signatureOf(manifest: Manifest, key: SetKey | undefined): ManifestSignature | undefined {
  return key && { signature: key.sign(manifestBytes(manifest)), publicKeyPem: key.publicKeyPem };
}

async function* inBatches(entries: readonly AuditLogEntry[], size = 200): AsyncGenerator<EntryBatch> {
  for (let from = 0; from < entries.length || from === 0; from += size) yield await Promise.resolve({ entries: entries.slice(from, from + size), pages: from / size + 1, reached: undefined });
}

async function* keep(batches: AsyncIterable<EntryBatch>, kept: AuditLogEntry[]): AsyncGenerator<EntryBatch> {
  for await (const batch of batches) {
    kept.push(...batch.entries);
    yield batch;
  }
}
