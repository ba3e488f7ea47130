/** One film in the reading worklist: its rank, how soon it should be read, its name, and what is to be said of it. */

import { serverNow } from "./api.js";
import { standing } from "./bands.js";
import { element, write } from "./elements.js";
import { brief, count, moment, percent, plural, printable } from "./words.js";

// Its tag says so.
const SAID_ALREADY = /^synthetic radiograph\b/;

/** Return an empty row. */
export function makeRow() {
  const parts = {
    rank: element("span", { class: "rank" }),
    mark: element("i", { class: "mark" }),
    name: element("span", { class: "name" }),
    names: element("span", { class: "names" }),
    tag: element("span", { class: "tag" }, "SYNTHETIC"),
    band: element("span", { class: "band" }),
    wait: element("span"),
    note: element("span", { class: "note" }),
    percent: element("span", { class: "percent" }),
    bar: element("i", { class: "bar" }),
  };
  parts.waits = element("span", { class: "waits" }, element("span", { class: "unseen" }, "waiting "), parts.wait);
  const title = element("span", { class: "title" }, parts.name, parts.names, parts.tag);
  const said = element("span", { class: "said" }, parts.band, parts.waits, parts.note);
  const row = element("div", { class: "film", role: "option" },
    parts.rank, parts.mark, element("span", { class: "what" }, title, said),
    element("span", { class: "score" }, parts.percent, parts.bar));
  row.parts = parts;
  return row;
}

/**
 * Fill a row with a film.
 *
 * @param {HTMLElement} row From makeRow.
 * @param {Object} film As the worklist tells it.
 * @param {{index: number, total: number, isChosen: boolean, showsFolder: boolean, beginsFolder: boolean}} place
 */
export function drawRow(row, film, place) {
  row.id = `film-${film.film}`;
  row.dataset.film = film.film;
  row.dataset.index = place.index;
  row.setAttribute("aria-posinset", place.index + 1);
  row.setAttribute("aria-setsize", place.total);
  row.setAttribute("aria-selected", String(place.isChosen));
  row.classList.toggle("is-read", film.read);
  row.classList.toggle("begins-folder", place.beginsFolder);
  drawScore(row.parts, film);
  // A blinded reader is not told the rank; the list is in the order of arrival then.
  write(row.parts.rank, film.read ? "read" : count(film.rank ?? place.index + 1));
  write(row.parts.name, printable(film.name));
  row.parts.name.title = printable(film.folder ? `${film.folder}/${film.name}` : film.name);
  write(row.parts.names, film.n_copies > 0 ? plural(film.n_copies + 1, "name") : "");
  row.parts.tag.hidden = !film.synthetic;
  drawWait(row.parts, film);
  write(row.parts.note, noteOf(film, place.showsFolder));
}

function drawScore(parts, film) {
  const { kind, word } = standing(film);
  parts.mark.className = `mark ${kind}`;
  parts.band.className = `band ${kind}`;
  write(parts.band, word);
  const isKnown = film.probability !== null;
  write(parts.percent, isKnown ? percent(film.probability) : "");
  parts.bar.hidden = !isKnown;
  if (isKnown) parts.bar.style.setProperty("--share", film.probability);
}

function drawWait(parts, film) {
  parts.waits.hidden = film.read;
  write(parts.wait, brief(serverNow() - Date.parse(film.arrived_at)));
  parts.waits.title = `Arrived ${moment(film.arrived_at)}`;
}

function noteOf(film, showsFolder) {
  const told = [film.reason?.message, ...film.warnings].filter((words) => words && !SAID_ALREADY.test(words));
  if (told.length === 0 && showsFolder && film.folder) told.push(film.folder);
  return printable(told.join(" · "));
}
