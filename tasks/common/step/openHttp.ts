import { readNetworkSettings } from '../agent/networkSettings';
import { createDispatchers } from '../http/dispatchers';
import { Http } from '../http/http';
import { DEFAULT_TIMEOUTS, type Timeouts } from '../http/settings';
import type { StepParts } from './stepParts';
import { WaitTeller } from './tellWaits';

/** The one way out of this machine, as the agent is configured; its waits are told in the log. */
export function openHttp(parts: StepParts, timeouts: Timeouts = DEFAULT_TIMEOUTS): Http {
  const { agent, clock, sleep, random } = parts;
  const settings = { ...readNetworkSettings(agent), userAgent: `AuditLogExport/${parts.productVersion} (Node.js ${process.versions.node}; ${process.platform})`, timeouts };
  const teller = new WaitTeller(agent.log, clock);
  return new Http({
    settings,
    dispatchers: createDispatchers(settings),
    clock,
    sleep,
    random,
    onWait: (wait) => { teller.wait(wait); },
    onPace: (host, pace) => { teller.pace(host, pace); },
  });
}
