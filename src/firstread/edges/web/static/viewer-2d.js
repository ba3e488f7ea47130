/** Draws a film without a graphics card: the same arithmetic as in viewer-gl.js, by a look-up table. */

import { STEPS, THRESHOLDS, lookUpTable } from "./viewer-grey.js";
import { levelFor, levelOf } from "./viewer-levels.js";

const BLACK = 0xff000000; // opaque: the lowest byte is red, the highest opacity

export class CanvasRenderer {
  kind = "2d";
  #canvas;
  #context;
  #image = null;
  #table = null;
  #tableOf = "";

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    if (!this.#context) throw new Error("This browser cannot draw.");
  }

  /** There is no card whose memory could be too small. */
  holds() {
    return true;
  }

  draw(picture) {
    const { width, height } = this.#canvas;
    if (this.#image?.width !== width || this.#image?.height !== height) {
      this.#image = this.#context.createImageData(width, height);
    }
    const screen = new Uint32Array(this.#image.data.buffer);
    screen.fill(BLACK);
    if (picture) paint(screen, width, height, picture, this.#tableFor(picture));
    this.#context.putImageData(this.#image, 0, 0);
    if (picture?.heat) this.#overlay(picture);
  }

  /** The pixels of the canvas as they were drawn last; red, green, blue, opacity from the top left. */
  snapshot() {
    const { width, height } = this.#canvas;
    return { width, height, data: this.#context.getImageData(0, 0, width, height).data };
  }

  dispose() {
    this.#image = null;
  }

  #tableFor({ low, high, inverted, film: { white } }) {
    const wanted = [low, high, inverted, white].join();
    if (this.#tableOf !== wanted) {
      this.#table = lookUpTable({ low, high, inverted, white });
      this.#tableOf = wanted;
    }
    return this.#table;
  }

  #overlay({ film, heat, opacity, placement: { left, top, scale } }) {
    this.#context.globalAlpha = opacity;
    this.#context.drawImage(heat, left, top, film.width * scale, film.height * scale);
    this.#context.globalAlpha = 1;
  }
}

/** Paint the part of the film that lies in the pane. */
function paint(screen, width, height, { film, placement }, table) {
  const number = levelFor(placement.scale);
  const level = levelOf(film, number);
  const grain = placement.scale * 2 ** number; // screen pixels for each sample of the level
  const columns = along(placement.left, film.width * placement.scale, width, grain, level.width);
  const rows = along(placement.top, film.height * placement.scale, height, grain, level.height);
  const steps = (STEPS - 1) / film.white;
  for (let y = rows.from; y < rows.to; y += 1) {
    const upper = rows.first[y - rows.from] * level.width;
    const lower = rows.second[y - rows.from] * level.width;
    paintRow(screen, { y, width, upper, lower, share: rows.share[y - rows.from], columns, steps }, level.pixels, table);
  }
}

function paintRow(screen, { y, width, upper, lower, share, columns, steps }, pixels, table) {
  const { from, to, first, second, share: shares } = columns;
  const dither = 8 * (y & 7);
  for (let x = from; x < to; x += 1) {
    const left = first[x - from];
    const right = second[x - from];
    const across = shares[x - from];
    const above = pixels[upper + left] + (pixels[upper + right] - pixels[upper + left]) * across;
    const below = pixels[lower + left] + (pixels[lower + right] - pixels[lower + left]) * across;
    const step = ((above + (below - above) * share) * steps + 0.5) | 0;
    const grey = (table[step] + 256 * THRESHOLDS[dither + (x & 7)]) >> 8;
    screen[y * width + x] = BLACK | (grey << 16) | (grey << 8) | grey;
  }
}

/** For each pixel of the screen along one side: the two samples around it, and the share of the second. */
function along(start, length, screen, grain, samples) {
  // The middle of a pixel decides whether it lies on the film, as on a graphics card.
  const from = Math.max(0, Math.ceil(start - 0.5));
  const to = Math.max(from, Math.min(screen, Math.ceil(start + length - 0.5)));
  const first = new Int32Array(to - from);
  const second = new Int32Array(to - from);
  const share = new Float32Array(to - from);
  for (let pixel = from; pixel < to; pixel += 1) {
    const at = (pixel + 0.5 - start) / grain - 0.5;
    const before = Math.floor(at);
    first[pixel - from] = Math.min(Math.max(before, 0), samples - 1);
    second[pixel - from] = Math.min(Math.max(before + 1, 0), samples - 1);
    share[pixel - from] = at - before;
  }
  return { from, to, first, second, share };
}
