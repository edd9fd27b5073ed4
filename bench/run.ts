import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { readOptions, USAGE, type BenchOptions, type Part } from './options';
import { measureCpu, measureLatency, measureMemory, measurePeople, measureReport, measureThrottle, type Measured } from './parts';

/*
 * Measures the export against the stand-in, over TLS, side by side in one run. Prints Markdown, and leaves the raw figures in
 * out/bench/. The packaged task must be there: `npm run package`.
 */
const PARTS: Readonly<Record<Part, readonly [title: string, measure: (options: BenchOptions) => Promise<Measured>]>> = {
  cpu: ['What an entry costs', measureCpu],
  report: ['What the report adds', measureReport],
  people: ['The loops that people write', measurePeople],
  latency: ['Requests in flight', measureLatency],
  throttle: ['A service that limits the rate', measureThrottle],
  memory: ['Memory', measureMemory],
};

async function run(words: readonly string[]): Promise<void> {
  const options = readOptions(words);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node.js ${process.versions.node}`;
  const folder = path.resolve('out/bench');
  await mkdir(folder, { recursive: true });
  console.log(`\`npm run bench -- ${words.join(' ')}\`\n\n${machine}; medians of ${options.runs} runs in turns.`);
  for (const part of options.parts) {
    const [title, measure] = PARTS[part];
    const { markdown, figures } = await measure(options);
    console.log(`\n### ${title}\n\n${markdown}`);
    await writeFile(path.join(folder, `${part}.json`), JSON.stringify({ machine, options, figures }, undefined, 2));
  }
}

run(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${USAGE}\n`);
  process.exitCode = 1;
});
