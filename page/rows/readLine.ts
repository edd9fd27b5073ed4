import { OwnEntries, type OwnFootprint } from '../../tasks/common/auditlog/ownFootprint';
import { ActorTable } from '../../tasks/common/report/actorTable';
import { type Row } from '../../tasks/common/report/chunkColumns';
import { mechanismOf } from '../../tasks/common/report/mechanism';
import { millisOfTicks, ticksOfSeconds, ticksOfTimestamp } from '../../tasks/common/time/ticks';

/** Makes rows of the evidence's lines, as the task does for its counts. */
export class LineReader {
  readonly #own: OwnEntries;
  readonly #actors = new ActorTable();
  readonly #start: string;

  /** @param startSeconds of the window, since 1970 UTC: what happened before appeared late */
  constructor(own: OwnFootprint, startSeconds: number) {
    this.#own = new OwnEntries(own);
    this.#start = ticksOfSeconds(startSeconds);
  }

  /** Undefined for a line that is no entry: nobody vouches for a page's or an attachment's content. */
  row(line: string): Row | undefined {
    const fields = parsed(line);
    if (fields === undefined) return undefined;
    const { id, timestamp } = fields;
    const ticks = typeof timestamp === 'string' ? ticksOfTimestamp(timestamp) : undefined;
    if (typeof id !== 'string' || ticks === undefined) return undefined;
    return { ms: millisOfTicks(ticks), id, actor: this.#actors.of(fields), mechanism: mechanismOf(fields), fields, isOwn: this.#own.isOwn(fields), isLate: ticks < this.#start };
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  // An error takes longer to make than an entry to read.
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
