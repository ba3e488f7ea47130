/** What is taken out: the worklist and the labels as files, and reports to print. */

import { address } from "./api.js";
import { by, element } from "./elements.js";
import { EVER, keep, recall } from "./kept.js";
import { closeMenu, closeWhenLeft } from "./menu.js";

export class Exports {
  #room;

  /** @param {{worklist: Worklist, filters: Filters, reading: Reading}} room */
  constructor(room) {
    this.#room = room;
    const menu = by("export-menu");
    // First of all: a link that leads nowhere takes no focus.
    menu.addEventListener("toggle", () => menu.open && this.#aim());
    closeWhenLeft(menu);
    // What was chosen begins by itself; the menu is not needed any more.
    by("labels").addEventListener("click", () => this.#followed());
    by("take-out").addEventListener("submit", () => this.#followed());
    by("named").checked = recall("named", EVER) !== "no";
    by("named").addEventListener("change", () => keep("named", by("named").checked ? null : "no", EVER));
    // Aimed anew before it is followed, whichever way: modes change under it.
    for (const event of ["pointerover", "focus", "click"]) by("report").addEventListener(event, () => this.#aimReport());
    room.worklist.addEventListener("chosen", () => {
      by("report").hidden = false;
      this.#aimReport();
    });
  }

  /** Let every item take out the films as they are listed now; a form tells it in its body, an address would be kept. */
  #aim() {
    const query = this.#room.filters.query();
    query.set("named", by("named").checked);
    by("labels").href = address(`/export/labels.csv?blinded=${this.#room.reading.isBlinded}`);
    by("listed-now").replaceChildren(...[...query].map(([name, value]) => element("input", { type: "hidden", name, value })));
  }

  #aimReport() {
    const { worklist, reading } = this.#room;
    if (!worklist.chosen) return;
    by("report").href = `/films/${worklist.chosen}/report?blinded=${reading.isBlinded}&named=${by("named").checked}`;
  }

  /** Aim anew before the browser follows: filters and modes may have changed under the open menu. */
  #followed() {
    this.#aim();
    // Not at once: a form in a menu that is closed is not sent.
    setTimeout(() => closeMenu(by("export-menu")));
  }
}
