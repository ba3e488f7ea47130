/** An administrator removes a film, after being asked. */

import { filmPath, request } from "./api.js";
import { by, write } from "./elements.js";
import { printable } from "./words.js";

export class Removal {
  #film = null;
  // What was asked about: the page may go on to another film behind the question.
  #asked = null;

  /** @param {{removed: function(string), refused: function(Error)}} tell */
  constructor({ removed, refused }) {
    by("remove-film").addEventListener("click", () => this.#ask());
    by("removal").addEventListener("close", async () => {
      if (by("removal").returnValue !== "remove") return;
      const { film } = this.#asked;
      await request(filmPath(film), { method: "DELETE" }).then(() => removed(film), refused);
    });
  }

  /** Offer to remove a film; only administrators are offered it. */
  offer(film, isAdmin) {
    this.#film = film;
    by("remove-film").hidden = !isAdmin || !film;
  }

  #ask() {
    this.#asked = this.#film;
    write(by("removal-name"), printable(this.#asked.name));
    by("removal").returnValue = "";
    by("removal").showModal();
  }
}
