import { DIMENSIONS } from '../../tasks/common/report/reportData';
import { button, html, setAttribute } from '../dom';
import { type ReportModel } from '../model';
import { isFiltered, NO_FILTERS, toggleHour, toggleValue, type Filters, type TextColumnName } from '../rows/filters';
import { COLUMN_TITLES, countText, entriesText, NO_VALUE, WEEKDAYS } from '../words';

interface Chip {
  readonly kind: string;
  readonly value: string;
  readonly without: Filters;
}

/** Search, the filters in force as chips that can be taken away, and how many entries remain. */
export class FilterBar {
  readonly element: HTMLElement;
  readonly #model: ReportModel;
  readonly #search = html('input', { 'type': 'search', 'class': 'search', 'placeholder': 'Search all columns and ids', 'aria-label': 'Search all columns and ids', 'spellcheck': 'false', 'autocomplete': 'off' });
  readonly #chips = html('ul', { 'class': 'chips', 'aria-label': 'Filters in force' });
  readonly #status = html('p', { class: 'status', role: 'status' });
  readonly #own: HTMLButtonElement;
  readonly #late: HTMLButtonElement;
  readonly #zone: HTMLButtonElement;

  constructor(model: ReportModel, onCsv: () => void) {
    this.#model = model;
    this.#search.addEventListener('input', () => model.change({ ...model.filters, text: this.#search.value }));
    this.#own = button({ class: 'toggle' }, () => model.change({ ...model.filters, showOwn: !model.filters.showOwn }), `Own reading (${countText(model.data.counts.own)})`);
    this.#late = button({ class: 'toggle' }, () => model.change({ ...model.filters, onlyLate: !model.filters.onlyLate }), `Late (${countText(model.data.counts.late)})`);
    this.#zone = button({ class: 'toggle' }, () => model.showZone(model.clock.zone === 'UTC' ? 'local' : 'UTC'), 'UTC');
    this.element = html('section', { 'class': 'filter-bar', 'aria-label': 'Filters' },
      this.#search, this.#status, html('div', { class: 'actions' },
        model.data.counts.late > 0 ? this.#late : null, model.data.counts.own > 0 ? this.#own : null, this.#zone, button({ class: 'toggle' }, onCsv, 'Save as CSV')),
      this.#chips);
    this.draw();
  }

  draw(): void {
    const { filters, clock } = this.#model;
    if (this.#search.value !== filters.text) this.#search.value = filters.text;
    setAttribute(this.#own, 'aria-pressed', String(filters.showOwn));
    setAttribute(this.#late, 'aria-pressed', String(filters.onlyLate));
    setAttribute(this.#zone, 'aria-pressed', String(clock.zone === 'UTC'));
    this.#zone.title = `Times are shown in ${clock.zone}`;
    this.#status.textContent = this.#statusText();
    const chips = this.#filterChips();
    const hadFocus = this.#chips.contains(document.activeElement);
    this.#chips.replaceChildren(...chips.map((chip) => this.#chip(chip)));
    if (isFiltered(filters)) this.#chips.append(html('li', {}, button({ class: 'clear' }, () => this.#clear(), 'Clear all')));
    if (hadFocus) (this.#chips.querySelector('button') ?? this.#search).focus();
  }

  focusSearch(): void {
    this.#search.focus();
  }

  #clear(): void {
    this.#model.change({ ...NO_FILTERS, showOwn: this.#model.filters.showOwn });
    this.#search.focus();
  }

  #statusText(): string {
    const { selection, store, progress, filters } = this.#model;
    const all = progress.expected;
    if (!progress.isDone) return `Loading: ${countText(store.count)} of ${entriesText(all)}`;
    if (isFiltered(filters)) return `${countText(selection.rows.length)} of ${entriesText(all)}`;
    return entriesText(selection.rows.length);
  }

  #chip({ kind, value, without }: Chip): HTMLElement {
    return html('li', {}, button({ class: 'chip', title: 'Remove this filter' }, () => this.#model.change(without),
      html('span', { class: 'chip-kind' }, kind), html('bdi', {}, value), html('span', { 'class': 'cross', 'aria-hidden': 'true' }, '×')));
  }

  #filterChips(): Chip[] {
    const { filters, clock } = this.#model;
    const chips: Chip[] = [];
    for (const dimension of DIMENSIONS) {
      for (const key of filters.values[dimension] ?? []) chips.push({ kind: COLUMN_TITLES[dimension], value: this.#model.nameOf(dimension, key) || NO_VALUE, without: toggleValue(filters, dimension, key) });
    }
    if (filters.time !== null) chips.push({ kind: 'Time', value: `${clock.minutes(filters.time.from)} to ${clock.minutes(filters.time.until)}`, without: { ...filters, time: null } });
    for (const hour of filters.hours) chips.push({ kind: 'Hour', value: `${WEEKDAYS[Math.floor(hour / 24)] ?? ''} ${String(hour % 24).padStart(2, '0')}:00`, without: toggleHour(filters, hour) });
    for (const [name, text] of Object.entries(filters.columns)) {
      if (text !== '') chips.push({ kind: `${COLUMN_TITLES[name as TextColumnName]} contains`, value: text, without: { ...filters, columns: { ...filters.columns, [name]: '' } } });
    }
    if (filters.correlation !== null) chips.push({ kind: 'Correlation', value: filters.correlation, without: { ...filters, correlation: null } });
    if (filters.onlyLate) chips.push({ kind: 'Only', value: 'late entries', without: { ...filters, onlyLate: false } });
    return chips;
  }
}
