/** The reading room: the page's parts are made here and told of each other. */

import { address, fetchJson, request } from "./api.js";
import { announce } from "./announcer.js";
import { ChosenFilm } from "./chosen-film.js";
import { GESTURES, commands } from "./commands.js";
import { Connection } from "./connection.js";
import { DropZone } from "./drop-zone.js";
import { by } from "./elements.js";
import { Emptiness } from "./emptiness.js";
import { Events } from "./events.js";
import { Exports } from "./exports.js";
import { Filters } from "./filters.js";
import { FirstChoice } from "./first-choice.js";
import { Help } from "./help.js";
import { Keyboard } from "./keyboard.js";
import { Notices } from "./notices.js";
import { Reading } from "./reading.js";
import { ReadingFlow } from "./reading-flow.js";
import { otherTheme, recallTheme } from "./theme.js";
import { Roots } from "./roots.js";
import { showSession } from "./session.js";
import { TakeInPanel } from "./take-in-panel.js";
import { UploadPanel } from "./upload-panel.js";
import { Uploads } from "./uploads.js";
import { Whereabouts } from "./whereabouts.js";
import { Worklist } from "./worklist.js";

// The server tells of changes several times a second while films are scored.
const CHANGES_SETTLE_MS = 250;
// Who aims at a row finds it where it was; who never comes to rest sees news all the same.
const AIM_AT_MOST_MS = 3000;
const FOLDERS_SETTLE_MS = 1000;

recallTheme();
const notices = new Notices();
const filters = new Filters();
const reading = new Reading();
const worklist = new Worklist(by("list"), (film) => reading.see(film));
const chosen = new ChosenFilm({ worklist, filters, reading, notices });
const first = new FirstChoice({ worklist, filters });
const whereabouts = new Whereabouts({ worklist, filters });
const connection = new Connection();
const flow = new ReadingFlow({ worklist, filters, reading, chosen, notices, relist });
const uploads = new Uploads(() => worklist.counts?.all === 0);
const emptiness = new Emptiness({ refresh, notices });
new UploadPanel(uploads, announce);
new DropZone(uploads);
const taking = new TakeInPanel();
const roots = new Roots((begun) => taking.follow(begun));
new Exports({ worklist, filters, reading });

let refreshing = 0;
let fetchingFolders = null; // never yet
let foldersFor = -1;

/** List what the filters say, from the first. */
async function relist() {
  await worklist.select(filters.query(), { isGrouped: filters.isGrouped });
  await chosen.seek();
}

/** Fetch anew what is shown. */
async function refresh() {
  clearTimeout(refreshing);
  refreshing = 0;
  await worklist.refresh();
}

function refreshSoon() {
  refreshing ||= setTimeout(refreshAtRest, CHANGES_SETTLE_MS, performance.now());
}

function refreshAtRest(since) {
  const waits = worklist.isAimedAt && performance.now() - since < AIM_AT_MOST_MS;
  if (waits) refreshing = setTimeout(refreshAtRest, CHANGES_SETTLE_MS, since);
  else refresh();
}

/** Fetch the folders anew when films came or went; not for every film of a drop. */
function fetchFoldersFor(films) {
  if (films === foldersFor) return;
  foldersFor = films;
  fetchingFolders ||= setTimeout(async () => {
    fetchingFolders = 0;
    // Without the folders everything else still works; the next change asks again.
    await fetchJson("/worklist/folders").then(({ folders }) => filters.offer(folders), () => { foldersFor = -1; });
  }, fetchingFolders === null ? 0 : FOLDERS_SETTLE_MS);
}

function listen() {
  filters.addEventListener("change", relist);
  worklist.addEventListener("changed", () => {
    const { counts } = worklist;
    if (!counts) return;
    filters.show(counts);
    fetchFoldersFor(counts.all);
    emptiness.show(counts);
    connection.showWaiting(counts.waiting);
    whereabouts.draw();
    chosen.follow();
    notices.settle("worklist");
    if (whereabouts.isWide) first.choose();
  });
  worklist.addEventListener("moved", () => whereabouts.draw());
  worklist.addEventListener("chosen", ({ detail }) => {
    whereabouts.draw();
    chosen.show(detail);
    whereabouts.toFilm();
  });
  worklist.addEventListener("problem", ({ detail }) => notices.problem("worklist", detail, refresh));
  uploads.addEventListener("delivered", refreshSoon);
}

function listenToServer() {
  const events = new Events(address("/events"));
  // How many wait is told with the films that were scored: "up to date" is the list, not the news of it.
  events.addEventListener("change", refreshSoon);
  events.addEventListener("state", ({ detail }) => {
    connection.showLive(detail.isLive);
    if (detail.isLive) {
      // What happened before the stream was open is not told again.
      refreshSoon();
      chosen.catchUp();
    } else tellIfSignedOut();
  });
  events.start();
}

/** A stream that breaks off does not say why: after a new start the server may not know the reader any more. */
async function tellIfSignedOut() {
  try {
    await request("/session");
  } catch (problem) {
    if (problem.isSignedOut) notices.problem("session", problem);
  }
}

function listenToKeys() {
  let help = null;
  const keyboard = new Keyboard(commands({
    worklist, reading, otherTheme,
    step: (places) => worklist.step(places),
    back: () => chosen.back(),
    toggle: (id) => by(id).click(),
    noteDown: () => by("note").focus(),
    view: (...what) => chosen.view(...what),
    toggleHeat: () => chosen.toggleHeat(),
    heatBy: (steps) => chosen.heatBy(steps),
    help: () => help,
    toggleAlone: () => whereabouts.toggleAlone(),
    toList: () => whereabouts.toList(),
  }));
  help = new Help(keyboard, GESTURES);
  by("open-help").addEventListener("click", () => help.open());
  by("theme").addEventListener("click", otherTheme);
  by("blinded").addEventListener("click", () => reading.toggleBlinded());
  by("teaching").addEventListener("click", () => reading.toggleTeaching());
}

async function start() {
  listen();
  listenToKeys();
  if (reading.isBlinded) filters.setBlinded(true);
  await relist();
  listenToServer();
  const session = await fetchJson("/session");
  showSession(session);
  chosen.tally.reader = session.name;
  reading.reader = session.name;
  chosen.allow(session);
  if (session.takes_folders) {
    roots.offer();
    await taking.start();
  }
}

flow.start();
start().catch((problem) => notices.problem("session", problem, () => location.reload()));
