import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

/** A part of a page, CSS pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Colour = readonly [red: number, green: number, blue: number];

/** What a part of the page looks like. */
export class Pixels {
  readonly width: number;
  readonly height: number;
  readonly #data: Buffer;

  static async of(page: Page, { x, y, width, height }: Area): Promise<Pixels> {
    const clip = { x: Math.floor(x), y: Math.floor(y), width: Math.ceil(width), height: Math.ceil(height) };
    return new Pixels(PNG.sync.read(await page.screenshot({ clip, animations: 'disabled' })));
  }

  private constructor({ width, height, data }: PNG) {
    [this.width, this.height, this.#data] = [width, height, data];
  }

  at(x: number, y: number): Colour {
    const [column, row] = [x, y].map((place, axis) => Math.min(axis === 0 ? this.width - 1 : this.height - 1, Math.max(0, Math.round(place)))) as [number, number];
    const from = (row * this.width + column) * 4;
    return [this.#data[from] ?? 0, this.#data[from + 1] ?? 0, this.#data[from + 2] ?? 0];
  }

  /** How many pixels differ from those of another picture so much that people see it. */
  changed(before: Pixels): number {
    let count = 0;
    for (let y = 0; y < this.height; y += 1) for (let x = 0; x < this.width; x += 1) if (contrast(this.at(x, y), before.at(x, y)) >= SEEN) count += 1;
    return count;
  }

  /** Whether a line of another colour than the ground crosses a short stretch around a place, along an axis. */
  hasLine(x: number, y: number, along: 'x' | 'y', ground: Colour): boolean {
    return [-3, -2, -1, 0, 1, 2, 3].some((step) => contrast(along === 'x' ? this.at(x + step, y) : this.at(x, y + step), ground) >= SEEN);
  }
}

/** Least contrast of what is no text: WCAG 2.2, 1.4.11. */
const SEEN = 3;

/** Of two colours, 1 to 21: WCAG 2.2, contrast ratio. */
export function contrast(one: Colour, other: Colour): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((left, right) => right - left) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
