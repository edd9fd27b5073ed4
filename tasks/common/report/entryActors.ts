import { FIELD_NUMBER } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { hashOf, isSame } from '../auditlog/nameTable';
import { actorOf, isServiceToService } from './reportActor';
import type { ReportActor } from './reportData';

/** What tells actors apart: the fields that {@link actorOf} looks at. Of the mechanism it wants to know one thing only. */
const NAMES = ['actorCUID', 'actorUserId', 'actorClientId', 'actorUPN', 'actorDisplayName'] as const;
const FIELDS = NAMES.map((name) => FIELD_NUMBER[name]);
const [FIRST] = FIELDS as [number];

interface Known {
  /** Of each field its JSON; empty where the entry does not have it. */
  readonly values: readonly Buffer[];
  readonly isFromService: boolean;
  readonly actor: ReportActor | undefined;
}

/** Twice as many as actors are kept: more than an organization has; a hostile answer must not fill the memory. */
const SLOTS = 32_768;
/** Actors of one id differ by little; what has many is not worth looking through. */
const MOST_TRIES = 32;
/** Longer ids and names, bytes of JSON, are nobody's. */
const LONGEST = 250;
const NOTHING = Buffer.alloc(0);

/** Makes the actors of entries from their bytes, of those that come again and again each only once: making the texts for each entry costs more than counting it. */
export class EntryActors {
  readonly #slots = new Array<Known | undefined>(SLOTS).fill(undefined);
  #free = SLOTS / 2;

  /** Who acted, as {@link actorOf} says it. @param mechanism the entry's */
  of(entry: AuditLogEntry, mechanism: string | null): ReportActor | undefined {
    const isFromService = isServiceToService(mechanism);
    const places = entry.places();
    let slot = places.from(FIRST) < 0 ? 0 : hashOf(entry.raw, places.from(FIRST), places.to(FIRST)) % SLOTS;
    let tries = 1;
    for (let known = this.#slots[slot]; known !== undefined && tries <= MOST_TRIES; known = this.#slots[slot]) {
      if (known.isFromService === isFromService && isOf(known, entry)) return known.actor;
      slot = (slot + 1) % SLOTS;
      tries += 1;
    }
    const actor = actorOf(textsOf(entry));
    const values = FIELDS.map((field) => (places.from(field) < 0 ? NOTHING : Buffer.from(entry.raw.subarray(places.from(field), places.to(field)))));
    if (this.#free > 0 && tries <= MOST_TRIES && values.every(({ length }) => length <= LONGEST)) {
      this.#slots[slot] = { values, isFromService, actor };
      this.#free -= 1;
    }
    return actor;
  }
}

function isOf({ values }: Known, entry: AuditLogEntry): boolean {
  const places = entry.places();
  for (let index = 0; index < FIELDS.length; index += 1) {
    const field = FIELDS[index] as number;
    const value = values[index] as Buffer;
    if (places.from(field) < 0 ? value.length > 0 : !isSame(value, entry.raw, places.from(field), places.to(field))) return false;
  }
  return true;
}

function textsOf(entry: AuditLogEntry): Record<string, string | undefined> {
  return Object.fromEntries([...NAMES, 'authenticationMechanism' as const].map((name) => [name, entry.text(name)]));
}
