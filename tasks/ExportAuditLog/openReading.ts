import { LateArrivals } from '../common/auditlog/lateArrivals';
import { Witness, type EarlierReading } from '../common/auditlog/witness';
import type { ChainState } from '../common/evidence/chainPlan';
import { KnownIds } from '../common/evidence/knownIds';
import { MOST_KNOWN_IDS, type Manifest } from '../common/evidence/manifest';
import { epochSeconds } from '../common/window/instant';
import type { Window } from '../common/window/window';
import type { ExportRequest } from './inputs';

/** What is read for an export, and who looks on. */
export interface Reading {
  /** The covered window, and for a chain what lies just before it. */
  readonly window: Window;
  readonly late: LateArrivals;
  readonly witness: Witness;
}

/** A chain reads again what lies just before its window, as far as it knows what it holds of it. */
export function openReading(request: ExportRequest, covered: Window, state: ChainState | undefined): Reading {
  const overlapSeconds = request.window.kind === 'sinceLastExport' ? Math.floor(request.window.overlapMs / 1000) : 0;
  const known = state?.knownFrom === undefined ? undefined : KnownIds.of(state.known, state.knownFrom);
  const overlapFrom = known === undefined ? covered.startSeconds : Math.min(covered.startSeconds, Math.max(covered.startSeconds - overlapSeconds, known.knownFrom));
  const window = { startSeconds: overlapFrom, endSeconds: covered.endSeconds };
  const previous = state?.previous;
  return {
    window,
    late: new LateArrivals({
      coveredStart: covered.startSeconds, known, rememberFrom: covered.endSeconds - overlapSeconds, mostRemembered: state === undefined ? 0 : MOST_KNOWN_IDS,
      predecessorReadAt: previous === undefined ? undefined : epochSeconds(previous.retrieval.startedAt),
    }),
    witness: new Witness(state?.previousRun && earlierReading(state.previousRun), window),
  };
}

function earlierReading({ identity, retrieval }: Manifest): EarlierReading {
  return { clientId: identity.clientId, objectId: identity.objectId, serviceConnectionId: identity.serviceConnectionId, readFrom: epochSeconds(retrieval.startedAt), readUntil: epochSeconds(retrieval.endedAt) };
}
