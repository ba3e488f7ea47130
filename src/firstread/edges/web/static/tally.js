/** The reader against the model, counted over one visit. */

import { element } from "./elements.js";
import { THIS_VISIT, keep, recall } from "./kept.js";
import { FINDING, plural } from "./words.js";

export class Tally {
  // The newest reading of a film is the one that counts.
  #readings = new Map();
  #reader = null;

  /** Say whose readings they are: several readers may use one window, one after the other. */
  set reader(name) {
    this.#reader = name;
    this.#readings = new Map([...(recall(this.#name, THIS_VISIT) ?? []), ...this.#readings]);
    this.#keep();
  }

  add(film, { reading, finding, verdict }) {
    if (verdict) this.#readings.set(film, { reading, finding, verdict });
    this.#keep();
  }

  remove(film) {
    this.#readings.delete(film);
    this.#keep();
  }

  clear() {
    this.#readings.clear();
    this.#keep();
  }

  get size() {
    return this.#readings.size;
  }

  /** Return how many films the model flags and does not flag, and how many of each the reader calls pneumonia. */
  get byFlag() {
    const read = [...this.#readings.values()];
    const sure = read.filter(({ finding }) => finding !== "uncertain");
    const of = (isFlagged) => {
      const films = sure.filter((reading) => flagOf(reading) === isFlagged);
      return { n: films.length, called: films.filter(({ finding }) => finding === "present").length };
    };
    return { flagged: of(true), notFlagged: of(false), unsure: read.length - sure.length };
  }

  /** Return the sentence and the table. */
  draw() {
    const read = [...this.#readings.values()];
    if (read.length === 0) return element("p", { class: "soft" }, "No film counted yet.");
    const agreed = read.filter(({ verdict }) => verdict === "agree").length;
    const cell = (finding, isFlagged) => read.filter((r) => r.finding === finding && flagOf(r) === isFlagged).length;
    const rows = ["present", "absent"].map((finding) => element("tr", {},
      element("th", { scope: "row" }, `You: ${FINDING[finding]}`),
      element("td", {}, cell(finding, true)), element("td", {}, cell(finding, false))));
    const unsure = read.filter(({ finding }) => finding === "uncertain").length;
    return element("div", { class: "tally" },
      element("p", {}, element("b", {}, `${agreed} of ${read.length}`), ` as the model${unsure > 0 ? `; unsure of ${plural(unsure, "film")}` : ""}`),
      element("table", {},
        element("thead", {}, element("tr", {}, element("td"), element("th", { scope: "col" }, "Flagged"), element("th", { scope: "col" }, "Not flagged"))),
        element("tbody", {}, ...rows)));
  }

  #keep() {
    if (this.#reader !== null) keep(this.#name, [...this.#readings], THIS_VISIT);
  }

  get #name() {
    return `tally-${this.#reader}`;
  }
}

/** Return whether the model flagged a film, from what the reader said and whether that agrees. */
function flagOf({ finding, verdict }) {
  return (finding === "present") === (verdict === "agree");
}
