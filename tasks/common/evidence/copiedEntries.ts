import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { ticksOfTimestamp } from '../time/ticks';
import type { Manifest } from './manifest';
import { Lines } from './verify/lines';

/** What is needed of an entry to find it again. */
export interface EntryName {
  readonly id: string;
  /** 19 digits. */
  readonly ticks: string;
}

/** The entries of an export, in its order. */
export interface EntrySource {
  /** All its entries are older, ticks. */
  readonly endTicks: string;
  readonly open: () => AsyncGenerator<EntryName, void, undefined>;
}

/** The order of every file: newest first, then by id. Negative when `left` comes first. */
export function compareNames(left: EntryName, right: EntryName): number {
  if (left.ticks !== right.ticks) return left.ticks > right.ticks ? -1 : 1;
  if (left.id !== right.id) return left.id < right.id ? -1 : 1;
  return 0;
}

/** The file of an export that holds its entries whole; undefined when it was made without one. */
export function entriesFile({ files }: Pick<Manifest, 'files'>): string | undefined {
  const found = files.find(({ format }) => format === 'jsonl') ?? files.find(({ format }) => format === 'json');
  return found?.name;
}

/**
 * The entries of a file of an export whose hash has been verified: JSON Lines, or the array with an entry a line that
 * ExportAuditLog writes. Constant memory.
 */
export async function* namesIn(folder: string, name: string): AsyncGenerator<EntryName, void, undefined> {
  const found: EntryName[] = [];
  const lines = new Lines((bytes, from, to) => {
    const entry = nameOf(bytes.toString('utf8', from, to));
    if (entry !== undefined) found.push(entry);
  });
  const file = createReadStream(path.join(folder, name));
  const content = name.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (thrown) => { content.destroy(thrown); });
  try {
    for await (const piece of content as AsyncIterable<Buffer>) {
      lines.push(piece);
      yield* found.splice(0);
    }
    lines.end();
    yield* found.splice(0);
  } finally {
    file.destroy();
  }
}

function nameOf(line: string): EntryName | undefined {
  const text = line.endsWith(',') ? line.slice(0, -1) : line;
  if (!text.startsWith('{')) return undefined;
  const { id, timestamp } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const ticks = typeof timestamp === 'string' ? ticksOfTimestamp(timestamp) : undefined;
  return typeof id === 'string' && ticks !== undefined ? { id, ticks } : undefined;
}

interface OpenSource {
  head: EntryName;
  readonly rest: AsyncGenerator<EntryName, void, undefined>;
}

/** The entries of several exports in one order, each once. An export is open only while its time is passed. */
export async function* mergedNames(sources: readonly EntrySource[]): AsyncGenerator<EntryName, void, undefined> {
  const waiting = [...sources].sort((left, right) => (left.endTicks > right.endTicks ? -1 : 1));
  let open: OpenSource[] = [];
  let last: EntryName | undefined;
  try {
    for (;;) {
      while (waiting[0] !== undefined && (open.length === 0 || waiting[0].endTicks > first(open).head.ticks)) await begin(waiting, open);
      if (open.length === 0) return;
      const next = first(open);
      if (last === undefined || compareNames(last, next.head) !== 0) yield next.head;
      last = next.head;
      if (!await advance(next)) open = open.filter((source) => source !== next);
    }
  } finally {
    for (const { rest } of open) await rest.return();
  }
}

async function begin(waiting: EntrySource[], open: OpenSource[]): Promise<void> {
  const rest = waiting.shift()?.open();
  const head = await rest?.next();
  if (rest !== undefined && head?.done === false) open.push({ head: head.value, rest });
}

async function advance(source: OpenSource): Promise<boolean> {
  const next = await source.rest.next();
  if (next.done === true) return false;
  source.head = next.value;
  return true;
}

function first(open: readonly OpenSource[]): OpenSource {
  return open.reduce((best, source) => (compareNames(source.head, best.head) < 0 ? source : best));
}
