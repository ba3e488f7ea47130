/** What is known of the chosen film. */

import { address, fetchJson, filmPath, serverNow } from "./api.js";
import { isHidden } from "./bands.js";
import { by, element, facts } from "./elements.js";
import { FileFacts } from "./file-facts.js";
import { drawProbability } from "./probability.js";
import { FINDING, count, duration, moment, plural, printable, size } from "./words.js";

const VIEWS = { PA: "PA (posteroanterior)", AP: "AP (anteroposterior)", LL: "left lateral", RL: "right lateral" };
// The others unfold.
const COPIES_SHOWN = 3;
const AGED_EVERY_MS = 30_000;
const UNTOLD = { readings: [], copies: [], probability_low: null, probability_high: null, bundle: null };

export class Detail extends EventTarget {
  /** The film as the server told it last; null before. */
  film = null;
  /** The model that scored it; null when it is not known. */
  bundle = null;
  #panel = by("facts");
  #fileFacts = new FileFacts();
  #aborter = new AbortController();
  #bundles = [];
  #place = null;
  // The film of which every name is shown.
  #unfolded = "";
  // Whoever wants to see the rule wants to see it for the next film too.
  #isRuleOpen = false;

  constructor() {
    super();
    setInterval(() => this.film && this.#draw(), AGED_EVERY_MS);
  }

  /** Show what the worklist tells of a film, until the server tells the rest. */
  preview(row) {
    this.#aborter.abort();
    this.#place = null;
    this.film = { ...UNTOLD, ...row };
    this.#fileFacts.offer(row.film);
    this.#draw();
  }

  /**
   * Fetch a film and show what is known of it.
   *
   * @returns {Promise<?Object>} The film; null when another was asked for in the meantime.
   * @throws {Problem} If it cannot be had.
   */
  async show(sha256, { isBlinded = false } = {}) {
    this.#aborter.abort();
    const { signal } = this.#aborter = new AbortController();
    try {
      const film = await fetchJson(filmPath(sha256, `?blinded=${isBlinded}`), { signal });
      // A place would tell a blinded reader what the model thinks of a film.
      const tellsPlace = !film.read && !isBlinded;
      const place = tellsPlace ? await fetchJson(filmPath(sha256, "/place"), { signal }).catch(() => null) : null;
      const bundle = await this.#bundleOf(film, signal);
      if (signal.aborted) return null;
      [this.film, this.#place, this.bundle] = [film, place, bundle];
      this.#fileFacts.offer(sha256);
      this.#draw();
      if (place) this.dispatchEvent(new CustomEvent("place", { detail: { film: sha256, ...place } }));
      return film;
    } catch (problem) {
      if (signal.aborted) return null;
      throw problem;
    }
  }

  clear() {
    this.#aborter.abort();
    this.film = null;
    this.#fileFacts.offer(null);
    this.#panel.replaceChildren();
  }

  /** Return the model that scored a film; asks again for one that is not known: it may be newer than this page. */
  async #bundleOf(film, signal) {
    const find = () => this.#bundles.find((bundle) => bundle.sha256 === film.bundle) ?? null;
    if (film.bundle && !find()) {
      // Without it everything else still stands; the next film asks again.
      this.#bundles = await fetchJson("/bundles", { signal, attempts: 1 }).then(({ bundles }) => bundles, () => this.#bundles);
    }
    return find();
  }

  /** Draw what has changed: focus and selected words stay where nothing has. */
  #draw() {
    const { film } = this;
    const drawn = element("div", {},
      ...[this.#verdict(), warnings(film), readings(film), this.#facts(), this.#why(), links(film)].filter(Boolean));
    if (drawn.innerHTML === this.#panel.innerHTML) return;
    const focused = this.#panel.contains(document.activeElement) ? document.activeElement.id : "";
    this.#panel.replaceChildren(...drawn.childNodes);
    if (focused) by(focused)?.focus();
  }

  #verdict() {
    const { film } = this;
    if (film.state === "waiting") return note("Being scored. It keeps its place in the order of arrival.");
    if (film.state === "not_scored") return refusal(film.reason);
    if (isHidden(film)) return note("The score is hidden until you have read the film.");
    return drawProbability(film, this.bundle);
  }

  #why() {
    if (!this.#place?.why) return null;
    const { why, rank, arrival, latest, unread } = this.#place;
    const told = [rank && `Rank ${count(rank)} of ${count(unread)}`, arrival && `came as number ${count(arrival)}`,
      latest && latest < unread && `is read as number ${count(latest)} at the latest`].filter(Boolean);
    return section("Why is this here?", element("p", {}, why),
      told.length > 0 && element("p", { class: "soft" }, `${told.join("; ")}.`), this.#rule());
  }

  /** Return how all films are ranked; with a place, since who must not see the one needs not the other. */
  #rule() {
    const toggle = ({ target }) => { this.#isRuleOpen = target.open; };
    return element("details", { open: this.#isRuleOpen, toggle },
      element("summary", { id: "rank-rule" }, "How films are ranked"), element("p", { class: "soft" }, this.#place.rule));
  }

  #facts() {
    const { film } = this;
    const waited = film.read ? null : `${duration(serverNow() - Date.parse(film.arrived_at))}`;
    return section("Film", facts([
      ["Name", printable(film.name)],
      ["Arrived", moment(film.arrived_at)],
      ["Waiting", waited],
      [film.state === "not_scored" ? "Looked at" : "Scored", film.scored_at && moment(film.scored_at)],
      ["View", film.view_position && (VIEWS[film.view_position] ?? film.view_position)],
      ["Size", film.width && `${count(film.width)} × ${count(film.height)} px, ${size(film.file_bytes)}`],
      ["File", !film.width && film.file_bytes && size(film.file_bytes)],
      ["Unusual", film.shift !== null && `more than ${ordinary(film.shift)} the model was tuned on (shift)`],
      ["Model", this.bundle && `${this.bundle.name}${this.bundle.current ? "" : " (not the current one)"}`],
      ["Folder", film.folder && printable(film.folder)],
      ["Also came as", this.#copies()],
    ].map(([term, value]) => [term, value || null])));
  }

  /** Return the names under which the same file came again. */
  #copies() {
    const { film, copies, n_copies: n } = this.film;
    if (copies.length === 0) return null;
    const [shown, folded] = [copies.slice(0, COPIES_SHOWN), copies.slice(COPIES_SHOWN)];
    const named = names(shown);
    if (folded.length === 0) return named;
    const untold = n > copies.length && element("p", { class: "soft" }, `The first ${count(copies.length)} of ${count(n)} are listed.`);
    const isOpen = this.#unfolded === film;
    const toggle = ({ target }) => { this.#unfolded = target.open ? film : ""; };
    return element("div", {}, named, element("details", { open: isOpen, toggle },
      element("summary", { id: "other-names" }, plural(n - shown.length, "more name")), names(folded), untold || null));
  }
}

function section(title, ...children) {
  return element("section", {}, element("h3", {}, title), ...children.filter(Boolean));
}

function names(copies) {
  return element("ul", { class: "copies" }, ...copies.map(({ name, folder }) => element("li", {}, printable(name),
    folder && element("span", { class: "soft" }, ` in ${printable(folder)}`))));
}

const note = (words) => element("p", { class: "note" }, words);

function refusal(reason) {
  return element("div", { class: "refusal" },
    element("p", { class: "headline" }, element("span", { class: "band not-scored" }, element("i", { class: "mark not-scored" }), "not scored")),
    element("p", {}, printable(reason?.message ?? "No reason was given.")),
    element("p", { class: "soft" }, "The model says nothing of this film. It is read in the order of arrival."));
}

/** Return in words the tuning films than which a film is more unusual, as a percentile tells it. */
const ordinary = (shift) => shift < 100 ? `${Math.floor(shift)} % of the films` : "any film";

function warnings(film) {
  if (film.warnings.length === 0) return null;
  return element("ul", { class: "warnings", "aria-label": "Warnings" },
    ...film.warnings.map((warning) => element("li", {}, printable(warning))));
}

function readings(film) {
  // What others said would tell a blinded reader something too.
  if (film.readings.length === 0 || isHidden(film)) return null;
  return section("Read by", element("ul", { class: "readings" }, ...film.readings.map((reading) => {
    const manner = [reading.verdict, reading.blinded && "blinded"].filter(Boolean).join(", ");
    return element("li", {}, element("b", {}, FINDING[reading.finding] ?? reading.finding), manner && ` (${manner})`,
      element("span", { class: "soft" }, ` ${printable(reading.reader)}, ${moment(reading.read_at)}`),
      reading.note && element("q", {}, printable(reading.note)));
  })));
}

function links(film) {
  return element("p", {},
    element("a", { id: "original", href: address(filmPath(film.film, "/file")), download: true }, "Save the original file"));
}
