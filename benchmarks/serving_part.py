"""A folder dropped onto the reading room, in a real browser, against `firstread triage` of the same folder."""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

import film_folders
import served
import whole_process
from figures import Figure, Goal, Report, ratio_of
from workbench import Workbench

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["measure"]

_MEBIBYTE, _EVERY_S = 2**20, 0.02
_FILM_BYTES, _DIFFERENT = 100_000, 40
_A_LOAD, _SENDERS = 64, 4
# To ask takes the processors from what is measured: no sooner than so many films a second could be done with.
_FASTEST, _POLL_S = 1000, 0.02
# Workers have loaded the model by then, as they have for whoever keeps the page open.
_SETTLED_S = 3
# What a server loads before it can answer, whatever firstread does.
_LIBRARIES = [sys.executable, "-c", "import fastapi, jinja2, numpy, pydantic, sqlalchemy, typer, uvicorn"]
# Times are the page's own, from the moment in which the picker hands the folder over.
_WATCH = """() => {
  window.seen = {};
  const now = () => performance.now() - window.seen.began;
  const picker = document.getElementById("folder-picker");
  picker.addEventListener("change", () => (window.seen.began = performance.now()), { capture: true });
  const look = (_, observer) => {
    if (!window.seen.began) return;
    const title = document.getElementById("upload-title").textContent;
    if (title.startsWith("Done")) window.seen.acknowledged ??= now();
    const score = [...document.querySelectorAll("#list .film:not([hidden]) .percent")].some((e) => e.textContent);
    if (score) window.seen.scored ??= now();
    if (window.seen.acknowledged && window.seen.scored) observer.disconnect();
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One folder that came: seconds until it was ready, acknowledged, seen; films per second; bytes.

    `again_s` are those until a server on the filled store is ready.
    """

    ready_s: float
    again_s: float
    acknowledged_s: float
    first_score_s: float
    rate: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class _Sent:
    """The same films from a program: seconds until they were acknowledged; films per second."""

    acknowledged_s: float
    rate: float


def measure(bench: Workbench) -> Report:
    """Return how a folder arrives: acknowledged, first score on the screen, rate of scoring, memory."""
    n = bench.sizes.served_films
    folder = bench.folder / "dropped"
    film_folders.distinct_copies(_of_middle_size(bench), folder, n=n)
    triage, arrivals, libraries, sent = [], [], [], []
    for number in range(bench.sizes.served_rounds):
        triage.append(n / whole_process.seconds(bench.triage(folder)).seconds)
        bench.require_scored(n)
        arrivals.append(_drop(bench, folder, bench.folder / f"dropped-{number}", n))
        sent.append(_send(bench, folder, bench.folder / f"sent-{number}", n))
        libraries.append(whole_process.seconds(_LIBRARIES).seconds)
    return Report(_figures(arrivals, triage, libraries, sent, n), _note(bench, folder, n))


def _figures(
    arrivals: list[_Arrival], triage: list[float], libraries: list[float], sent: list[_Sent], n: int
) -> tuple[Figure, ...]:
    rates = tuple(arrival.rate for arrival in arrivals)
    ready = tuple(arrival.ready_s for arrival in arrivals)
    again = tuple(arrival.again_s for arrival in arrivals)
    acknowledged = tuple(arrival.acknowledged_s for arrival in arrivals)
    first = tuple(arrival.first_score_s for arrival in arrivals)
    memory = tuple(arrival.peak_bytes / _MEBIBYTE for arrival in arrivals)
    sent_rates = tuple(each.rate for each in sent)
    ratio = ratio_of(rates, triage)
    return (
        Figure(
            "server started on a new store, first page answered",
            "s",
            ready,
            ratio_of(ready, libraries),
            Goal("≤ 2 s", max(ready) <= 2),
        ),
        Figure(
            f"– on a store of {n:,} films",
            "s",
            again,
            ratio_of(again, libraries),
            Goal("≤ 2 s", max(again) <= 2),
        ),
        Figure("Python with the server's libraries, doing nothing", "s", tuple(libraries)),
        Figure(f"{n:,} films acknowledged", "s", acknowledged, goal=Goal("≤ 5 s", max(acknowledged) <= 5)),
        Figure("– sent by a program, without a browser", "s", tuple(each.acknowledged_s for each in sent)),
        Figure("first score on the screen", "s", first, goal=Goal("≤ 2 s", max(first) <= 2)),
        Figure(f"{n:,} films scored", "films/s", rates, ratio, Goal("≥ 0.80", ratio >= 0.8)),
        Figure("– sent by a program, without a browser", "films/s", sent_rates, ratio_of(sent_rates, triage)),
        Figure("`firstread triage` of the same folder", "films/s", tuple(triage)),
        Figure("memory of the web process", "MiB", memory, goal=Goal("≤ 300 MiB", max(memory) <= 300)),
    )


