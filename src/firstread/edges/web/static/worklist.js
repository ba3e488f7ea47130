/** The reading worklist on the page: its rows, which film is chosen, and what stays put while ranks change. */

import { Pages, pageOf } from "./pages.js";
import { VirtualRows } from "./virtual-rows.js";
import { drawRow, makeRow } from "./film-row.js";

const ROW_HEIGHT = 48;
const AGED_EVERY_MS = 30_000;
// From a hand that comes to rest to its click.
const AIM_MS = 600;
// While films come, ranks may change between two pages, and the place that is asked for may move to a third.
const MOST_TRIES = 4;

export class Worklist extends EventTarget {
  /** The SHA-256 of the chosen film; it stays chosen wherever its rank moves to. */
  chosen = null;
  /** The place where the chosen film stood last. */
  index = -1;
  /** How many films have come in above the chosen one since the reader was last at the top. */
  above = 0;
  isGrouped = false;

  #list;
  #drawn;
  #rows;
  #pages = new Pages();
  #isNew = true;
  // A new list stands at its top until the chosen film is found in it.
  #isSought = false;
  #anchor = null;
  #round = null;
  #nextRound = null;
  // Returns which place is about to be chosen, since ranks change while its film is fetched; null where none is.
  #goal = null;
  #aimedAt = -Infinity;
  // The film below the chosen one: it tells where the chosen one stood when that has left the list.
  #next = null;

