/** Figures of the dashboard as tables: every share with its interval, every number with how many films it is of. */

import { BANDS } from "./bands.js";
import { element } from "./elements.js";
import { count, duration, plural, printable, size } from "./words.js";

const KINDS = {
  URGENT: ["urgent", "URGENT"], REVIEW: ["review", "REVIEW"], ROUTINE: ["routine", "ROUTINE"],
  waiting: ["waiting", "being scored"], not_scored: ["not-scored", "not scored"],
};
const ABSENT = "–";

/** Return a share in percent, with its interval. */
export function share(interval) {
  if (!interval) return ABSENT;
  const [estimate, low, high] = [interval.estimate, interval.low, interval.high].map(percentage);
  return `${estimate} % (${low}–${high})`;
}

/** Return a share in percent, with a decimal where it is small. */
export function percentage(value) {
  const percent = 100 * value;
  return percent > 0 && percent < 10 ? percent.toFixed(1) : String(Math.round(percent));
}

/** Return seconds in words that are short enough for a table. */
export function seconds(value) {
  if (value === null) return ABSENT;
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  return duration(value * 1000);
}

/** What waits to be read, by band. */
export function unread(kinds, now) {
  const rows = kinds.map(({ kind, n, oldest_at: oldest }) => row([
    band(kind),
    count(n),
    oldest === null ? ABSENT : duration(Date.parse(now) - Date.parse(oldest)),
  ]));
  return table(["", "Films", "Oldest waits for"], rows);
}

/** How long films waited, by band. */
export function waited(bands, fewest, what) {
  if (bands.length === 0) return element("p", { class: "soft" }, `No film ${what} in this time.`);
  const ordered = [...BANDS, null].flatMap((name) => bands.filter((films) => films.band === name));
  const rows = ordered.map((films) => row([
    band(films.band ?? "not_scored"), count(films.n), seconds(films.median_s), seconds(films.percentile_90_s),
  ]));
  return element("div", {},
    table(["", "Films", "Median", "9 of 10 within"], rows),
    fewNote(bands.some(({ n }) => n < fewest), `Fewer than ${fewest} films: only their number.`));
}

/** Why films were not scored. */
export function refused(reasons, scored) {
  const n = reasons.reduce((sum, reason) => sum + reason.n, 0);
  if (n === 0) return element("p", { class: "soft" }, scored > 0 ? `Every film was scored (n = ${count(scored)}).` : "No film was scored in this time.");
  return element("div", {},
    element("p", { class: "said" }, `${count(n)} of ${plural(n + scored, "film")}`),
    table(["Reason", "Films"], reasons.map(({ code, n: ofReason }) => row([code.replaceAll("_", " "), count(ofReason)]))));
}

/** Room for films. */
export function disk({ film_bytes: films, free_bytes: free, total_bytes: total }) {
  const used = element("i");
  used.style.setProperty("--share", total > 0 ? 1 - free / total : 0);
  return element("div", {},
    element("p", { class: "said" }, element("b", {}, size(films)), " of films"),
    element("div", { class: "meter", "aria-hidden": "true" }, used),
    element("p", { class: "soft" }, `${size(free)} free of ${size(total)}, everything on this disk counted`));
}

/** The model against its readers. */
export function agreement({ agreements, read, fewest }) {
  if (agreements.length === 0) return element("p", { class: "soft" }, "Nobody has read a film in this time.");
  const rows = agreements.map((each) => row([
    each.reader === null ? "All readers" : printable(each.reader),
    each.blinded ? "score hidden" : "score seen",
    share(each.sensitivity),
    `${count(each.true_positives)} / ${count(each.true_positives + each.false_negatives)}`,
    share(each.specificity),
    `${count(each.true_negatives)} / ${count(each.true_negatives + each.false_positives)}`,
    count(each.n_uncertain),
    count(each.n_without_flag),
  ]));
  const head = ["Reader", "When reading", "Sensitivity, %", "Flagged / reader: pneumonia", "Specificity, %", "Not flagged / reader: none", "Reader unsure", "Without a score"];
  const few = agreements.some((each) => !each.sensitivity || !each.specificity);
  return element("div", {},
    element("div", { class: "scroll agreement", tabindex: "0", role: "region", "aria-label": "Agreement with readers" }, table(head, rows)),
    fewNote(few, `Fewer than ${fewest} films: only their number.`),
    element("p", { class: "soft" }, "In brackets: 95 % interval (Wilson), each film counted as one. What the reader found is held to be true here. "
      + "Readers who have seen the score tend to follow it: judge the model by readings with the score hidden."),
    element("p", { class: "soft" }, ofRead(read)));
}

/** Where flagged films are read more often than others, the films that were read flatter the sensitivity. */
function ofRead(read) {
  const [flagged, others] = [true, false].map((flag) => read.find((each) => each.flagged === flag));
  const words = `Of the films scored in this time, ${count(flagged.n_read)} of ${count(flagged.n)} flagged and ${count(others.n_read)} of ${count(others.n)} others have been read.`;
  const isUneven = flagged.share && others.share && flagged.share.low > others.share.high;
  return isUneven ? `${words} Flagged films were read more often, so sensitivity looks higher and specificity lower than among all films.` : words;
}

function band(kind) {
  const [name, words] = KINDS[kind];
  return element("span", { class: `band ${name}` }, element("i", { class: `mark ${name}` }), words);
}

function fewNote(isNeeded, words) {
  return isNeeded ? element("p", { class: "soft" }, words) : null;
}

function row([head, ...cells]) {
  return element("tr", {}, element("th", { scope: "row" }, head), ...cells.map((cell) => element("td", {}, cell)));
}

function table(head, rows) {
  return element("table", {},
    element("thead", {}, element("tr", {}, ...head.map((words) => (words ? element("th", { scope: "col" }, words) : element("td"))))),
    element("tbody", {}, ...rows));
}
