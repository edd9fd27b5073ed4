import { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import tls from 'node:tls';

/** A disk in memory, on Linux: to be sure of each export on a real one would be a third of the year. */
const MEMORY_DISK = '/dev/shm';

/**
 * Makes this process fit for a thousand runs that would each have one of their own. Equal options give the same TLS context:
 * a process reads the world's root certificates once, not a thousand times. No run collects garbage because of the memory
 * that the stand-in and the other runs hold. Temporary files go to memory where that is possible.
 * @returns undoes all of it
 */
export function shareProcess(): () => void {
  const { createSecureContext } = tls;
  const { memoryUsage } = process;
  const temporary = process.env['TMPDIR'];
  const contexts = new Map<string, tls.SecureContext>();
  tls.createSecureContext = (options) => {
    const key = JSON.stringify(options);
    const context = contexts.get(key) ?? createSecureContext(options);
    contexts.set(key, context);
    return context;
  };
  process.memoryUsage = Object.assign(() => ({ arrayBuffers: 0, external: 0, heapTotal: 0, heapUsed: 0, rss: 0 }), { rss: () => 0 });
  if (existsSync(MEMORY_DISK)) process.env['TMPDIR'] = MEMORY_DISK;
  syncBuiltinESMExports();
  return () => {
    Object.assign(tls, { createSecureContext });
    Object.assign(process, { memoryUsage });
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    syncBuiltinESMExports();
  };
}
