/** The page before the first film came: what to do, and films to try with. */

import { request } from "./api.js";
import { by, write } from "./elements.js";
import { keepFocus } from "./focus.js";

export class Emptiness {
  #room;

  /** @param {{refresh: function(): Promise, notices: Notices}} room */
  constructor(room) {
    this.#room = room;
    by("try-synthetic").addEventListener("click", () => this.#trySynthetic());
  }

  /** Show the room, or that it is empty. */
  show(counts) {
    const isEmpty = counts.all === 0;
    keepFocus(by("empty"), () => {
      by("empty").hidden = !isEmpty;
      by("room").hidden = isEmpty;
    });
  }

  async #trySynthetic() {
    by("try-synthetic").disabled = true;
    write(by("synthetic-said"), "24 films are being made; this takes a few seconds …");
    try {
      await request("/films/synthetic", { method: "POST" });
      await this.#room.refresh();
    } catch (problem) {
      this.#room.notices.problem("synthetic", problem, () => this.#trySynthetic());
    } finally {
      by("try-synthetic").disabled = false;
      write(by("synthetic-said"), "They show no patient.");
    }
  }
}
