/** What went wrong, with a way on; and what was done, with a way back. */

import { by, write } from "./elements.js";
import { keepFocus } from "./focus.js";

export class Notices {
  #about = null;
  #again = null;

  constructor() {
    by("problem-again").addEventListener("click", () => {
      const again = this.#again;
      this.settle(this.#about);
      again?.();
    });
    by("problem-close").addEventListener("click", () => this.settle(this.#about));
  }

  /**
   * Say what went wrong.
   *
   * @param {string} about What it is about: a later success there takes the notice away.
   * @param {Error} problem
   * @param {?function()} again What to do to try again.
   */
  problem(about, problem, again = null) {
    const { isSignedOut } = problem;
    [this.#about, this.#again] = [about, isSignedOut ? () => location.reload() : again];
    write(by("problem-words"), isSignedOut ? "You are logged out." : problem.message);
    write(by("problem-again"), isSignedOut ? "Log in again" : "Try again");
    by("problem-again").hidden = !this.#again;
    by("problem").hidden = false;
  }

  /** Take the notice away: what it was about is well again. */
  settle(about) {
    if (about === this.#about) by("problem").hidden = true;
  }

  /** Say what was done; the last reading can be taken back. */
  say(words, { canUndo = false } = {}) {
    keepFocus(by("reading"), () => {
      write(by("said"), words);
      by("undo").hidden = !canUndo;
    });
  }
}
