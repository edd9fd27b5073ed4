import { html } from '../dom';
import { countText, NO_VALUE } from '../words';
import { type Series } from './timeSeries';

/** The numbers of the chart over time as a table, for whoever does not see the bars. It is made only once somebody opens it. */
export class TimeTable {
  readonly element = html('details', { class: 'chart-table' }, html('summary', {}, 'Entries over time as a table'));
  readonly #content = html('div', { 'tabindex': 0, 'role': 'region', 'aria-label': 'Entries over time, table' });
  #make: () => HTMLElement = () => html('table');

  constructor() {
    this.element.append(this.#content);
    this.element.addEventListener('toggle', () => this.#show());
  }

  /** @param label what a slot is called */
  draw(series: readonly Series[], totals: readonly number[], label: (slot: number) => string): void {
    this.#make = () => tableOf(series, totals, label);
    this.#show();
  }

  #show(): void {
    this.#content.replaceChildren(...(this.element.open ? [this.#make()] : []));
  }
}

/** Times without an entry are left out. */
function tableOf(series: readonly Series[], totals: readonly number[], label: (slot: number) => string): HTMLElement {
  const rows = totals.flatMap((total, slot) => (total === 0 ? [] : [html('tr', {},
    html('th', { scope: 'row' }, label(slot)), ...[total, ...series.map(({ counts }) => counts[slot] ?? 0)].map((count) => html('td', {}, countText(count))))]));
  const heads = ['From', 'All', ...series.map(({ name }) => name || NO_VALUE)].map((name) => html('th', { scope: 'col' }, html('bdi', {}, name)));
  return html('table', {}, html('thead', {}, html('tr', {}, ...heads)), html('tbody', {}, ...rows));
}
