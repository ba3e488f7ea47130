/** An administrator removes a film, after being asked. */

import { filmPath, request } from "./api.js";
import { by, write } from "./elements.js";
import { printable } from "./words.js";

export class Removal {
  #film = null;

  /** @param {{removed: function(string), refused: function(Error)}} tell */
  constructor({ removed, refused }) {
    by("remove-film").addEventListener("click", () => this.#ask());
    by("removal").addEventListener("close", async () => {
      if (by("removal").returnValue !== "remove") return;
      const { film } = this.#film;
      await request(filmPath(film), { method: "DELETE" }).then(() => removed(film), refused);
    });
  }

  /** Offer to remove a film; only administrators are offered it. */
  offer(film, isAdmin) {
    this.#film = film;
    by("remove-film").hidden = !isAdmin || !film;
  }

  #ask() {
    write(by("removal-name"), printable(this.#film.name));
    by("removal").returnValue = "";
    by("removal").showModal();
  }
}
