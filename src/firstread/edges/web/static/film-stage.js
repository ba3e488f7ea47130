/** Where the chosen film is shown. The page works, with a word about it, when there is nothing to show it with. */

import { address, filmPath } from "./api.js";
import { isHidden } from "./bands.js";
import { by, element } from "./elements.js";
import { printable } from "./words.js";

const OPACITY_STEP = 0.1;
// Of the viewer: it has done what it can.
const ENDED = ["shown", "failed"];

export class FilmStage {
  #shown = null;
  #viewer;
  #ended;

  /**
   * @param {HTMLElement} container
   * @param {function(?string)} ended Hears of the film that is drawn now, or cannot be; of null while one is on its way.
   */
  constructor(container, ended) {
    this.#ended = ended;
    this.#viewer = import("./viewer.js").then(({ Viewer }) => this.#listen(new Viewer(container))).catch((error) => {
      console.error(error);
      return null;
    });
  }

  /**
   * Show a film; of several in quick succession the last one counts.
   *
   * @param {string} film
   * @param {?Object} row What the worklist tells of it; null when that is not known yet.
   */
  async show(film, row) {
    if (film === this.#shown) return;
    this.#shown = film;
    this.#ended(null);
    const viewer = await this.#viewer;
    if (film !== this.#shown) return;
    if (viewer) await viewer.load(film, { title: row ? printable(row.name) : "", heat: hasHeat(row) });
    else this.#sayThereIsNone(film);
  }

  /** Follow what is known of the film: its name, and whether its heat map may be shown. */
  follow(film) {
    // Its name and its score stand on the page: no other film may stand beside them.
    if (film.film !== this.#shown) {
      this.show(film.film, film);
      return;
    }
    this.call("entitle", film.film, printable(film.name));
    this.call("allowHeat", hasHeat(film));
  }

  /** Keep the heat map back; from a blinded reader that of the film before, too. */
  conceal(isBlinded) {
    this.call("allowHeat", false);
    this.call("allowHeatBefore", !isBlinded);
  }

  /** Make the heat map a little stronger, or fainter. */
  async heatBy(steps) {
    const opacity = (await this.#viewer)?.state?.heat?.opacity ?? 0.5;
    this.call("setHeatOpacity", opacity + steps * OPACITY_STEP);
  }

  /** Have the next film ready. */
  prefetch(film) {
    this.call("prefetch", film);
  }

  /** Let the viewer do something; a viewer that cannot does nothing. */
  async call(method, ...values) {
    return (await this.#viewer)?.[method]?.(...values);
  }

  #listen(viewer) {
    viewer.addEventListener("change", ({ detail: { film, status } }) => {
      if (film === this.#shown && ENDED.includes(status)) this.#ended(film);
    });
    return viewer;
  }

  #sayThereIsNone(film) {
    this.#ended(film);
    by("no-viewer").hidden = false;
    by("no-viewer").replaceChildren(
      element("p", {}, "The film cannot be shown: the viewer could not be loaded."),
      element("p", {}, element("a", { href: address(filmPath(film, "/file")), download: true }, "Save the original file")));
  }
}

/** Return whether a heat map may be asked for: a film that waits has none yet, a blinded reader may not see it. */
const hasHeat = (film) => film?.state === "scored" && !isHidden(film);
