import { passed, unknown, warning, type Check } from '../check';
import type { Observations } from '../observations';
import { arrayAt, stringAt } from '../json';

/** Namespace "Build" and its permission to retain runs (learn.microsoft.com/azure/devops/organizations/security/namespace-reference). */
const BUILD_NAMESPACE = '33344d9c-fc72-4d6f-aba5-fa317101a7e9';
const RETAIN_INDEFINITELY = 4;

export const continuityCheck: Check = {
  id: 'continuity',
  title: 'Job may read its project and runs, and retain this run',
  needs: [],
  async run(observations) {
    const { job } = observations.subject;
    const definition = observations.subject.agent.variable('System.DefinitionId') ?? '';
    const [project, runs, retain] = await Promise.all([
      ask(observations, `_apis/projects/${encodeURIComponent(job.projectId)}?api-version=7.1`),
      ask(observations, `${encodeURIComponent(job.projectId)}/_apis/build/builds?definitions=${encodeURIComponent(definition)}&$top=1&api-version=7.1`),
      ask(observations, `_apis/permissions/${BUILD_NAMESPACE}/${RETAIN_INDEFINITELY}?tokens=${encodeURIComponent(job.projectId)}&api-version=7.1-preview.2`),
    ]);
    const missing = [
      stringAt(project, 'visibility') === undefined && 'View project-level information',
      arrayAt(runs, 'value') === undefined && 'View builds',
      arrayAt(retain, 'value')?.[0] === false && 'Retain indefinitely',
    ].filter((name) => name !== false);
    if (missing.length === 0) return arrayAt(retain, 'value') === undefined ? unknown('whether the job may retain its run cannot be seen') : passed('it may');
    return warning(`The job's own identity lacks: ${missing.join(', ')}.`, 'not allowed', 'Allow', missing.map((name) => ({
      setting: `permission "${name}"`, id: `${job.projectName} Build Service`, from: 'Not set', to: 'Allow', who: 'a project administrator',
      where: name === 'View project-level information'
        ? `Project settings > Permissions: ${new URL(`${encodeURIComponent(job.projectName)}/_settings/permissions`, job.collectionUrl).href}`
        : 'Pipelines > this pipeline > ... > Manage security',
    })));
  },
};

async function ask(observations: Observations, path: string): Promise<unknown> {
  const { http, job, signal } = observations.subject;
  const response = await http.send({ method: 'GET', url: new URL(path, job.collectionUrl), credential: job.credential, maximumBytes: 4 * 1024 * 1024, signal });
  try {
    return response.status === 200 ? JSON.parse(response.body.toString('utf8').replace(/^\ufeff/, '')) : undefined;
  } catch {
    return undefined;
  }
}
