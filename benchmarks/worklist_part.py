"""A reading worklist of 100,000 films: what the API needs for a page of it, and the browser to show and scroll it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import many_films
import served
from figures import Figure, Goal, Report
from workbench import Workbench

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["measure"]

_REQUESTS = 300
# Who asks more than 50 times a second is told to wait.
_ONE_CALLER_S = 0.025
_SORTS = ("rank", "arrived", "probability", "name", "folder")
# Frame by frame in the page itself: its content policy lets nobody evaluate a string there again and again.
_FIRST_ROW = """() => new Promise((seen) => {
  const look = () => document.querySelector(".film:not([hidden]) .name")?.textContent
    ? seen(performance.now()) : requestAnimationFrame(look);
  look();
})"""
# Wheel steps, then leaps; a frame is blank when rows do not fill the list from edge to edge, and stale when they are
# more than a screen away from where somebody scrolled: old rows stay on the screen until the new ones are known.
_SCROLL = """async (frames) => {
  const list = document.getElementById("list");
  let [blank, stale] = [0, 0];
  for (let i = 0; i < frames; i += 1) {
    list.scrollTop += i < frames / 2 ? 400 : 16000;
    await new Promise(requestAnimationFrame);
    const box = list.getBoundingClientRect();
    const films = [...list.querySelectorAll(".film:not([hidden])")];
    const rows = films.map((film) => film.getBoundingClientRect());
    const [top, bottom] = [Math.min(...rows.map((r) => r.top)), Math.max(...rows.map((r) => r.bottom))];
    if (top > box.top + 1 || bottom < box.bottom - 1) blank += 1;
    const shown = Math.min(...films.map((film) => film.dataset.index));
    const away = Math.abs(shown - Math.floor(list.scrollTop / rows[0].height));
    if (away > box.height / rows[0].height) stale += 1;
  }
  return [blank, stale].map((n) => (100 * n) / frames);
}"""


def measure(bench: Workbench) -> Report:
    """Return the times of the API and of the page on a long list."""
    n = bench.sizes.listed_films
    store = bench.folder / "long-list"
    many_films.fill(store, bench.bundle, n)
    started = tuple(_started_s(store, bench) for _ in range(bench.sizes.rounds))
    with served.serve(store, bench.bundle, "--workers", "0") as server:
        pages = _pages(server, n)
        filters = _filters(server)
        painted, blank, stale = _shown(server, bench.sizes.rounds)
    return Report(
        (
            Figure("first page shown in a browser", "s", painted, goal=Goal("≤ 1 s", max(painted) <= 1)),
            _p95("API, 100 rows from anywhere in any order", pages),
            _p95("API, 100 rows of a filter or a search", filters),
            Figure("frames with a blank row while scrolling", "%", blank, goal=Goal("0 %", max(blank) == 0)),
            Figure("frames whose rows are more than a screen behind", "%", stale),
            Figure(
                f"server started on {n:,} films",
                "s",
                started,
                goal=Goal("≤ 2 s", max(started) <= 2),
            ),
        ),
        f"{n:,} films in 200 folders, nine in ten scored. Times of the API are of single requests, one after the "
        f"other, {_REQUESTS} of each kind; the goal is for their 95th percentile. Shown: from the request of the page "
        "in a Chromium that has nothing in its cache, until the first film stands on the screen. Scrolled: 150 frames "
        "of 400 px each, as a wheel does, then 150 of 16,000 px, as somebody drags the bar; old rows stay until "
        "new ones are known, so that none is blank, and frames with rows of another place are counted beside.",
    )


def _started_s(store: Path, bench: Workbench) -> float:
    with served.serve(store, bench.bundle, "--workers", "0") as server:
        return server.ready_s


def _pages(server: served.Served, n: int) -> tuple[float, ...]:
    rng = np.random.default_rng(0)
    return tuple(
        _timed(server, f"state=all&sort={rng.choice(_SORTS)}&offset={rng.integers(n)}&limit=100")
        for _ in range(_REQUESTS)
    )


def _filters(server: served.Served) -> tuple[float, ...]:
    rng = np.random.default_rng(1)
    kinds = ("q=film-00{0}", "folder=ward-{0}", "band=REVIEW&offset={0}", "state=not_scored&offset={0}")
    return tuple(
        _timed(server, str(rng.choice(kinds)).format(rng.integers(20)) + "&limit=100")
        for _ in range(_REQUESTS)
    )


def _timed(server: served.Served, query: str) -> float:
    """Return milliseconds."""
    began = time.perf_counter()
    server.get(f"/worklist?{query}")
    taken_s = time.perf_counter() - began
    time.sleep(max(0.0, _ONE_CALLER_S - taken_s))
    return 1e3 * taken_s


def _shown(
    server: served.Served, rounds: int
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Return the seconds until the first row, and the shares of blank and of stale frames, of each round."""
    painted, blank, stale = [], [], []
    for _ in range(rounds):
        with served.page(server.url) as page:
            painted.append(_first_row_s(page))
            blank_share, stale_share = page.evaluate(_SCROLL, 300)
            blank.append(float(blank_share))
            stale.append(float(stale_share))
    return tuple(painted), tuple(blank), tuple(stale)


def _first_row_s(page: "Page") -> float:
    """Return the seconds from navigation to the first row, by the page's own clock."""
    return float(page.evaluate(_FIRST_ROW)) / 1e3


def _p95(what: str, times: tuple[float, ...]) -> Figure:
    worst = float(np.percentile(times, 95))
    return Figure(f"{what}: 95th percentile {worst:.0f} ms", "ms", times, goal=Goal("≤ 50 ms", worst <= 50))
