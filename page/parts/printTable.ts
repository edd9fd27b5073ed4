import { html } from '../dom';
import { type ReportModel } from '../model';
import { TABLE_COLUMNS } from '../table/columns';
import { countText, entriesText } from '../words';

const MOST_PRINTED = 500;

/** What is printed instead of the windowed table: the first listed rows as a plain table, made when the browser is about to print. */
export class PrintTable {
  readonly element = html('div', { class: 'print-only' });
  readonly #model: ReportModel;
  readonly #media = matchMedia('print');
  readonly #prepare = (): void => this.#draw();
  readonly #changed = (event: MediaQueryListEvent): void => (event.matches ? this.#draw() : this.#clear());
  readonly #clear = (): void => this.element.replaceChildren();

  constructor(model: ReportModel) {
    this.#model = model;
    window.addEventListener('beforeprint', this.#prepare);
    window.addEventListener('afterprint', this.#clear);
    this.#media.addEventListener('change', this.#changed);
  }

  destroy(): void {
    window.removeEventListener('beforeprint', this.#prepare);
    window.removeEventListener('afterprint', this.#clear);
    this.#media.removeEventListener('change', this.#changed);
  }

  #draw(): void {
    const { rows } = this.#model.selection;
    const printed = [...rows.subarray(0, MOST_PRINTED)];
    const head = html('thead', {}, html('tr', {}, ...TABLE_COLUMNS.map(({ name, title }) => html('th', { scope: 'col' }, name === 'time' ? `Time (${this.#model.clock.zone})` : title))));
    const body = html('tbody', {}, ...printed.map((row) => html('tr', {}, ...TABLE_COLUMNS.map(({ text }) => html('td', {}, text(this.#model, row))))));
    const note = rows.length > printed.length ? `The first ${countText(printed.length)} of ${entriesText(rows.length)}.` : entriesText(rows.length);
    this.element.replaceChildren(html('p', {}, note), html('table', {}, head, body));
  }
}
