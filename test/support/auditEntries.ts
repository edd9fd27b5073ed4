import { AuditLogEntry } from '../../tasks/common/auditlog/entry';

const LAST_TICKS = 3_155_378_975_999_999_999n;

/** 2026-11-20T00:00:00Z; entries of tests lie at or after it. */
export const NOVEMBER_20_SECONDS = Date.UTC(2026, 10, 20) / 1000;
const NOVEMBER_20_TICKS = (BigInt(NOVEMBER_20_SECONDS) + 62_135_596_800n) * 10_000_000n;

/** Ticks of an instant of 2026-11-20, 19 digits. @param after 100 ns steps since midnight UTC */
export function ticksAfter(after: number | bigint): string {
  return String(NOVEMBER_20_TICKS + BigInt(after)).padStart(19, '0');
}

/** An id as the service makes them: inverted ticks, service, event. @param event any number; tells entries of one tick apart */
export function idOf(ticks: string, event: number): string {
  const inverted = String(LAST_TICKS - BigInt(ticks)).padStart(19, '0');
  return `${inverted};00000064-0000-8888-8000-000000000000;86fbe369-0000-4000-8000-${String(event).padStart(12, '0')}`;
}

/** `2026-11-20T00:00:00.0000001+00:00`, from ticks. */
export function timestampOf(ticks: string): string {
  const seconds = Number(ticks.slice(0, 12)) - 62_135_596_800;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${ticks.slice(12)}+00:00`;
}

/** The fields of an entry that every test can live with. */
export function fieldsOf(ticks: string, event: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { id: idOf(ticks, event), timestamp: timestampOf(ticks), actionId: 'Project.CreateCompleted', area: 'Project', category: 'create', ...more };
}

/** An entry as if a page had been read. @param after 100 ns steps since 2026-11-20T00:00:00Z */
export function entryAt(after: number | bigint, event: number, more: Readonly<Record<string, unknown>> = {}): AuditLogEntry {
  const ticks = ticksAfter(after);
  return new AuditLogEntry(Buffer.from(JSON.stringify(fieldsOf(ticks, event, more))), idOf(ticks, event), ticks);
}

/** An answer of the service, bare. */
export function answerOf(entries: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): Buffer {
  return Buffer.from(JSON.stringify({ decoratedAuditLogEntries: entries, continuationToken: null, hasMore: false, ...more }));
}
