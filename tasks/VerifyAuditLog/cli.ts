import { writeFileSync } from 'node:fs';
import { statementText } from '../common/evidence/verify/statement';
import { tableLines } from '../common/evidence/verify/table';
import { verifyExports, type Verification } from '../common/evidence/verify/verifyExports';
import { BadOption } from '../common/step/commandLine';
import { complain, print, programName, showProgress } from '../common/step/terminal';
import { HELP, parseOptions, type CliOptions } from './cliOptions';

declare const __PRODUCT_VERSION__: string;

process.exitCode = await verifyFromCommandLine(process.argv.slice(2));

async function verifyFromCommandLine(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') return print(HELP);
    if (options === 'version') return print(`${thisProgram()}\n`);
    const verification = await verifyExports({ ...options, onProgress: showProgress() });
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
  if (isJson) print(`${harmless(JSON.stringify({ formatVersion: 1, program: thisProgram(), ...verification }, null, 2))}\n`);
  else print(`${tableLines(verification, isVerbose).join('\n')}\n`);
}

/** The same JSON, in ASCII and without what an agent would take for a command of a pipeline. */
function harmless(json: string): string {
  return json.replaceAll('##', '\\u0023\\u0023').replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function writeStatement(file: string, verification: Verification, args: readonly string[]): void {
  try {
    writeFileSync(file, statementText(verification, { program: thisProgram(), args, madeAt: new Date() }));
  } catch {
    throw new BadOption(`--statement: ${file} cannot be written.`);
  }
}

function thisProgram(): string {
  return programName('verify-audit-log', __PRODUCT_VERSION__, import.meta.url);
}
