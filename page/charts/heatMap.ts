import { button, html, setAttribute } from '../dom';
import { type ReportModel } from '../model';
import { toggleHour } from '../rows/filters';
import { countText, entriesText, WEEKDAYS } from '../words';

const LEVELS = 5;

/** Entries by weekday and hour: a real table, whose cells are buttons that filter. Arrow keys go from cell to cell. */
export class HeatMap {
  readonly element: HTMLElement;
  readonly #model: ReportModel;
  readonly #cells: HTMLElement[] = [];
  #active = 0;

  constructor(model: ReportModel) {
    this.#model = model;
    const hours = Array.from({ length: 24 }, (_, hour) => html('th', { scope: 'col' }, html('span', { class: hour % 3 === 0 ? '' : 'hidden-text' }, String(hour).padStart(2, '0'))));
    const rows = WEEKDAYS.map((weekday, day) => html('tr', {}, html('th', { scope: 'row' }, html('abbr', { title: weekday }, weekday.slice(0, 3))), ...hours.map((_, hour) => html('td', {}, this.#cell(day * 24 + hour)))));
    this.element = html('table', { 'class': 'heat-map', 'aria-label': `Entries by weekday and hour, ${model.data.timeZone}` },
      html('thead', {}, html('tr', {}, html('td'), ...hours)), html('tbody', {}, ...rows));
    this.element.addEventListener('keydown', (event) => this.#move(event));
    this.draw();
  }

  draw(): void {
    const { isCountedFromRows, selection, data, filters } = this.#model;
    const counts = isCountedFromRows ? [...selection.counts.hours] : data.weekdayHours.flat();
    const greatest = counts.reduce((most, count) => Math.max(most, count), 0);
    for (const [hour, cell] of this.#cells.entries()) {
      const count = counts[hour] ?? 0;
      const name = `${WEEKDAYS[Math.floor(hour / 24)] ?? ''} ${String(hour % 24).padStart(2, '0')}:00, ${entriesText(count)}`;
      cell.className = `heat heat-${level(count, greatest)}`;
      cell.title = name;
      setAttribute(cell, this.#model.hasRows ? 'aria-label' : 'data-count', this.#model.hasRows ? name : count);
      if (this.#model.hasRows) setAttribute(cell, 'aria-pressed', String(filters.hours.has(hour)));
      else cell.textContent = countText(count);
    }
  }

  #cell(hour: number): HTMLElement {
    const made = this.#model.hasRows
      ? button({ tabindex: hour === 0 ? 0 : -1 }, () => this.#model.change(toggleHour(this.#model.filters, hour)))
      : html('span', {});
    this.#cells.push(made);
    return made;
  }

  #move(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -24, ArrowDown: 24 }[event.key];
    const from = this.#cells.indexOf(event.target as HTMLElement);
    const target = step === undefined || from < 0 ? undefined : this.#cells[from + step];
    if (target === undefined) return;
    event.preventDefault();
    this.#cells[this.#active]?.setAttribute('tabindex', '-1');
    this.#active = from + (step ?? 0);
    target.setAttribute('tabindex', '0');
    target.focus();
  }
}

/** 0 for nothing, else 1 to 5. By the square root, so that one burst does not make all other hours look alike. */
function level(count: number, greatest: number): number {
  return count === 0 ? 0 : Math.max(1, Math.ceil(LEVELS * Math.sqrt(count / greatest)));
}
