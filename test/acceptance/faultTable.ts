import type { FaultRow } from './faultRow';
import { EARLIER_RUN_ROWS, LEASE_ROWS } from './faultRows/earlierRuns';
import { PAGES } from './faultRows/pages';
import { REFUSALS } from './faultRows/refusals';
import { ASSERTION_ROWS, CONNECTION_ROWS, ENTRA_ROWS, PROBE_ROWS, PROJECT_ROWS } from './faultRows/signIn';
import { SWITCH_ROWS, TIME_ROWS, WAY_ROWS } from './faultRows/switchRows';
import { SERVER_ERRORS, THROTTLING } from './faultRows/throttling';
import { CONNECTING, TRANSPORT } from './faultRows/transport';

/** Every fault that the stand-in knows and every switch both ways, by what goes wrong. */
export const FAULT_TABLE: Readonly<Record<string, readonly FaultRow[]>> = {
  'the service asks to wait': THROTTLING,
  'the service fails': SERVER_ERRORS,
  'answers are refusals, or no data': REFUSALS,
  'answers are delivered badly': TRANSPORT,
  'the way to the service is blocked': CONNECTING,
  'pages break the rules': PAGES,
  'the project is read': PROJECT_ROWS,
  'the organization is probed': PROBE_ROWS,
  'the assertion is asked for': ASSERTION_ROWS,
  'Entra is asked for a token': ENTRA_ROWS,
  'service connections': CONNECTION_ROWS,
  'behaviour that is not documented': SWITCH_ROWS,
  'earlier runs are listed': EARLIER_RUN_ROWS,
  'the run is retained': LEASE_ROWS,
  'time passes': TIME_ROWS,
  'ways out': WAY_ROWS,
};
