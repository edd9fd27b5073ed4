import { setMaxListeners } from 'node:events';

/**
 * A signal that is aborted when `outer` is, or after `ms` with the given reason.
 * Neither AbortSignal.any nor AbortSignal.timeout: on Node 20 both can be collected before they fire (nodejs/node#57736).
 */
export function startDeadline(ms: number, outer: AbortSignal, reason: () => Error): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  // Many requests may wait at once; from the eleventh on Node would warn of a leak, in the log of the run.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => { controller.abort(reason()); }, ms);
  const onAbort = (): void => { controller.abort(outer.reason); };
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', onAbort);
    },
  };
}
