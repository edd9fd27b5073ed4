import { parseArgs } from 'node:util';

/** The parts of a measurement, each for itself. */
export const PARTS = ['cpu', 'report', 'people', 'latency', 'throttle', 'memory'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Entries that are read; where each answer takes time, at most 100,000. */
  readonly entries: number;
  /** Runs of each, of which the median counts. */
  readonly runs: number;
  /** ms before each answer. */
  readonly latencies: readonly number[];
  /** Requests in flight. */
  readonly concurrencies: readonly number[];
  /** Command of another exporter: it gets BENCH_PROXY, BENCH_CA, BENCH_TOKEN, BENCH_URL, BENCH_START, BENCH_END and BENCH_FOLDER. */
  readonly peer: string | undefined;
}

export const USAGE = `npm run bench -- [--only ${PARTS.join('|')}] [--entries 300000] [--runs 5] [--latency 0,100] [--concurrency 1,4,8,16] [--peer COMMAND]`;

/** @throws TypeError for what cannot be read */
export function readOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string', default: PARTS.join(',') }, entries: { type: 'string', default: '300000' }, runs: { type: 'string', default: '5' },
      latency: { type: 'string', default: '0,50,100,200' }, concurrency: { type: 'string', default: '1,4,8,16' }, peer: { type: 'string' },
    },
  });
  const chosen = values.only.split(',');
  const parts = PARTS.filter((part) => chosen.includes(part));
  if (parts.length < chosen.length) throw new TypeError(`--only takes ${PARTS.join(', ')}.`);
  return { parts, entries: count(values.entries), runs: count(values.runs), latencies: values.latency.split(',').map(count), concurrencies: values.concurrency.split(',').map(count), peer: values.peer };
}

function count(text: string): number {
  const number = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`${text} is not a whole number.`);
  return number;
}
