/** How the chosen film's file was made and stored: the server reads its header when a reader asks. */

import { fetchJson, filmPath } from "./api.js";
import { by, element, facts } from "./elements.js";
import { printable } from "./words.js";

const NUMBER = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 5, useGrouping: false });
const DIRECTIONS = { L: "left", R: "right", A: "front", P: "back", H: "head", F: "feet" };
// Who steps through the films with the facts open asks for those of the film on which this one stays.
const SETTLE_MS = 150;

export class FileFacts {
  #details = by("file-facts");
  #told = by("file-facts-told");
  #film = null;
  #isAsked = false;
  #aborter = new AbortController();

  constructor() {
    this.#details.addEventListener("toggle", () => this.#follow());
  }

  /** Offer the facts of a film; null: of none. */
  offer(film) {
    if (film === this.#film) return;
    this.#film = film;
    this.#isAsked = false;
    this.#details.hidden = !film;
    this.#aborter.abort();
    this.#told.replaceChildren();
    this.#follow();
  }

  /** Fetch what a reader wants to see and that was not asked for yet. */
  async #follow() {
    if (!this.#film || !this.#details.open || this.#isAsked) return;
    this.#isAsked = true;
    const { signal } = this.#aborter = new AbortController();
    this.#say("Reading the file…");
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
    if (signal.aborted) return;
    try {
      const told = await fetchJson(filmPath(this.#film, "/facts"), { signal });
      if (!signal.aborted) this.#told.replaceChildren(facts(inWords(told)));
    } catch (problem) {
      if (signal.aborted) return;
      this.#isAsked = false; // opened again, they are asked for again
      this.#say(printable(problem.message));
    }
  }

  #say(words) {
    this.#told.replaceChildren(element("p", { class: "soft", role: "status" }, words));
  }
}

/** Return terms and what the file states of each; texts of a file stand there as they are written. */
function inWords(file) {
  const { windows, lossy, bits } = file;
  return [
    ["Format", file.content],
    ["Transfer syntax", file.transfer_syntax],
    ["Modality", file.modality],
    ["Body part", file.body_part],
    ["View position", file.view_position],
    ["Orientation", file.orientation && directions(file.orientation)],
    ["Photometric", file.photometric],
    ["Bits stored", bits && String(bits)],
    ["Lossy", lossy === null ? null : lossy ? "yes, compressed with loss" : "no"],
    ["Pixel spacing", spacing(file.pixel_spacing_mm)],
    ["At the detector", spacing(file.imager_pixel_spacing_mm)],
    ["Window", windows.map(({ centre, width }) => `centre ${NUMBER.format(centre)}, width ${NUMBER.format(width)}`).join("; ")],
    ["Manufacturer", file.manufacturer],
    ["Model", file.model],
    ["Tube voltage", file.tube_voltage_kv && `${NUMBER.format(file.tube_voltage_kv)} kV`],
    ["Exposure", file.exposure_mas && `${NUMBER.format(file.exposure_mas)} mAs`],
  ].map(([term, value]) => [term, value && printable(value)]);
}

/** Return "rows to the left, columns to the feet". */
function directions([rows, columns]) {
  const named = (letters) => [...letters].map((letter) => DIRECTIONS[letter] ?? letter).join(" and ");
  return `rows to the ${named(rows)}, columns to the ${named(columns)}`;
}

/** Return one distance where both are alike, else rows × columns. */
function spacing(mm) {
  if (!mm) return null;
  const [rows, columns] = mm.map((each) => NUMBER.format(each));
  return rows === columns ? `${rows} mm` : `${rows} × ${columns} mm`;
}
