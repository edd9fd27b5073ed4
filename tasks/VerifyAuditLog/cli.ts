import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { statementText } from '../common/evidence/verify/statement';
import { tableLines } from '../common/evidence/verify/table';
import { verifyExports, type Verification } from '../common/evidence/verify/verifyExports';
import { disarm } from '../common/errors/disarm';
import { BadOption } from '../common/step/commandLine';
import { HELP, parseOptions, type CliOptions } from './cliOptions';

declare const __PRODUCT_VERSION__: string;

const COULD_NOT_RUN = 2;
const PROGRESS_EVERY_MS = 2_000;

process.exitCode = await verifyFromCommandLine(process.argv.slice(2));

async function verifyFromCommandLine(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') return print(HELP);
    if (options === 'version') return print(`${programName()}\n`);
    const verification = await verifyExports({ ...options, onProgress: progress() });
    if (verification === undefined) return complain(`There is no export below ${options.root}. Unpack the downloaded artifacts first: an export is a folder with a manifest.json.`);
    if (options.statement !== undefined) writeStatement(options.statement, verification, args);
    show(verification, options);
    return verification.result === 'valid' ? 0 : 1;
  } catch (thrown) {
    if (thrown instanceof BadOption) return complain(`${thrown.message} --help lists the options.`);
    const code = (thrown as NodeJS.ErrnoException).code;
    return complain(code === undefined ? `The verification met a fault of its own: ${String(thrown)}` : `The folder cannot be read (${code}).`);
  }
}

function show(verification: Verification, { isJson, isVerbose }: CliOptions): void {
  if (isJson) print(`${harmless(JSON.stringify({ formatVersion: 1, program: programName(), ...verification }, null, 2))}\n`);
  else print(`${tableLines(verification, isVerbose).join('\n')}\n`);
}

/** The same JSON, in ASCII and without what an agent would take for a command of a pipeline. */
function harmless(json: string): string {
  return json.replaceAll('##', '\\u0023\\u0023').replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function writeStatement(file: string, verification: Verification, args: readonly string[]): void {
  try {
    writeFileSync(file, statementText(verification, { program: programName(), args, madeAt: new Date() }));
  } catch {
    throw new BadOption(`--statement: ${file} cannot be written.`);
  }
}

/** Version and hash of this very file, which is published beside it. */
function programName(): string {
  const sha256 = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url))).digest('hex');
  return `verify-audit-log ${__PRODUCT_VERSION__}, SHA-256 ${sha256}`;
}

/** A line that is written over and over, where somebody watches. */
function progress(): ((done: number, total: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  let shown = Date.now();
  return (done, total) => {
    if (Date.now() < shown + PROGRESS_EVERY_MS) return;
    shown = Date.now();
    process.stderr.write(`\r${done} of ${total} exports\r`);
  };
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function complain(sentence: string): typeof COULD_NOT_RUN {
  process.stderr.write(`${disarm(sentence, 1_000)}\n`);
  return COULD_NOT_RUN;
}
