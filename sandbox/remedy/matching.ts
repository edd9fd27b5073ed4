import { stepConnection, type AccessSettings } from '../security/accessSettings';
import type { ServiceConnection } from '../jobContext';
import type { Change } from './applyChange';
import { RemedyError } from './remedyError';

/** @throws RemedyError when the change is about something else; ids of Azure are compared without regard to case */
export function expectId(change: Change, id: string): void {
  if (change.id.toLowerCase() !== id.toLowerCase()) throw new RemedyError(`${change.setting}: there is nothing with the id "${change.id}".`);
}

/** The same for subject descriptors, in which case counts. */
export function expectExactId(change: Change, id: string): void {
  if (change.id !== id) throw new RemedyError(`${change.setting}: there is nothing with the id "${change.id}".`);
}

/** @throws RemedyError when a text of the change does not name what it has to name */
export function expectNamed(change: Change, part: 'from' | 'to', value: string): void {
  if (!change[part].toLowerCase().includes(value.toLowerCase())) throw new RemedyError(`${change.setting}: "${change[part]}" does not name ${value}.`);
}

/** The step's service connection, when the change is about it. */
export function connectionOf(access: AccessSettings, change: Change): ServiceConnection {
  const connection = stepConnection(access);
  expectId(change, connection.id);
  return connection;
}
