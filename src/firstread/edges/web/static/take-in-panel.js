/** How far a folder of the server is taken in; it goes on when the page is left, and is shown again when it comes back. */

import { announce } from "./announcer.js";
import { Problem, backOff, request } from "./api.js";
import { by, element, write } from "./elements.js";
import { keepFocus } from "./focus.js";
import { EVER, keep, recall } from "./kept.js";
import { count, plural, printable } from "./words.js";

const ASKED_EVERY_MS = 700;
const GOES_ON = ["counting", "running"];
const LEFT = {
  hidden: "hidden",
  link: "link, not followed",
  no_file: "no file: a pipe, a socket or a device",
  unreadable: "could not be read",
  too_large: "too large",
  too_deep: "too deep",
};

export class TakeInPanel {
  #now = null;
  #timer = 0;
  #failed = 0;

  constructor() {
    by("taking-cancel").addEventListener("click", () => this.#cancel());
    by("taking-close").addEventListener("click", () => keepFocus(by("taking"), () => this.#close()));
  }

  /** Show what is being taken in, or what was until it is closed. */
  async start() {
    await this.#ask();
  }

  /** Follow a take-in that has begun. */
  follow(begun) {
    this.#show(begun);
  }

  async #ask() {
    clearTimeout(this.#timer);
    try {
      const { take_in: now } = await request("/roots/take-in");
      this.#failed = 0;
      if (now && recall("taken-in", EVER) !== now.began_at) this.#show(now);
      else if (this.#isFollowing) this.#cutShort();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#failed += 1;
      write(by("taking-trouble"), problem.message);
      if (problem.isPassing) this.#askAfter(backOff(this.#failed));
    }
  }

  get #isFollowing() {
    return GOES_ON.includes(this.#now?.stage);
  }

  #askAfter(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), milliseconds);
  }

  #show(now) {
    keepFocus(by("taking"), () => this.#draw(now));
  }

  #draw(now) {
    const isNews = now.stage !== this.#now?.stage || now.began_at !== this.#now.began_at;
    this.#now = now;
    const isOver = !this.#isFollowing;
    by("taking").hidden = false;
    write(by("taking-title"), title(now));
    write(by("taking-ends"), ends(now));
    write(by("taking-trouble"), now.problem ?? "");
    this.#drawBar(now, isOver);
    by("taking-cancel").hidden = isOver;
    by("taking-close").hidden = !isOver;
    this.#drawLeft(now);
    if (isNews) announce(title(now));
    if (!isOver) this.#askAfter(ASKED_EVERY_MS);
  }

  #drawBar({ stage, n_ended: ended, n_found: found }, isOver) {
    by("taking-bar").hidden = isOver;
    if (stage === "counting") by("taking-bar").removeAttribute("value");
    else by("taking-bar").value = found > 0 ? Math.min(1, ended / found) : 0;
  }

  #drawLeft({ named }) {
    by("taking-left").hidden = named.length === 0;
    if (named.length === by("taking-named").childElementCount) return;
    by("taking-named").replaceChildren(...named.map(({ path, why }) => element("li", {}, `${printable(path)}: ${LEFT[why]}`)));
  }

  /** The server knows of none any more: it was started anew meanwhile. */
  #cutShort() {
    this.#show({ ...this.#now, stage: "failed", problem: "The server was started anew. Take the same folder in again; only the rest comes." });
  }

  async #cancel() {
    try {
      await request("/roots/take-in", { method: "DELETE" });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      write(by("taking-trouble"), problem.message);
    }
    await this.#ask();
  }

  #close() {
    keep("taken-in", this.#now.began_at, EVER);
    by("taking").hidden = true;
  }
}

function title({ stage, root, path, n_found: found, n_ended: ended }) {
  const folder = printable(path ? `${root}/${path}` : root);
  return {
    counting: `${folder}: counting, ${plural(found, "file")} so far`,
    running: `${folder}: ${count(ended)} of ${plural(found, "file")}`,
    done: `Done: ${folder}, ${plural(ended, "file")}`,
    cancelled: `Cancelled: ${folder}, ${count(ended)} of ${plural(found, "file")}`,
    failed: `Cut short: ${folder}, ${count(ended)} of ${plural(found, "file")}`,
  }[stage];
}

function ends({ new: fresh, known, copies, left }) {
  const nLeft = Object.values(left).reduce((sum, n) => sum + n, 0);
  return [
    fresh > 0 && `${count(fresh)} received`,
    known > 0 && `${count(known)} already here`,
    copies > 0 && plural(copies, "copy", "copies"),
    nLeft > 0 && `${count(nLeft)} left out (${Object.entries(left).map(([why, n]) => `${count(n)} ${LEFT[why]}`).join("; ")})`,
  ].filter(Boolean).join(" · ");
}
