/** Notes that were begun and are not recorded yet; they outlast a reload, and a new log-in. */

import { THIS_VISIT, keep, recall } from "./kept.js";

const AT_MOST = 500;

export class DraftNotes {
  /** @type {Map<string, string>} */
  #words = new Map();
  #reader = null;

  /** Say whose they are: several readers may use one window, one after the other. */
  set reader(name) {
    this.#reader = name;
    this.#words = new Map([...(recall(this.#name, THIS_VISIT) ?? []), ...this.#words]);
    this.#keep();
  }

  /** Return the note of a film; empty where none was begun. */
  of(film) {
    return this.#words.get(film) ?? "";
  }

  /** Keep the note of a film; an empty one is forgotten. */
  set(film, words) {
    this.#words.delete(film);
    if (words) this.#words.set(film, words);
    this.#keep();
  }

  #keep() {
    if (this.#reader === null) return;
    const newest = [...this.#words].slice(-AT_MOST);
    keep(this.#name, newest.length > 0 ? newest : null, THIS_VISIT);
  }

  get #name() {
    return `notes-${this.#reader}`;
  }
}
