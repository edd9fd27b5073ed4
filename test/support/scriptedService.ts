import { TaskError } from '../../tasks/common/errors/taskError';
import type { PageSource } from '../../tasks/common/auditlog/chain';
import { compareEntries, type AuditLogEntry } from '../../tasks/common/auditlog/entry';
import type { AuditLogPage } from '../../tasks/common/auditlog/page';
import { pageUrl, type AuditLogQuery } from '../../tasks/common/auditlog/query';
import { ticksOfTimestamp } from '../../tasks/common/time/ticks';

export type ScriptedFault = 'repeatedEntries' | 'duplicateWithinPage' | 'swappedPages' | 'outOfOrder' | 'emptyPage' | 'clampedPage' | 'tokenRefused';

/** How the service behaves where Azure DevOps is not documented. */
export interface ServiceHabits {
  readonly startBound: 'inclusive' | 'exclusive';
  readonly endBound: 'inclusive' | 'exclusive';
  /** How many of the last digits of ticks do not count in a comparison with a bound: 0, 4 (ms), 7 (s). */
  readonly lostDigits: 0 | 4 | 7;
  readonly pageCap: number;
  readonly tokenBoundToWindow: boolean;
  readonly orderInsideTick: 'id' | 'reversed';
  readonly lastToken: 'id' | 'none';
  /** The id of the page's last entry, or a text of which nothing can be read. */
  readonly token: 'id' | 'opaque';
  /** What goes wrong with the n-th page that is asked for, from 1 on. */
  readonly faults: ReadonlyMap<number, ScriptedFault>;
}

export const USUAL_HABITS: ServiceHabits = {
  startBound: 'inclusive', endBound: 'inclusive', lostDigits: 0, pageCap: 200, tokenBoundToWindow: false, orderInsideTick: 'id', lastToken: 'id', token: 'id', faults: new Map(),
};

interface Position {
  readonly window: string;
  /** Index of the first entry that follows, or pages that are promised. */
  readonly next: number;
  readonly promised: readonly (readonly AuditLogEntry[])[];
  readonly before: readonly AuditLogEntry[];
}

/** An audit log in memory. When it answers, and in which order, is decided by `answering`. */
export class ScriptedService implements PageSource {
  requests = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** Pages with entries that were answered. */
  handedOut = 0;
  /** Bounds and token of every request. */
  readonly asked: { readonly start: string; readonly end: string; readonly token: string | undefined }[] = [];
  readonly #entries: readonly AuditLogEntry[];
  readonly #habits: ServiceHabits;
  readonly #answering: (signal: AbortSignal) => Promise<void>;
  readonly #positions = new Map<string, Position>();
  #tokens = 0;

  /** @param answering resolves when a request is to be answered */
  constructor(entries: readonly AuditLogEntry[], habits: ServiceHabits, answering: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()) {
    const isReversed = habits.orderInsideTick === 'reversed';
    this.#entries = [...entries].sort((left, right) => (isReversed && left.ticks === right.ticks ? compareEntries(right, left) : compareEntries(left, right)));
    this.#habits = habits;
    this.#answering = answering;
  }

