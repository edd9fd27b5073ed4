import path from 'node:path';
import reportPage from 'report-page';
import { disarm } from '../tasks/common/errors/disarm';
import { BadOption } from '../tasks/common/step/commandLine';
import { complain, print, programName, showProgress } from '../tasks/common/step/terminal';
import { makeReport } from './makeReport';
import { openInBrowser } from './openInBrowser';
import { HELP, parseOptions } from './options';
import { outcomeLines } from './outcomeLines';
import { replaceReport } from './replaceReport';
import { ViewFailure } from './viewFailure';

declare const __PRODUCT_VERSION__: string;

process.exitCode = await viewFromCommandLine(process.argv.slice(2));

async function viewFromCommandLine(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') return print(HELP);
    if (options === 'version') return print(`${thisProgram()}\n`);
    const made = await makeReport(options, __PRODUCT_VERSION__, showProgress());
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

function thisProgram(): string {
  return programName('view-audit-log', __PRODUCT_VERSION__, import.meta.url);
}
