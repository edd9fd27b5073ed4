import { button, html } from '../page/dom';

/** What the tab shows in the place of a report. */
export interface State {
  readonly heading: string;
  /** Sentences: what it means, and what to do. */
  readonly words: readonly string[];
  /** Whether asking again can help. */
  readonly canRetry: boolean;
  /** A failure, as against a state that is as it should be. */
  readonly isFailure: boolean;
}

const ARTIFACT = 'The artifact of the run holds the same entries, complete, as long as it is kept: open the run\'s Summary and there the published artifacts.';
const AGAIN = { canRetry: true, isFailure: true } as const;

/** Every state, in the order in which they can occur. docs/report.md explains each. */
export const STATES = {
  loading: { heading: 'Loading the audit log…', words: ['The report of this run is being read.'], canRetry: false, isFailure: false },
  loadingSlowly: { heading: 'Still loading the audit log…', words: ['Azure DevOps takes longer than usual. After a minute without an answer this page says so.'], canRetry: false, isFailure: false },
  hostSilent: { ...AGAIN, heading: 'Azure DevOps did not answer this tab', words: ['The page around this tab did not take up the connection.', 'Reload the page. If that does not help, open it in a window without other browser extensions.'] },
  runUnknown: { ...AGAIN, heading: 'Azure DevOps did not say which run this is', words: ['Without it there is no report to show. Reload the page.', ARTIFACT] },
  running: { heading: 'The run is still in progress', words: ['The report appears here when the task ExportAuditLog has finished.', 'This page looks again by itself.'], canRetry: true, isFailure: false },
  nothingAttached: { heading: 'No report is attached to this run', words: ['The task ExportAuditLog did not run in it, or ended before it had exported anything: its log says why.', 'If it did export, the upload of the report may have failed. The agent does not repeat it, and says so in its diagnostic log only.', ARTIFACT], canRetry: true, isFailure: false },
  nothingLeft: { heading: 'No report is attached to this run any more, or none ever was', words: ['The project\'s retention settings remove the attachments of a run before the run itself (Project settings, Pipelines, Settings: days to keep artifacts, symbols and attachments).', 'Otherwise the task ExportAuditLog did not export anything in this run, or the agent could not upload the report: the run\'s log says what the task did.', ARTIFACT], canRetry: true, isFailure: false },
  removed: { ...AGAIN, heading: 'The report of this run has been removed', words: ['It is still listed, but Azure DevOps does not hold its content any more. Retention does that (Project settings, Pipelines, Settings: days to keep artifacts, symbols and attachments), and so does deleting the run.', ARTIFACT] },
  signInExpired: { ...AGAIN, heading: 'Azure DevOps does not accept your sign-in any more', words: ['Reload the page to sign in again.'] },
  forbidden: { ...AGAIN, heading: 'You may not read this run\'s attachments', words: ['The report needs the permission "View builds" on this pipeline. A project administrator gives it: Pipelines, the pipeline\'s menu, Manage security.', 'It also needs the extension\'s scope "Build (read)" to be authorized: Organization settings, Extensions, Audit Log Export.'] },
  runNotFound: { ...AGAIN, heading: 'Azure DevOps does not find this run', words: ['It has been deleted meanwhile, or you may not see its project.'] },
  unavailable: { ...AGAIN, heading: 'Azure DevOps cannot answer at the moment', words: ['It is busy or being maintained. Try again in a few minutes.'] },
  network: { ...AGAIN, heading: 'Azure DevOps could not be reached', words: ['The connection failed, or the browser was not allowed to make it: look at your network, your proxy and the browser\'s extensions.', 'The same happens when the extension\'s scope "Build (read)" has not been authorized: Organization settings, Extensions, Audit Log Export.'] },
  timedOut: { ...AGAIN, heading: 'Azure DevOps did not answer in time', words: ['There was no complete answer within a minute. Try again.', ARTIFACT] },
  tooLarge: { heading: 'The report is too large for this tab', words: ['It has more than 16 MB, which this version of the extension never attaches.', ARTIFACT], canRetry: false, isFailure: true },
  unreadable: { heading: 'The report cannot be read', words: ['What is attached to this run is not a report of this extension, or it is damaged.', ARTIFACT], canRetry: false, isFailure: true },
  newerVersion: { heading: 'This report was made by a newer version of the extension', words: ['Reload the page: the browser may still hold the older version of this tab. Otherwise update the extension in Organization settings, Extensions.', ARTIFACT], canRetry: false, isFailure: true },
  unexpectedAnswer: { ...AGAIN, heading: 'Azure DevOps gave an answer that this tab does not understand', words: ['Reload the page. If it happens again, tell the extension\'s support which organization address you use.', ARTIFACT] },
  failed: { ...AGAIN, heading: 'The report could not be shown', words: ['This is a fault of the extension. Please tell its support about it, with the version of your browser.', ARTIFACT] },
} as const satisfies Readonly<Record<string, State>>;

export type StateName = keyof typeof STATES;

/**
 * Shows a state in the place of the report.
 * @param retry what the button "Check again" does
 */
export function showState(root: HTMLElement, name: StateName, retry?: () => void): void {
  const state: State = STATES[name];
  const again = !state.canRetry || retry === undefined ? undefined : button({}, () => {
    // The button goes, and with it the place where the keyboard was.
    root.focus();
    retry();
  }, 'Check again');
  const attributes = { 'class': state.isFailure ? 'tab-state tab-failure' : 'tab-state', 'role': state.isFailure ? 'alert' : 'status', 'data-name': name };
  const words = [html('h1', {}, state.heading), ...state.words.map((text) => html('p', {}, text))];
  root.replaceChildren(html('main', {}, html('div', attributes, ...words), again));
}
