import { BACKSLASH, QUOTE, SPACE } from '../auditlog/bytes';
import { FIELD_NUMBER } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { NameTable } from '../auditlog/nameTable';
import { mechanismOf } from './mechanism';

const SLOTS = 1_024;

/** How somebody signed in, from an entry's bytes: only of what comes before the session's number a text is made, because the number comes but once. */
export class EntryMechanisms {
  readonly #names = new NameTable(SLOTS);

  /** As {@link mechanismOf} says it. */
  of(entry: AuditLogEntry): string | null {
    const { raw } = entry;
    const places = entry.places();
    const from = places.from(FIELD_NUMBER.authenticationMechanism);
    if (from < 0 || raw[from] !== QUOTE) return null;
    let at = from + 1;
    while (raw[at] !== SPACE && raw[at] !== QUOTE && raw[at] !== BACKSLASH) at += 1;
    if (at === from + 1 || raw[at] === BACKSLASH) return mechanismOf({ authenticationMechanism: entry.text('authenticationMechanism') });
    return this.#names.textOf(raw, from, at + 1) ?? null;
  }
}
