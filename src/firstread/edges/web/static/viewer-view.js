/**
 * Where a film lies in its pane, and which grey levels it shows. Values in, values out; nothing here draws.
 *
 * A view counts in parts of its film: zoom 1 fits the pane, the place (x, y) from 0 to 1 lies in its middle, and
 * window centre and width are shares of the window that the film begins with. So films of different size, depth and
 * first window can share a view.
 */

export const START = Object.freeze({ zoom: 1, x: 0.5, y: 0.5, centre: 0.5, width: 1, inverted: false });

const SMALLEST_ZOOM = 0.25;
// Screen pixels that one pixel of the film may grow to.
const LARGEST_PIXEL = 32;
// A 256th of 16 bits are 256 levels, as many as a screen has greys; the look-up table needs no finer steps.
const NARROWEST = 1 / 256;
const WIDEST = 2;
// A width is told to this many digits at least, and up to a whole number.
const DIGITS = 2;

const between = (low, value, high) => Math.min(Math.max(value, low), high);

/** Screen pixels for each sample of a film that fits the pane. */
export function fitScale(film, pane) {
  return Math.min(pane.width / film.width, pane.height / film.height);
}

/** Screen pixels for each stored pixel: 1 is 1:1, also where the server sent a reduced film. */
export function magnification(view, film, pane) {
  return (fitScale(film, pane) * view.zoom * film.width) / film.storedWidth;
}

/** Where the film lies: `scale` in screen pixels for each sample, `left` and `top` in whole screen pixels. */
export function placed(view, film, pane) {
  const exact = exactly(view, film, pane);
  // Whole pixels: at 1:1 each sample must be one pixel of the screen, and not a mixture of four.
  return { scale: exact.scale, left: Math.round(exact.left), top: Math.round(exact.top) };
}

function exactly(view, film, pane) {
  const scale = fitScale(film, pane) * view.zoom;
  const left = pane.width / 2 - view.x * film.width * scale;
  return { scale, left, top: pane.height / 2 - view.y * film.height * scale };
}

/** The view after zooming by a factor; what lies at (x, y), in screen pixels of the pane, stays there. */
export function zoomedAt(view, film, pane, factor, x, y) {
  const fit = fitScale(film, pane);
  // A small film in a large pane is at 1:1 when it is smaller still.
  const smallest = Math.min(SMALLEST_ZOOM, film.storedWidth / (film.width * fit));
  const zoom = between(smallest, view.zoom * factor, Math.max(1, LARGEST_PIXEL / fit));
  const { scale, left, top } = exactly(view, film, pane);
  const held = { x: (x - left) / (film.width * scale), y: (y - top) / (film.height * scale) };
  return moved(view, {
    zoom,
    x: held.x - (x - pane.width / 2) / (film.width * fit * zoom),
    y: held.y - (y - pane.height / 2) / (film.height * fit * zoom),
  });
}

/** The view after the film was moved by so many screen pixels. */
export function panned(view, film, pane, dx, dy) {
  const { scale } = exactly(view, film, pane);
  return moved(view, { x: view.x - dx / (film.width * scale), y: view.y - dy / (film.height * scale) });
}

/** The view with another window; centre and width are shares of the film's first one. */
export function windowed(view, { white, first }, centre, width) {
  const black = darkest(first);
  return Object.freeze({
    ...view,
    centre: between(-black / first.width, centre, (white - black) / first.width),
    width: between((NARROWEST * white) / first.width, width, (WIDEST * white) / first.width),
  });
}

/** The window as the file counts it: in its own values; in grey levels of a film that has no others. */
export function windowOf(view, { first, values }) {
  const { slope, intercept, counted } = values;
  const centre = darkest(first) + view.centre * first.width;
  return {
    centre: intercept + slope * centre + counted / 2,
    width: Math.abs(slope) * view.width * first.width + counted,
  };
}

/** The view with a window that is counted so. */
export function withWindow(view, film, { centre, width }) {
  const { first, values: { slope, intercept, counted } } = film;
  const level = (centre - counted / 2 - intercept) / slope;
  return windowed(view, film,
    (level - darkest(first)) / first.width, (width - counted) / (Math.abs(slope) * first.width));
}

/** Centre and width as numbers to read: whole ones, unless the file's values lie closer together. */
export function windowToRead({ centre, width }) {
  const places = between(0, DIGITS - 1 - Math.floor(Math.log10(width)), 20);
  const rounded = (value) => Number(value.toFixed(places));
  return { centre: rounded(centre), width: rounded(width) };
}

/** The view that shows each stored pixel as one pixel of the screen. */
export function atActualSize(view, film, pane) {
  return zoomedAt(view, film, pane, 1 / magnification(view, film, pane), pane.width / 2, pane.height / 2);
}

/** The grey levels shown as black and as white. */
export function shownLevels(view, film) {
  const { first } = film;
  const at = (share) => darkest(first) + share * first.width;
  return { low: at(view.centre - view.width / 2), high: at(view.centre + view.width / 2) };
}

/** The grey level that the first window shows black. */
function darkest({ centre, width }) {
  return centre - width / 2;
}

function moved(view, { zoom = view.zoom, x, y }) {
  // The middle of the pane always lies on the film: nobody loses it.
  return Object.freeze({ ...view, zoom, x: between(0, x, 1), y: between(0, y, 1) });
}