  /**
   * @param {HTMLElement} list The listbox.
   * @param {function(Object)} drawn Hears of every film whose row is drawn.
   */
  constructor(list, drawn) {
    super();
    this.#list = list;
    this.#drawn = drawn;
    this.#rows = new VirtualRows(list, {
      rowHeight: ROW_HEIGHT,
      make: makeRow,
      draw: (row, index) => this.#draw(row, index),
      isReady: (first, last) => !this.#isNew && this.#pages.has(first, last),
      // Of a page that was made before the server ranks anew, the last films are missing when one was removed.
      isKnown: (index) => Boolean(this.#pages.row(index)),
      moved: (range) => this.#moved(range),
    });
    this.#pages.addEventListener("change", () => this.#arrived());
    this.#pages.addEventListener("problem", ({ detail }) => this.#tell("problem", detail));
    setInterval(() => this.#rows.draw(), AGED_EVERY_MS);
    for (const motion of ["pointermove", "pointerdown"]) {
      list.addEventListener(motion, () => { this.#aimedAt = performance.now(); });
    }
    list.addEventListener("click", ({ target }) => this.#clicked(target.closest(".film")));
  }

  get total() {
    return this.#pages.total;
  }

  get counts() {
    return this.#pages.counts;
  }

  /** Whether a pointer is about to click on a row: were another one there by then, another film would be chosen. */
  get isAimedAt() {
    return performance.now() - this.#aimedAt < AIM_MS;
  }

  get firstInView() {
    return this.#rows.range.first;
  }

  get rowsInView() {
    return this.#rows.rowsInView;
  }

  /** The chosen film as the worklist tells it; undefined when it is not among the films at hand. */
  get chosenRow() {
    const row = this.#pages.row(this.index);
    return row?.film === this.chosen ? row : undefined;
  }

  /** Whether a place and that of the chosen film are told by one ranking; else a film between the two may be missed. */
  isRankedWithChosen(place) {
    return this.index < 0 || this.#pages.isOneRanking(place, this.index);
  }

  /** Whether a film is about to be chosen that had to be fetched first. */
  get isChoosing() {
    return this.#goal !== null;
  }

  /** Return the film at a place, if it is at hand. */
  row(index) {
    return this.#pages.row(index);
  }

  /** List other films, from the first. */
  async select(query, { isGrouped = false } = {}) {
    this.isGrouped = isGrouped;
    this.#isNew = true;
    this.#anchor = null;
    this.#pages.select(query);
    await this.#fetchNear(1);
  }

  /**
   * Fetch anew what is in view: something changed.
   *
   * What changes meanwhile takes one more round: rounds that cut each other short might never end on a slow server.
   *
   * @returns {Promise} Settles after the first round that began no earlier than this.
   */
  refresh() {
    this.#nextRound ??= this.#afterRound();
    return this.#nextRound;
  }

  /** Learn from elsewhere where the chosen film stands. */
  standsAt(film, index) {
    if (this.#isNew || film !== this.chosen || this.chosenRow || index < 0) return;
    this.index = index;
    if (this.#isSought && this.#rows.isAtTop) this.#rows.reveal(index);
    this.#isSought = false;
    this.#tell("changed");
    this.#fetchNear();
  }

  /** Choose the film at a place, as the server tells it now. */
  chooseAt(index) {
    return this.#go(() => index);
  }

  /** Choose a film, wherever it stands. */
  choose(film, index = this.#pages.find(film)) {
    const isOther = film !== this.chosen;
    this.#goal = null;
    this.chosen = film;
    this.#isSought = false;
    if (index === 0) this.above = 0;
    if (index >= 0) {
      this.#stand(index);
      this.#rows.reveal(index);
    } else {
      // It is not listed here: what stood at this place is the next.
      this.#next = this.#pages.row(this.index)?.film ?? null;
      this.#rows.draw();
    }
    this.#pointAtChosen();
    this.#tell("chosen", { film, isOther });
    this.#fetchNear();
  }

  /** Choose the film some places below the chosen one, or below the one that is about to be chosen. */
  step(places) {
    const from = this.#goal;
    return this.#go(from ? () => from() + places : () => this.#below(places));
  }

  /** Show no row until other films are listed: those on the page may tell what must be hidden from now on. */
  conceal() {
    this.#list.classList.add("is-concealed");
  }

  /** Change what is known of a film until the server tells. */
  amend(film, changes) {
    this.#pages.amend(film, changes);
    this.#rows.draw();
  }

  async #afterRound() {
    await Promise.allSettled([this.#round]);
    [this.#round, this.#nextRound] = [this.#nextRound, null];
    this.#anchor = this.#anchorNow();
    this.#pages.expire();
    await this.#fetchNear();
  }

  /**
   * Fetch what is in view, and what stands beside the chosen film: that is chosen next, in view or not.
   *
   * What lies ahead is fetched when somebody scrolls: while films are scored, lists change several times a second.
   */
  #fetchNear(direction = 0) {
    // The rows in view, and the place of the chosen film, are those of the list before until the new one is there.
    const { first, last } = this.#isNew ? this.#top : this.#rows.range;
    const beside = this.#isNew || this.index < 0 ? [] : [this.index - 1, this.index + 1];
    return this.#pages.want(first, Math.max(last, first), direction, beside);
  }

  /** Choose the film at the place that a function returns; nothing when the reader chooses another one meanwhile. */
  async #go(placed) {
    if (this.total === 0) return;
    const goal = this.#goal = () => Math.min(Math.max(placed(), 0), this.total - 1);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const place = goal();
      this.#rows.reveal(place);
      // What is at hand may be out of date; what is not costs nothing.
      await this.#pages.want(place, place, 0, [this.index]);
      if (goal !== this.#goal) return;
      const isThere = this.#pages.has(place, place);
      if (pageOf(place) === pageOf(goal()) && (!isThere || this.isRankedWithChosen(place))) break;
    }
    this.#goal = null;
    const place = this.#known(goal());
    if (place >= 0) this.choose(this.#pages.row(place).film, place);
  }

  /** Return a place, or where a film is missing there, that of the next one above; -1 where its page is not at hand. */
  #known(place) {
    if (!this.#pages.has(place, place)) return -1;
    while (place >= 0 && !this.#pages.row(place)) place -= 1;
    return place;
  }

  #below(places) {
    if (this.index < 0) return 0;
    // Where the chosen film has left the list, the one that took its place is the next.
    const isGone = !this.chosenRow && this.#pages.has(this.index, this.index);
    return this.index + (isGone && places > 0 ? places - 1 : places);
  }

  #draw(row, index) {
    const film = this.#pages.row(index);
    const beginsFolder = this.isGrouped && index > 0 && this.#pages.row(index - 1)?.folder !== film.folder;
    drawRow(row, film, {
      index,
      total: this.total,
      isChosen: film.film === this.chosen,
      showsFolder: !this.isGrouped || beginsFolder,
      beginsFolder,
    });
    this.#drawn(film);
  }

  #moved({ first, last, direction }) {
    if (this.total > 0) this.#fetchNear(direction);
    if (this.#rows.isAtTop) this.above = 0;
    this.#pointAtChosen();
    this.#tell("moved", { first, last });
  }

  /** The places that are in view at the top. */
  get #top() {
    return { first: 0, last: this.#rows.rowsInView };
  }

  #arrived() {
    const isNew = this.#isNew;
    if (isNew) {
      // Pages come in any order: what is drawn goes when there is something to draw instead.
      const { first, last } = this.#top;
      if (!this.#pages.has(first, Math.min(last, this.total - 1))) return;
      this.#list.scrollTop = 0;
      this.#list.classList.remove("is-concealed");
      this.above = 0;
      this.#isNew = false;
      this.index = this.#pages.find(this.chosen);
    }
    this.#follow();
    if (this.#rows.isAtTop) this.above = 0;
    this.#rows.setTotal(this.total);
    this.#keepInPlace();
    this.#pointAtChosen();
    this.#tell("changed");
    // Now, since the name of a folder may have come above the list.
    if (isNew) this.#seek();
  }

  /** Show the row of the chosen film, if its place is known. */
  #seek() {
    this.#isSought = !this.chosenRow;
    if (this.chosenRow) this.#rows.reveal(this.index);
  }

  /** Find the chosen film again: its rank may have changed. */
  #follow() {
    const index = this.chosen ? this.#pages.find(this.chosen) : -1;
    if (index < 0) {
      const next = this.#next ? this.#pages.find(this.#next) : -1;
      if (next >= 0) this.index = next;
      return;
    }
    if (index > this.index && this.index >= 0) this.above += index - this.index;
    else this.above = Math.max(0, this.above - (this.index - index));
    this.#stand(index);
  }

  #stand(index) {
    this.index = index;
    this.#next = (this.isRankedWithChosen(index + 1) && this.#pages.row(index + 1)?.film) || null;
  }

  /** Return the film that should not move on the screen while others are listed above it. */
  #anchorNow() {
    if (this.#rows.isAtTop) return null;
    const { first, last } = this.#rows.range;
    const isInView = this.chosenRow && this.index >= first && this.index <= last;
    const index = isInView ? this.index : first;
    return { film: this.#pages.row(index)?.film, index };
  }

  #keepInPlace() {
    const index = this.#anchor?.film ? this.#pages.find(this.#anchor.film) : -1;
    if (index < 0 || index === this.#anchor.index) return;
    this.#rows.shift(index - this.#anchor.index);
    this.#anchor.index = index;
    this.#rows.draw();
  }

  #pointAtChosen() {
    const row = this.chosen && document.getElementById(`film-${this.chosen}`);
    if (row && !row.hidden) this.#list.setAttribute("aria-activedescendant", row.id);
    else this.#list.removeAttribute("aria-activedescendant");
  }

  #clicked(row) {
    if (row) this.choose(row.dataset.film, Number(row.dataset.index));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
