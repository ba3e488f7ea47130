/** Where films come in: dropped anywhere on the page, or picked as files or as a folder. */

import { by } from "./elements.js";
import { closeMenu, closeWhenLeft } from "./menu.js";

export class DropZone {
  #uploads;
  #depth = 0;

  /** @param {Uploads} uploads */
  constructor(uploads) {
    this.#uploads = uploads;
    for (const id of ["files", "folder-picker"]) by(id).addEventListener("change", ({ target }) => this.#picked(target));
    for (const button of document.querySelectorAll("[data-picks]")) {
      button.addEventListener("click", () => this.#pick(by(button.dataset.picks)));
    }
    closeWhenLeft(by("add-menu"));
    document.addEventListener("dragenter", (event) => this.#over(event, 1));
    document.addEventListener("dragleave", (event) => this.#over(event, -1));
    document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
    document.addEventListener("drop", (event) => this.#dropped(event));
  }

  /** Open a picker; the focus comes back from it to the button of the menu, not to what the menu hides then. */
  #pick(picker) {
    closeMenu(by("add-menu"));
    picker.click();
  }

  #picked(picker) {
    if (picker.files.length > 0) this.#uploads.addFiles(picker.files);
    // The same folder may be picked again.
    picker.value = "";
  }

  /** Enter and leave come for every element on the way; only the balance tells whether the page is left. */
  #over(event, step) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    this.#depth = Math.max(0, this.#depth + step);
    by("drop-here").hidden = this.#depth === 0;
  }

  #dropped(event) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    this.#depth = 0;
    by("drop-here").hidden = true;
    this.#uploads.addItems(event.dataTransfer.items);
  }
}

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
