/** The panel that asks the reader, and in teaching shows what the model said after it. */

import { by, element, press, write } from "./elements.js";
import { standing } from "./bands.js";
import { keepFocus } from "./focus.js";
import { RocPlot } from "./roc-plot.js";
import { FINDING, percent } from "./words.js";

export class ReadingPanel {
  #reading;
  #tally;
  #roc = new RocPlot();

  /**
   * @param {Reading} reading
   * @param {Tally} tally
   */
  constructor(reading, tally) {
    [this.#reading, this.#tally] = [reading, tally];
    for (const button of by("answers").querySelectorAll("button")) {
      button.addEventListener("click", () => reading.answer(button.value));
    }
    by("note").addEventListener("input", () => { reading.note = by("note").value; });
    by("note").addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Escape" && !(event.key === "Enter" && event.ctrlKey))) return;
      event.preventDefault();
      by("list").focus();
    });
    // A note that was recorded while the field had the focus still stands in it, and is not to be recorded any more.
    by("note").addEventListener("blur", () => this.#drawNote());
    by("undo").addEventListener("click", () => reading.undo());
    by("tally-clear").addEventListener("click", () => { tally.clear(); this.draw(); });
    reading.addEventListener("notes", () => this.#drawNote());
    for (const event of ["reader", "screen", "recording", "mode"]) reading.addEventListener(event, () => this.draw());
    this.draw();
  }

  /** Whether the reader writes a note. */
  get isWriting() {
    return document.activeElement === by("note");
  }

  /** Ask about another film. */
  ask(film) {
    const isOther = film?.film !== this.#reading.film?.film;
    this.#reading.film = film;
    this.#drawNote(isOther);
    this.draw();
  }

  draw() {
    keepFocus(by("reading"), () => this.#draw());
  }

  #draw() {
    const { film, asksFinding, isRecording, isOnScreen, isBlinded, isTeaching } = this.#reading;
    by("reading").hidden = !film;
    for (const hint of document.querySelectorAll(".keys [data-asks]")) {
      hint.hidden = (hint.dataset.asks === "finding") !== (film ? asksFinding : isBlinded);
    }
    for (const button of by("answers").querySelectorAll("button")) {
      button.hidden = (button.dataset.asks === "finding") !== asksFinding;
      // Not disabled: that would take the focus from somebody who reads on the keyboard.
      button.setAttribute("aria-disabled", String(isRecording || !isOnScreen));
    }
    write(by("question"), film ? this.#question(film) : "");
    press(by("blinded"), isBlinded);
    press(by("teaching"), isTeaching);
    by("mode").hidden = !isBlinded;
    write(by("mode"), this.#mode());
    this.#drawTeaching(film);
  }

  /** Show the note of the film; somebody who writes is not interrupted. */
  #drawNote(isOther = false) {
    if (isOther || !this.isWriting) by("note").value = this.#reading.note;
  }

  #mode() {
    const words = this.#reading.isTeaching
      ? "Teaching: read the film, then see what the model says."
      : "Blinded: scores are hidden until you have read the film.";
    return this.#reading.knowsSeen ? words : `${words} It is not known which you have seen before: no reading is recorded as blinded.`;
  }

  #question(film) {
    if (this.#reading.isKnown) return "Do you see pneumonia? (You have seen its score before.)";
    if (this.#reading.asksFinding) return "Do you see pneumonia?";
    return film.flagged ? "The model flags this film." : "The model does not flag this film.";
  }

  #drawTeaching(film) {
    const { isTeaching, isHidden, own } = this.#reading;
    by("taught").hidden = !isTeaching;
    if (!isTeaching) return;
    const mine = film && !isHidden ? own.get(film.film) : null;
    by("compared").replaceChildren(...(mine && film.probability !== null ? compared(film, mine) : []));
    by("tally").replaceChildren(this.#tally.draw());
    by("roc").hidden = this.#tally.size === 0;
    this.#roc.draw(this.#tally.byFlag);
    by("tally-clear").hidden = this.#tally.size === 0;
  }
}

function compared(film, { finding, verdict }) {
  const model = element("b", { class: `band ${standing(film).kind}` }, percent(film.probability));
  const outcome = { agree: "You agree.", disagree: "You differ." }[verdict] ?? "";
  return [`You: ${FINDING[finding]}. Model: `, model, film.flagged ? ", flagged. " : ", not flagged. ", element("b", {}, outcome)];
}
