import { type Dimension, type ReportData } from '../tasks/common/report/reportData';
import { BarList } from './charts/barList';
import { HeatMap } from './charts/heatMap';
import { TimeChart } from './charts/timeChart';
import { html } from './dom';
import { ReportModel } from './model';
import { csvFile, save } from './parts/csvFile';
import { EntryPanel } from './parts/entryPanel';
import { FilterBar } from './parts/filterBar';
import { firstSeenList, missingRowsText, NotableFindings, notRecordedList } from './parts/findings';
import { PrintTable } from './parts/printTable';
import { reportHeader } from './parts/reportHeader';
import { type RowTexts } from './rows/rowTexts';
import { whenIdle } from './rows/turns';
import { RowTable } from './table/rowTable';
import { ACTOR_KINDS, LIST_TITLES } from './words';

/** `system` follows the browser's preference; the other two are what a host that has a theme of its own says. */
export type ReportTheme = 'light' | 'dark' | 'system';

export interface ReportOptions {
  /** `system` when it is not given. */
  readonly theme?: ReportTheme;
  /** The rows that are not in the data, but follow those that are. */
  readonly following?: RowTexts;
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

/** ms: longer than a frame, and too short to be noticed. */
const LATER = 30;
/** ms: what is below the first screen is there at the latest when somebody could have scrolled to it. */
const LONGEST_WAIT = 400;

/** A part of the page that shows what the model has. */
interface Drawn {
  draw(): void;
}

/**
 * Shows a report inside `root`, whose former content goes: the one rendering core of report.html and of the tab. `root` receives the
 * class `audit-report`, which all of report.css hangs on. What is known without rows is on the page when the call returns; rows follow
 * piece by piece. `root.dataset.state` is `loading` until then, and `ready` afterwards.
 *
 * The data are those that `readReportData` has accepted. All texts in them may be hostile: they reach the page as text only.
 */
export function renderReport(root: HTMLElement, data: ReportData, options: ReportOptions = {}): RenderedReport {
  const model = new ReportModel(data, options.following);
  const page = new Page(model);
  root.classList.add('audit-report');
  root.dataset['theme'] = options.theme ?? 'system';
  root.dataset['state'] = 'loading';
  root.replaceChildren(...page.elements);
  const ended = new AbortController();
  const loaded = Promise.all([model.load(ended.signal), page.complete()]).then(() => {
    if (!ended.signal.aborted) root.dataset['state'] = 'ready';
  });
  return {
    loaded,
    setTheme: (theme) => (root.dataset['theme'] = theme),
    destroy: () => {
      ended.abort();
      page.destroy();
      root.replaceChildren();
    },
  };
}

/** Parts that are drawn a moment later, and once for several changes: whoever types waits for the rows, not for charts. */
class LaterDrawing implements Drawn {
  readonly #parts: readonly Drawn[];
  #isDue = false;

  constructor(parts: readonly Drawn[]) {
    this.#parts = parts;
  }

  draw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      for (const part of this.#parts) part.draw();
    }, LATER);
  }
}

/** All parts, and who tells whom. */
class Page {
  readonly elements: readonly (HTMLElement | string)[];
  readonly #model: ReportModel;
  readonly #panel: EntryPanel;
  readonly #table: RowTable | undefined;
  readonly #print: PrintTable | undefined;
  readonly #missing = html('p', { class: 'missing' });
  /** What most readers see only once they scroll. */
  readonly #below: readonly Drawn[];

  constructor(model: ReportModel) {
    this.#model = model;
    const { data } = model;
    this.#panel = new EntryPanel(model, () => this.#table?.focusActive());
    const bar = model.hasRows ? new FilterBar(model, () => save(csvFile(model), csvName(data))) : undefined;
    const table = model.hasRows ? new RowTable(model, (row) => this.#panel.open(row)) : undefined;
    this.#table = table;
    this.#print = model.hasRows ? new PrintTable(model) : undefined;
    const charts = chartParts(model);
    const findings = new NotableFindings(model, (id) => this.#openId(id));
    this.elements = [
      reportHeader(data), ...(bar === undefined ? [] : [bar.element]),
      html('main', {}, ...charts.over, findingCards(model, findings), ...charts.lists,
        html('section', { 'class': 'card entries', 'aria-label': 'Entries' }, html('h2', {}, 'Entries'), this.#missing, table?.element, this.#print?.element)),
      this.#panel.element,
    ];
    this.#below = [findings, ...charts.below];
    const later = new LaterDrawing([...charts.drawn, ...this.#below]);
    model.onChange((change) => {
      bar?.draw();
      table?.draw();
      if (change === 'all') later.draw();
      this.#tellMissing();
    });
    this.#tellMissing();
  }

  /** Draws what is below the first screen, so that it keeps nobody from using what is on it. */
  async complete(): Promise<void> {
    await whenIdle(LONGEST_WAIT);
    for (const part of this.#below) part.draw();
  }

  destroy(): void {
    this.#table?.destroy();
    this.#print?.destroy();
  }

  #tellMissing(): void {
    const text = missingRowsText(this.#model);
    this.#missing.hidden = text === undefined;
    this.#missing.textContent = text ?? '';
  }

  #openId(id: string): void {
    const row = this.#model.store.ids.values.indexOf(id);
    if (row >= 0) this.#panel.open(row);
  }
}

/** Those that are drawn, and those below the first screen that are still empty. */
function chartParts(model: ReportModel): { over: HTMLElement[]; lists: HTMLElement[]; drawn: Drawn[]; below: Drawn[] } {
  const time = new TimeChart(model);
  const heat = new HeatMap(model);
  const { detail } = model.data;
  const kinds = (['person', 'servicePrincipal', 'service'] as const).map((kind) => ({ heading: ACTOR_KINDS[kind], accepts: (value: { actor: { kind: string } | undefined }) => (value.actor?.kind ?? 'service') === kind }));
  const lists = (['action', 'area', 'project', 'ip', 'mechanism'] as const).filter((dimension) => detail === 'full' || dimension !== 'ip').map((dimension) => ({ dimension, list: new BarList(model, dimension) }));
  const actors = new BarList(model, 'actor', kinds, 6);
  const cards = lists.map(({ dimension, list }) => listCard(dimension, list));
  return {
    over: [html('div', { class: 'row charts' }, card('Entries over time', time.element), card(`Weekday and hour (${model.data.timeZone})`, heat.element))],
    lists: [html('div', { class: 'row lists' }, detail === 'full' ? listCard('actor', actors) : null, ...cards)],
    drawn: [time, heat],
    below: [actors, ...lists.map(({ list }) => list)],
  };
}

function findingCards(model: ReportModel, findings: NotableFindings): HTMLElement {
  const { firstSeen } = model.data;
  return html('div', { class: 'row looks' }, card('Notable', findings.element),
    html('div', { class: 'stack' }, firstSeen === null ? null : card('First seen', firstSeenList(model, firstSeen)), card('What Azure DevOps does not record', notRecordedList())));
}

function listCard(dimension: Dimension, list: BarList): HTMLElement {
  return card(LIST_TITLES[dimension], list.element, `list-${dimension}`);
}

function card(title: string, content: HTMLElement, name = ''): HTMLElement {
  return html('section', { 'class': `card ${name}`.trim(), 'aria-label': title }, html('h2', {}, title), content);
}

/** `audit-log-fabrikam-20261120T000000Z.csv`. */
function csvName({ organization, window: { start } }: ReportData): string {
  return `audit-log-${organization.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60)}-${start.replace(/[^0-9TZ]/g, '')}.csv`;
}