  async read(query: AuditLogQuery, token: string | undefined, signal: AbortSignal): Promise<AuditLogPage> {
    this.requests += 1;
    const number = this.requests;
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await this.#answering(signal);
      signal.throwIfAborted();
      this.handedOut += 1;
      return this.#page(query, token, this.#habits.faults.get(number));
    } finally {
      this.inFlight -= 1;
    }
  }

  #page(query: AuditLogQuery, token: string | undefined, fault: ScriptedFault | undefined): AuditLogPage {
    const { searchParams } = pageUrl(query, { apiVersion: '7.1-preview.1', batchSize: 1_000 }, token);
    const [start, end] = [searchParams.get('startTime') ?? '', searchParams.get('endTime') ?? ''];
    const window = `${start} ${end}`;
    this.asked.push({ start, end, token });
    const position = token === undefined ? undefined : this.#positions.get(token);
    if (token !== undefined && (fault === 'tokenRefused' || !position || (this.#habits.tokenBoundToWindow && position.window !== window))) throw refused();
    const size = Math.min(Number(searchParams.get('batchSize')), this.#habits.pageCap, ...fault === 'clampedPage' ? [3] : []);
    const [from, to] = this.#range(start, end);
    const next = position?.next ?? from;
    const promised = position?.promised ?? [];
    if (promised.length > 0) {
      const [rows = [], ...rest] = promised;
      return this.#answer(rows, { window, next, promised: rest, before: rows }, next < to || rest.length > 0);
    }
    return this.#fresh({ window, next, promised, before: position?.before ?? [] }, Math.max(from, to), size, fault);
  }

  #fresh({ window, next, before }: Position, to: number, size: number, fault: ScriptedFault | undefined): AuditLogPage {
    const rows = this.#entries.slice(next, Math.min(next + size, to));
    const after = next + rows.length;
    const hasMore = after < to;
    const position = { window, next: after, promised: [], before: rows };
    switch (fault) {
      case 'emptyPage': return this.#answer([], { ...position, next, before }, true);
      case 'repeatedEntries': return this.#answer([...before.slice(-3), ...rows], position, hasMore);
      case 'duplicateWithinPage': return this.#answer([...rows, ...rows.slice(0, 1)], position, hasMore);
      case 'outOfOrder': return this.#answer(rows.map((row, index) => rows[index % 2 === 0 ? index + 1 : index - 1] ?? row), position, hasMore);
      case 'swappedPages': {
        if (!hasMore) return this.#answer(rows, position, hasMore);
        const following = this.#entries.slice(after, Math.min(after + size, to));
        return this.#answer(following, { window, next: after + following.length, promised: [rows], before: following }, true);
      }
      default: return this.#answer(rows, position, hasMore);
    }
  }

  #answer(entries: readonly AuditLogEntry[], position: Position, hasMore: boolean): AuditLogPage {
    if (!hasMore && this.#habits.lastToken === 'none') return { entries, continuationToken: undefined, hasMore };
    const last = entries.at(-1);
    this.#tokens += 1;
    const isPlain = this.#habits.token === 'id' && position.promised.length === 0 && last !== undefined && last.id === this.#entries[position.next - 1]?.id;
    const token = isPlain ? last.id : `after ${this.#tokens}`;
    // One id can be the token of several queries; what follows differs by their bounds only.
    this.#positions.set(token, position);
    return { entries, continuationToken: token, hasMore };
  }

  /** Indexes of the entries inside the bounds: the first, and the one behind the last. */
  #range(start: string, end: string): [number, number] {
    const { startBound, endBound, lostDigits } = this.#habits;
    const rounded = (ticks: string): string => ticks.slice(0, ticks.length - lostDigits);
    const [low, high] = [rounded(ticksOfTimestamp(start) ?? ''), rounded(ticksOfTimestamp(end) ?? '')];
    const isOld = ({ ticks }: AuditLogEntry): boolean => (startBound === 'inclusive' ? rounded(ticks) < low : rounded(ticks) <= low);
    const isYoung = ({ ticks }: AuditLogEntry): boolean => (endBound === 'inclusive' ? rounded(ticks) > high : rounded(ticks) >= high);
    return [firstIndex(this.#entries, (entry) => !isYoung(entry)), firstIndex(this.#entries, isOld)];
  }
}

/** Index of the first for which a condition holds that holds for all after it too; the length if there is none. */
function firstIndex(entries: readonly AuditLogEntry[], holds: (entry: AuditLogEntry) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(entries[middle] as AuditLogEntry)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function refused(): TaskError {
  return new TaskError('AUDIT_REQUEST_REFUSED', 'The Audit service does not understand the query (HTTP 400).', { status: 400, advice: ['Report it.'] });
}

/** Time that passes only when nothing else is left to do, so that waiting takes none. */
export class VirtualTime {
  nowMs = 0;
  #waiting: { readonly atMs: number; readonly resolve: () => void }[] = [];

  /** Resolves when so many ms have passed. */
  readonly pass = (ms: number): Promise<void> => new Promise((resolve) => {
    const atMs = this.nowMs + ms;
    const index = this.#waiting.findIndex((other) => other.atMs > atMs);
    this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, { atMs, resolve });
  });

  /** Lets time pass until the work is done. The work must wait for nothing but {@link pass}. */
  async until<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const done = work.finally(() => { state.isDone = true; });
    done.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => { setImmediate(resolve); });
      if (state.isDone) return done;
      const next = this.#waiting.shift();
      if (!next) continue;
      this.nowMs = next.atMs;
      next.resolve();
    }
  }
}
