import { type RowStore } from './rowStore';

/** The words of a search, in lower case: apart by spaces, or in double quotes with their spaces. */
export function searchWords(text: string): string[] {
  return [...text.toLowerCase().matchAll(/"([^"\n]+)"|[^\s"]+/g)].map(([word, quoted]) => quoted ?? word);
}

/**
 * Which rows contain all words, each in any column: all that the table shows but the time, and the ids of entry, correlation and actor.
 * Undefined without words. Each different value is looked at once, however many rows have it; only entry ids are as many as rows.
 */
export function searchRows(store: RowStore, text: string): Uint8Array | undefined {
  let remaining: Uint8Array | undefined;
  for (const word of searchWords(text)) remaining = rowsWith(store, word, remaining);
  return remaining;
}

function rowsWith(store: RowStore, word: string, among: Uint8Array | undefined): Uint8Array {
  const columns = store.dictionaries().flatMap(({ dictionary, index }) => {
    const hits = dictionary.hits(word);
    return hits === undefined ? [] : [{ hits, index }];
  });
  const found = store.ids.hits(word) ?? new Uint8Array(store.count);
  for (const { hits, index } of columns) {
    for (let row = 0; row < found.length; row += 1) if (hits[index[row] as number] === 1) found[row] = 1;
  }
  if (among !== undefined) for (let row = 0; row < found.length; row += 1) if (among[row] === 0) found[row] = 0;
  return found;
}
