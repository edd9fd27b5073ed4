import { randomUUID } from 'node:crypto';

/** The dice: a parameter wherever chance is used, so that a test can load them. */
export interface Random {
  /** A number from 0 (included) to 1 (not included). */
  fraction(): number;
  /** A version 4 UUID. */
  uuid(): string;
}

export const systemRandom: Random = { fraction: Math.random, uuid: () => randomUUID() };
