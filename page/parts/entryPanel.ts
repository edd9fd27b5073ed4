import { type Dimension } from '../../tasks/common/report/reportData';
import { utcText } from '../clock';
import { button, html } from '../dom';
import { type ReportModel } from '../model';
import { toggleValue } from '../rows/filters';
import { ACTOR_KINDS, COLUMN_TITLES, counted, countText } from '../words';

const MOST_RELATED = 50;
const SHOWN_DIMENSIONS: readonly Dimension[] = ['actor', 'action', 'area', 'category', 'project', 'ip', 'mechanism'];

/** One entry beside the table: its fields, its whole JSON where the data have it, and the entries of the same correlation id. Escape closes it. */
export class EntryPanel {
  readonly element = html('aside', { 'class': 'panel', 'aria-label': 'Entry', 'hidden': true });
  readonly #model: ReportModel;
  readonly #onClose: () => void;
  #row: number | undefined;

  constructor(model: ReportModel, onClose: () => void) {
    this.#model = model;
    this.#onClose = onClose;
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(row: number): void {
    this.#row = row;
    const json = html('pre', { 'tabindex': 0, 'aria-label': 'Whole entry' });
    const title = html('h2', { tabindex: -1 }, html('bdi', {}, this.#model.store.text('action', row) || 'Entry'));
    this.element.replaceChildren(
      html('div', { class: 'panel-head' }, title, button({ 'class': 'close', 'aria-label': 'Close' }, () => this.close(), '×')),
      html('p', { class: 'panel-details' }, this.#model.store.details.valueAt(row)),
      this.#fields(row), html('h3', {}, 'Related entries'), this.#related(row), html('h3', {}, 'Whole entry'), json);
    this.element.hidden = false;
    this.element.scrollTop = 0;
    title.focus();
    void this.#showWhole(row, json);
  }

  close(): void {
    if (!this.isOpen) return;
    this.#row = undefined;
    this.element.hidden = true;
    this.#onClose();
  }

  #fields(row: number): HTMLElement {
    const { store, clock } = this.#model;
    const ms = store.ms[row] ?? NaN;
    const list = html('dl', { class: 'fields' }, ...field('Time', `${clock.seconds(ms)} ${clock.zone}`), ...(clock.zone === 'UTC' ? [] : field('', utcText(ms))));
    for (const dimension of SHOWN_DIMENSIONS) list.append(...this.#dimensionField(dimension, row));
    const marks = [store.isLate(row) ? 'Late: it happened before the window of its export.' : '', store.isOwn(row) ? 'Our own reading of the log.' : ''].filter((mark) => mark !== '');
    if (marks.length > 0) list.append(...field('Note', marks.join(' ')));
    list.append(...field('Id', store.id(row)), ...field('Correlation', store.correlation.valueAt(row)));
    return list;
  }

  #dimensionField(dimension: Dimension, row: number): HTMLElement[] {
    const text = dimension === 'actor' ? this.#actorText(row) : this.#model.store.text(dimension, row);
    const key = this.#model.keyAt(dimension, row);
    if (text === '' || this.#model.isChosen(dimension, key)) return field(COLUMN_TITLES[dimension], text);
    const only = button({ 'class': 'only', 'aria-label': `Filter: ${COLUMN_TITLES[dimension]} ${text}` }, () => {
      this.#model.change(toggleValue(this.#model.filters, dimension, key));
      only.remove();
    }, 'Filter');
    return field(COLUMN_TITLES[dimension], text, only);
  }

  #actorText(row: number): string {
    const { kind, name, upn, id } = this.#model.store.actor(row);
    const details = [upn !== name ? upn : null, id !== name && id !== upn ? id : null].filter((part) => part !== null && part !== '');
    return `${name}${details.length > 0 ? ` (${details.join(', ')})` : ''}${kind === 'person' ? '' : ` · ${ACTOR_KINDS[kind].replace(/s$/, '')}`}`;
  }

  #related(row: number): HTMLElement {
    const { store, clock } = this.#model;
    const correlation = store.correlation.valueAt(row);
    const related = correlation === '' ? [] : rowsOf(this.#model, correlation).filter((other) => other !== row);
    if (related.length === 0) return html('p', { class: 'empty' }, 'No other entry here has its correlation id.');
    const items = related.slice(0, MOST_RELATED).map((other) => html('li', {}, button({ class: 'link' }, () => this.open(other),
      html('span', { class: 'when' }, clock.seconds(store.ms[other] ?? NaN)), html('bdi', {}, store.text('action', other)), html('span', { class: 'what' }, store.details.valueAt(other)))));
    const show = button({ class: 'toggle' }, () => this.#model.change({ ...this.#model.filters, correlation }), `List ${counted(related.length + 1, 'entry', 'entries')} of this correlation id`);
    return html('div', {}, html('ul', { class: 'related' }, ...items), related.length > MOST_RELATED ? html('p', {}, `and ${countText(related.length - MOST_RELATED)} more`) : null, show);
  }

  async #showWhole(row: number, target: HTMLElement): Promise<void> {
    const { chunk, offset } = this.#model.store.placeOf(row);
    const line = await this.#model.source?.line(chunk, offset);
    if (this.#row !== row) return;
    if (line !== undefined) target.textContent = readable(line);
    else target.replaceWith(html('p', { class: 'empty' }, 'This page holds the fields above only. The whole entry is in audit-log.jsonl.gz of the export, under its id.'));
  }
}

function field(name: string, value: string, ...more: readonly Node[]): HTMLElement[] {
  return [html('dt', {}, name), html('dd', {}, html('bdi', {}, value === '' ? '–' : value), ...more)];
}

function rowsOf({ store }: ReportModel, correlation: string): number[] {
  const rows: number[] = [];
  for (let row = 0; row < store.count; row += 1) if (store.correlation.valueAt(row) === correlation) rows.push(row);
  return rows;
}

/** With line breaks where that changes nothing else: long numbers and repeated names would not survive it, so such a line stays as it is. */
function readable(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    return JSON.stringify(value) === line ? JSON.stringify(value, null, 2) : line;
  } catch {
    return line;
  }
}
