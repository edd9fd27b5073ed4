import { ZoneClock } from '../clock';
import { button, html, setAttribute, svg } from '../dom';
import { type ReportModel } from '../model';
import { toggleValue } from '../rows/filters';
import { countText, entriesText, NO_VALUE } from '../words';
import { TimeRange, type SlotRange } from './timeRange';
import { timeSeries, type Series } from './timeSeries';
import { TimeTable } from './timeTable';

const DAY = 86_400;
const MOST_LABELS = 7;
/** Colours of report.css, by what the service calls the categories it has; others take what follows. */
const COLOURS = ['access', 'create', 'execute', 'modify', 'remove'];
const COLOUR_COUNT = 8;

/** Stacked bars of entries over time. A range is selected by dragging or with the sliders below; the legend filters by category. */
export class TimeChart {
  readonly element: HTMLElement;
  readonly #model: ReportModel;
  readonly #bars = svg('svg', { class: 'bars', preserveAspectRatio: 'none', role: 'img' });
  readonly #plot = html('div', { class: 'plot' });
  readonly #brush = html('div', { class: 'brush', hidden: true });
  readonly #scale = html('div', { 'class': 'scale', 'aria-hidden': 'true' });
  readonly #axis = html('div', { 'class': 'axis', 'aria-hidden': 'true' });
  readonly #legend = html('div', { class: 'legend' });
  readonly #readout = html('p', { 'class': 'readout', 'aria-hidden': 'true' });
  readonly #table = new TimeTable();
  readonly #range: TimeRange;
  readonly #slots: number;
  readonly #begin: number;
  readonly #step: number;
  readonly #days: ZoneClock;
  #series: Series[] = [];

