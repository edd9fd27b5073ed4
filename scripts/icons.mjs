// Draws the icons: a page with lines and a download arrow on a blue rounded square. Run by hand; the results are committed.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PNG } from "pngjs";
import { root, taskNames } from "./project.mjs";

/** @typedef {[red: number, green: number, blue: number]} Colour */
/** @typedef {{ colour: Colour, covers: (x: number, y: number) => boolean }} Shape */

/** @type {Colour} */ const blue = [11, 92, 171];
/** @type {Colour} */ const white = [255, 255, 255];
/** @type {Colour} */ const grey = [146, 178, 214];
/** @type {Colour} */ const green = [22, 138, 74];

/** @type {(left: number, top: number, right: number, bottom: number, radius: number) => Shape["covers"]} */
const roundedBox = (left, top, right, bottom, radius) => (x, y) => {
  if (x < left || x > right || y < top || y > bottom) return false;
  const dx = Math.max(left + radius - x, x - (right - radius), 0);
  const dy = Math.max(top + radius - y, y - (bottom - radius), 0);
  return dx * dx + dy * dy <= radius * radius;
};

/** @type {(x: number, y: number, radius: number) => Shape["covers"]} */
const disc = (centreX, centreY, radius) => (x, y) => (x - centreX) ** 2 + (y - centreY) ** 2 <= radius ** 2;

/** @type {(tipX: number, tipY: number, width: number, height: number) => Shape["covers"]} */
const pointDown = (tipX, tipY, width, height) => (x, y) => y <= tipY && y >= tipY - height && Math.abs(x - tipX) <= ((tipY - y) / height) * (width / 2);

// All lengths are in 128ths of the icon's edge.
/** @type {Shape[]} */
const shapes = [
  { colour: blue, covers: roundedBox(2, 2, 126, 126, 24) },
  { colour: white, covers: roundedBox(26, 18, 90, 106, 7) },
  { colour: grey, covers: roundedBox(37, 33, 79, 41, 3) },
  { colour: grey, covers: roundedBox(37, 50, 79, 58, 3) },
  { colour: grey, covers: roundedBox(37, 67, 62, 75, 3) },
  { colour: grey, covers: roundedBox(37, 84, 56, 92, 3) },
  { colour: blue, covers: disc(88, 88, 33) },
  { colour: green, covers: disc(88, 88, 28) },
  { colour: white, covers: roundedBox(82.5, 70, 93.5, 92, 1) },
  { colour: white, covers: pointDown(88, 106, 34, 18) },
];

/**
 * Draws the icon, each pixel the mean of 8 x 8 samples.
 * @param {number} edge width and height in pixels
 */
function draw(edge) {
  const samples = 8;
  const image = new PNG({ width: edge, height: edge });
  for (let pixel = 0; pixel < edge * edge; pixel += 1) {
    const sum = [0, 0, 0];
    let covered = 0;
    for (let sample = 0; sample < samples * samples; sample += 1) {
      const x = (((pixel % edge) + ((sample % samples) + 0.5) / samples) * 128) / edge;
      const y = ((Math.floor(pixel / edge) + (Math.floor(sample / samples) + 0.5) / samples) * 128) / edge;
      const colour = shapes.findLast((shape) => shape.covers(x, y))?.colour;
      if (!colour) continue;
      covered += 1;
      colour.forEach((value, channel) => (sum[channel] = (sum[channel] ?? 0) + value));
    }
    const mean = sum.map((value) => Math.round(value / Math.max(covered, 1)));
    image.data.set([...mean, Math.round((covered * 255) / (samples * samples))], pixel * 4);
  }
  return PNG.sync.write(image, { deflateLevel: 9 });
}

mkdirSync(path.join(root, "images"), { recursive: true });
writeFileSync(path.join(root, "images", "extension-icon.png"), draw(128));
for (const task of taskNames()) writeFileSync(path.join(root, "tasks", task, "icon.png"), draw(32));
