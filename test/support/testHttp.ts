import { createDispatchers } from '../../tasks/common/http/dispatchers';
import { Http, type Wait } from '../../tasks/common/http/http';
import { DEFAULT_TIMEOUTS, type HttpSettings, type Timeouts } from '../../tasks/common/http/settings';
import { systemSleep, type Sleep } from '../../tasks/common/time/sleep';
import { loadedRandom, SteppedTime } from './steppedTime';

export interface TestHttp {
  readonly http: Http;
  readonly time: SteppedTime;
  readonly waits: Wait[];
}

export interface TestHttpOptions extends Partial<Omit<HttpSettings, 'timeouts'>> {
  readonly timeouts?: Partial<Timeouts>;
  readonly environment?: NodeJS.ProcessEnv;
  readonly sleep?: Sleep | 'real';
  /** From 0 to 1, for the jitter. */
  readonly fraction?: number;
}

/** The real one way out with a clock that only sleeping moves. Remember to close `http`. */
export function openTestHttp(options: TestHttpOptions = {}): TestHttp {
  const { environment = {}, sleep, fraction, timeouts, ...network } = options;
  const time = new SteppedTime();
  const waits: Wait[] = [];
  const settings: HttpSettings = { userAgent: 'AuditLogExport/1.2.3 (test)', ...network, timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts } };
  const http = new Http({
    settings,
    dispatchers: createDispatchers(settings, environment),
    clock: time.clock,
    sleep: sleep === 'real' ? systemSleep : sleep ?? time.sleep,
    random: loadedRandom(fraction),
    onWait: (wait) => waits.push(wait),
  });
  return { http, time, waits };
}
