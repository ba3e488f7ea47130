/** A reader's opinion of the chosen film is asked for, recorded, and taken back. */

import { Problem, persist, request, filmPath } from "./api.js";
import { isHidden } from "./bands.js";
import { THIS_VISIT, keep, recall } from "./kept.js";

const BUSY = 503;

/** What a reader may answer, by the key that says it. */
export const ANSWERS = {
  agree: { verdict: "agree" },
  disagree: { verdict: "disagree" },
  unsure: { verdict: "unsure" },
  present: { finding: "present" },
  absent: { finding: "absent" },
  uncertain: { finding: "uncertain" },
};

/** Tells "mode", "recording", "recorded" with {film, reading}, "undone" with {film, reading}, and "refused" with words. */
export class Reading extends EventTarget {
  /** The score is hidden until the film was read. */
  isBlinded = false;
  /** Blinded, and the score is shown and counted after each reading. */
  isTeaching = false;
  isRecording = false;
  /** The chosen film, as the server told it. */
  film = null;
  /** The reader's own readings of this visit, by film. */
  own = new Map();
  #notes = new Map();

  constructor() {
    super();
    // To load the page anew must not show a blinded reader what is hidden.
    Object.assign(this, recall("mode", THIS_VISIT));
  }

  /** Whether the film itself is asked about: there is no flag to speak of, or it is hidden. */
  get asksFinding() {
    return this.isBlinded || this.film?.state !== "scored";
  }

  get isHidden() {
    return Boolean(this.film) && isHidden(this.film);
  }

  get note() {
    return this.#notes.get(this.film?.film) ?? "";
  }

  /** Keep the note until its film is read. */
  set note(words) {
    if (!this.film) return;
    if (words) this.#notes.set(this.film.film, words);
    else this.#notes.delete(this.film.film);
  }

  toggleBlinded() {
    this.#change({ isBlinded: !this.isBlinded, isTeaching: false });
  }

  toggleTeaching() {
    this.#change({ isBlinded: !this.isTeaching, isTeaching: !this.isTeaching });
  }

  /** Record an answer about the chosen film. */
  async answer(name) {
    const { film } = this;
    if (!film || this.isRecording) return;
    const said = ANSWERS[name === "unsure" && this.asksFinding ? "uncertain" : name];
    if (said.verdict && this.asksFinding) {
      this.#tell("refused", `${this.isBlinded ? "Blinded" : "This film has no score"}: answer 1 pneumonia, 2 no pneumonia or 3 unsure.`);
      return;
    }
    const json = { ...said, note: this.note, blinded: this.isBlinded && film.probability === null };
    await this.#ask(filmPath(film.film, "/readings"), json, (reading) => {
      this.#notes.delete(film.film);
      this.own.set(film.film, reading);
      this.#tell("recorded", { film, reading });
    });
  }

  /** Take back the last reading. */
  async undo() {
    if (this.isRecording) return;
    await this.#ask("/readings/undo", {}, (undone) => {
      this.own.delete(undone.film);
      this.#tell("undone", undone);
    });
  }

  #change(mode) {
    Object.assign(this, mode);
    keep("mode", mode, THIS_VISIT);
    this.#tell("mode");
  }

  async #ask(path, json, done) {
    this.#recording(true);
    try {
      // Only what was refused is asked again: an answer that was lost on its way may have been recorded.
      const isPassing = ({ status }) => status === BUSY;
      const answer = await persist(() => request(path, { method: "POST", json }), { attempts: 6, isPassing });
      this.#recording(false);
      done(answer);
    } catch (problem) {
      this.#recording(false);
      if (!(problem instanceof Problem)) throw problem;
      this.#tell("refused", `Not recorded. ${problem.message}`);
    }
  }

  #recording(isRecording) {
    this.isRecording = isRecording;
    this.#tell("recording");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
