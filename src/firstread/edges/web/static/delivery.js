/** One drop of files on its way: walked, fingerprinted, asked for, and what the server lacks is sent. */

import { Problem, backOff, pause, persist, request } from "./api.js";
import { Channel } from "./channel.js";
import { fingerprint } from "./fingerprint.js";

// Measured: loads of 32 files, four at a time, take a quarter of the time of one request for each file. Twice as many
// take 16 % less of the browser's work; on a slow line too much would be on its way when somebody cancels.
const LOAD = { files: 32, filesWhenFast: 64, bytes: 16 * 2 ** 20 };
const FAST_MS = 1000;
const SENDERS = 4;
// Reading a file is mostly waiting for it.
const DIGESTERS = 8;
const ASKED_AT_ONCE = 512;
const TURN_MS = 30;
// A film that makes the server fail must not hold up the others for ever.
const ATTEMPTS_AT_A_FAILURE = 3;
const SERVER_FAILED = 500;
// After these nobody knows whether the server has kept what was sent: silence, or a proxy that heard none.
const UNANSWERED = [0, 502, 504];
// So long loads that are on their way may take to end after a drop was cancelled.
const GRACE_MS = 4000;
const TOO_LARGE = 413;
const REFUSALS = [400, TOO_LARGE, 415, 422, SERVER_FAILED];
const BROKE_OFF = "The connection broke off each time this file was sent; it may be too large.";
const UNREADABLE = "This file could not be read: it was moved or changed, or may not be opened.";

/** How a file ends. */
export const END = {
  new: "received",
  known: "already here",
  copy: "copy",
  refused: "refused",
  leftover: "left out",
  cancelled: "cancelled",
  unknown: "not known whether received",
};

/** @typedef {{path: string, size: number, end: ?string, words: string}} Entry What became of a file. */

export class Delivery {
  /** @type {Entry[]} */
  entries = [];
  ends = Object.fromEntries(Object.keys(END).map((end) => [end, 0]));
  bytes = { found: 0, ended: 0 };
  isWalked = false;
  /** What it waits for, in words; empty while it moves. */
  trouble = "";

  #key = newKey();
  // Stops whatever leaves nothing behind; loads that are on their way have an aborter of their own.
  #aborter = new AbortController();
  #loads = new AbortController();
  /** @type {Set<Entry>} Those that were sent, and of which the server has not said what became of them. */
  #unanswered = new Set();
  #grace = 0;
  #toDigest = new Channel();
  #toAsk = new Channel();
  #toSend = new Channel();
  #goOn = null;
  // Senders that wait for the reader: another one's success must not take the way on from them.
  #halted = 0;
  #isFast = false;
  #changed;
  #isAnyKnown;

