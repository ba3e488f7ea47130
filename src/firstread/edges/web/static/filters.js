/** Which films are listed, and in which order. Nothing of it is kept: a filter forgotten overnight would hide films. */

import { by, element, press, write } from "./elements.js";
import { count, printable } from "./words.js";

const TYPING_MS = 180;
// One for all comparisons: to make one for each takes minutes where every study has a folder of its own.
const BY_NAME = new Intl.Collator("en", { numeric: true });
// More cannot be chosen from, nor made quickly; search finds the others.
const MOST_FOLDERS = 500;
// The highest probability, the newest film: what somebody means who sorts by them.
const DESCENDING_FIRST = ["probability"];
const SORTS_THAT_TELL = ["rank", "probability"];
const STATES = { unread: "Unread", waiting: "Being scored", not_scored: "Not scored", read: "Read", all: "All" };

export class Filters extends EventTarget {
  #bands = new Set();
  #isDescending = false;
  #isBlinded = false;
  #timer = 0;

  constructor() {
    super();
    by("search").addEventListener("input", () => this.#soon());
    for (const id of ["state", "folder", "grouped"]) by(id).addEventListener("change", () => this.#changed());
    by("sort").addEventListener("change", () => this.#sorted());
    by("direction").addEventListener("click", () => this.#turned());
    for (const chip of this.#chips()) chip.addEventListener("click", () => this.#chipped(chip));
  }

  get isGrouped() {
    return by("grouped").checked;
  }

  /** Whether all unread films are listed by rank: then a rank says where a film stands. */
  get isPlain() {
    return this.isAll && by("state").value === "unread" && by("sort").value === "rank" && !this.#isDescending
      && !this.isGrouped && !this.#isBlinded;
  }

  /** Whether nothing but the state keeps films off the list. */
  get isAll() {
    return this.#bands.size === 0 && !by("folder").value && !by("search").value.trim();
  }

  get isBlinded() {
    return this.#isBlinded;
  }

  get state() {
    return by("state").value;
  }

  /** Return the question to the server. */
  query() {
    const query = new URLSearchParams({
      state: this.state,
      sort: this.isGrouped ? "folder" : by("sort").value,
      descending: this.#isDescending,
      blinded: this.#isBlinded,
    });
    for (const band of this.#bands) query.append("band", band);
    if (by("folder").value) query.set("folder", by("folder").value);
    if (by("search").value.trim()) query.set("q", by("search").value.trim());
    return query;
  }

  /** List every unread film again. */
  clear() {
    this.#bands.clear();
    for (const id of ["search", "folder"]) by(id).value = "";
    by("state").value = "unread";
    this.#draw();
    this.#changed();
  }

  /** List what the search kept off the list. */
  endSearch() {
    if (!by("search").value) return;
    by("search").value = "";
    this.#changed();
  }

  /** Take away what would tell a blinded reader of scores. */
  setBlinded(isBlinded) {
    this.#isBlinded = isBlinded;
    by("bands").hidden = isBlinded;
    for (const option of by("sort").options) {
      option.hidden = isBlinded && SORTS_THAT_TELL.includes(option.value);
      option.disabled = option.hidden;
    }
    if (isBlinded) {
      this.#bands.clear();
      by("sort").value = "arrived";
    } else if (by("sort").value === "arrived") by("sort").value = "rank";
    this.#isDescending = false;
    this.#draw();
  }

  /** Show how many films each band and state has. */
  show(counts) {
    for (const chip of this.#chips()) write(chip.querySelector("b"), count(counts[chip.value] ?? 0));
    for (const option of by("state").options) {
      write(option, `${STATES[option.value]} (${count(counts[option.value] ?? 0)})`);
    }
  }

  /** Offer the folders; each lists the films of those below it too. */
  offer(folders) {
    const chosen = by("folder").value;
    const options = offered(withParents(folders), chosen).map(([folder, films]) => {
      const depth = folder.split("/").length - 1;
      const name = printable(folder.slice(folder.lastIndexOf("/") + 1));
      return element("option", { value: folder }, `${"\u2003".repeat(depth)}${name} (${count(films)})`);
    });
    by("folder").replaceChildren(element("option", { value: "" }, "All folders"), ...options);
    by("folder").value = chosen;
    by("folder").disabled = options.length === 0;
    if (by("folder").value === chosen) return;
    // The last film of it was removed: what is listed must be what the filter says.
    by("folder").value = "";
    this.#changed();
  }

  #chips() {
    return by("bands").querySelectorAll("button");
  }

  #chipped(chip) {
    if (!this.#bands.delete(chip.value)) this.#bands.add(chip.value);
    this.#draw();
    this.#changed();
  }

  #sorted() {
    this.#isDescending = DESCENDING_FIRST.includes(by("sort").value);
    by("grouped").checked = false;
    this.#draw();
    this.#changed();
  }

  #turned() {
    this.#isDescending = !this.#isDescending;
    this.#draw();
    this.#changed();
  }

  #draw() {
    for (const chip of this.#chips()) press(chip, this.#bands.has(chip.value));
    write(by("direction"), this.#isDescending ? "↓" : "↑");
    press(by("direction"), this.#isDescending);
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed(), TYPING_MS);
  }

  #changed() {
    clearTimeout(this.#timer);
    this.dispatchEvent(new Event("change"));
  }
}

/** Return every folder and those it lies in, with the films in and below each. */
function withParents(folders) {
  const films = new Map();
  for (const { folder, films: n } of folders) {
    if (!folder) continue;
    const parts = folder.split("/");
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const path = parts.slice(0, depth).join("/");
      films.set(path, (films.get(path) ?? 0) + n);
    }
  }
  return films;
}

/** Return the folders to choose from, by name: of too many, those that lie least deep, and the one that is chosen. */
function offered(films, chosen) {
  const depthOf = ([folder]) => folder.split("/").length;
  let all = [...films];
  for (let depth = Math.max(0, ...all.map(depthOf)); all.length > MOST_FOLDERS && depth > 1; depth -= 1) {
    all = all.filter((each) => depthOf(each) < depth);
  }
  const byName = ([a], [b]) => BY_NAME.compare(a, b);
  const shown = new Map(all.sort(byName).slice(0, MOST_FOLDERS));
  // A filter that is not among those to choose from would be dropped without a word.
  if (films.has(chosen)) shown.set(chosen, films.get(chosen));
  return [...shown].sort(byName);
}
