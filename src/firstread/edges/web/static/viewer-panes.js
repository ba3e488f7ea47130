/** The panes of a viewer, one or two: what moves them, whether they move together, and when they are drawn. */

import { element } from "./elements.js";
import { Gestures } from "./viewer-gestures.js";
import { Pane } from "./viewer-pane.js";
import { panned, windowed, zoomedAt } from "./viewer-view.js";

// How often the window doubles when it is dragged across the pane.
const DOUBLINGS = 4;

export class Panes extends EventTarget {
  element = element("div", { class: "film-panes", "data-panes": 1 });
  /** Both films move together. */
  isLinked = true;
  /** The heat map: whether it is shown, and its opacity from 0 to 1. */
  heat = { isShown: false, opacity: 0.5 };
  /** The pane that was touched last. */
  active;
  #how;
  #panes = [];
  #frame = 0;

  /**
   * Tells "drawn" after each drawing, and "again" when the reader wants another try on `detail`, a pane.
   *
   * @param {{base: string, wantsGl: boolean}} how
   */
  constructor(how) {
    super();
    this.#how = how;
    this.active = this.#add("This film");
  }

  get main() {
    return this.#panes[0];
  }

  /** The second pane; null while there is one only. */
  get other() {
    return this.#panes[1] ?? null;
  }

  /** The pane that was touched last, if it has a film; else the first. */
  get touched() {
    return this.active.film ? this.active : this.main;
  }

  /** The names of all films that are shown or awaited. */
  get names() {
    return this.#panes.map((pane) => pane.name);
  }

  /** The panes whose film could not be had, and may be had by now. */
  get failed() {
    return this.#panes.filter((pane) => pane.mayBeTriedAgain);
  }

  /** Return the second pane, made if need be. */
  open() {
    return this.other ?? this.#add("Shown before");
  }

  /** Have one pane only. */
  close() {
    this.#panes.splice(1).forEach((pane) => pane.destroy());
    this.active = this.main;
    this.element.dataset.panes = this.#panes.length;
    this.redraw();
  }

  /** Let a pane that was just filled show what the other one shows, if both move together. */
  follow(pane) {
    const other = this.#panes.find((one) => one !== pane);
    if (this.isLinked && other) pane.view = other.view;
  }

  /** Give a film its title, where it is shown. */
  entitle(name, title) {
    for (const pane of this.#panes.filter((one) => one.name === name)) pane.order = { ...pane.order, title };
    this.redraw();
  }

  /** Change the view of a pane, and of the other one if both move together; one without a film has none. */
  change(changed, pane = this.touched) {
    if (!pane.film || !pane.size.width) return;
    this.#see(changed(pane.view, pane.film, pane.size, pane.ratio), pane);
  }

  /** Move both films together, or each on its own. */
  link(isLinked) {
    this.isLinked = isLinked;
    this.#see(this.active.view, this.active);
  }

  /** Draw in the next frame. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => this.draw());
  }

  /** Draw now. */
  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const opacity = this.heat.isShown ? this.heat.opacity : 0;
    for (const pane of this.#panes) pane.draw(opacity, { isTitled: this.#panes.length > 1 });
    this.dispatchEvent(new Event("drawn"));
  }

  /** The pixels on a pane now. */
  snapshot(number) {
    this.draw();
    return this.#panes[number]?.snapshot() ?? null;
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
    for (const pane of this.#panes) pane.destroy();
  }

  #see(view, pane) {
    for (const one of this.isLinked ? this.#panes : [pane]) one.view = view;
    this.redraw();
  }

  #touch(pane) {
    if (pane === this.active) return;
    this.active = pane;
    this.redraw(); // the controls tell of this film from now on
  }

  #add(label) {
    const pane = new Pane(label, this.#how);
    this.#panes.push(pane);
    pane.addEventListener("change", () => this.redraw());
    // A canvas of another size is empty: waiting for the next frame, it would flash.
    pane.addEventListener("resize", () => this.draw());
    pane.addEventListener("again", () => this.dispatchEvent(new CustomEvent("again", { detail: pane })));
    for (const touch of ["pointerdown", "focus"]) pane.element.addEventListener(touch, () => this.#touch(pane));
    new Gestures(pane.element, this.#hands(pane));
    this.element.append(pane.element);
    this.element.dataset.panes = this.#panes.length;
    return pane;
  }

  #hands(pane) {
    return {
      zoom: (factor, { x, y }) => this.change(
        (view, film, size, ratio) => zoomedAt(view, film, size, factor, x * ratio, y * ratio), pane),
      pan: (dx, dy) => this.change(
        (view, film, size, ratio) => panned(view, film, size, dx * ratio, dy * ratio), pane),
      // To the right: wider, so softer. Up: a lower level, so brighter.
      window: (dx, dy) => this.change((view, film, size, ratio) => windowed(view, film,
        view.centre + ((dy * ratio) / size.height) * view.width,
        view.width * 2 ** ((DOUBLINGS * dx * ratio) / size.width)), pane),
    };
  }
}
