import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import reportPage from 'report-page';
import { disarm } from '../tasks/common/errors/disarm';
import { BadOption } from '../tasks/common/step/commandLine';
import { makeReport } from './makeReport';
import { openInBrowser } from './openInBrowser';
import { HELP, parseOptions } from './options';
import { outcomeLines } from './outcomeLines';
import { replaceReport } from './replaceReport';
import { ViewFailure } from './viewFailure';

declare const __PRODUCT_VERSION__: string;

const COULD_NOT_RUN = 2;
const PROGRESS_EVERY_MS = 2_000;

process.exitCode = await viewFromCommandLine(process.argv.slice(2));

async function viewFromCommandLine(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') return print(HELP);
    if (options === 'version') return print(`${programName()}\n`);
    const made = await makeReport(options, __PRODUCT_VERSION__, progress());
    const file = path.resolve(options.output);
    const bytes = await replaceReport(file, made.data, reportPage);
    print(`${outcomeLines(made, { file, bytes }).map((line) => disarm(line, 1_000)).join('\n')}\n`);
    if (options.isOpened ?? process.stdout.isTTY) openInBrowser(file);
    return 0;
  } catch (thrown) {
    if (thrown instanceof BadOption) return complain(`${thrown.message} --help lists the options.`);
    if (thrown instanceof ViewFailure) return complain(thrown.message);
    const code = (thrown as NodeJS.ErrnoException).code;
    return complain(code === undefined ? `Making the report met a fault of its own: ${String(thrown)}` : `The folder cannot be read (${code}).`);
  }
}

/** Version and hash of this very file, which is published beside it. */
function programName(): string {
  const sha256 = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url))).digest('hex');
  return `view-audit-log ${__PRODUCT_VERSION__}, SHA-256 ${sha256}`;
}

/** A line that is written over and over, where somebody watches. */
function progress(): (begun: number, all: number) => void {
  let shown = Date.now();
  return (begun, all) => {
    if (!process.stderr.isTTY || Date.now() < shown + PROGRESS_EVERY_MS) return;
    shown = Date.now();
    process.stderr.write(`\r${begun} of ${all} exports\r`);
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
