/** How far the films on their way in have come, and what became of each. */

import { END } from "./delivery.js";
import { by, element, write } from "./elements.js";
import { keepFocus } from "./focus.js";
import { Uploads } from "./uploads.js";
import { VirtualRows } from "./virtual-rows.js";
import { count, duration, plural, printable } from "./words.js";

const LEDGER_ROW_HEIGHT = 28;
const TOLD_EVERY_MS = 5000;
const HOW_TO_GO_ON = "Add the same folder again: only the rest is sent.";

export class UploadPanel {
  #uploads;
  #announce;
  #ledger = null;
  #listed = [];
  #toldAt = 0;
  #countToldAt = 0;
  #wasActive = false;

  /**
   * @param {Uploads} uploads
   * @param {function(string)} announce Says something to those who listen to the page.
   */
  constructor(uploads, announce) {
    [this.#uploads, this.#announce] = [uploads, announce];
    uploads.addEventListener("change", () => keepFocus(by("uploads"), () => this.#draw()));
    by("upload-cancel").addEventListener("click", () => uploads.cancel());
    by("upload-again").addEventListener("click", () => uploads.goOn());
    by("upload-close").addEventListener("click", () => keepFocus(by("uploads"), () => this.#close()));
    by("upload-ledger").addEventListener("click", () => this.#open());
    by("ledger-end").addEventListener("change", () => this.#list({ isAsked: true }));
    addEventListener("beforeunload", (event) => uploads.isActive && event.preventDefault());
    this.#remind();
  }

  #draw() {
    const totals = this.#uploads.totals();
    const { isActive, isCancelling, isHalted, trouble } = this.#uploads;
    by("uploads").hidden = totals.found === 0 && !isActive;
    const title = isCancelling ? "Cancelling…" : isActive ? going(totals) : over(totals);
    write(by("upload-title"), title);
    write(by("upload-ends"), isActive ? ends(totals) : howItEnded(totals));
    write(by("upload-trouble"), trouble);
    // Until every file was found nobody knows the share of those that came; a bar without a value says so.
    if (totals.isWalked && totals.bytes.found > 0) by("upload-bar").value = totals.bytes.ended / totals.bytes.found;
    else by("upload-bar").removeAttribute("value");
    by("upload-bar").hidden = !isActive;
    by("upload-cancel").hidden = !isActive || isCancelling;
    by("upload-again").hidden = !isHalted;
    by("upload-close").hidden = isActive;
    this.#tell(title, isActive);
    if (by("ledger").open) this.#list({ isAsked: !isActive });
  }

  #tell(title, isActive) {
    const isNews = isActive !== this.#wasActive;
    this.#wasActive = isActive;
    if (!isNews && (!isActive || performance.now() - this.#toldAt < TOLD_EVERY_MS)) return;
    this.#toldAt = performance.now();
    this.#announce(title);
  }

  /** After a reload, say that a drop was cut short. */
  #remind() {
    const cutShort = Uploads.cutShort();
    if (!cutShort) return;
    by("uploads").hidden = false;
    for (const id of ["upload-bar", "upload-cancel", "upload-ledger"]) by(id).hidden = true;
    by("upload-close").hidden = false;
    // The server may have kept what was on its way when the page left.
    write(by("upload-title"), `Cut short: at least ${count(cutShort.came)} of ${plural(cutShort.found, "file")} had come.`);
    write(by("upload-ends"), HOW_TO_GO_ON);
    this.#uploads.addEventListener("change", () => { by("upload-ledger").hidden = false; }, { once: true });
  }

  #close() {
    this.#uploads.clear();
    by("uploads").hidden = true;
  }

  #open() {
    by("ledger").showModal();
    this.#ledger ??= new VirtualRows(by("ledger-list"), {
      rowHeight: LEDGER_ROW_HEIGHT,
      make: () => element("div", { class: "entry", role: "listitem" }, element("span"), element("span")),
      draw: (row, index) => drawEntry(row, this.#listed[index], index, this.#listed.length),
    });
    this.#list({ isAsked: true });
  }

  #list({ isAsked }) {
    const end = by("ledger-end").value;
    this.#listed = this.#uploads.entries().filter((entry) => !end || entry.end === end);
    const words = plural(this.#listed.length, "file");
    write(by("ledger-count"), words);
    this.#tellCount(words, isAsked);
    this.#ledger?.setTotal(this.#listed.length);
  }

  /** Say how many are listed to those who listen: at once to who asked for others, else now and then. */
  #tellCount(words, isAsked) {
    if (!isAsked && performance.now() - this.#countToldAt < TOLD_EVERY_MS) return;
    this.#countToldAt = performance.now();
    // In the dialog: nothing outside it is heard while it is open.
    write(by("ledger-told"), words);
  }
}

function drawEntry(row, entry, index, total) {
  row.setAttribute("aria-posinset", index + 1);
  row.setAttribute("aria-setsize", total);
  write(row.children[0], printable(entry.path));
  write(row.children[1], printable(entry.words || END[entry.end] || "on its way"));
  row.dataset.end = entry.end ?? "";
}

function going({ ended, found, isWalked, secondsLeft }) {
  return `${count(ended)} of ${count(found)}${isWalked ? "" : " or more"} files${isWalked ? timeLeft(secondsLeft) : ""}`;
}

/** Return how long it takes to the end; nothing where that is not known, or as soon as it is read. */
export function timeLeft(seconds) {
  if (seconds === null || seconds <= 10) return "";
  return seconds < 60 ? ", less than a minute left" : `, about ${duration(seconds * 1000)} left`;
}

function over({ ends: { cancelled, unknown }, found }) {
  return cancelled + unknown > 0 ? `Cancelled: ${count(cancelled)} of ${plural(found, "file")} not sent` : `Done: ${plural(found, "file")}`;
}

function howItEnded(totals) {
  const { cancelled, unknown } = totals.ends;
  return cancelled + unknown > 0 ? `${ends(totals)}. ${HOW_TO_GO_ON}` : ends(totals);
}

function ends({ ends: n }) {
  const told = Object.entries(END).filter(([end]) => n[end] > 0);
  return told.map(([end, words]) => (end === "copy" ? plural(n.copy, "copy", "copies") : `${count(n[end])} ${words}`)).join(" · ");
}