  /**
   * @param {AsyncIterable} found Files and what could not be read, from the walker.
   * @param {function()} changed Called after every change.
   * @param {{isAnyKnown?: boolean}} what Whether the server may have some of them; if not, none is fingerprinted.
   */
  constructor(found, changed, { isAnyKnown = true } = {}) {
    [this.#changed, this.#isAnyKnown] = [changed, isAnyKnown];
    this.walked = this.#walk(found);
  }

  /** Whether it waits for the reader rather than for time. */
  get isHalted() {
    return this.#halted > 0;
  }

  /** Whether it was cancelled; what was on its way may still arrive. */
  get isCancelled() {
    return this.#signal.aborted;
  }

  get ended() {
    return Object.values(this.ends).reduce((sum, n) => sum + n, 0);
  }

  get isOver() {
    return this.isWalked && this.ended === this.entries.length;
  }

  /** Send what the server lacks; ends when every file has ended. */
  async run() {
    const digested = Promise.all(Array.from({ length: DIGESTERS }, () => this.#digest())).then(() => this.#toAsk.close());
    const asked = this.#ask().then(() => this.#toSend.close());
    const sent = Array.from({ length: SENDERS }, () => this.#sendAll());
    try {
      await Promise.all([this.walked, digested, asked, ...sent]);
    } catch (error) {
      if (!this.isCancelled) throw error;
      await Promise.allSettled(sent);
    } finally {
      this.#giveUp();
    }
  }

  /** Start nothing new, and stop a little later: the server may keep what is on its way whether it is heard or not. */
  cancel() {
    if (this.isOver) return;
    this.#aborter.abort();
    for (const channel of [this.#toDigest, this.#toAsk, this.#toSend]) channel.close();
    for (const entry of this.entries) if (!this.#unanswered.has(entry)) this.#end(entry, "cancelled");
    this.isWalked = true;
    this.#calm();
    this.#grace ||= setTimeout(() => this.#giveUp(), GRACE_MS);
  }

  #giveUp() {
    this.cancel();
    clearTimeout(this.#grace);
    this.#loads.abort();
    for (const entry of this.#unanswered) this.#end(entry, "unknown");
    this.#calm();
  }

  /** Try again after a halt. */
  goOn() {
    const goOn = this.#goOn;
    this.#goOn = null;
    goOn?.();
  }

  get #signal() {
    return this.#aborter.signal;
  }

  async #walk(found) {
    let since = performance.now();
    for await (const { path, file, problem, isLeftover } of found) {
      // To ask for a size takes a while: the first films are sent before the last are found.
      if (performance.now() - since > TURN_MS) {
        await pause(0, this.#signal).catch(() => {});
        since = performance.now();
      }
      if (this.#signal.aborted) break;
      const entry = { path, size: file?.size ?? 0, end: null, words: "" };
      this.entries.push(entry);
      this.bytes.found += entry.size;
      if (problem) this.#end(entry, "refused", problem);
      else if (isLeftover) this.#end(entry, "leftover", "Made by the operating system; no film.");
      else (this.#isAnyKnown ? this.#toDigest : this.#toSend).push({ entry, file, size: file.size, film: null });
      this.#changed();
    }
    this.isWalked = true;
    this.#toDigest.close();
    this.#changed();
  }

  async #digest() {
    for await (const items of this.#taken(this.#toDigest, () => 8)) {
      for (const item of items) {
        if (this.isCancelled) return;
        try {
          item.film = await fingerprint(item.file);
          (item.film ? this.#toAsk : this.#toSend).push(item);
        } catch {
          this.#end(item.entry, "refused", UNREADABLE);
        }
      }
    }
  }

  async #ask() {
    for await (const items of this.#taken(this.#toAsk, () => ASKED_AT_ONCE, { lingerMs: 40 })) {
      const answers = await this.#name(items);
      items.forEach((item, i) => {
        if (answers[i]) this.#received(item.entry, answers[i]);
        else this.#toSend.push(item);
      });
    }
  }

  /** Tell the names of files, which are written down where the film is here; return what became of each of those. */
  async #name(items) {
    const files = items.map(({ film, entry }) => ({ film, path: entry.path }));
    const ask = () => request("/films/names", { method: "POST", json: { files }, signal: this.#signal });
    try {
      return (await persist(ask, { signal: this.#signal, attempts: 4 })).films;
    } catch (error) {
      // Whoever cannot ask sends: the server keeps no film twice.
      if (!(error instanceof Problem)) throw error;
      return [];
    }
  }

  async #sendAll() {
    const most = () => (this.#isFast ? LOAD.filesWhenFast : LOAD.files);
    for await (const items of this.#taken(this.#toSend, most, { bytes: LOAD.bytes, lingerMs: 80 })) {
      const began = performance.now();
      await this.#send(items);
      this.#isFast = performance.now() - began < FAST_MS;
    }
  }

  /** Send a load; one that the server refuses is sent by halves until the refused file stands alone. */
  async #send(items) {
    try {
      await this.#post(items);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!REFUSALS.includes(problem.status)) {
        await this.#halt(problem);
        await this.#send(items);
      } else if (items.length === 1) {
        this.#end(items[0].entry, "refused", problem.message);
      } else {
        const half = Math.ceil(items.length / 2);
        await this.#send(items.slice(0, half));
        await this.#send(items.slice(half));
      }
    }
  }

  async #post(items) {
    let left = items;
    for (let tried = 1; left.length > 0; tried += 1) {
      this.#signal.throwIfAborted();
      try {
        return this.#acknowledge(left, await this.#load(left));
      } catch (problem) {
        const failsAgain = problem.status === SERVER_FAILED && tried < ATTEMPTS_AT_A_FAILURE;
        if (!(problem instanceof Problem) || !(problem.isPassing || failsAgain)) throw problem;
        if (problem.status === 0) {
          // A file that moved or changed since it was picked looks like a broken network,
          left = await this.#readable(left);
          // and so does a server that will not even hear so much to its end.
          if (tried >= ATTEMPTS_AT_A_FAILURE && (await this.#isServerThere())) throw new Problem(BROKE_OFF, { status: TOO_LARGE });
        }
        await this.#wait(problem, tried);
      }
    }
    return null;
  }

  async #load(items) {
    const isAnswered = (status) => !UNANSWERED.includes(status);
    for (const { entry } of items) this.#unanswered.add(entry);
    try {
      return await request("/films", { method: "POST", form: this.#form(items), signal: this.#loads.signal });
    } catch (problem) {
      if (problem instanceof Problem && isAnswered(problem.status)) this.#forget(items);
      throw problem;
    }
  }

  /** The server has said that it has none of them. */
  #forget(items) {
    for (const { entry } of items) this.#unanswered.delete(entry);
  }

  #form(items) {
    const form = new FormData();
    form.append("delivery", this.#key);
    for (const { file, entry } of items) form.append("films", file, entry.path);
    return form;
  }

  #acknowledge(items, { films }) {
    this.#calm();
    items.forEach(({ entry }, i) => this.#received(entry, films[i]));
  }

  #received(entry, { receipt, first }) {
    this.#end(entry, receipt, receipt === "copy" && first ? `Copy of ${first}` : "");
  }

  async #readable(items) {
    const read = await Promise.allSettled(items.map(({ file }) => file.slice(0, 1).arrayBuffer()));
    return items.filter(({ entry }, i) => {
      const isReadable = read[i].status === "fulfilled";
      if (!isReadable) this.#end(entry, "refused", UNREADABLE);
      return isReadable;
    });
  }

  async #isServerThere() {
    return request("/health", { signal: this.#signal }).then(() => true, () => false);
  }

  async #wait(problem, tried) {
    this.#signal.throwIfAborted();
    const wait = problem.retryAfterMs ?? backOff(tried);
    this.trouble = `${problem.message} Trying again in ${Math.max(1, Math.round(wait / 1000))} s.`;
    this.#changed();
    await pause(wait, this.#signal);
  }

  /** Wait until the reader says to go on: time alone does not mend a full disk. */
  async #halt(problem) {
    this.#signal.throwIfAborted();
    this.trouble = problem.message;
    this.#halted += 1;
    this.#changed();
    await new Promise((resolve) => {
      const others = this.#goOn;
      this.#goOn = () => (others?.(), resolve());
      this.#signal.addEventListener("abort", resolve);
    });
    this.#halted -= 1;
    this.#signal.throwIfAborted();
    this.#calm();
  }

  #calm() {
    if (!this.isHalted) this.trouble = "";
    this.#changed();
  }

  #end(entry, end, words = "") {
    this.#unanswered.delete(entry);
    if (entry.end) return;
    Object.assign(entry, { end, words });
    this.ends[end] += 1;
    this.bytes.ended += entry.size;
    this.#changed();
  }

  async *#taken(channel, most, limits) {
    for (;;) {
      const items = await channel.take(most(), limits);
      if (items.length === 0 || this.#signal.aborted) return;
      yield items;
    }
  }
}

/** Return a new name for a drop. (`randomUUID` is missing on pages that came without HTTPS.) */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
