import { html } from '../page/dom';
import { renderReport, type RenderedReport, type ReportTheme } from '../page/reportView';
import { readReportData } from '../tasks/common/report/readReportData';
import type { ReportData } from '../tasks/common/report/reportData';
import type { Attachment, BuildApi, RunStatus } from './attachments';
import { newestFirst, windowOf } from './exportName';
import { keyOf, makePicker, type Picker } from './picker';
import { Problem, stateOf } from './problem';
import type { RunReference } from './runContext';
import { showState, type StateName } from './states';

/** How often a run in progress is looked at again, in ms: not every page tells when it has finished. */
export const LOOK_AGAIN = 30_000;
const SLOW = 10_000;
/** A run that ended longer ago can have lost its attachments to retention, in ms: a project keeps them for a day at least. */
const LEAST_RETENTION = 86_400_000;
/** Exports of one window are told apart by their jobs, which stand in their content; of so many it is read at most. */
const MOST_READ_FOR_NAMES = 6;

/** The tab's content for the run that the page shows. Of answers that overtake each other only those to the last question count. */
export class RunTab {
  readonly #api: () => Promise<BuildApi>;
  readonly #root: HTMLElement;
  readonly #picker: Picker;
  #theme: ReportTheme = 'system';
  #work = new AbortController();
  #run: RunReference | undefined;
  #attachments: readonly Attachment[] = [];
  #chosen: Attachment | undefined;
  #rendered: RenderedReport | undefined;
  #slow: number | undefined;
  #lookAgain: number | undefined;

  /**
   * @param api gives access to the organization; it may fail with a Problem
   * @param places where the report, or a state, and the choice among several exports stand
   */
  constructor(api: () => Promise<BuildApi>, places: { readonly report: HTMLElement; readonly picker: HTMLElement }) {
    this.#api = api;
    this.#root = places.report;
    this.#picker = makePicker(places.picker, (attachment) => this.#choose(attachment));
  }

  setTheme(theme: ReportTheme): void {
    this.#theme = theme;
    this.#rendered?.setTheme(theme);
  }

  /** Shows a run's report. The same run once more: only looks whether another export has come. */
  open(run: RunReference): void {
    window.clearTimeout(this.#lookAgain);
    const isSame = this.#run?.runId === run.runId && this.#run.project === run.project;
    const signal = this.#begin();
    if (isSame && this.#rendered) {
      // What is on the page stays when this fails: somebody may be reading it.
      this.#look(run, signal).catch(() => {});
      return;
    }
    this.#run = run;
    this.#picker.clear();
    this.#attempt(signal, () => this.#load(run, signal), () => this.open(run));
  }

  /** Shows why there is nothing to show. */
  showProblem(state: StateName, retry: () => void): void {
    this.#begin();
    this.#showState(state, retry);
  }

  /** Ends the work before. Whatever it still answers is dropped by who sees its signal aborted. */
  #begin(): AbortSignal {
    this.#work.abort();
    this.#work = new AbortController();
    return this.#work.signal;
  }

  #attempt(signal: AbortSignal, work: () => Promise<void>, retry: () => void): void {
    this.#showState('loading', retry);
    work().catch((thrown: unknown) => {
      if (!signal.aborted) this.#showState(stateOf(thrown), retry);
    });
  }

  /** @throws Problem */
  async #load(run: RunReference, signal: AbortSignal): Promise<void> {
    const status = await this.#look(run, signal);
    if (signal.aborted) return;
    const [first] = this.#attachments;
    if (!first) {
      this.#showState(emptyState(status), () => this.open(run));
      return;
    }
    this.#picker.offer(this.#attachments, first);
    await this.#show(run, first, signal);
    await this.#nameJobs(run, signal);
  }

  /** Asks what is attached to the run. @throws Problem */
  async #look(run: RunReference, signal: AbortSignal): Promise<RunStatus> {
    const api = await this.#api();
    // First the run: had it ended by then, its list is complete.
    const status = await api.run(run, signal);
    const attachments = (await api.list(run, signal)).sort(newestFirst);
    if (signal.aborted) return status;
    this.#attachments = attachments;
    const chosen = attachments.find((attachment) => this.#chosen && keyOf(attachment) === keyOf(this.#chosen));
    if (this.#rendered && chosen) this.#picker.offer(attachments, chosen);
    if (!status.isFinished) this.#lookAgain = window.setTimeout(() => this.open(run), LOOK_AGAIN);
    return status;
  }

  #choose(attachment: Attachment): void {
    const run = this.#run;
    if (!run) return;
    const signal = this.#begin();
    this.#attempt(signal, () => this.#show(run, attachment, signal), () => this.#choose(attachment));
  }

  /** @throws Problem */
  async #show(run: RunReference, attachment: Attachment, signal: AbortSignal): Promise<void> {
    this.#chosen = attachment;
    const data = await this.#read(run, attachment, signal);
    if (signal.aborted) return;
    this.#picker.name(attachment, data.run);
    this.#clear();
    const place = html('div');
    this.#root.replaceChildren(place);
    this.#rendered = renderReport(place, data, { theme: this.#theme });
  }

  /** @throws Problem */
  async #read(run: RunReference, attachment: Attachment, signal: AbortSignal): Promise<ReportData> {
    const api = await this.#api();
    const data = readReportData(parseJson(await api.content(run, attachment, signal)));
    if ('problem' in data) throw new Problem(data.problem);
    return data;
  }

  /** Exports of one window come from several jobs, whose names the list does not tell. */
  async #nameJobs(run: RunReference, signal: AbortSignal): Promise<void> {
    const windows = this.#attachments.map(windowOf);
    const alike = this.#attachments.filter((attachment, index) => attachment !== this.#chosen && windows.some((window, other) => other !== index && window === windows[index]));
    for (const attachment of alike.slice(0, MOST_READ_FOR_NAMES)) {
      const data = await this.#read(run, attachment, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (data) this.#picker.name(attachment, data.run);
    }
  }

  #showState(name: StateName, retry: () => void): void {
    this.#clear();
    showState(this.#root, name, retry);
    if (name === 'loading') this.#slow = window.setTimeout(() => showState(this.#root, 'loadingSlowly'), SLOW);
  }

  #clear(): void {
    window.clearTimeout(this.#slow);
    this.#rendered?.destroy();
    this.#rendered = undefined;
  }
}

function emptyState({ isFinished, finishedMs }: RunStatus): StateName {
  if (!isFinished) return 'running';
  return finishedMs !== undefined && Date.now() - finishedMs > LEAST_RETENTION ? 'nothingLeft' : 'nothingAttached';
}

/** @throws Problem */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('unreadable');
  }
}
