import { MOST_SEEN_NAMES, type Manifest } from './manifest';

/** What an export itself has seen: hashes of names, undefined for too many of them. */
export interface OwnNames {
  readonly actors: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
}

/**
 * The names that a chain has seen once an export is part of it. Too many of a kind are the same as none from then on, because a list
 * that is not whole would call the rest new.
 * @param before what the export before says; undefined where the export follows none
 */
export function seenWith(before: Manifest['seen'] | undefined, own: OwnNames): Manifest['seen'] {
  return { actors: joined(before?.actors, own.actors), actions: joined(before?.actions, own.actions) };
}

function joined(before: readonly string[] | null | undefined, own: readonly string[] | undefined): string[] | null {
  if (before === null || own === undefined) return null;
  const all = [...new Set([...before ?? [], ...own])].sort();
  return all.length > MOST_SEEN_NAMES ? null : all;
}
