/** A reader's opinion of the chosen film is asked for, recorded, and taken back. */

import { Problem, backOff, pause, persist, request } from "./api.js";
import { isHidden } from "./bands.js";
import { DraftNotes } from "./draft-notes.js";
import { GivenReadings } from "./given-readings.js";
import { THIS_VISIT, keep, recall } from "./kept.js";
import { PATIENCE_MS, givenNow, isDoubtful, isOnItsWay, record, standingOf } from "./recorded-answer.js";
import { SeenScores } from "./seen-scores.js";
import { printable } from "./words.js";

const BUSY = 503;
const GONE = 404;
const SCORES_SHOWN = { isBlinded: false, isTeaching: false, wasBlinded: false };

/** What a reader may answer, by the key that says it. */
export const ANSWERS = {
  agree: { verdict: "agree" },
  disagree: { verdict: "disagree" },
  unsure: { verdict: "unsure" },
  present: { finding: "present" },
  absent: { finding: "absent" },
  uncertain: { finding: "uncertain" },
};

/** Tells "mode", "reader", "notes", "screen", "recording", "recorded" with {film, reading}, "undone" with {film, reading}, and "refused" with words. */
export class Reading extends EventTarget {
  /** The score is hidden until the film was read. */
  isBlinded = false;
  /** Blinded, and the score is shown and counted after each reading. */
  isTeaching = false;
  /** Blinded before teaching began: who leaves it must not be shown what was hidden. */
  wasBlinded = false;
  isRecording = false;
  /** The reader's own readings of this visit, by film. */
  own = new Map();
  #reader = null;
  #film = null;
  #onScreen = null;
  #notes = new DraftNotes();
  #seen = new SeenScores();
  #given = new GivenReadings();
  // The answer of which it is not known whether it was recorded.
  #doubtful = null;
  #settling = null;

  constructor() {
    super();
    // To load the page anew must not show a blinded reader what is hidden, also before it is known who reads here.
    Object.assign(this, recall("mode", THIS_VISIT)?.mode);
  }

  /** The chosen film, as the server told it; null before. */
  get film() {
    return this.#film;
  }

  set film(film) {
    this.#film = film;
    if (film) this.see(film);
  }