  constructor(model: ReportModel) {
    this.#model = model;
    this.#slots = model.places.slots;
    this.#begin = Date.parse(model.data.overTime.start);
    this.#step = model.data.overTime.stepSeconds * 1000;
    this.#days = new ZoneClock(model.data.timeZone);
    this.#range = new TimeRange(this.#plot, this.#slots, (slot) => this.#label(slot), (range) => this.#select(range));
    this.#plot.append(this.#bars, this.#brush);
    this.#plot.addEventListener('pointermove', (event) => this.#read(event.offsetX));
    this.#plot.addEventListener('pointerleave', () => this.#tellTotal());
    this.#plot.addEventListener('dragged', (event) => this.#showBrush((event as CustomEvent<SlotRange>).detail));
    setAttribute(this.#plot, 'data-selectable', model.hasRows);
    this.element = html('div', { class: 'time-chart' }, this.#legend,
      html('div', { class: 'chart-area' }, this.#scale, html('div', { class: 'chart-column' }, this.#plot, model.hasRows ? this.#range.element : null, this.#axis)), this.#readout, this.#table.element);
    this.draw();
  }

  draw(): void {
    this.#series = timeSeries(this.#model);
    const totals = Array.from({ length: this.#slots }, (_, slot) => this.#series.reduce((sum, { counts }) => sum + (counts[slot] ?? 0), 0));
    const greatest = totals.reduce((most, total) => Math.max(most, total), 0);
    const top = roundUp(greatest);
    this.#bars.setAttribute('viewBox', `0 0 ${this.#slots} ${top}`);
    this.#bars.setAttribute('aria-label', this.#summary(totals, greatest));
    this.#bars.replaceChildren(...paths(this.#series, this.#slots, top));
    this.#scale.replaceChildren(...[top, top / 2, 0].map((value) => html('span', {}, Number.isInteger(value) ? countText(value) : '')));
    this.#axis.replaceChildren(...this.#labels());
    this.#table.draw(this.#series, totals, (slot) => this.#label(slot));
    this.#legend.replaceChildren(...this.#series.map((series) => this.#legendEntry(series)));
    const { time } = this.#model.filters;
    const range = time === null ? undefined : { first: this.#model.places.slotOf(time.from), last: this.#model.places.slotOf(time.until - 1) };
    this.#range.show(range);
    this.#showBrush(range);
    this.#tellTotal();
  }

  #legendEntry({ name, key, total }: Series): HTMLElement {
    const content = [html('span', { class: `swatch series-${colour(name)}` }), html('bdi', {}, name === '' ? NO_VALUE : name), html('span', { class: 'legend-count' }, countText(total))];
    if (!this.#model.hasRows || key === undefined) return html('span', { class: 'legend-entry' }, ...content);
    const made = button({ class: 'legend-entry' }, () => this.#choose(key), ...content);
    setAttribute(made, 'aria-pressed', String(this.#model.isChosen('category', key)));
    return made;
  }

  #choose(key: string): void {
    const place = [...this.#legend.children].indexOf(document.activeElement as Element);
    this.#model.change(toggleValue(this.#model.filters, 'category', key));
    (this.#legend.children[place] as HTMLElement | undefined)?.focus();
  }

  #select(range: SlotRange | undefined): void {
    if (!this.#model.hasRows) return;
    const time = range === undefined ? null : { from: this.#begin + range.first * this.#step, until: this.#begin + (range.last + 1) * this.#step };
    this.#model.change({ ...this.#model.filters, time });
  }

  #showBrush(range: SlotRange | undefined): void {
    this.#brush.hidden = range === undefined || !this.#model.hasRows;
    if (range === undefined) return;
    this.#brush.style.left = `${(100 * range.first) / this.#slots}%`;
    this.#brush.style.width = `${(100 * (range.last + 1 - range.first)) / this.#slots}%`;
  }

  #labels(): HTMLElement[] {
    const count = Math.min(MOST_LABELS, this.#slots);
    return Array.from({ length: count }, (_, number) => {
      const slot = Math.floor((number * this.#slots) / count);
      const label = html('span', {}, this.#label(slot));
      label.style.left = `${(100 * slot) / this.#slots}%`;
      return label;
    });
  }

  /** Days are days of the data's zone; shorter slots are told in the zone that the reader has chosen. */
  #label(slot: number): string {
    const ms = this.#begin + slot * this.#step;
    if (this.#step >= DAY * 1000) return this.#days.date(ms);
    return this.#model.clock.minutes(ms).slice('2026-'.length);
  }

  #summary(totals: readonly number[], greatest: number): string {
    if (greatest === 0) return 'No entries over time';
    const parts = [...this.#series].sort((left, right) => right.total - left.total).slice(0, 3).map(({ name, total }) => `${name || NO_VALUE} ${countText(total)}`);
    return `Entries over time by category: ${parts.join(', ')}. Most at ${this.#label(totals.indexOf(greatest))}: ${countText(greatest)}.`;
  }

  #read(offset: number): void {
    const slot = Math.min(this.#slots - 1, Math.max(0, Math.floor((offset / this.#plot.clientWidth) * this.#slots)));
    const counts = this.#series.map(({ name, counts: bySlot }) => ({ name, count: bySlot[slot] ?? 0 })).filter(({ count }) => count > 0);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    this.#readout.textContent = `${this.#label(slot)}: ${entriesText(total)}${counts.length > 0 ? ` (${counts.map(({ name, count }) => `${name || NO_VALUE} ${countText(count)}`).join(', ')})` : ''}`;
  }

  #tellTotal(): void {
    const zone = this.#step >= DAY * 1000 ? this.#model.data.timeZone : this.#model.clock.zone;
    this.#readout.textContent = `${stepText(this.#step / 1000)} a bar, ${zone}${this.#model.hasRows ? ' · drag to select a time' : ''}`;
  }
}

/** One path for each category: all its bars, standing on those of the categories before it. */
function paths(series: readonly Series[], slots: number, top: number): SVGElement[] {
  const heights = new Float64Array(slots);
  return series.map(({ name, counts }) => {
    const bars: string[] = [];
    for (let slot = 0; slot < slots; slot += 1) {
      const count = counts[slot] ?? 0;
      if (count === 0) continue;
      bars.push(`M${slot + 0.08} ${top - (heights[slot] as number)}v${-count}h.84v${count}z`);
      heights[slot] = (heights[slot] as number) + count;
    }
    return svg('path', { class: `series-${colour(name)}`, d: bars.join('') });
  });
}

function colour(name: string): number {
  const known = COLOURS.indexOf(name.toLowerCase());
  return known >= 0 ? known : COLOURS.length + (Array.from(name).reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % (COLOUR_COUNT - COLOURS.length));
}

/** The next of 1, 2, 4, 6, 8, 10, 20, 40 …: even, so that half of it is a whole number too. */
function roundUp(greatest: number): number {
  if (greatest <= 2) return 2;
  const power = 10 ** Math.floor(Math.log10(greatest));
  return ([1, 2, 4, 6, 8, 10].find((factor) => factor * power >= greatest) ?? 10) * power;
}

function stepText(seconds: number): string {
  if (seconds % DAY === 0) return seconds === DAY ? '1 day' : `${seconds / DAY} days`;
  if (seconds % 3600 === 0) return seconds === 3600 ? '1 hour' : `${seconds / 3600} hours`;
  return seconds === 60 ? '1 minute' : `${seconds / 60} minutes`;
}
