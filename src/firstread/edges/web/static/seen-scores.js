/** Films whose score was on this reader's screen, in any window of this browser: what is said of them is not blinded. */

import { keep, recall } from "./kept.js";

// A browser keeps 5 MB for a page.
const AT_MOST = 100_000;
// Of a SHA-256; enough to tell so many apart.
const DIGITS = 16;
// Rows come on the screen many at a time.
const SETTLE_MS = 500;

export class SeenScores {
  #seen = new Set();
  #reader = null;
  #timer = 0;
  #isKept = false;

  constructor() {
    addEventListener("pagehide", () => this.#keep());
  }

  /** Say whose they are: several readers may share a browser. */
  set reader(name) {
    this.#reader = name;
    this.#keep();
  }

  add(film) {
    const short = film.slice(0, DIGITS);
    if (this.#seen.has(short)) return;
    this.#seen.add(short);
    this.#timer ||= setTimeout(() => this.#keep(), SETTLE_MS);
  }

  has(film) {
    const short = film.slice(0, DIGITS);
    return this.#seen.has(short) || this.#kept().includes(short);
  }

  /** Whether it can be told what was seen: it is known who reads, and the browser keeps all that they saw. */
  get areKnown() {
    return this.#isKept;
  }

  #kept() {
    return this.#reader === null ? [] : recall(this.#name) ?? [];
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#reader === null) return;
    // Another window may have kept others meanwhile.
    const seen = [...new Set([...this.#kept(), ...this.#seen])].slice(0, AT_MOST);
    // Of a list that is full nobody knows what it lacks.
    this.#isKept = keep(this.#name, seen) && seen.length < AT_MOST;
  }

  get #name() {
    return `seen-${this.#reader}`;
  }
}
