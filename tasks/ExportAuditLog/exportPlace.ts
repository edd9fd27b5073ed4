import path from 'node:path';
import { runAttempt, runId } from '../common/evidence/runFacts';
import { compactInstant } from '../common/window/instant';
import type { Window } from '../common/window/window';
import type { ExportAgent, ExportRequest } from './inputs';

/** Where an export goes: `parent/name`. */
export interface ExportPlace {
  readonly parent: string;
  readonly name: string;
}

/** What the name of an export folder looks like, and nothing else does. */
const EXPORT_FOLDER = /^\d{8}T\d{6}Z_\d{8}T\d{6}Z\.run[\w-]+(\.\d+)?$/;

/** Organization, window, run and attempt: folders of different exports never collide, however many are put together. */
export function exportPlace(agent: ExportAgent, request: ExportRequest, window: Window): ExportPlace {
  return {
    parent: path.join(request.outputDirectory, request.organization.toLowerCase()),
    name: `${compactInstant(window.startSeconds)}_${compactInstant(window.endSeconds)}.run${runId(agent)}-${runAttempt(agent)}`,
  };
}

export function isExportFolder(name: string): boolean {
  return EXPORT_FOLDER.test(name) || name.startsWith('.partial-');
}
