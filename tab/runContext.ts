import * as SDK from 'azure-devops-extension-sdk';
import { inTime, Problem } from './problem';

/** The run on whose page the tab is. */
export interface RunReference {
  /** Id or name. */
  readonly project: string;
  readonly runId: number;
}

/** How long the host page may take to say which run it shows, in ms, for each of the two ways to ask. */
export const CONTEXT_TIME_OUT = 20_000;
const EVENT_TIME_OUT = 5_000;

interface PageData {
  getBuildPageData(): unknown;
}

interface ProjectData {
  getProject(): unknown;
}

/**
 * Tells which run the page shows, and again whenever it changes or changes state. There are two ways to learn it, and which of them works
 * has differed between versions of the page: `onBuildChanged` of the contribution's configuration (`IBuildResultsViewExtensionConfig`
 * of the archived vss-web-extension-sdk), else the page's data services.
 * @param tell called any number of times, also with the same run
 * @throws Problem when the page says nothing that can be understood
 */
export async function followRun(tell: (run: RunReference) => void): Promise<void> {
  const { onBuildChanged } = SDK.getConfiguration() as { onBuildChanged?: unknown };
  let isTold = false;
  if (typeof onBuildChanged === 'function') {
    const first = new Promise<void>((resolve) => {
      const changed = (build: unknown) => {
        void readRun(build).then((run) => {
          isTold = true;
          tell(run);
          resolve();
        }, () => {});
      };
      (onBuildChanged as (callback: typeof changed) => unknown)(changed);
    });
    await inTime(first, EVENT_TIME_OUT, 'runUnknown').catch(() => {});
  }
  const hasCome = () => isTold;
  if (hasCome()) return;
  const run = await inTime(runOfPage(), CONTEXT_TIME_OUT, 'runUnknown');
  // The event can have come while the services were asked, and it is the newer one.
  if (!hasCome()) tell(run);
}

async function runOfPage(): Promise<RunReference> {
  const service = await SDK.getService<PageData>('ms.vss-build-web.build-page-data-service');
  // Declared to answer at once; across frames every answer is a promise.
  const data = await service.getBuildPageData();
  return readRun(property(data, 'build'));
}

/** @throws Problem */
async function readRun(build: unknown): Promise<RunReference> {
  const runId = Number(property(build, 'id'));
  if (!Number.isSafeInteger(runId) || runId <= 0) throw new Problem('runUnknown');
  const project = nameOf(property(build, 'project')) ?? nameOf(property(SDK.getWebContext(), 'project')) ?? nameOf(await projectOfPage());
  if (project === undefined) throw new Problem('runUnknown');
  return { project, runId };
}

async function projectOfPage(): Promise<unknown> {
  const service = await inTime(SDK.getService<ProjectData>('ms.vss-tfs-web.tfs-page-data-service'), CONTEXT_TIME_OUT, 'runUnknown');
  return service.getProject();
}

function nameOf(project: unknown): string | undefined {
  const id = property(project, 'id') ?? property(project, 'name');
  return typeof id === 'string' && id !== '' && id.length <= 256 ? id : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
