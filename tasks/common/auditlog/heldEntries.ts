import { AuditLogEntry } from './entry';

/** Before each entry: lengths of raw, original (or {@link NONE}) and id, then 19 digits of ticks. */
const HEAD_BYTES = 4 + 4 + 4 + 19;
const TICKS_AT = 12;
const NONE = 0xffff_ffff;

/** Bytes of an entry as the service sent them, and of its repair. */
export function bytesOf({ raw, original }: AuditLogEntry): number {
  return raw.length + (original?.length ?? 0);
}

/** Entries as bytes, from which {@link readHeldEntries} makes them again without scanning any JSON. */
export function holdEntries(entries: readonly AuditLogEntry[]): Buffer {
  const ids = entries.map(({ id }) => Buffer.from(id, 'utf8'));
  const size = entries.reduce((sum, entry, index) => sum + HEAD_BYTES + (ids[index]?.length ?? 0) + bytesOf(entry), 0);
  const held = Buffer.allocUnsafeSlow(size);
  let at = 0;
  entries.forEach(({ raw, original, ticks }, index) => {
    const id = ids[index] as Buffer;
    held.writeUInt32LE(raw.length, at);
    held.writeUInt32LE(original?.length ?? NONE, at + 4);
    held.writeUInt32LE(id.length, at + 8);
    held.write(ticks, at + TICKS_AT, 'latin1');
    at += HEAD_BYTES;
    for (const part of [id, raw, ...original ? [original] : []]) at += part.copy(held, at);
  });
  return held;
}

/** The entries that {@link holdEntries} was given; their bytes are parts of `held`. */
export function readHeldEntries(held: Buffer): AuditLogEntry[] {
  const entries: AuditLogEntry[] = [];
  for (let at = 0; at < held.length;) {
    const lengths = [held.readUInt32LE(at + 8), held.readUInt32LE(at)] as const;
    const originalLength = held.readUInt32LE(at + 4);
    const ticks = held.toString('latin1', at + TICKS_AT, at + HEAD_BYTES);
    const idAt = at + HEAD_BYTES;
    const rawAt = idAt + lengths[0];
    const originalAt = rawAt + lengths[1];
    at = originalAt + (originalLength === NONE ? 0 : originalLength);
    const original = originalLength === NONE ? undefined : held.subarray(originalAt, at);
    entries.push(new AuditLogEntry(held.subarray(rawAt, originalAt), held.toString('utf8', idAt, rawAt), ticks, original));
  }
  return entries;
}
