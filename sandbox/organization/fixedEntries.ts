import {parseInstant} from './instant';
import type {EntrySource} from './organization';
import {storeEntry, type StoredEntry} from './storedEntry';

/**
 * Entries that a test wrote itself.
 *
 * @param entries each as an object, or as the exact JSON text that the service is to send, which need not be valid
 * @throws Error when one has no `id` or no readable `timestamp`
 */
export function fixedEntries(entries: readonly (object | string)[]): EntrySource {
  const stored = entries.map(store).sort((left, right) => (left.id < right.id ? -1 : 1));
  return {blocks: () => [stored]};
}

function store(entry: object | string): StoredEntry {
  const json = typeof entry === 'string' ? entry : JSON.stringify(entry);
  const id = /"id"\s*:\s*"([^"]+)"/.exec(json)?.[1];
  const time = parseInstant(/"timestamp"\s*:\s*"([^"]+)"/.exec(json)?.[1] ?? '');
  if (id === undefined || time === undefined) throw new Error(`An entry needs an id and a timestamp: ${json.slice(0, 200)}`);
  const accessBy = json.includes('"AuditLog.AccessLog"') ? /"actorCUID"\s*:\s*"([^"]+)"/.exec(json)?.[1] : undefined;
  return storeEntry({id, json, accessBy}, time, time.ms);
}
