/** Looks into JSON of unknown shape: what is not there, or is something else, is undefined. */
export function objectAt(value: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  const found = memberOf(value, name);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : undefined;
}

export function arrayAt(value: unknown, name: string): readonly unknown[] | undefined {
  const found = memberOf(value, name);
  return Array.isArray(found) ? found : undefined;
}

export function stringAt(value: unknown, name: string): string | undefined {
  const found = memberOf(value, name);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: unknown, name: string): number | undefined {
  const found = memberOf(value, name);
  return typeof found === 'number' ? found : undefined;
}

export function textList(values: readonly unknown[] | undefined): string[] {
  return (values ?? []).filter((value) => typeof value === 'string');
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
