import { html, setAttribute } from '../dom';
import { type ReportModel } from '../model';
import { type TextColumnName } from '../rows/filters';
import { TABLE_COLUMNS } from './columns';

/** Height of every row, CSS pixels; report.css has the same. */
const ROW_HEIGHT = 28;
/** Rows kept ready above and below what can be seen. */
const SPARE_ROWS = 8;
/** What is taken for the height of the rows until they are laid out, CSS pixels. */
const FIRST_HEIGHT = 560;
/** Rows of the head. */
const HEAD_ROWS = 1;

/**
 * The table of entries. Only the rows that can be seen are on the page; they are used again while the reader scrolls. One row takes
 * the focus (roving tabindex): arrow keys, Page Up, Page Down, Home and End move it, Enter opens the entry.
 */
export class RowTable {
  readonly element: HTMLElement;
  readonly #grid: HTMLElement;
  readonly #none = html('p', { class: 'no-rows' });
  readonly #model: ReportModel;
  readonly #onOpen: (row: number) => void;
  readonly #body = html('div', { class: 'grid-body', role: 'rowgroup' });
  readonly #head: HTMLElement;
  readonly #timeTitle = html('span', { class: 'zone' });
  readonly #pool: HTMLElement[] = [];
  readonly #filterFields = new Map<TextColumnName, HTMLInputElement>();
  readonly #resized = new ResizeObserver(() => {
    this.#isLaidOut = true;
    this.#fill();
  });
  /** Asking for sizes before has the browser lay out the whole page at once, and once more when the rows are on it. */
  #isLaidOut = false;
  /** Place among the listed rows, not the row's number. */
  #active = 0;
  #opened: number | undefined;

  constructor(model: ReportModel, onOpen: (row: number) => void) {
    this.#model = model;
    this.#onOpen = onOpen;
    this.#head = html('div', { class: 'grid-head', role: 'rowgroup' }, html('div', { 'class': 'grid-row', 'role': 'row', 'aria-rowindex': 1 }, ...TABLE_COLUMNS.map(({ name, title }) => this.#columnHead(name, title))));
    this.#grid = html('div', { 'class': 'grid', 'role': 'grid', 'aria-label': 'Audit log entries', 'aria-colcount': TABLE_COLUMNS.length, 'aria-readonly': 'true', 'tabindex': -1 }, this.#head, this.#body);
    this.element = html('div', {}, this.#grid, this.#none);
    this.#grid.addEventListener('scroll', () => this.#fill(), { passive: true });
    this.#grid.addEventListener('keydown', (event) => this.#press(event));
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.#resized.observe(this.#grid);
    this.draw();
  }

  /** After filters, rows or the time zone have changed. */
  draw(): void {
    const { selection, filters, clock, store, progress } = this.#model;
    const count = selection.rows.length;
    this.#active = Math.max(0, Math.min(this.#active, count - 1));
    this.#timeTitle.textContent = clock.zone;
    this.#none.hidden = count > 0;
    this.#none.textContent = store.count > 0 ? 'No entry matches the filters.' : progress.isDone ? 'No entries.' : 'Loading.';
    for (const [name, field] of this.#filterFields) if (field.value !== (filters.columns[name] ?? '')) field.value = filters.columns[name] ?? '';
    this.#grid.setAttribute('aria-rowcount', String(count + HEAD_ROWS));
    this.#body.style.height = `${count * ROW_HEIGHT}px`;
    this.#forgetPlaces();
    this.#fill();
  }

  /** Puts the focus back to the row it was on. */
  focusActive(): void {
    this.#opened = undefined;
    this.#forgetPlaces();
    this.#goTo(this.#active);
  }

  destroy(): void {
    this.#resized.disconnect();
  }

  #columnHead(name: 'time' | TextColumnName, title: string): HTMLElement {
    if (name === 'time') return html('div', { class: 'grid-title', role: 'columnheader' }, html('span', {}, title), this.#timeTitle);
    const field = html('input', { 'type': 'text', 'class': 'column-filter', 'placeholder': 'Contains', 'aria-label': `${title} contains`, 'spellcheck': 'false', 'autocomplete': 'off' });
    field.addEventListener('input', () => this.#model.change({ ...this.#model.filters, columns: { ...this.#model.filters.columns, [name]: field.value } }));
    this.#filterFields.set(name, field);
    return html('div', { class: 'grid-title', role: 'columnheader' }, html('span', {}, title), field);
  }

  /** Brings the pool of rows to what can be seen now. */
  #fill(): void {
    const count = this.#model.selection.rows.length;
    const first = this.#isLaidOut ? Math.max(0, Math.floor(this.#grid.scrollTop / ROW_HEIGHT) - SPARE_ROWS) : 0;
    const wanted = Math.max(0, Math.min(count - first, Math.ceil((this.#isLaidOut ? this.#visibleHeight() : FIRST_HEIGHT) / ROW_HEIGHT) + 2 * SPARE_ROWS));
    while (this.#pool.length < wanted) this.#addRow();
    const places = new Map<number, number>();
    for (let place = first; place < first + wanted; place += 1) places.set(place % this.#pool.length, place);
    for (const [slot, element] of this.#pool.entries()) this.#put(element, places.get(slot));
    const isActiveThere = this.#active >= first && this.#active < first + wanted;
    const reachable = isActiveThere ? this.#active : first + Math.min(SPARE_ROWS, wanted - 1);
    for (const element of this.#pool) element.tabIndex = element.dataset['place'] === String(reachable) ? 0 : -1;
  }

  #addRow(): void {
    const row = html('div', { class: 'grid-row', role: 'row', tabindex: -1 }, ...TABLE_COLUMNS.map(({ name }) => html('div', { class: `cell cell-${name}`, role: 'gridcell' })));
    this.#pool.push(row);
    this.#body.append(row);
    // Which element shows which place depends on how many there are.
    this.#forgetPlaces();
  }

  #forgetPlaces(): void {
    for (const element of this.#pool) element.dataset['stale'] = '';
  }

  #put(element: HTMLElement, place: number | undefined): void {
    const isSame = element.dataset['place'] === String(place);
    if (isSame && element.dataset['stale'] === undefined) return;
    // A screen reader would find another entry under the same focus.
    if (!isSame && element === document.activeElement) this.#grid.focus({ preventScroll: true });
    element.hidden = place === undefined;
    delete element.dataset['stale'];
    if (place === undefined) delete element.dataset['place'];
    else this.#show(element, place, this.#model.selection.rows[place] ?? 0);
  }

  #show(element: HTMLElement, place: number, row: number): void {
    const { store } = this.#model;
    element.dataset['place'] = String(place);
    element.style.transform = `translateY(${place * ROW_HEIGHT}px)`;
    setAttribute(element, 'aria-rowindex', place + HEAD_ROWS + 1);
    element.classList.toggle('own', store.isOwn(row));
    element.classList.toggle('late', store.isLate(row));
    element.classList.toggle('opened', this.#opened === row);
    for (const [number, { text }] of TABLE_COLUMNS.entries()) {
      const cell = element.children[number] as HTMLElement;
      const content = text(this.#model, row);
      if (cell.textContent !== content) cell.textContent = content;
    }
  }

  #click(event: MouseEvent): void {
    const place = (event.target as Element).closest<HTMLElement>('.grid-row')?.dataset['place'];
    // Selecting text in a row is not opening it.
    if (place === undefined || (getSelection()?.toString() ?? '') !== '') return;
    this.#active = Number(place);
    this.#open();
  }

  #open(): void {
    const row = this.#model.selection.rows[this.#active];
    if (row === undefined) return;
    this.#opened = row;
    this.draw();
    this.#onOpen(row);
  }

  #press(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#open();
      return;
    }
    const page = Math.max(1, Math.floor(this.#visibleHeight() / ROW_HEIGHT) - 1);
    const last = this.#model.selection.rows.length - 1;
    const target = { ArrowDown: this.#active + 1, ArrowUp: this.#active - 1, PageDown: this.#active + page, PageUp: this.#active - page, Home: 0, End: last }[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.#goTo(Math.max(0, Math.min(last, target)));
  }

  #goTo(place: number): void {
    this.#active = place;
    const top = place * ROW_HEIGHT;
    const visible = this.#visibleHeight();
    if (top < this.#grid.scrollTop) this.#grid.scrollTop = top;
    else if (top + ROW_HEIGHT > this.#grid.scrollTop + visible) this.#grid.scrollTop = top + ROW_HEIGHT - visible;
    this.#fill();
    this.#pool.find((element) => element.dataset['place'] === String(place))?.focus({ preventScroll: true });
  }

  /** The height that rows have below the head, CSS pixels. */
  #visibleHeight(): number {
    return Math.max(0, this.#grid.clientHeight - this.#head.offsetHeight);
  }
}
