/** What follows a reading: the next film, or in teaching the model's answer. */

import { announce } from "./announcer.js";
import { isHidden } from "./bands.js";
import { FINDING, printable } from "./words.js";

export class ReadingFlow {
  #room;
  // In which words each reading was recorded, by its number.
  #words = new Map();

  /** @param {{worklist, filters, reading, chosen, notices, relist}} room */
  constructor(room) {
    this.#room = room;
  }

  start() {
    const { reading, notices } = this.#room;
    reading.addEventListener("recorded", ({ detail }) => this.#recorded(detail));
    reading.addEventListener("mode", () => this.#modeChanged());
    reading.addEventListener("undone", ({ detail }) => this.#undone(detail));
    reading.addEventListener("refused", ({ detail }) => notices.say(detail));
  }

  async #recorded({ film, reading }) {
    const { worklist, chosen, notices } = this.#room;
    // As the film was told before: whether a score that is hidden was seen once is another matter.
    const wasHidden = isHidden(film);
    const words = inWords(reading, wasHidden);
    this.#words.set(reading.reading, words);
    // Who has moved on meanwhile stays there; so does who writes: the words would go to the next film.
    const isHere = worklist.chosen === film.film;
    const isWriting = isHere && chosen.isWriting;
    const more = isWriting ? " Answer again to record what you write now." : "";
    notices.say(`Recorded: ${words}, ${printable(film.name)}.${more}`, { canUndo: true });
    worklist.amend(film.film, { read: true });
    const { isTeaching } = this.#room.reading;
    if (isTeaching && wasHidden) chosen.tally.add(film.film, reading);
    if (isHere && !isTeaching && !isWriting) {
      await this.#goOn();
      return;
    }
    if (isHere) await chosen.refetch();
    chosen.drawPanel();
    await worklist.refresh();
  }

  /** List anew: a blinded reader reads in the order of arrival and sees no scores. */
  async #modeChanged() {
    const { reading, filters, chosen, worklist, relist } = this.#room;
    announce(reading.isTeaching ? "Teaching" : reading.isBlinded ? "Blinded" : "Scores are shown");
    chosen.conceal();
    worklist.conceal();
    filters.setBlinded(reading.isBlinded);
    await Promise.all([relist(), worklist.chosen && chosen.refetch()]);
  }

  /** Choose the next film. At the end of the unread films, the first is the next. */
  async #goOn() {
    const { worklist, chosen } = this.#room;
    const place = placeAfter(worklist);
    const next = worklist.row(place);
    if (next && worklist.isRankedWithChosen(place)) {
      worklist.choose(next.film, place);
      await worklist.refresh();
      return;
    }
    await worklist.refresh();
    if (worklist.total > 0) {
      const after = placeAfter(worklist);
      await worklist.chooseAt(after < worklist.total ? after : 0);
      return;
    }
    announce("All films of this list are read.");
    // The last film stays in view, with what was said of it.
    await chosen.refetch();
  }

  async #undone({ film, reading }) {
    const { worklist, chosen, notices } = this.#room;
    // Of a reading before a reload it is only known whether it was blinded.
    const words = this.#words.get(reading.reading) ?? inWords(reading, reading.blinded);
    chosen.tally.remove(film);
    // First of all: an answer given from now on is about this film, not about the one that was on the screen.
    worklist.choose(film);
    notices.say(`Taken back: ${words}. The film is shown again.`);
    announce("The last reading was taken back.");
    chosen.drawPanel();
    await worklist.refresh();
    // It is listed again: its row comes into view. Who has moved on meanwhile stays there.
    if (worklist.chosen === film) worklist.choose(film);
  }
}

/** Return where the next film stands: one below the chosen film, or in its place when that has left the list. */
function placeAfter(worklist) {
  const { index } = worklist;
  const isGone = !worklist.chosenRow && worklist.row(index);
  return isGone ? index : index + 1;
}

/** Return what a reader said: of the model's flag where it was in view, else of the film. */
function inWords({ verdict, finding }, wasHidden) {
  return verdict && !wasHidden ? verdict : FINDING[finding];
}
