import { AuditLogEntry } from './entry';
import type { EntryNames } from './entryTexts';

/** Before each entry: lengths of raw, original (or {@link NONE}), id and names, then 19 digits of ticks. */
const TICKS_AT = 16;
const HEAD_BYTES = TICKS_AT + 19;
const NONE = 0xffff_ffff;

/** Bytes of an entry as the service sent them, and of its repair. */
export function bytesOf({ raw, original }: AuditLogEntry): number {
  return raw.length + (original?.length ?? 0);
}

/** Entries as bytes, from which {@link readHeldEntries} makes them again without scanning or parsing them. */
export function holdEntries(entries: readonly AuditLogEntry[]): Buffer {
  const texts = entries.map((entry) => ({ id: Buffer.from(entry.id, 'utf8'), names: namesAsBytes(entry) }));
  const size = entries.reduce((sum, entry, index) => sum + HEAD_BYTES + (texts[index]?.id.length ?? 0) + (texts[index]?.names.length ?? 0) + bytesOf(entry), 0);
  const held = Buffer.allocUnsafeSlow(size);
  let at = 0;
  entries.forEach(({ raw, original, ticks }, index) => {
    const { id, names } = texts[index] as { id: Buffer; names: Buffer };
    held.writeUInt32LE(raw.length, at);
    held.writeUInt32LE(original?.length ?? NONE, at + 4);
    held.writeUInt32LE(id.length, at + 8);
    held.writeUInt32LE(names.length, at + 12);
    held.write(ticks, at + TICKS_AT, 'latin1');
    at += HEAD_BYTES;
    for (const part of [id, names, raw, ...original ? [original] : []]) at += part.copy(held, at);
  });
  return held;
}

/** The entries that {@link holdEntries} was given; their bytes are parts of `held`. */
export function readHeldEntries(held: Buffer): AuditLogEntry[] {
  const entries: AuditLogEntry[] = [];
  for (let at = 0; at < held.length;) {
    const [rawLength, originalLength] = [held.readUInt32LE(at), held.readUInt32LE(at + 4)];
    const idAt = at + HEAD_BYTES;
    const namesAt = idAt + held.readUInt32LE(at + 8);
    const rawAt = namesAt + held.readUInt32LE(at + 12);
    const originalAt = rawAt + rawLength;
    const ticks = held.toString('latin1', at + TICKS_AT, idAt);
    at = originalAt + (originalLength === NONE ? 0 : originalLength);
    const original = originalLength === NONE ? undefined : held.subarray(originalAt, at);
    entries.push(new AuditLogEntry(held.subarray(rawAt, originalAt), held.toString('utf8', idAt, namesAt), ticks, original, namesOf(held.toString('utf8', namesAt, rawAt))));
  }
  return entries;
}

/** Known from the scan of the page, which will not be there any more. */
function namesAsBytes(entry: AuditLogEntry): Buffer {
  const { category, area, action } = entry.names();
  entry.forgetFields();
  return Buffer.from(JSON.stringify([category, area, action]), 'utf8');
}

function namesOf(text: string): EntryNames {
  const [category, area, action] = JSON.parse(text) as (string | null)[];
  return { category: category ?? undefined, area: area ?? undefined, action: action ?? undefined };
}
