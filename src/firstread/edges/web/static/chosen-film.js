/** The chosen film: on the stage, with what is known of it, and with the question to the reader. */

import { announce } from "./announcer.js";
import { isHidden, standing } from "./bands.js";
import { Detail } from "./detail.js";
import { by, write } from "./elements.js";
import { FilmStage } from "./film-stage.js";
import { ReadingPanel } from "./reading-panel.js";
import { Removal } from "./removal.js";
import { Tally } from "./tally.js";
import { count, percent, printable } from "./words.js";

const REMEMBERED = 100;

export class ChosenFilm {
  tally = new Tally();
  #room;
  #detail = new Detail();
  #stage = new FilmStage(by("viewer"), (film) => { this.#room.reading.onScreen = film; });
  #panel;
  #removal;
  #shownBefore = [];
  #isAdmin = false;
  #known = "";
  // Whether the worklist has told of the film: one that was listed and is no more has been read, say.
  #isListed = false;

  /** @param {{worklist: Worklist, filters: Filters, reading: Reading, notices: Notices}} room */
  constructor(room) {
    this.#room = room;
    this.#panel = new ReadingPanel(room.reading, this.tally);
    this.#removal = new Removal({
      removed: (film) => this.#goOnWithout(film),
      refused: (problem) => room.notices.problem("film", problem),
    });
    this.#detail.addEventListener("place", ({ detail: { film, rank } }) => {
      if (room.filters.isPlain && rank) room.worklist.standsAt(film, rank - 1);
    });
    by("previous").addEventListener("click", () => room.worklist.step(-1));
    by("next").addEventListener("click", () => room.worklist.step(1));
  }

  /** Learn who reads here, and what they may do. */
  allow({ role }) {
    this.#isAdmin = role === "admin";
    this.#removal.offer(this.#detail.film, this.#isAdmin);
  }

  /** Show the film that was chosen. */
  async show({ film, isOther }) {
    if (isOther) {
      this.#shownBefore = [...this.#shownBefore, film].slice(-REMEMBERED);
      const row = this.#room.worklist.chosenRow;
      this.#preview(row);
      this.#stage.show(film, row);
      this.#prefetch();
    }
    document.body.dataset.view = "film";
    await this.refetch();
  }

  /** Fetch anew what is known of the chosen film. */
  async refetch() {
    const { worklist, reading, notices } = this.#room;
    try {
      const film = await this.#detail.show(worklist.chosen, { isBlinded: reading.isBlinded });
      if (!film) return;
      this.#known = essence(film);
      notices.settle("film");
      this.#draw(film);
      this.#stage.follow(film);
    } catch (problem) {
      notices.problem("film", problem, () => this.refetch());
    }
  }

  /** Whether the reader writes a note on the film. */
  get isWriting() {
    return this.#panel.isWriting;
  }

  /** Draw the question and, in teaching, the tally anew. */
  drawPanel() {
    this.#panel.draw();
  }

  /** Show nothing of the film until it is fetched again: its score may be hidden from now on. */
  conceal() {
    this.#known = "";
    this.#detail.clear();
    this.#stage.conceal(this.#room.reading.isBlinded);
  }

  /** Follow the worklist: fetch the film anew when something of it has changed there, or it has left the list. */
  follow() {
    const row = this.#room.worklist.chosenRow;
    const hasLeft = this.#isListed && !row;
    this.#isListed = Boolean(row);
    if (!this.#known) return;
    if (hasLeft || (row && essence(row) !== this.#known)) {
      if (row) this.#known = essence(row);
      this.refetch();
    }
  }

  /** Ask where the film stands in a list that is new and long; what a blinded reader is listed has no such place. */
  async seek() {
    const { worklist, filters } = this.#room;
    if (worklist.chosen && !worklist.chosenRow && filters.isPlain) await this.refetch();
  }

  /** Have what could not be had while the server was away. */
  catchUp() {
    if (!this.#room.worklist.chosen) return;
    if (!this.#known) this.refetch();
    this.view("retry");
  }

  /** Show the film that was shown before this one. */
  back() {
    this.#shownBefore.pop();
    const film = this.#shownBefore.pop();
    if (film) this.#room.worklist.choose(film);
  }

  view(method, ...values) {
    return this.#stage.call(method, ...values);
  }

  /** Show or hide the heat map; it would tell a blinded reader what the model saw. */
  toggleHeat() {
    if (this.#keepsHeatBack()) announce("The heat map is hidden until you have read the film.");
    else this.view("toggleHeat");
  }

  heatBy(steps) {
    if (!this.#keepsHeatBack()) this.#stage.heatBy(steps);
  }

  /** Choose the film that took the place of a removed one; a reader who has moved on meanwhile stays there. */
  async #goOnWithout(film) {
    const { worklist } = this.#room;
    await worklist.refresh();
    if (worklist.chosen === film && !worklist.isChoosing) await worklist.chooseAt(worklist.index);
  }

  #keepsHeatBack() {
    const { film } = this.#detail;
    return Boolean(film) && isHidden(film);
  }

  #preview(row) {
    this.#known = "";
    this.#isListed = Boolean(row);
    if (!row) {
      // Nothing may be said of a film, or recorded, before it is known which one it is.
      this.#forget();
      return;
    }
    this.#detail.preview(row);
    this.#draw(this.#detail.film);
    announce(this.#inWords(row));
  }

  /** Show neither name nor facts: those of another film would stand beside this one's pixels. */
  #forget() {
    this.#detail.clear();
    write(by("film-name"), "");
    by("film-name").title = "";
    by("film-synthetic").hidden = true;
    this.#panel.ask(null);
    this.#removal.offer(null, this.#isAdmin);
  }

  #draw(film) {
    by("film").hidden = false;
    write(by("film-name"), printable(film.name));
    by("film-name").title = printable(film.folder ? `${film.folder}/${film.name}` : film.name);
    by("film-synthetic").hidden = !film.synthetic;
    this.#panel.ask(film);
    this.#removal.offer(film, this.#isAdmin);
  }

  #inWords(row) {
    const { index, total } = this.#room.worklist;
    const { word } = standing(row);
    const score = row.probability === null ? "" : `, ${percent(row.probability)}`;
    return `Film ${count(index + 1)} of ${count(total)}: ${printable(row.name)}, ${word}${score}${row.synthetic ? ", synthetic" : ""}`;
  }

  #prefetch() {
    const { worklist } = this.#room;
    const next = worklist.row(worklist.index + 1);
    if (next) this.#stage.prefetch(next.film);
  }
}

/** Return what decides whether a film has to be fetched anew. */
function essence({ state, read, band, probability, rank, n_copies }) {
  return JSON.stringify([state, read, band, probability, rank, n_copies]);
}
