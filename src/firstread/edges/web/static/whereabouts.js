/** Where the reader is: which film of how many, in which folder, and what has come in above. */

import { by, write } from "./elements.js";
import { count, plural, printable } from "./words.js";

export class Whereabouts {
  #room;

  /** @param {{worklist: Worklist, filters: Filters}} room */
  constructor(room) {
    this.#room = room;
    by("above").addEventListener("click", () => room.worklist.chooseAt(0));
    by("show-all").addEventListener("click", () => room.filters.clear());
    by("to-list").addEventListener("click", () => this.toList());
    by("search").addEventListener("keydown", (event) => {
      if (!["Escape", "Enter"].includes(event.key) || event.isComposing) return;
      // A browser that empties the field by itself says nothing when the focus has moved on.
      if (event.key === "Escape") room.filters.endSearch();
      this.toList();
    });
  }

  /** Whether list and film are side by side. */
  get isWide() {
    return matchMedia("(min-width: 60rem)").matches;
  }

  draw() {
    const { worklist } = this.#room;
    write(by("film-place"), worklist.chosen ? placeIn(worklist) : "");
    this.#drawNothing(worklist);
    by("above").hidden = worklist.above === 0;
    write(by("above").firstElementChild, `${plural(worklist.above, "more film stands", "more films stand")} above`);
    this.#drawFolder(worklist);
    // From a blinded reader the number of urgent films would tell what the last of them is.
    const urgent = this.#room.filters.isBlinded ? 0 : worklist.counts?.URGENT;
    document.title = `${urgent ? `${count(urgent)} urgent – ` : ""}firstread`;
  }

  /** Show the film without the lists, or with them. */
  toggleAlone() {
    document.body.classList.toggle("is-alone");
  }

  /** Bring the film into view where the page scrolls: whoever is at the score of the one before must not answer unseen. */
  toFilm() {
    if (!this.isWide) by("film").scrollIntoView();
  }

  /** Go back to the worklist. */
  toList() {
    document.body.classList.remove("is-alone");
    document.body.dataset.view = "list";
    by("list").focus();
  }

  #drawNothing({ total, counts }) {
    const { filters } = this.#room;
    by("nothing").hidden = total > 0 || !counts;
    const isDone = filters.isAll && filters.state === "unread";
    write(by("nothing").firstElementChild, isDone ? "Every film is read." : "No film is like this.");
    write(by("show-all"), "Show all unread films");
    by("show-all").hidden = isDone;
  }

  #drawFolder(worklist) {
    by("folder-now").hidden = !worklist.isGrouped || worklist.total === 0;
    if (by("folder-now").hidden) return;
    const row = worklist.row(worklist.firstInView);
    if (row) write(by("folder-now"), printable(row.folder) || "No folder");
  }
}

function placeIn(worklist) {
  if (worklist.chosenRow) return `${count(worklist.index + 1)} of ${count(worklist.total)}`;
  return "not listed: read, or filtered out";
}
