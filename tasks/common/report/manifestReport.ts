import type { Manifest } from '../evidence/manifest';
import type { ReportFacts } from './reportFacts';

/**
 * What the manifest of an export tells its report.
 * @param artifactName null when the task publishes nothing
 */
export function reportFactsOf(manifest: Manifest, artifactName: string | null): ReportFacts {
  const { organization, folder, window, chain, coverage, counts, run, views } = manifest;
  return {
    productVersion: run.taskVersion,
    organization: organization.name,
    run: { id: run.id, number: run.number, attempt: run.attempt, stage: run.stage, job: run.job, pipeline: run.pipeline.name, project: run.project.name },
    artifactName,
    exports: [{ folder, start: window.covered.start, end: window.covered.end, entries: counts.entries }],
    window: { start: window.covered.start, end: window.covered.end, unsettledFrom: window.unsettledFrom },
    coverage: { isChain: chain !== 'none', from: coverage.from, until: coverage.until, gaps: coverage.gaps },
    repaired: counts.repaired,
    filter: views && { include: views.include, exclude: views.exclude },
    filtered: views?.leftOut ?? 0,
  };
}
