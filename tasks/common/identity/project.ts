import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { Http, HttpResponse } from '../http/http';
import type { JobContext } from './jobContext';

/**
 * Refuses to go on in a public project, whose runs anybody on the internet can read, unless that is allowed.
 * Visibility: REST "Projects - Get" (learn.microsoft.com/rest/api/azure/devops/core/projects/get), read with the job token.
 *
 * @throws TaskError PROJECT_IS_PUBLIC, PROJECT_VISIBILITY_UNKNOWN, SERVICE_FAILING, and what {@link Http.send} throws
 */
export async function refusePublicProject(http: Http, job: JobContext, signal: AbortSignal): Promise<void> {
  const url = new URL(`_apis/projects/${encodeURIComponent(job.projectId)}?api-version=7.1`, job.collectionUrl);
  const response = await http.send({ method: 'GET', url, credential: job.credential, maximumBytes: 1024 * 1024, signal });
  const visibility = readVisibility(response);
  const project = disarm(job.projectName, 80);
  if (visibility === 'private') return;
  if (response.status === 429 || response.status >= 500) {
    throw new TaskError('SERVICE_FAILING', `Azure DevOps could not say now whether the project "${project}" is public (HTTP ${response.status}).`, {
      activityId: response.activityId,
      advice: ['Run the job again; if it happens again, look at status.dev.azure.com.'],
    });
  }
  if (visibility === undefined) {
    throw new TaskError('PROJECT_VISIBILITY_UNKNOWN', `The job may not see whether the project "${project}" is public, so the export is not made.`, {
      activityId: response.activityId,
      advice: [
        `Give the build service of the project the permission "View project-level information": Project settings > Permissions > "${project} Build Service".`,
        'Or, if you know that the project is not public, or accept that its runs are: set allowPublicProject: true.',
      ],
    });
  }
  throw new TaskError('PROJECT_IS_PUBLIC', `The project "${project}" is public: everybody on the internet could read this export.`, {
    advice: [
      'Move the pipeline to a private project that only those may read who may see the audit log.',
      'If publishing the audit log to everybody is what you want: set allowPublicProject: true.',
    ],
  });
}

/** `private`, `public` or another word of the service; anything but `private` is treated as public. */
function readVisibility(response: HttpResponse): string | undefined {
  if (response.status !== 200) return undefined;
  try {
    const project: unknown = JSON.parse(response.body.toString('utf8').replace(/^\ufeff/, ''));
    const visibility = typeof project === 'object' && project !== null && 'visibility' in project ? project.visibility : undefined;
    return typeof visibility === 'string' ? visibility.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}
