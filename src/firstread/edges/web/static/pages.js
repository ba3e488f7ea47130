/** The reading worklist in pages of 100, fetched on demand; what was fetched is shown until newer comes. */

import { persist, request } from "./api.js";

const PAGE = 100;
// About 6,000 films: enough to scroll back without a request, little enough to forget.
const MOST_PAGES = 60;
const AHEAD = 2 * PAGE;
// A server goes on with what nobody waits for any more: somebody who drags the scroll bar wants few pages of many.
const AT_ONCE = 3;

/** Return the number of the page that a place is on. */
export const pageOf = (index) => Math.floor(index / PAGE);

/** @typedef {{films: Object[], version: number, isStale: boolean}} Page */

export class Pages extends EventTarget {
  /** Films that fit the query. */
  total = 0;
  /** Films of each band and state; null until the first page came. */
  counts = null;
  version = 0;

  #query = new URLSearchParams();
  /** @type {Map<number, Page>} The page used last is the last. */
  #pages = new Map();
  /** @type {Map<number, {aborter: AbortController, done: Promise}>} */
  #asked = new Map();
  /** @type {number[]} What was wanted last. */
  #wanted = [];
  #fetch;

  /** @param {function(URLSearchParams, AbortSignal): Promise<Object>} fetch */
  constructor(fetch = fetched) {
    super();
    this.#fetch = fetch;
  }

  /** List other films; those on the page stay until the new ones come. */
  select(query) {
    this.#query = query;
    this.#forget();
    this.#pages.clear();
  }

  /** Say that something changed: every page is fetched anew when it is wanted. */
  expire() {
    this.#forget();
    for (const page of this.#pages.values()) page.isStale = true;
    // Nothing older is on its way any more, and a server that was set up anew may count from the start.
    this.version = 0;
  }

  /** Return the film at this place, 0 is the first; undefined while it is unknown. */
  row(index) {
    return this.#pages.get(pageOf(index))?.films[index % PAGE];
  }

  /** Return whether every film from the first to the last of these places is known. */
  has(first, last) {
    for (let number = pageOf(first); number <= pageOf(last); number += 1) {
      if (!this.#pages.has(number)) return false;
    }
    return true;
  }

  /** Return whether two places are told by one ranking: pages come one by one, and between two of them films move. */
  isOneRanking(place, other) {
    const [one, two] = [place, other].map((index) => this.#pages.get(pageOf(index)));
    return Boolean(one) && one.version === two?.version;
  }

  /** Return the place of a film among the pages at hand; -1 where it is not seen. */
  find(film) {
    let found = -1;
    for (const [number, page] of this.#pages) {
      const at = page.films.findIndex((row) => row.film === film);
      // A film may stand on an old page and a new one at once; the new one is right.
      if (at >= 0 && (found < 0 || !page.isStale)) found = number * PAGE + at;
    }
    return found;
  }

  /** Change what is known of a film until the server tells. */
  amend(film, changes) {
    for (const page of this.#pages.values()) {
      page.films = page.films.map((row) => (row.film === film ? { ...row, ...changes } : row));
    }
  }

  /**
   * Fetch what is missing or out of date between two places, then what comes next in the direction of scrolling;
   * nothing for 0.
   *
   * @param {number[]} also Further places that are wanted as much, where there are films.
   * @returns {Promise} Settles when the wanted places are there, or others are wanted; those ahead may still be on
   *   their way.
   */
  async want(first, last, direction = 1, also = []) {
    const exists = (number) => number >= 0 && number * PAGE < this.total;
    const near = [...new Set([...numbers(first, last), ...also.map(pageOf).filter(exists)])];
    const ahead = this.#ahead(first, last, direction);
    this.#wanted = [...near, ...ahead.filter((number) => exists(number) && !near.includes(number))];
    await Promise.all(this.#wanted.map((number) => this.#get(number)).slice(0, near.length));
    this.#shed();
  }

  #ahead(first, last, direction) {
    if (direction === 0) return [];
    return direction < 0 ? numbers(first - AHEAD, first - 1) : numbers(last + 1, last + AHEAD);
  }

  async #get(number) {
    while (!this.#isFresh(number)) {
      const asked = this.#asked.get(number);
      if (asked) {
        // One that was given up because something changed is asked for again, by those who want it still.
        if (await asked.done) return;
      } else if (this.#asked.size < AT_ONCE) {
        this.#begin(number);
      } else {
        await Promise.race(Array.from(this.#asked.values(), ({ done }) => done));
      }
      if (!this.#wanted.includes(number)) return;
    }
  }

  /** Return whether a page needs no request; it counts as used then. */
  #isFresh(number) {
    const page = this.#pages.get(number);
    if (!page || page.isStale) return false;
    this.#pages.delete(number);
    this.#pages.set(number, page);
    return true;
  }

  #begin(number) {
    const aborter = new AbortController();
    const done = this.#ask(number, aborter.signal).finally(() => {
      if (this.#asked.get(number)?.aborter === aborter) this.#asked.delete(number);
    });
    this.#asked.set(number, { aborter, done });
  }

  /** Return whether there was an answer, be it a problem. */
  async #ask(number, signal) {
    try {
      this.#take(number, await this.#fetch(this.#question(number), signal), signal);
    } catch (problem) {
      if (!signal.aborted) this.dispatchEvent(new CustomEvent("problem", { detail: problem }));
    }
    return !signal.aborted;
  }

  #question(number) {
    const query = new URLSearchParams(this.#query);
    query.set("offset", number * PAGE);
    query.set("limit", PAGE);
    return query;
  }

  #take(number, answer, signal) {
    if (signal.aborted) return;
    if (answer.version > this.version) {
      for (const page of this.#pages.values()) page.isStale = true;
    }
    if (answer.version >= this.version) {
      this.version = answer.version;
      this.total = answer.total;
      this.counts = answer.counts;
    }
    this.#pages.delete(number);
    this.#pages.set(number, { films: answer.films, version: answer.version, isStale: answer.version < this.version });
    this.dispatchEvent(new Event("change"));
  }

  #forget() {
    for (const { aborter } of this.#asked.values()) aborter.abort();
    this.#asked.clear();
  }

  #shed() {
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) return;
      if (!this.#wanted.includes(number)) this.#pages.delete(number);
    }
  }
}

/** Ask for a page in a body: what is searched for may be a name, and addresses are kept in many places. */
function fetched(form, signal) {
  return persist(() => request("/worklist/search", { method: "POST", form, signal }), { signal, attempts: 4 });
}

function numbers(first, last) {
  const from = Math.max(0, pageOf(first));
  const to = pageOf(last);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
