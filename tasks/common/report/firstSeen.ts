import { idHash, idHashText } from '../auditlog/idHash';
import { MOST_SEEN_NAMES, type Manifest } from '../evidence/manifest';
import type { EntryCounts } from './entryCounts';
import type { NameCounts } from './nameCounts';
import type { FirstSeen } from './reportData';

/** What earlier exports of the chain had, as hashes: {@link SeenNames}. */
export interface KnownNames {
  readonly actors: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
}

/**
 * Ids of actors and actions as 16 hexadecimal digits: the first 64 bits of the SHA-256 of their UTF-8. Ascending, each once;
 * undefined when there are more than {@link MOST_SEEN_NAMES}.
 */
export interface SeenNames {
  readonly actors: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
}

/** First seen actors and actions that are named. */
export const MOST_FIRST_SEEN = 200;

/** What a manifest knows; undefined where it knows nothing, because a chain that has seen too many names keeps none of them. */
export function knownNames(seen: Manifest['seen'] | undefined): KnownNames | undefined {
  if (!seen?.actors || !seen.actions) return undefined;
  return { actors: new Set(seen.actors), actions: new Set(seen.actions) };
}

/** The names of all of them, as the next export will know them. */
export function seenNames(...counted: readonly Pick<EntryCounts, 'actors' | 'actions'>[]): SeenNames {
  return {
    actors: hashesOf(counted.map(({ actors }) => actors), actorIds),
    actions: hashesOf(counted.map(({ actions }) => actions), actionNames),
  };
}

/** The names that no earlier export had, most frequent first. */
export function firstSeen({ actors, actions }: EntryCounts, known: KnownNames): FirstSeen {
  const newActors = actors.named().flatMap(({ actor }) => (actor && !known.actors.has(hashOf(actor.id)) ? [actor] : []));
  const newActions = actionNames(actions).filter((name) => !known.actions.has(hashOf(name)));
  return {
    actors: newActors.slice(0, MOST_FIRST_SEEN), actorCount: newActors.length,
    actions: newActions.slice(0, MOST_FIRST_SEEN), actionCount: newActions.length,
  };
}

function actorIds(actors: NameCounts): string[] {
  return actors.named().flatMap(({ actor }) => (actor ? [actor.id] : []));
}

function actionNames(actions: NameCounts): string[] {
  return actions.named().flatMap(({ name }) => (name === null ? [] : [name]));
}

function hashesOf(counted: readonly NameCounts[], namesOf: (counts: NameCounts) => readonly string[]): string[] | undefined {
  const hashes = new Set(counted.flatMap(namesOf).map(hashOf));
  return counted.every(({ isComplete }) => isComplete) && hashes.size <= MOST_SEEN_NAMES ? [...hashes].sort() : undefined;
}

function hashOf(name: string): string {
  return idHashText(idHash(name));
}
