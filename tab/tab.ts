import * as SDK from 'azure-devops-extension-sdk';
import { BuildApi, collectionUrl } from './attachments';
import { askForHeight } from './height';
import { inTime, stateOf } from './problem';
import { followRun } from './runContext';
import { RunTab } from './runTab';
import { followTheme } from './theme';

/** How long the host page may take for the handshake and for its address, in ms. */
const HOST_TIME_OUT = 20_000;

/** The resource area of the Build API, by which the location service knows where it is. */
const BUILD_AREA = '965220d5-5bb9-42cf-8d67-9b146df2a5a4';

interface LocationService {
  getResourceAreaLocation(area: string): Promise<string>;
  getServiceLocation(): Promise<string>;
}

/** Where the organization is, as the host page knows it. @throws Problem */
async function organization(): Promise<URL> {
  const service = await inTime(SDK.getService<LocationService>('ms.vss-features.location-service'), HOST_TIME_OUT, 'hostSilent');
  const ofArea = await inTime(service.getResourceAreaLocation(BUILD_AREA), HOST_TIME_OUT, 'hostSilent').catch(() => undefined);
  return collectionUrl(ofArea ?? await inTime(service.getServiceLocation(), HOST_TIME_OUT, 'hostSilent'));
}

let api: Promise<BuildApi> | undefined;

function buildApi(): Promise<BuildApi> {
  // A failure is not kept: asked again, the host page may answer.
  api ??= organization().then((collection) => new BuildApi(collection, () => SDK.getAccessToken()), (thrown: unknown) => {
    api = undefined;
    throw thrown;
  });
  return api;
}

function place(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`tab.html has no ${id}`);
  return element;
}

/** Asks the page which run it shows; asked again after a failure. */
function follow(tab: RunTab): void {
  followRun((run) => tab.open(run)).catch((thrown: unknown) => tab.showProblem(stateOf(thrown), () => follow(tab)));
}

async function start(): Promise<void> {
  const tab = new RunTab(buildApi, { report: place('report'), picker: place('picker') });
  followTheme((theme) => tab.setTheme(theme));
  tab.showProblem('loading', () => {});
  try {
    await inTime(SDK.init({ loaded: false, applyTheme: true }), HOST_TIME_OUT, 'hostSilent');
  } catch (thrown) {
    tab.showProblem(stateOf(thrown), () => window.location.reload());
    return;
  }
  // The page's own sign of loading ends here: this one has words.
  void SDK.notifyLoadSucceeded();
  askForHeight();
  follow(tab);
}

void start();