def _drop(bench: Workbench, folder: Path, store: Path, n: int) -> _Arrival:
    with served.serve(store, bench.bundle) as server, served.page(server.url) as page:
        page.wait_for_selector("#empty:not([hidden])")
        page.evaluate(_WATCH)
        time.sleep(_SETTLED_S)
        with _peak(server.process) as peak:
            page.locator("#folder-picker").set_input_files(str(folder))
            scored_s = _until_scored(page, server, n)
        seen = page.evaluate("window.seen")
    with served.serve(store, bench.bundle) as again:
        pass
    return _Arrival(
        server.ready_s,
        again.ready_s,
        seen["acknowledged"] / 1e3,
        seen["scored"] / 1e3,
        n / scored_s,
        peak[0],
    )


def _send(bench: Workbench, folder: Path, store: Path, n: int) -> _Sent:
    """Let a program send films as the page does: so many at once, by so many senders."""
    films = sorted(folder.iterdir())
    loads = [films[first : first + _A_LOAD] for first in range(0, n, _A_LOAD)]
    with served.serve(store, bench.bundle) as server, ThreadPoolExecutor(_SENDERS) as senders:
        time.sleep(_SETTLED_S)
        began = time.perf_counter()
        list(senders.map(server.send, loads))
        acknowledged_s = time.perf_counter() - began
        _wait_until_scored(server, n)
        return _Sent(acknowledged_s, n / (time.perf_counter() - began))


def _until_scored(page: "Page", server: served.Served, n: int) -> float:
    """Return the seconds from the moment the page was handed the folder until the last film was scored."""
    _wait_until_scored(server, n)
    return float(page.evaluate("performance.now() - window.seen.began")) / 1e3


def _wait_until_scored(server: served.Served, n: int) -> None:
    while left := _left(server, n):
        time.sleep(max(_POLL_S, left / _FASTEST))


def _left(server: served.Served, n: int) -> int:
    """Return how many films are not scored yet."""
    counts = server.get("/worklist?limit=1")["counts"]
    if counts["not_scored"]:
        raise RuntimeError(f"Every film must be scored to be counted; {counts['not_scored']} were not.")
    return int(n - counts["all"] + counts["waiting"])


@contextmanager
def _peak(process: psutil.Process) -> Iterator[list[int]]:
    """Sample the resident memory of one process during a block; the highest is in the list after it."""
    over, peak = threading.Event(), [0]

    def sample() -> None:
        while not over.wait(_EVERY_S):
            peak[0] = max(peak[0], process.memory_info().rss)

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield peak
    finally:
        over.set()
        sampling.join()


def _of_middle_size(bench: Workbench) -> list[Path]:
    return sorted(bench.sources, key=lambda film: abs(film.stat().st_size - _FILM_BYTES))[:_DIFFERENT]


def _note(bench: Workbench, folder: Path, n: int) -> str:
    mean = sum(film.stat().st_size for film in folder.iterdir()) / n / 1000
    return (
        f"{n:,} different files of {mean:.0f} kB on average, made of those {_DIFFERENT} of {bench.films_in_words} that "
        "are nearest to 100 kB. A real Chromium on the same machine sends them to a server that was started some "
        "seconds before; times run from the moment in which its folder picker hands them over, and the rate counts "
        "all until the last film is scored, against whole processes of triage. Memory is the resident memory of the "
        "process that answers requests."
    )
