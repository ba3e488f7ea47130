/** One film on its surface, with what is said of it; a viewer has one pane or two. */

import { element, write } from "./elements.js";
import { Surface } from "./viewer-surface.js";
import { START, magnification, placed, shownLevels, windowOf, windowToRead } from "./viewer-view.js";

const LOADING = "Loading the film …";
const RESET = "The graphics card was reset; the film will be back in a moment.";
const HOW = "Drag to move, turn the wheel to zoom, drag with the right button or with Shift to change the window.";

export class Pane extends EventTarget {
  /** What was asked for: name, title, and whether a heat map may be shown; null for nothing. */
  order = null;
  /** The film itself; null until it is here. */
  film = null;
  /** Its heat map; null for none. */
  heat = null;
  /** Where the film lies and which grey levels it shows. */
  view = START;
  /** "empty", "loading", "shown" or "failed". */
  status = "empty";
  #base;
  #label;
  #turn = 0;
  #note = "";
  #surface;
  #title = element("p", { class: "film-title" });
  #facts = element("p", { class: "film-facts" });
  #words = element("p", { role: "status" });
  #again = element("button", { type: "button", click: () => this.#tell("again") }, "Try again");
  #file = element("a", { download: true }, "Save the original file");
  #message = element("div", { class: "film-message" }, this.#words, this.#again, this.#file);

  /**
   * Tells "change" when it has to be drawn anew, "resize" when that must be at once, and "again" when the reader
   * wants another try.
   *
   * @param {string} label What the pane is.
   * @param {{base: string, wantsGl: boolean}} how
   */
  constructor(label, { base, wantsGl }) {
    super();
    this.#base = base;
    this.#label = label;
    this.#surface = new Surface({ wantsGl });
    this.element = element("figure",
      { class: "film-pane", tabindex: 0, role: "group", "aria-label": `${label}. ${HOW}` },
      this.#surface.element, this.#title, this.#facts, this.#message);
    this.#surface.addEventListener("resize", () => this.#tell("resize"));
    for (const event of ["lost", "found"]) this.#surface.addEventListener(event, () => this.#reset());
    this.#say("empty");
  }

  get name() {
    return this.order?.name ?? null;
  }

  get mayBeTriedAgain() {
    return this.status === "failed" && !this.#again.hidden;
  }

  get message() {
    return this.#words.textContent;
  }

  /** Pixels of the screen. */
  get size() {
    return this.#surface.size;
  }

  /** Pixels of the screen for each CSS pixel. */
  get ratio() {
    return this.#surface.ratio;
  }

  /** "webgl2" or "2d"; null before the first drawing. */
  get renderer() {
    return this.#surface.kind;
  }

  /** Pixels of the screen for each stored pixel of the film; null without a film. */
  get magnification() {
    return this.film && this.size.width ? magnification(this.view, this.film, this.size) : null;
  }

  /** Counts what was begun on this pane. */
  get turn() {
    return this.#turn;
  }

  /** Wait for another film: nothing of the one before stays. Returns the turn. */
  begin(order) {
    this.clear();
    this.order = order;
    this.#say("loading", LOADING);
    return this.#turn;
  }

  /** Whether the reader still wants what was begun at this turn. */
  isAt(turn) {
    return turn === this.#turn;
  }

  show(film) {
    this.film = film;
    this.#say("shown", this.#surface.isLost ? RESET : "");
  }

  /** Have a heat map for the film; null for none. The note says why there is none, if that is a mishap. */
  warm(heat, note = "") {
    this.heat = heat;
    this.#note = note;
    this.#tell("change");
  }

  /** Say why there is no film, and what the reader can do. */
  fail({ message, status, isPassing = true }) {
    this.#say("failed", message);
    this.#again.hidden = !isPassing;
    this.#file.hidden = status !== 409;
    this.#file.href = `${this.#base}/films/${this.name}/file`;
  }

  /** Show no film. */
  clear() {
    this.#turn += 1;
    Object.assign(this, { order: null, film: null, heat: null, view: START });
    this.#note = "";
    this.#say("empty");
  }

  /** Draw the film, and its heat map with this opacity; 0: without. */
  draw(opacity, { isTitled }) {
    const title = this.order?.title ?? "";
    // Of two films each says which one it is: two of one patient may be called the same.
    write(this.#title, isTitled && this.name ? `${this.#label}: ${title || this.name.slice(0, 12)}` : title);
    write(this.#facts, this.film ? this.#inWords() : "");
    this.#surface.label = this.film ? `Radiograph ${title}`.trim() : "No film";
    this.#surface.draw(this.film && this.#picture(opacity));
  }

  /** The pixels on the screen: width, height, and data (red, green, blue, opacity). */
  snapshot() {
    return this.#surface.snapshot();
  }

  destroy() {
    this.#turn += 1;
    this.#surface.destroy();
    this.element.remove();
  }

  #picture(opacity) {
    const { film, view } = this;
    return {
      film,
      heat: opacity > 0 ? this.heat : null,
      opacity,
      placement: placed(view, film, this.size),
      ...shownLevels(view, film),
      inverted: view.inverted,
    };
  }

  #inWords() {
    const { film, view } = this;
    const percent = Math.round(100 * (this.magnification ?? 1));
    const { centre, width } = windowToRead(windowOf(view, film));
    const isReduced = film.width < film.storedWidth || film.height < film.storedHeight;
    return [
      `W ${width} L ${centre}`,
      percent === 100 ? "1:1" : `${percent} %`,
      view.inverted && "inverted",
      isReduced && `reduced from ${film.storedWidth} × ${film.storedHeight}`,
      this.#note,
    ].filter(Boolean).join(" · ");
  }

  #reset() {
    if (this.status === "shown") this.#say("shown", this.#surface.isLost ? RESET : "");
    this.#tell("change");
  }

  #say(status, words = "") {
    this.status = status;
    write(this.#words, words);
    this.#message.hidden = !words;
    this.#message.dataset.status = status;
    this.#again.hidden = true;
    this.#file.hidden = true;
    this.element.setAttribute("aria-busy", String(status === "loading"));
    this.#tell("change");
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