  /** Say which film is drawn, or cannot be; null while one is on its way. */
  set onScreen(film) {
    if (film === this.#onScreen) return;
    this.#onScreen = film;
    this.#tell("screen");
  }

  /** Whether an answer can be about the chosen film: nobody has looked at one that is not drawn yet. */
  get isOnScreen() {
    return Boolean(this.film) && this.film.film === this.#onScreen;
  }

  /** Say who reads here. */
  set reader(name) {
    this.#reader = name;
    for (const kept of [this.#seen, this.#notes, this.#given]) kept.reader = name;
    this.#claimMode();
    this.#tell("reader");
    this.#tell("notes");
  }

  /** Note that a film stands on the screen, with its score or without. */
  see(film) {
    if (film.probability !== null) this.#seen.add(film.film);
  }

  /** Whether the score of the film was on the screen before it was hidden. */
  get isKnown() {
    return this.isHidden && this.#seen.has(this.film.film);
  }

  /** Whether it can be told which scores were seen; else no reading is called blinded. */
  get knowsSeen() {
    return this.#seen.areKnown;
  }

  /** Whether the film itself is asked about: there is no flag to speak of, or it is hidden. */
  get asksFinding() {
    return this.isBlinded || this.film?.state !== "scored";
  }

  get isHidden() {
    return Boolean(this.film) && isHidden(this.film);
  }

  get note() {
    return this.film ? this.#notes.of(this.film.film) : "";
  }

  /** Keep the note until its film is read. */
  set note(words) {
    if (this.film) this.#notes.set(this.film.film, words);
  }

  toggleBlinded() {
    this.#change({ isBlinded: !this.isBlinded, isTeaching: false, wasBlinded: false });
  }

  toggleTeaching() {
    if (this.isTeaching) this.#change({ isBlinded: this.wasBlinded, isTeaching: false, wasBlinded: false });
    else this.#change({ isBlinded: true, isTeaching: true, wasBlinded: this.isBlinded });
  }

  /** Record an answer about the chosen film. */
  async answer(name) {
    const { film } = this;
    if (!film) return;
    const said = ANSWERS[name === "unsure" && this.asksFinding ? "uncertain" : name];
    const refusal = this.#refusalOf(said);
    if (refusal) {
      this.#tell("refused", refusal);
      return;
    }
    const json = { ...said, note: this.note, blinded: this.isBlinded && this.knowsSeen && !this.#seen.has(film.film) };
    const answer = givenNow({ film, json, reader: this.#reader, isGiven: (number) => this.#given.has(number) });
    if (this.#doubtful && !(await this.#mayGoOn(film))) return;
    const problem = await this.#ask(() => record(answer), "recorded", (reading) => this.#recorded(answer, reading));
    if (problem && isDoubtful(problem)) this.#pursue(answer);
  }

  /** Take back the last reading of this visit. */
  async undo() {
    if (this.isRecording) {
      this.#tell("refused", "Nothing was taken back: the answer before is still on its way.");
      return;
    }
    if (this.#doubtful && !(await this.#settleFirst())) {
      const what = this.#doubtful ? "it is not known yet whether the last answer was recorded" : "the last answer was not recorded";
      this.#tell("refused", `Nothing was taken back: ${what}.`);
      return;
    }
    const reading = this.#given.last;
    if (reading === undefined) {
      this.#tell("refused", "There is no reading of this visit to take back. A film that is read again gets the new reading.");
      return;
    }
    const takeBack = () => request("/readings/undo", { method: "POST", json: { reading }, patience: PATIENCE_MS });
    // Asked again where the server was busy: a reading that is named is taken back once.
    const again = () => persist(takeBack, { attempts: 6, isPassing: ({ status }) => status === BUSY });
    const problem = await this.#ask(again, "taken back", (undone) => {
      this.own.delete(undone.film);
      // What was written since is newer.
      if (!this.#notes.of(undone.film)) this.#notes.set(undone.film, undone.reading.note);
      this.#given.remove(reading);
      this.#tell("undone", undone);
    });
    // Another page has taken it back, or its film was removed.
    if (problem?.status === GONE) this.#given.remove(reading);
  }

  /** Return why an answer cannot be recorded now; empty where it can. */
  #refusalOf(said) {
    if (this.isRecording) return "Not recorded: the answer before is still on its way.";
    if (!this.isOnScreen) return "Not recorded: wait until the film is shown.";
    if (!said.verdict || !this.asksFinding) return "";
    return `${this.isBlinded ? "Blinded" : "This film has no score"}: answer 1 pneumonia, 2 no pneumonia or 3 unsure.`;
  }

  #recorded({ film, json }, reading) {
    // What was written meanwhile is not recorded.
    if (this.#notes.of(film.film) === json.note) this.#notes.set(film.film, "");
    if (this.#doubtful?.film.film === film.film) this.#doubtful = null;
    this.own.set(film.film, reading);
    this.#given.add(reading.reading);
    this.#tell("recorded", { film, reading });
  }

  /** Learn first what became of an answer in doubt; return whether one about this film is to be recorded then. */
  async #mayGoOn(film) {
    const before = this.#doubtful;
    const wasRecorded = await this.#settleFirst();
    if (wasRecorded === null) this.#tell("refused", "Not recorded: it is not known yet whether the answer before was.");
    // Who answers again because of the doubt has been told what stands.
    return wasRecorded === false || (wasRecorded && before.film.film !== film.film);
  }

  /** Ask, until it is known, whether an answer was recorded. */
  async #pursue(answer) {
    this.#doubtful = answer;
    for (let tried = 1; this.#doubtful === answer; tried += 1) {
      // Another answer may be on its way: what stands then may be its own.
      if (!this.isRecording) await this.#settle();
      if (this.#doubtful === answer) await pause(backOff(tried));
    }
  }

  /** Settle a doubt before anything else is recorded, or taken back. */
  async #settleFirst() {
    this.#recording(true);
    try {
      return await this.#settle();
    } finally {
      this.#recording(false);
    }
  }

  /** Ask what became of the answer in doubt; return whether it is recorded now, or null when the server does not tell. */
  #settle() {
    this.#settling ??= this.#asked(this.#doubtful).finally(() => { this.#settling = null; });
    return this.#settling;
  }

  async #asked(answer) {
    try {
      const reading = await standingOf(answer);
      if (reading) this.#recorded(answer, reading);
      else if (this.#doubtful === answer && !isOnItsWay(answer)) {
        this.#doubtful = null;
        this.#tell("refused", `Not recorded: the answer about ${printable(answer.film.name)}.`);
      }
      return Boolean(reading);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return null;
    }
  }

  #change(mode) {
    Object.assign(this, mode);
    this.#keepMode();
    this.#tell("mode");
  }

  #keepMode() {
    const { isBlinded, isTeaching, wasBlinded } = this;
    keep("mode", { reader: this.#reader, mode: { isBlinded, isTeaching, wasBlinded } }, THIS_VISIT);
  }

  /** Keep the way of reading as this reader's; leave the one that another reader left behind in this window. */
  #claimMode() {
    const reader = recall("mode", THIS_VISIT)?.reader ?? this.#reader;
    if (reader === this.#reader) this.#keepMode();
    else this.#change(SCORES_SHOWN);
  }

  /** Ask the server to keep something; return the problem, or null when it is done. */
  async #ask(ask, what, done) {
    this.#recording(true);
    try {
      const answer = await ask();
      this.#recording(false);
      done(answer);
      return null;
    } catch (problem) {
      this.#recording(false);
      if (!(problem instanceof Problem)) throw problem;
      // In trouble a server may say of what it has done that it has not.
      const why = problem.status >= 500 ? "The server is in trouble." : problem.message;
      this.#tell("refused", `${isDoubtful(problem) ? `It is not known whether this was ${what}.` : `Not ${what}.`} ${why}`);
      return problem;
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
