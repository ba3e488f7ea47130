/** What the server is asked, and how its refusals are put into words. */

import { postForm } from "./posted-form.js";

const BASE = "/api/v1";
const LONGEST_PAUSE_MS = 30_000;
const SIGNED_OUT = 401;

// The reader's clock may be wrong, and what waits has waited by the server's.
let ahead = 0;

/** Return the moment by the server's clock, in milliseconds since 1970. */
export const serverNow = () => Date.now() + ahead;

/** A refusal of the server, or its silence (status 0); the message says what happened. */
export class Problem extends Error {
  constructor(message, { status = 0, retryAfterMs = null } = {}) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed a little later. */
  get isPassing() {
    return [0, 408, 429, 502, 503, 504].includes(this.status);
  }

  /** Whether the server does not know (any more) who reads here. */
  get isSignedOut() {
    return this.status === SIGNED_OUT;
  }
}

/** Return the address of a film, or of something of it. */
export const filmPath = (film, part = "") => `/films/${film}${part}`;

/** Return the address of something for a link or an image. */
export const address = (path) => BASE + path;

/**
 * Ask the server; return its answer, or null when it has nothing to say.
 *
 * @param {string} path Below /api/v1.
 * @param {{method?: string, json?: Object, form?: FormData|URLSearchParams, signal?: AbortSignal, patience?: number}} how `patience`
 *   in milliseconds: so long an answer may take.
 * @throws {Problem} If the server refuses, or cannot be reached.
 */
export async function request(path, { method = "GET", json, form, signal, patience } = {}) {
  const headers = { Accept: "application/json" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  let answer;
  try {
    const how = { method, headers, body, signal: signal ?? (patience && AbortSignal.timeout(patience)) };
    answer = await (form instanceof FormData ? postForm : fetch)(BASE + path, how);
    hearTime(answer);
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem("The server cannot be reached.");
  }
  throw await problemOf(answer);
}

/** Ask for something, again after a pause when the server is busy or silent. */
export async function fetchJson(path, { signal, attempts = 4 } = {}) {
  return persist(() => request(path, { signal }), { signal, attempts });
}

/**
 * Do something again and again while it fails for a passing reason.
 *
 * @param {function(): Promise} attempt
 * @param {{signal?: AbortSignal, attempts?: number, isPassing?: function(Problem): boolean,
 *   pausing?: function(Problem, number)}} how `pausing` hears why and for how many milliseconds.
 */
export async function persist(attempt, { signal, attempts = Infinity, isPassing = (p) => p.isPassing, pausing } = {}) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (problem) {
      if (!(problem instanceof Problem) || !isPassing(problem) || tried >= attempts) throw problem;
      const wait = problem.retryAfterMs ?? backOff(tried);
      pausing?.(problem, wait);
      await pause(wait, signal);
    }
  }
}

/** Return a pause that doubles with every attempt; a little chance keeps many pages from asking at once. */
export function backOff(tried) {
  return Math.min(LONGEST_PAUSE_MS, 500 * 2 ** (tried - 1)) * (0.75 + Math.random() / 2);
}

/** Wait; ends early when the signal is aborted (and throws its reason) or the network comes back. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const settle = (how) => () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", givenUp);
      how(signal?.reason);
    };
    const done = settle(resolve);
    const givenUp = settle(reject);
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    if (signal?.aborted) givenUp();
    else signal?.addEventListener("abort", givenUp);
  });
}

function hearTime(answer) {
  const now = Date.parse(answer.headers.get("Date"));
  if (Number.isFinite(now)) ahead = now - Date.now();
}

async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  const words = told.detail || told.title;
  return new Problem(typeof words === "string" ? words : `The server answered ${answer.status}.`, {
    status: answer.status,
    retryAfterMs: retryAfter(answer.headers.get("Retry-After")),
  });
}

/** Read Retry-After: seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(header) {
  if (!header) return null;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, Math.min(wait, 5 * 60_000)) : null;
}
