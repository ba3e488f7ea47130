/** The dashboard: what the reading room looks back on, fetched anew while films come in. */

import { address, fetchJson } from "./api.js";
import { announce } from "./announcer.js";
import { Connection } from "./connection.js";
import { DashboardCharts, rule } from "./dashboard-charts.js";
import { agreement, disk, refused, share, unread, waited } from "./dashboard-tables.js";
import { by, element, press, write } from "./elements.js";
import { Events } from "./events.js";
import { Help } from "./help.js";
import { keep, recall } from "./kept.js";
import { Keyboard } from "./keyboard.js";
import { Notices } from "./notices.js";
import { showSession } from "./session.js";
import { otherTheme, recallTheme } from "./theme.js";
import { count, moment, plural } from "./words.js";

// While films are scored there is news several times a second; a look back need not be that fresh.
const SETTLE_MS = 3000;
// What the server told was gathered before the last change; and the stretch moves on with the clock.
const BEHIND_MS = 10_000;
const ANYWAY_MS = 60_000;
const PERIODS = [["hour", "The last hour"], ["day", "The last day"], ["week", "The last week"], ["30days", "The last 30 days"], ["90days", "The last 90 days"]];

recallTheme();
const notices = new Notices();
const connection = new Connection();
const charts = new DashboardCharts();
const remembered = recall("period");
let period = PERIODS.some(([name]) => name === remembered) ? remembered : "day";
let timer = 0;
let due = Infinity;
let asked = 0;
let version = 0;

/** Fetch and show; an answer that came too late, to another question, is left aside. */
async function refresh() {
  clearTimeout(timer);
  [timer, due] = [0, Infinity];
  asked += 1;
  const question = asked;
  const offset = -new Date().getTimezoneOffset();
  try {
    const told = await fetchJson(`/dashboard?period=${period}&utc_offset_min=${offset}`);
    if (question !== asked) return;
    show(told);
    notices.settle("dashboard");
    refreshIn(told.version < version ? BEHIND_MS : ANYWAY_MS);
  } catch (problem) {
    if (question !== asked) return;
    notices.problem("dashboard", problem, refresh);
    refreshIn(ANYWAY_MS);
  }
}

function refreshIn(milliseconds) {
  const at = Date.now() + milliseconds;
  if (at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(() => (document.hidden ? refreshWhenSeen() : refresh()), milliseconds);
}

function refreshWhenSeen() {
  document.addEventListener("visibilitychange", refresh, { once: true });
}

function choose(name) {
  period = name;
  keep("period", name);
  showPeriod();
  refresh();
}

function showPeriod() {
  for (const button of by("periods").querySelectorAll("button")) press(button, button.value === period);
}

function show(told) {
  const isEmpty = told.arrived === 0 && told.unread.every(({ n }) => n === 0)
    && told.bins.every((bin) => bin.scored + bin.not_scored === 0) && told.agreements.length === 0;
  by("nothing-yet").hidden = !isEmpty;
  by("sections").hidden = isEmpty;
  write(by("as-of"), `Since ${moment(told.begin)}, counted at ${moment(told.now)}`);
  write(by("nothing-words"), period === "90days"
    ? "No film came in the last 90 days, and none waits to be read."
    : "No film came in this time, and none waits to be read. Look further back, or add films.");
  showDrift(told);
  if (isEmpty) return;
  const scored = told.bins.reduce((sum, bin) => sum + bin.urgent + bin.review + bin.routine, 0);
  by("now").replaceChildren(unread(told.unread, told.now));
  by("disk").replaceChildren(disk(told.disk));
  by("refused").replaceChildren(refused(told.refused, scored));
  by("waits-for-model").replaceChildren(waited(told.waits_for_model, told.fewest, "was scored"));
  by("waits-for-reader").replaceChildren(waited(told.waits_for_reader, told.fewest, "was read for the first time"));
  by("agreement").replaceChildren(agreement(told));
  charts.show(told);
}

function showDrift({ drift }) {
  by("drift").hidden = !drift.warns;
  if (!drift.warns) {
    by("drift").replaceChildren();
    delete by("drift").dataset.said;
    return;
  }
  const { unlike, far } = drift;
  const reasons = [
    unlike.warns && `${count(unlike.count)} of ${plural(unlike.n, "film")} are unlike the training films: ${share(unlike.share)} at 99 % confidence.`,
    far.warns && `${count(far.count)} of ${plural(far.n, "film")} have a shift above 50: ${share(far.share)} at 99 % confidence.`,
  ].filter(Boolean);
  const words = reasons.join(" ");
  if (by("drift").dataset.said === words) return;
  by("drift").dataset.said = words;
  by("drift").replaceChildren(
    element("h3", {}, "The films have drifted"),
    element("ul", {}, ...reasons.map((reason) => element("li", {}, reason))),
    element("p", {}, "Scores of such films are less sure than the model's figures say. Another detector, other processing or other patients may be why; "
      + "look at the films, and measure the model on films of yours before you rely on it."),
    element("p", { class: "soft" }, rule(unlike, far)));
}

function listenToServer() {
  const events = new Events(address("/events"));
  events.addEventListener("change", ({ detail }) => {
    version = Math.max(version, detail.version);
    connection.showWaiting(detail.waiting);
    refreshIn(SETTLE_MS);
  });
  events.addEventListener("state", ({ detail }) => {
    connection.showLive(detail.isLive);
    if (detail.isLive) refreshIn(SETTLE_MS);
  });
  events.start();
}

function changeTheme() {
  otherTheme();
  charts.recolour();
}

function toRoom() {
  location.assign("/");
}

function listenToKeys() {
  let help = null;
  const page = "Page";
  const keyboard = new Keyboard([
    ...PERIODS.map(([name, words], i) => ({ group: "How far back", keys: [String(i + 1)], words, does: () => choose(name) })),
    { group: page, keys: ["Escape", "Shift+d"], words: "Back to the reading room", does: toRoom },
    { group: page, keys: ["l"], words: "Light or dark", does: changeTheme },
    { group: page, keys: ["?"], words: "This help", does: () => help.open() },
  ]);
  help = new Help(keyboard);
  by("open-help").addEventListener("click", () => help.open());
  by("theme").addEventListener("click", changeTheme);
  by("periods").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    choose(button.value);
    announce(PERIODS.find(([name]) => name === button.value)[1]);
  });
}

showPeriod();
listenToKeys();
listenToServer();
refresh();
fetchJson("/session").then(showSession, (problem) => notices.problem("session", problem, () => location.reload()));
