/// <reference lib="dom" />
// The page around the tab, as far as the tab can tell it from Azure DevOps: the host side of the SDK's own transport, which the package
// holds for both sides but does not export.
import { channelManager } from '../../node_modules/azure-devops-extension-sdk/esm/XDM.js';
import type { HostControl, HostScenario } from './scenario';

const scenario = JSON.parse(document.getElementById('scenario')?.textContent ?? '') as HostScenario;
const frame = document.createElement('iframe');
frame.title = 'Audit log';
if (scenario.frameHeight !== undefined) frame.style.height = scenario.frameHeight;
if (scenario.sandbox !== undefined) frame.setAttribute('sandbox', scenario.sandbox);
const channels: ReturnType<typeof channelManager.addChannel>[] = [];
const listeners: ((build: unknown) => void)[] = [];
const calls: string[] = [];

const services: Record<string, object> = {
  'ms.vss-features.location-service': {
    getResourceAreaLocation: (area: string) => (scenario.hasResourceAreas && area === '965220d5-5bb9-42cf-8d67-9b146df2a5a4' ? scenario.collection : Promise.reject(new Error('no such area'))),
    getServiceLocation: () => scenario.collection,
  },
  ...scenario.hasPageData && {
    'ms.vss-build-web.build-page-data-service': { getBuildPageData: () => ({ build: { id: scenario.build?.id } }) },
    'ms.vss-tfs-web.tfs-page-data-service': { getProject: () => scenario.build?.project },
  },
};

function handshake(): object | Promise<never> {
  calls.push('initialHandshake');
  if (scenario.handshake === 'silent') return new Promise<never>(() => {});
  const initialConfig = scenario.hasBuildEvents ? { onBuildChanged } : {};
  const pageContext = { webContext: {} };
  const [user, host] = [{ id: '0', name: 'Norma', displayName: 'Norma' }, { id: '1', name: 'fabrikam' }];
  if (scenario.handshake === 'legacy') {
    return { pageContext, initialConfig, contribution: { id: 'x.audit-log-tab' }, extensionContext: { publisherId: 'x', extensionId: 'y' }, context: { user, host }, themeData: scenario.theme };
  }
  return { contributionId: 'x.audit-log-tab', context: { extension: { id: 'x.y' }, pageContext, user, host }, initialConfig, themeData: scenario.theme };
}

function onBuildChanged(listener: (build: unknown) => void): void {
  listeners.push(listener);
  if (scenario.build && scenario.tellsAtOnce) listener(scenario.tellsProject ? scenario.build : { id: scenario.build.id });
}

document.body.append(frame);
const target = frame.contentWindow;
if (!target) throw new Error('The frame has no window');
const channel = channelManager.addChannel(target, scenario.tabOrigin);
channels.push(channel);
channel.getObjectRegistry().register('DevOps.HostControl', {
  initialHandshake: handshake,
  notifyLoadSucceeded: () => void calls.push('notifyLoadSucceeded'),
  notifyLoadFailed: () => void calls.push('notifyLoadFailed'),
  resize: (_width: number, height: number) => {
    calls.push('resize');
    if (scenario.resizes) frame.style.height = `${height}px`;
  },
  getAccessToken: () => ({ token: scenario.token }),
});
channel.getObjectRegistry().register('DevOps.ServiceManager', {
  getService: (id: string) => services[id] ?? Promise.reject(new Error(`There is no service ${id}`)),
});
frame.src = scenario.tabUrl;

(window as unknown as { host: HostControl }).host = {
  calls,
  buildChanged: (build) => {
    for (const listener of listeners) listener(build);
  },
  changeTheme: (theme) => {
    void channel.invokeRemoteMethod('dispatchEvent', 'DevOps.SdkClient', ['themeChanged', { detail: { data: theme } }]);
  },
};
