import { cutText, LONGEST_NAME } from './cutText';
import type { Dimension, DimensionCounts, NameCount, ReportActor } from './reportData';

/** Values that are listed each for itself; an organization has some hundred actions, and thousands of people. */
export const MOST_LISTED: Readonly<Record<Dimension, number>> = { category: 100, area: 100, action: 300, actor: 200, ip: 200, mechanism: 100, project: 200 };
/** Different values that are told apart while counting: more than any organization has, but not what a hostile answer could send. */
export const MOST_COUNTED = 20_000;

const LONGEST_KEY = LONGEST_NAME + 20;

interface Counted {
  entries: number;
  readonly name: string | null;
  readonly actor: ReportActor | undefined;
}

/** Counts the values of one dimension. */
export class NameCounts {
  readonly #counts = new Map<string | null, Counted>();
  /** The same counts by the actor's object: entries of one actor mostly share it ({@link ActorTable}). */
  readonly #byActor = new Map<ReportActor, Counted>();
  /** Entries of values beyond {@link MOST_COUNTED}. */
  #uncounted = 0;
  /** What other counts did not list. */
  #unlisted = { names: 0, entries: 0 };

  /** Whether every value was told apart. */
  get isComplete(): boolean {
    return this.#uncounted === 0;
  }

  /** @param value of the entry; what is no text, or an empty one, is none */
  add(value: unknown): void {
    this.#add(typeof value === 'string' && value !== '' ? value : null, undefined, 1);
  }

  /** @param actor undefined where the entry names none */
  addActor(actor: ReportActor | undefined): void {
    const known = actor && this.#byActor.get(actor);
    if (known) known.entries += 1;
    else this.#remember(actor, this.#add(actor?.name ?? null, actor, 1));
  }

  /** What another count of the same dimension has. */
  addCounts({ values, others }: DimensionCounts): void {
    for (const { name, actor, entries } of values) this.#add(name, actor, entries);
    this.#unlisted = { names: this.#unlisted.names + others.names, entries: this.#unlisted.entries + others.entries };
  }

  /** The named ones, most frequent first. */
  named(): readonly NameCount[] {
    return this.#sorted().filter(({ name }) => name !== null);
  }

  /** @param most values that are listed */
  counts(most: number): DimensionCounts {
    const sorted = this.#sorted();
    const beyond = sorted.slice(most);
    // Values that were not told apart are at least one.
    const names = beyond.length + this.#unlisted.names + (this.isComplete ? 0 : 1);
    return { values: sorted.slice(0, most), others: { names, entries: beyond.reduce((sum, { entries }) => sum + entries, this.#uncounted + this.#unlisted.entries) } };
  }

  /** Actors have an id, which tells those of one name apart, and keep it when they are renamed. */
  #add(name: string | null, actor: ReportActor | undefined, entries: number): Counted | undefined {
    const key = actor ? `${actor.id}\n${actor.kind}` : name;
    const known = this.#counts.get(key) ?? this.#newOf(name, key, actor);
    if (known) known.entries += entries;
    else this.#uncounted += entries;
    return known;
  }

  /** Undefined when there are too many. */
  #newOf(name: string | null, key: string | null, actor: ReportActor | undefined): Counted | undefined {
    const shortKey = key === null ? null : cutText(key, LONGEST_KEY);
    const known = this.#counts.get(shortKey);
    if (known !== undefined || this.#counts.size >= MOST_COUNTED) return known;
    const fresh: Counted = { name: name === null ? null : cutText(name, LONGEST_NAME), entries: 0, actor: actor && cut(actor) };
    this.#counts.set(shortKey, fresh);
    return fresh;
  }

  #remember(actor: ReportActor | undefined, counted: Counted | undefined): void {
    if (actor && counted && this.#byActor.size < MOST_COUNTED && isShort(actor)) this.#byActor.set(actor, counted);
  }

  #sorted(): NameCount[] {
    const values = [...this.#counts.values()].map(({ name, entries, actor }) => (actor ? { name, entries, actor } : { name, entries }));
    return values.sort(compare);
  }
}

/** Most frequent first, then by name, nameless last, then by what tells actors of one name apart. */
function compare(left: NameCount, right: NameCount): number {
  if (left.entries !== right.entries) return right.entries - left.entries;
  if (left.name !== right.name) return left.name === null ? 1 : right.name === null ? -1 : left.name < right.name ? -1 : 1;
  return keyOf(left) < keyOf(right) ? -1 : 1;
}

/** No two values have one. */
function keyOf({ name, actor }: NameCount): string {
  return actor ? `${actor.id}\n${actor.kind}` : name ?? '';
}

function isShort({ name, upn, id }: ReportActor): boolean {
  return name.length <= LONGEST_NAME && id.length <= LONGEST_NAME && (upn === null || upn.length <= LONGEST_NAME);
}

function cut({ kind, name, upn, id }: ReportActor): ReportActor {
  return { kind, name: cutText(name, LONGEST_NAME), upn: upn === null ? null : cutText(upn, LONGEST_NAME), id: cutText(id, LONGEST_NAME) };
}
