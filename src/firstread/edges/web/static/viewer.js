/**
 * The viewer: shows one film, or two side by side, at full grey depth, with its heat map over it.
 *
 *     const viewer = new Viewer(document.getElementById("viewer"));
 *     viewer.addEventListener("change", ({ detail }) => …);
 *     await viewer.load(film, { title: "a/b.dcm", heat: !isBlinded });
 *
 * It never shows one film under the name of another: what was there before goes at once.
 */

import { controls } from "./viewer-controls.js";
import { FilmShelf } from "./viewer-films.js";
import { legend } from "./viewer-legend.js";
import { Panes } from "./viewer-panes.js";
import { START, atActualSize, panned, windowOf, windowed, withWindow, zoomedAt } from "./viewer-view.js";

const CACHE_BYTES = 256 * 2 ** 20;

export class Viewer extends EventTarget {
  #container;
  #shelf;
  #panes;
  #previous = null;

  /**
   * @param {HTMLElement} container Is filled with the viewer.
   * @param {Object} how `base`: address of the API. `maxSide`: longest side that is asked for; null: as stored.
   *   `cacheBytes`: memory for films at hand. `renderer`: "webgl2" or "2d"; `?renderer=2d` in the address of the
   *   page does the same. `hasControls`: with buttons.
   */
  constructor(container, how = {}) {
    super();
    const { base = "/api/v1", maxSide = null, cacheBytes = CACHE_BYTES } = how;
    const { renderer = wanted(), hasControls = true } = how;
    this.#container = container;
    this.#shelf = new FilmShelf({ base, maxSide, bytes: cacheBytes });
    this.#panes = new Panes({ base, wantsGl: renderer !== "2d" });
    this.#panes.addEventListener("drawn", () => this.#tell());
    this.#panes.addEventListener("again", ({ detail: pane }) => this.#again(pane));
    this.#panes.element.append(legend(this));
    container.classList.add("film-viewer");
    container.replaceChildren(this.#panes.element, ...(hasControls ? [controls(this)] : []));
  }

  // ── Films

  /**
   * Show a film; resolves to whether it is shown. Why it is not, is said on the pane and in the state.
   *
   * @param {string} name The film's SHA-256.
   * @param {{title?: string, heat?: boolean, previous?: string|null}} how `heat`: false keeps the heat map from a
   *   blinded reader. `previous`: the film to compare with; else the one shown before.
   */
  async load(name, { title = "", heat = true, previous = null } = {}) {
    const { order } = this.#panes.main;
    if (order && order.name !== name) {
      this.#previous = order;
      this.#panes.close();
    }
    if (previous && previous !== this.#previous?.name) this.#previous = { name: previous, title: "", heat };
    return this.#fill(this.#panes.main, { name, title, heat });
  }

  /** Have a film at hand for the next `load`; nobody hears of it when that fails. */
  async prefetch(name) {
    await this.#shelf.film(name, { isUrgent: false }).catch(() => {});
  }

  /** Show another film beside this one; null: this one alone. */
  async compareWith(name, { title = "", heat = true } = {}) {
    if (!name) {
      this.#panes.close();
      return false;
    }
    const known = name === this.#previous?.name ? this.#previous : { title: "", heat: true };
    const pane = this.#panes.open();
    const done = this.#fill(pane, { name, title: title || known.title, heat: heat && known.heat });
    this.#panes.follow(pane);
    return done;
  }

  /** Fetch again what could not be had for a reason that may have passed. */
  async retry() {
    await Promise.all(this.#panes.failed.map((pane) => this.#again(pane)));
  }

  /** Show the film beside the one before, or alone again. */
  async toggleCompare() {
    return this.compareWith(this.#panes.other ? null : this.#previous?.name);
  }

  /** Move both films together, or each on its own. */
  link(isLinked) {
    this.#panes.link(isLinked);
  }

  /** Show no film. */
  clear() {
    this.#panes.close();
    this.#panes.main.clear();
    this.#shelf.keepOnly([]);
  }

  // ── What a reader does, to the pane that was touched last

  /** Zoom by a factor; the middle of the pane stays where it is. */
  zoomBy(factor) {
    this.#panes.change((view, film, size) => zoomedAt(view, film, size, factor, size.width / 2, size.height / 2));
  }

  /** Move the film by shares of the pane: 0.1 is a tenth to the right, or down. */
  panBy(across, down) {
    this.#panes.change((view, film, size) => panned(view, film, size, across * size.width, down * size.height));
  }

  /** Make the window wider by a factor, or narrower: less contrast, or more. */
  widthBy(factor) {
    this.#panes.change((view, film) => windowed(view, film, view.centre, factor * view.width));
  }

  /** Raise the level by shares of the window, or lower it: darker, or brighter. */
  levelBy(share) {
    this.#panes.change((view, film) => windowed(view, film, view.centre + share * view.width, view.width));
  }

  /** Set the window, in the file's own values; in grey levels of a film that has no others. */
  window(centre, width) {
    this.#panes.change((view, film) => withWindow(view, film, { centre, width }));
  }

  /** Exchange black and white. */
  invert() {
    this.#panes.change((view) => Object.freeze({ ...view, inverted: !view.inverted }));
  }

  /** Show the whole film. */
  fit() {
    this.#panes.change((view) => Object.freeze({ ...view, zoom: START.zoom, x: START.x, y: START.y }));
  }

  /** Show each stored pixel as one pixel of the screen. */
  actualSize() {
    this.#panes.change(atActualSize);
  }

  /** Show the film as it was at first: whole, with its first window, not inverted. */
  reset() {
    this.#panes.change(() => START);
  }

  /** Lay the heat map over the film, or take it away. */
  toggleHeat(isShown = !this.#panes.heat.isShown) {
    this.#warmth({ isShown });
  }

  /** Set the opacity of the heat map, 0 to 1. */
  setHeatOpacity(opacity) {
    this.#warmth({ opacity: Math.min(Math.max(opacity, 0), 1) });
  }

  /** Make the heat map stronger or fainter. */
  heatBy(step) {
    this.setHeatOpacity(this.#panes.heat.opacity + step);
  }

  /** Give a film the title that was not known yet when it was shown. */
  entitle(name, title) {
    if (this.#previous?.name === name) this.#previous = { ...this.#previous, title };
    this.#panes.entitle(name, title);
  }

  /** Let the heat map of this film be shown, or keep it back. */
  async allowHeat(isAllowed) {
    await this.#allow(this.#panes.main, isAllowed);
  }

  /** Let the heat map of the film before be shown, where it stands beside this one too, or keep it back. */
  async allowHeatBefore(isAllowed) {
    if (this.#previous) this.#previous = { ...this.#previous, heat: isAllowed };
    if (this.#panes.other) await this.#allow(this.#panes.other, isAllowed);
  }

  // ── What others may know

  /** What is shown now, and how; also the detail of every "change". */
  get state() {
    const { main, other, touched, heat, isLinked } = this.#panes;
    const { film, view } = touched;
    const { status, message } = main;
    return Object.freeze({
      film: main.name,
      status,
      message,
      magnification: main.magnification,
      window: film && Object.freeze(windowOf(view, film)),
      white: film?.white ?? null,
      inverted: view.inverted,
      heat: Object.freeze({ ...heat, isAllowed: main.order?.heat ?? false, isAvailable: Boolean(main.heat) }),
      compared: other && Object.freeze({ film: other.name, status: other.status, message: other.message }),
      previous: this.#previous?.name ?? null,
      isLinked,
      renderer: main.renderer,
      cachedBytes: this.#shelf.size,
    });
  }

  /** The pixels on a pane now: width, height, data (red, green, blue, opacity from the top left). */
  snapshot(pane = 0) {
    return this.#panes.snapshot(pane);
  }

  destroy() {
    this.#shelf.keepOnly([]);
    this.#panes.destroy();
    this.#container.replaceChildren();
    this.#container.classList.remove("film-viewer");
  }

  #warmth(changed) {
    Object.assign(this.#panes.heat, changed);
    this.#panes.redraw();
  }

  async #fill(pane, order) {
    const turn = pane.begin(order);
    this.#shelf.keepOnly(this.#panes.names);
    // Both are on their way at once; the film is shown as soon as it is here.
    if (order.heat) this.#shelf.heat(order.name).catch(() => {});
    try {
      const film = await this.#shelf.film(order.name);
      if (!pane.isAt(turn)) return false;
      pane.show(film);
    } catch (problem) {
      if (pane.isAt(turn)) pane.fail(problem);
      return false;
    }
    await this.#warm(pane, turn);
    return pane.isAt(turn);
  }

  /** Try again, and keep what the reader has set on the other film meanwhile. */
  async #again(pane) {
    const done = this.#fill(pane, pane.order);
    this.#panes.follow(pane);
    return done;
  }

  async #allow(pane, isAllowed) {
    if (!pane.order || pane.order.heat === isAllowed) return;
    pane.order = { ...pane.order, heat: isAllowed };
    pane.warm(null);
    if (pane.film) await this.#warm(pane, pane.turn);
  }

  async #warm(pane, turn) {
    if (!pane.order.heat) return;
    const mayShow = () => pane.isAt(turn) && pane.order.heat;
    try {
      const heat = await this.#shelf.heat(pane.name);
      if (mayShow()) pane.warm(heat?.picture ?? null);
    } catch (problem) {
      if (mayShow()) pane.warm(null, problem.message);
    }
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("change", { detail: this.state }));
  }
}

/** What the page's address asks for. */
function wanted() {
  return new URLSearchParams(location.search).get("renderer") ?? "webgl2";
}
