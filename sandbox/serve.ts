import {parseArgs} from 'node:util';
import {openControl} from './control';
import type {ProcessOptions, ReadyLine} from './processMessages';
import {startSandbox} from './sandbox';

/**
 * Serves a stand-in from a process of its own, so that its memory and the task's are measured apart. Prints one line of JSON, then
 * serves until stdin ends or SIGTERM or SIGINT arrives.
 */
async function serve(): Promise<void> {
  const {values} = parseArgs({options: {'json-options': {type: 'string', default: '{}'}}});
  const {now: fixed, ...options} = JSON.parse(values['json-options']) as ProcessOptions;
  let now = fixed;
  const sandbox = await startSandbox({...options, clock: () => now ?? Date.now()});
  const control = await openControl(sandbox, (instant) => { now = instant; });
  const ready: ReadyLine = {network: sandbox.network, job: sandbox.job, servicePort: sandbox.servicePort, vaultKeys: sandbox.keyVault.keys.map(({name, version, publicKeyPem}) => ({name, version, publicKeyPem})), controlUrl: control.url};
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => { resolve(); });
    process.once('SIGINT', () => { resolve(); });
    process.stdin.once('end', () => { resolve(); });
    process.stdin.once('error', () => { resolve(); });
    process.stdin.resume();
  });
  control.server.closeAllConnections();
  control.server.close();
  await sandbox.close();
  process.exit(0);
}

serve().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
