import { type Dimension } from '../../tasks/common/report/reportData';
import { button, html, setAttribute, svg } from '../dom';
import { type ListedValue, type ReportModel } from '../model';
import { toggleValue } from '../rows/filters';
import { countText, entriesText, NO_VALUE } from '../words';

const SHORT = 8;
const LONG = 100;

/** A part of a list that stands under a heading of its own. */
export interface ListPart {
  readonly heading?: string;
  readonly accepts: (value: ListedValue) => boolean;
}

/** Horizontal bars of a dimension's values, most frequent first. Each is a button that adds or takes away the filter for its value. Empty until it is drawn. */
export class BarList {
  readonly element = html('div', { class: 'bar-list' });
  readonly #model: ReportModel;
  readonly #dimension: Dimension;
  readonly #parts: readonly ListPart[];
  readonly #short: number;
  #isLong = false;

  constructor(model: ReportModel, dimension: Dimension, parts: readonly ListPart[] = [{ accepts: () => true }], short = SHORT) {
    this.#model = model;
    this.#dimension = dimension;
    this.#parts = parts;
    this.#short = short;
  }

  draw(): void {
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : undefined;
    const values = this.#model.values(this.#dimension);
    const greatest = values.reduce((most, { entries }) => Math.max(most, entries), 0);
    const parts = this.#parts.flatMap((part) => this.#part(part, values.filter(part.accepts), greatest));
    this.element.replaceChildren(...(parts.length > 0 ? parts : [html('p', { class: 'empty' }, 'No entries.')]));
    this.#others();
    if (focused === undefined) return;
    const again = [...this.element.querySelectorAll('button')].find((candidate) => candidate.getAttribute('data-key') === focused);
    again?.focus();
  }

  #part({ heading }: ListPart, values: readonly ListedValue[], greatest: number): HTMLElement[] {
    if (values.length === 0) return [];
    const most = this.#isLong ? LONG : this.#short;
    const shown = values.filter(({ key }, place) => place < most || this.#model.isChosen(this.#dimension, key));
    const list = html('ul', {}, ...shown.map((value) => html('li', {}, this.#bar(value, greatest))));
    const more = values.length > this.#short ? [this.#more(values.length, most)] : [];
    return [...(heading === undefined ? [] : [html('h3', {}, heading)]), list, ...more];
  }

  #bar(value: ListedValue, greatest: number): HTMLElement {
    const { key, name, actor, entries } = value;
    const label = name === null || name === '' ? NO_VALUE : name;
    const content = [
      svg('svg', { class: 'bar', 'aria-hidden': 'true', preserveAspectRatio: 'none' }, svg('rect', { width: `${greatest === 0 ? 0 : (100 * entries) / greatest}%`, height: '100%' })),
      html('span', { class: 'bar-name', title: actor?.upn ?? label }, html('bdi', {}, label)),
      html('span', { class: 'bar-count' }, countText(entries)),
    ];
    if (!this.#model.hasRows) return html('div', { class: 'bar-row' }, ...content);
    const made = button({ 'class': 'bar-row', 'data-key': key }, () => this.#model.change(toggleValue(this.#model.filters, this.#dimension, key)), ...content);
    setAttribute(made, 'aria-pressed', String(this.#model.isChosen(this.#dimension, key)));
    return made;
  }

  #more(values: number, most: number): HTMLElement {
    if (this.#isLong) return button({ class: 'more' }, () => this.#lengthen(false), values > most ? `The ${countText(most)} most frequent. Show fewer` : 'Show fewer');
    return button({ class: 'more' }, () => this.#lengthen(true), `Show ${countText(Math.min(values, LONG) - most)} more`);
  }

  #lengthen(isLong: boolean): void {
    this.#isLong = isLong;
    this.draw();
    this.element.querySelector<HTMLElement>('.more')?.focus();
  }

  /** What the data count together is said, where the data are what is shown. */
  #others(): void {
    const { names, entries } = this.#model.data.dimensions[this.#dimension].others;
    if (this.#model.isCountedFromRows || entries === 0) return;
    this.element.append(html('p', { class: 'others' }, `${countText(names)} others with ${entriesText(entries)}.`));
  }
}
