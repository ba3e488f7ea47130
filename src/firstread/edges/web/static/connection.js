/** Whether news of the worklist come by themselves, and how many films are being scored. */

import { announce } from "./announcer.js";
import { by, write } from "./elements.js";
import { count } from "./words.js";

export class Connection {
  #isLive = null;
  #waiting = 0;

  showLive(isLive) {
    if (this.#isLive === false && isLive) announce("The connection is back.");
    if (this.#isLive !== false && !isLive) announce("The connection is lost.");
    this.#isLive = isLive;
    this.#draw();
  }

  showWaiting(waiting) {
    this.#waiting = waiting;
    this.#draw();
  }

  #draw() {
    const isLost = this.#isLive === false;
    by("live").classList.toggle("is-lost", isLost);
    const scoring = this.#waiting > 0 ? `${count(this.#waiting)} being scored` : "Up to date";
    write(by("live"), isLost ? "No connection: trying again" : scoring);
  }
}
