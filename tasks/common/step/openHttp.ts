import { readNetworkSettings } from '../agent/networkSettings';
import { createDispatchers } from '../http/dispatchers';
import { Http } from '../http/http';
import { DEFAULT_TIMEOUTS, type Timeouts } from '../http/settings';
import { formatDuration } from '../window/duration';
import type { StepParts } from './stepParts';

/** The one way out of this machine, as the agent is configured; its waits are told in the log. */
export function openHttp(parts: StepParts, timeouts: Timeouts = DEFAULT_TIMEOUTS): Http {
  const { agent, clock, sleep, random } = parts;
  const settings = { ...readNetworkSettings(agent), userAgent: `AuditLogExport/${parts.productVersion} (Node.js ${process.versions.node}; ${process.platform})`, timeouts };
  return new Http({
    settings,
    dispatchers: createDispatchers(settings),
    clock,
    sleep,
    random,
    onWait: ({ host, ms, why }) => {
      const time = formatDuration(Math.max(1000, Math.ceil(ms / 1000) * 1000));
      agent.log.info(why === 'asked' ? `${host} asks to wait ${time}; waiting.` : `${host} gave no usable answer; trying again in ${time}.`);
    },
  });
}
