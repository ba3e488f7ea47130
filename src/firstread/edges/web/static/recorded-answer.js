/** An answer is recorded once: what may stand already is looked for before it is said again. */

import { Problem, filmPath, persist, request, serverNow } from "./api.js";

const SILENT = 0;
const BUSY = 503;
const GONE = 404;
const ATTEMPTS = 6;
// As long as a reader waits before doubting that anything happens.
export const PATIENCE_MS = 20_000;
// Clocks and their whole seconds: what was read so long before cannot have come of the answer.
const LEEWAY_MS = 60_000;
// What is on its way for so long is not recorded any more.
const LATEST_MS = 60_000;

/**
 * @typedef {{film: Object, json: Object, reader: ?string, isKnown: function(number): boolean, askedAt: number}} Answer
 * About a film as it was told, with the reader's name and with which readings were known when it was given.
 */

/** Return an answer that is given now. */
export function givenNow({ film, json, reader, isGiven }) {
  const told = (film.readings ?? []).map(({ reading }) => reading);
  return { film, json, reader, askedAt: serverNow(), isKnown: (number) => told.includes(number) || isGiven(number) };
}

/**
 * Have an answer recorded, again after a pause when the server is busy; return the reading.
 *
 * @param {Answer} answer
 * @throws {Problem} If the server refuses, or is silent: then it is not known whether the answer was recorded.
 */
export async function record(answer) {
  const post = () => request(pathOf(answer), { method: "POST", json: answer.json, patience: PATIENCE_MS });
  let isRetry = false;
  const attempt = async () => {
    // A server that stops, or loses its store, says that it is busy of what it has recorded, too.
    const standing = isRetry ? await standingOf(answer) : null;
    isRetry = true;
    return standing ?? post();
  };
  return persist(attempt, { attempts: ATTEMPTS, isPassing: ({ status }) => status === BUSY });
}

/** Return whether an answer may have been recorded although that was not told: no word came, or none of a healthy server. */
export const isDoubtful = ({ status }) => status === SILENT || status >= 500;

/** Return whether an answer that does not stand yet may be recorded still. */
export const isOnItsWay = ({ askedAt }) => serverNow() - askedAt < LATEST_MS;

/**
 * Return the reading that came of an answer; null where none stands, or its film is gone.
 *
 * @param {Answer} answer
 * @throws {Problem} If the server does not tell.
 */
export async function standingOf(answer) {
  try {
    const reader = answer.reader ?? (await request("/session", { patience: PATIENCE_MS })).name;
    const { readings } = await request(pathOf(answer), { patience: PATIENCE_MS });
    const isOfAnswer = (reading) => reading.reader === reader && !answer.isKnown(reading.reading)
      && Date.parse(reading.read_at) >= answer.askedAt - LEEWAY_MS;
    return readings.find(isOfAnswer) ?? null;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === GONE) return null;
    throw problem;
  }
}

const pathOf = ({ film }) => filmPath(film.film, "/readings");
