import { mechanismOf } from './mechanism';
import { actorOf, isServiceToService } from './reportActor';
import type { ReportActor } from './reportData';

type Fields = Readonly<Record<string, unknown>>;

/** The fields that make an actor, as an entry has them. */
interface Known {
  readonly cuid: unknown;
  readonly user: unknown;
  readonly client: unknown;
  readonly upn: unknown;
  readonly name: unknown;
  readonly isFromService: boolean;
  readonly actor: ReportActor | undefined;
}

/** More than an organization has; a hostile answer must not fill the memory. */
const MOST_KNOWN = 20_000;
/** Longer ids and names, UTF-16 units, are nobody's. */
const LONGEST = 200;
/** Who is renamed has two forms; what has many is not worth looking through. */
const MOST_FORMS = 4;

/** Makes the actors of entries, of those that come again and again each only once: making one for each entry costs more than counting it. */
export class ActorTable {
  readonly #known = new Map<unknown, Known[]>();
  #size = 0;

  /** Who acted, as {@link actorOf} says it. @param fields those of the entry, parsed */
  of(fields: Fields): ReportActor | undefined {
    const forms = this.#known.get(fields['actorCUID']);
    if (forms !== undefined) {
      for (const known of forms) if (isOf(known, fields)) return known.actor;
    }
    const fresh = knownOf(fields);
    if (this.#size < MOST_KNOWN && isShort(fresh)) this.#keep(fresh, forms);
    return fresh.actor;
  }

  #keep(fresh: Known, forms: Known[] | undefined): void {
    if (forms === undefined) this.#known.set(fresh.cuid, [fresh]);
    else if (forms.length < MOST_FORMS) forms.push(fresh);
    else return;
    this.#size += 1;
  }
}

function knownOf(fields: Fields): Known {
  return {
    cuid: fields['actorCUID'], user: fields['actorUserId'], client: fields['actorClientId'], upn: fields['actorUPN'], name: fields['actorDisplayName'],
    isFromService: isServiceToService(mechanismOf(fields)), actor: actorOf(fields),
  };
}

function isOf(known: Known, fields: Fields): boolean {
  return known.user === fields['actorUserId'] && known.client === fields['actorClientId'] && known.upn === fields['actorUPN']
    && known.name === fields['actorDisplayName'] && known.isFromService === isServiceToService(mechanismOf(fields));
}

function isShort({ cuid, user, client, upn, name }: Known): boolean {
  for (const value of [cuid, user, client, upn, name]) {
    if (value !== undefined && value !== null && !(typeof value === 'string' && value.length <= LONGEST)) return false;
  }
  return true;
}
