import type { Used } from './measured';

/** The runs of one thing. */
export interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly requests: number;
  readonly runs: readonly Used[];
}

/** Medians. */
export function figuresOf(runs: readonly Used[]): Figures {
  const of = (value: (used: Used) => number): number => median(runs.map(value));
  return { wallMs: of(({ wallMs }) => wallMs), cpuMs: of(({ cpuMs }) => cpuMs ?? NaN), peakBytes: of(({ peakBytes }) => peakBytes ?? NaN), requests: of(({ done }) => done.requests), runs };
}

export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

/**
 * Runs several things in turns, so that whatever else the machine does meets all of them alike.
 * @param things by name
 */
export async function inTurns(things: ReadonlyMap<string, () => Promise<Used>>, runs: number): Promise<Map<string, Figures>> {
  const used = new Map([...things.keys()].map((name) => [name, [] as Used[]]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, thing] of things) {
      const one = await thing();
      used.get(name)?.push(one);
      process.stderr.write(`  ${name}: ${seconds(one.wallMs)} s, CPU ${seconds(one.cpuMs ?? NaN)} s, ${megabytes(one.peakBytes ?? NaN)} MB\n`);
    }
  }
  return new Map([...used].map(([name, all]) => [name, figuresOf(all)]));
}

/** A Markdown table; all columns but the first hold numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [`| ${head.join(' | ')} |`, `| --- |${' ---: |'.repeat(head.length - 1)}`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

export function seconds(ms: number): string {
  return Number.isNaN(ms) ? '' : (ms / 1000).toFixed(2);
}

export function megabytes(bytes: number): string {
  return Number.isNaN(bytes) ? '' : String(Math.round(bytes / 1e6));
}

export function ratio(value: number, base: number): string {
  return Number.isNaN(value / base) ? '' : (value / base).toFixed(2);
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
