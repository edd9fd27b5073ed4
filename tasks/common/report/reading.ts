/** Reads a value of JSON that somebody else wrote, or throws {@link Unreadable}. No imports: it is part of pages in the browser. */
export type Read<Value> = (value: unknown) => Value;

export class Unreadable extends Error {}

export function refuse(): never {
  throw new Unreadable();
}

/** A text of at most so many UTF-16 units. */
export function text(longest: number): Read<string> {
  return (value) => (typeof value === 'string' && value.length <= longest ? value : refuse());
}

/** A whole number from 0 on. */
export const count: Read<number> = (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? value as number : refuse());

export const whole: Read<number> = (value) => (Number.isSafeInteger(value) ? value as number : refuse());

export const bool: Read<boolean> = (value) => (typeof value === 'boolean' ? value : refuse());

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `2026-11-20T00:00:00Z`. */
export const instant: Read<string> = (value) => (typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)) ? value : refuse());

export function oneOf<const Value>(...values: readonly Value[]): Read<Value> {
  return (value) => (values.includes(value as Value) ? value as Value : refuse());
}

export function orNull<Value>(read: Read<Value>): Read<Value | null> {
  return (value) => (value === null ? null : read(value));
}

/** A property that may be missing. */
export function optional<Value>(read: Read<Value>): Read<Value> {
  return (value) => (value === undefined ? undefined as Value : read(value));
}

export function list<Value>(read: Read<Value>, most: number, least = 0): Read<Value[]> {
  return (value) => (Array.isArray(value) && value.length <= most && value.length >= least ? value.map((item) => read(item)) : refuse());
}

/** Only the properties that are named; others are left out. */
export function object<Value>(shape: { readonly [Name in keyof Value]-?: Read<NonNullable<Value[Name]> | Value[Name]> }): Read<Value> {
  return (value) => {
    if (typeof value !== 'object' || value === null) refuse();
    const read: Record<string, unknown> = {};
    for (const name of Object.keys(shape) as (keyof Value & string)[]) {
      const property = shape[name]((value as Record<string, unknown>)[name]);
      if (property !== undefined) read[name] = property;
    }
    return read as Value;
  };
}
