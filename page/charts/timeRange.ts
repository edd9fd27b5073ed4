import { html } from '../dom';

/** Slots from `first` to `last`, both included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Two sliders below a chart, which select a range of its slots by keyboard, and on the chart itself by dragging.
 * @param label what a slot is called, for screen readers
 * @param onSelect called with undefined when everything is selected again
 */
export class TimeRange {
  readonly element = html('div', { class: 'range' });
  readonly #start: HTMLInputElement;
  readonly #end: HTMLInputElement;
  readonly #slots: number;
  readonly #label: (slot: number) => string;
  readonly #onSelect: (range: SlotRange | undefined) => void;

  constructor(plot: HTMLElement, slots: number, label: (slot: number) => string, onSelect: (range: SlotRange | undefined) => void) {
    this.#slots = slots;
    this.#label = label;
    this.#onSelect = onSelect;
    this.#start = this.#slider('Beginning of the selected time', 0);
    this.#end = this.#slider('End of the selected time', slots - 1);
    this.element.append(this.#start, this.#end);
    this.#listenToDragging(plot);
    this.show(undefined);
  }

  /** Puts the sliders where the selection is. */
  show(range: SlotRange | undefined): void {
    this.#start.value = String(range?.first ?? 0);
    this.#end.value = String(range?.last ?? this.#slots - 1);
    for (const slider of [this.#start, this.#end]) slider.setAttribute('aria-valuetext', this.#label(Number(slider.value)));
  }

  #slider(name: string, value: number): HTMLInputElement {
    const slider = html('input', { 'type': 'range', 'min': 0, 'max': Math.max(0, this.#slots - 1), 'step': 1, value, 'aria-label': name });
    slider.addEventListener('input', () => {
      const [first, last] = [Number(this.#start.value), Number(this.#end.value)];
      this.#select(slider === this.#start ? { first: Math.min(first, last), last } : { first, last: Math.max(first, last) });
    });
    return slider;
  }

  #select({ first, last }: SlotRange): void {
    this.#onSelect(first === 0 && last === this.#slots - 1 ? undefined : { first, last });
  }

  #listenToDragging(plot: HTMLElement): void {
    let from: number | undefined;
    plot.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      from = this.#slotAt(plot, event);
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener('pointerup', (event) => {
      if (from === undefined) return;
      const to = this.#slotAt(plot, event);
      this.#select({ first: Math.min(from, to), last: Math.max(from, to) });
      from = undefined;
    });
    plot.addEventListener('pointermove', (event) => {
      if (from === undefined) return;
      const to = this.#slotAt(plot, event);
      plot.dispatchEvent(new CustomEvent<SlotRange>('dragged', { detail: { first: Math.min(from, to), last: Math.max(from, to) } }));
    });
    plot.addEventListener('pointercancel', () => (from = undefined));
  }

  #slotAt(plot: HTMLElement, event: PointerEvent): number {
    const { left, width } = plot.getBoundingClientRect();
    return Math.min(this.#slots - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * this.#slots)));
  }
}
