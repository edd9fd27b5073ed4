import path from 'node:path';
import type { AccessSubject } from '../common/access/observations';
import { disarm } from '../common/errors/disarm';
import { MANIFEST_FILE } from '../common/evidence/manifestText';
import { attachmentName, MANIFEST_ATTACHMENT, PreviousRuns } from '../common/evidence/previousRuns';
import { runId } from '../common/evidence/runFacts';
import type { ExportAgent, ExportRequest } from './inputs';
import type { SealedExport } from './sealExport';

/**
 * Attaches the manifest of a run's last export, where the next run looks for it. Not where that would mislead the next run: a run that
 * holds a pipeline artifact of the name already, from an earlier attempt, will not take this export in.
 * @throws TaskError PREVIOUS_EXPORTS_REFUSED, PREVIOUS_EXPORTS_UNREADABLE, and what requests throw
 */
export async function attachManifest({ agent, http, job, signal }: AccessSubject & { readonly agent: ExportAgent }, { organization, artifactName }: ExportRequest, { directory, manifest }: SealedExport): Promise<void> {
  const run = runId(agent);
  if (manifest.chain !== 'none') {
    const held = await new PreviousRuns({ http, job, organization, signal }).artifact(run, artifactName);
    if (held?.type === 'PipelineArtifact') {
      agent.log.warning(`This run has an artifact "${disarm(artifactName, 100)}" already, and a pipeline artifact cannot be replaced: this export cannot be published in this run, and does not count. The next run exports its window again. Start a new run instead of running a failed one again.`);
      return;
    }
  }
  agent.attachFile(MANIFEST_ATTACHMENT, attachmentName(manifest.folder), path.join(directory, MANIFEST_FILE));
}
