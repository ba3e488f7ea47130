/** A folder of the server is chosen: typed, or found by going from folder to folder. */

import { Problem, fetchJson, request } from "./api.js";
import { by, element, write } from "./elements.js";
import { closeMenu } from "./menu.js";
import { plural, printable } from "./words.js";

const TYPED_MS = 250;

export class Roots {
  #began;
  #typing = 0;
  #asked = 0;

  /** @param {function(Object)} began Hears of a take-in that has begun. */
  constructor(began) {
    this.#began = began;
    for (const button of document.querySelectorAll("[data-opens='roots']")) button.addEventListener("click", () => this.#open());
    by("root").addEventListener("change", () => this.#go(""));
    by("root-path").addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#list(), TYPED_MS);
    });
    by("root-up").addEventListener("click", () => this.#go(this.#path.split("/").slice(0, -1).join("/")));
    by("root-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#takeIn();
    });
  }

  /** Offer it; without roots, and to those who may not, it is not shown. */
  offer() {
    for (const button of document.querySelectorAll("[data-opens='roots']")) button.hidden = false;
  }

  get #path() {
    return by("root-path").value.trim().replace(/\/$/, "");
  }

  async #open() {
    closeMenu(by("add-menu")); // its button has the focus again when the dialog is closed
    by("roots").showModal();
    by("root-path").focus();
    await this.#told(async () => {
      const { roots } = await fetchJson("/roots");
      const before = by("root").value;
      by("root").replaceChildren(...roots.map((root) => element("option", { value: root }, printable(root))));
      if (roots.includes(before)) by("root").value = before;
      await this.#list();
    });
  }

  #go(path) {
    by("root-path").value = path;
    by("root-path").focus();
    return this.#list();
  }

  /** List the folders in the folder that is typed; an answer that comes late, to an older question, is not shown. */
  async #list() {
    clearTimeout(this.#typing);
    const asked = ++this.#asked;
    const [root, path] = [by("root").value, this.#path];
    by("root-up").disabled = path === "";
    let [folders, words] = [[], ""];
    try {
      const found = await request("/roots/folder", { method: "POST", json: { root, path } });
      folders = found.folders;
      words = inWords(found);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      words = problem.message;
    }
    if (asked !== this.#asked) return;
    write(by("root-said"), words);
    by("root-folders").replaceChildren(...folders.map((name) => element("li", {},
      element("button", { type: "button", click: () => this.#go(path ? `${path}/${name}` : name) }, printable(name)))));
  }

  #takeIn() {
    return this.#told(async () => {
      const begun = await request("/roots/take-in", { method: "POST", json: { root: by("root").value, path: this.#path } });
      by("roots").close();
      this.#began(begun);
    });
  }

  async #told(work) {
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      write(by("root-said"), problem.message);
    }
  }
}

function inWords({ folders, n_folders: n, n_files: files }) {
  const unlisted = n > folders.length ? ` (${plural(n - folders.length, "more is", "more are")} not listed, and taken in too)` : "";
  return `In it: ${plural(files, "file")} and ${plural(n, "folder")}${unlisted}.`;
}
