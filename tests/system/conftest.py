"""A running server for every system test, and a browser that visits it."""

import contextlib
import functools
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import numpy as np
import numpy.typing as npt
import psutil
import pytest
from PIL import Image

from firstread.inference.bundle import Bundle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

SETTINGS = {
    "FIRSTREAD_QUEUE__LEASE_S": "2",
    "FIRSTREAD_WORKERS__PROCESSES": "1",
    "FIRSTREAD_STORE__RESERVE_BYTES": "0",
    "FIRSTREAD_WEB__REQUESTS_PER_S": "100000",
    "FIRSTREAD_WEB__BURST": "100000",
    "FIRSTREAD_WEB__BODY_TIMEOUT_S": "2",
}


class Served:
    """A running `firstread serve`, and a browser that was let in."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url
        self.origin = url.split("/?", maxsplit=1)[0]
        self.client = httpx2.Client(
            base_url=self.origin,
            headers={"Sec-Fetch-Site": "same-origin"},
            timeout=60,
            # Else it has a hundred connections at most, and lets whoever comes next wait for one of them.
            limits=httpx2.Limits(max_connections=None),
        )
        self.client.get(url)

    def send(self, films: Mapping[str, bytes], delivery: str = "one") -> httpx2.Response:
        form = [("films", (name, content)) for name, content in films.items()]
        return self.client.post("/api/v1/films", files=form, data={"delivery": delivery})

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = self.client.get("/api/v1/worklist?limit=1").json()["counts"]
        return found

    def rows(self, state: str = "all") -> list[dict[str, Any]]:
        """Return every film of the worklist in its order."""
        found: list[dict[str, Any]] = []
        while True:
            query = {"state": state, "limit": "500", "offset": str(len(found))}
            page = self.client.get("/api/v1/worklist", params=query).json()
            found += page["films"]
            if len(found) >= page["total"]:
                return found

    def until(self, holds: Callable[[dict[str, int]], bool], patience_s: float = 60.0) -> dict[str, int]:
        """Wait until the counts are so."""
        deadline = time.monotonic() + patience_s
        while not holds(counts := self.counts()):
            assert time.monotonic() < deadline, counts
            time.sleep(0.1)
        return counts

    def until_done(self, n: int, patience_s: float = 60.0) -> None:
        """Wait until so many films are here and none waits for the model."""
        self.until(lambda counts: counts["all"] == n and counts["waiting"] == 0, patience_s)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.client.close()

    def stop(self) -> None:
        """End the server as a user does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        self.client.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


Start = Callable[..., Served]


class Memory:
    """What a server and its processes take, looked at all along in a thread of its own.

    A process is the "server", a "worker" that scores, or an "opener" of films for one of them.
    """

    def __init__(self, served: Served) -> None:
        self._server = psutil.Process(served.process.pid)
        self._seen: dict[str, list[int]] = {"server": [], "worker": [], "opener": []}
        self._over = threading.Event()
        self._look()
        self._looking = threading.Thread(target=self._keep_looking, daemon=True)
        self._looking.start()

    def first(self, kind: str) -> int:
        """Return what a kind of process took at first, bytes."""
        return self._seen[kind][0]

    def peak(self, kind: str) -> int:
        """Return the most that one process of a kind ever took, bytes."""
        return max(self._seen[kind])

    def end(self) -> None:
        self._over.set()
        self._looking.join()

    def _keep_looking(self) -> None:
        while not self._over.wait(0.05):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._look()

    def _look(self) -> None:
        self._note("server", self._server)
        for process in self._server.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._note("worker" if "worker" in process.cmdline() else "opener", process)

    def _note(self, kind: str, process: psutil.Process) -> None:
        self._seen[kind].append(process.memory_info().rss)


WatchMemory = Callable[[Served], Memory]


@pytest.fixture
def watch_memory() -> Iterator[WatchMemory]:
    """Return a function that watches the memory of a server from now on."""
    watching: list[Memory] = []

    def watch(served: Served) -> Memory:
        watching.append(Memory(served))
        return watching[-1]

    yield watch
    for memory in watching:
        memory.end()


@contextlib.contextmanager
def _starting(store: Path, bundle: Bundle, database: Mapping[str, str] = {}) -> Iterator[Start]:
    started: list[Served] = []

    def begin(
        *options: str, store: Path = store, settings: Mapping[str, str] = {}, log: Path | None = None
    ) -> Served:
        command = [sys.executable, "-m", "firstread", "serve", "--no-open", "--folder", str(store)]
        command += [
            "--bundle",
            str(bundle.folder),
            *(() if "--port" in options else ("--port", "0")),
            *options,
        ]
        environment = {**os.environ, **SETTINGS, **database, **settings}
        with contextlib.nullcontext() if log is None else log.open("ab") as stderr:
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, line
        served = Served(process, line.split("open: ")[1].strip())
        started.append(served)
        return served

    try:
        yield begin
    finally:
        for served in started:
            served.stop()


@pytest.fixture
def start(tmp_path: Path, tiny_bundle: Bundle) -> Iterator[Start]:
    """Return a function that starts a server on the same store each time."""
    with _starting(tmp_path / "store", tiny_bundle) as begin:
        yield begin


@pytest.fixture
def start_on_each(database_url: str, tmp_path: Path, tiny_bundle: Bundle) -> Iterator[Start]:
    """Return such a function for a store on each kind of database."""
    with _starting(tmp_path / "store", tiny_bundle, {"FIRSTREAD_STORE__URL": database_url}) as begin:
        yield begin


StartWorker = Callable[[], psutil.Popen]


@pytest.fixture
def start_worker(database_url: str, tmp_path: Path, tiny_bundle: Bundle) -> Iterator[StartWorker]:
    """Return a function that starts a worker beside the servers of `start_on_each`, which lives and dies alone."""
    started: list[psutil.Popen] = []

    def begin() -> psutil.Popen:
        command = [sys.executable, "-m", "firstread", "worker", "--folder", str(tmp_path / "store")]
        environment = {**os.environ, **SETTINGS, "FIRSTREAD_STORE__URL": database_url}
        started.append(psutil.Popen([*command, "--bundle", str(tiny_bundle.folder)], env=environment))
        return started[-1]

    yield begin
    for worker in started:
        if worker.is_running():
            worker.terminate()
        worker.wait(30)


@pytest.fixture(scope="module")
def start_for_all(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Bundle) -> Iterator[Start]:
    """Return a function that starts a server which all tests of a module share."""
    with _starting(tmp_path_factory.mktemp("served") / "store", tiny_bundle) as begin:
        yield begin


MakeFilm = Callable[..., bytes]


@pytest.fixture(scope="session")
def make_film() -> MakeFilm:
    """Return a maker of small films: the brighter, the more diseased to the tiny bundle; each seed is another film."""

    def make(brightness: float = 110, seed: int = 0, side: int = 96) -> bytes:
        noise = np.random.default_rng(seed).normal(0, 6, (side, side))
        # The middle is brighter, as in a chest film.
        slope = 40 * np.cos(np.linspace(-np.pi / 2, np.pi / 2, side))[np.newaxis] - 25
        stream = io.BytesIO()
        pixels = np.clip(brightness + slope + noise, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(stream, "PNG", compress_level=0)
        return stream.getvalue()

    return make


@pytest.fixture(scope="session")
def colour_photograph() -> bytes:
    """Return a picture that is no film."""
    pixels = np.zeros((120, 120, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, 120)[np.newaxis]
    pixels[..., 2] = 90
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


# Tells what a page sends, across reloads; the browser itself does not show the files of a form.
COUNTING = """
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (form) {
  window.sending(form.getAll("films").map((film) => film.name));
  send.call(this, form);
};
"""


@dataclass
class Visit:
    """A reader's window.

    Args:
        page: What is open in it.
        mistakes: What went wrong in it that the server did not refuse.
        sent: Files that were sent, by name.
    """

    page: "Page"
    mistakes: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)

    @functools.cached_property
    def line(self) -> "CDPSession":
        """The network of this window."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        return session

    def slow_line(self, bytes_per_s: float) -> None:
        """Let the browser send no faster than this; -1: as fast as it can."""
        how = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
        self.line.send("Network.emulateNetworkConditions", how)

    def until(self, holds: Callable[[], object], seconds: float = 30) -> None:
        """Wait until something holds; the page goes on meanwhile."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "It did not come true in time."
            self.page.wait_for_timeout(25)

    def names(self) -> list[str]:
        """Return the films in view, from the top."""
        found: list[str] = self.page.evaluate("""() => [...document.querySelectorAll(".film:not([hidden])")]
            .sort((a, b) => a.dataset.index - b.dataset.index).map((row) => row.querySelector(".name").textContent)""")
        return found

    def pixels(self, pane: int = 0) -> npt.NDArray[np.int64]:
        """Return what a pane of the viewer shows, shape (height, width, 3), 0 to 255."""
        picture = self.page.locator(".film-surface").nth(pane).screenshot()
        return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)

    def until_shown(self) -> None:
        """Wait until the chosen film is the one on the viewer."""
        self.until(
            lambda: self.page.evaluate("""async () => {
            // It is drawn in the next frame.
            for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
            const pane = document.querySelector(".film-pane");
            const name = document.getElementById("film-name").textContent;
            return pane?.getAttribute("aria-busy") === "false"
                && pane.querySelector("canvas").getAttribute("aria-label") === `Radiograph ${name}`;
        }""")
        )

    def facts(self) -> str:
        """Return what the viewer says of the film: window, level, size."""
        return self.page.locator(".film-facts").first.inner_text()


Enter = Callable[..., Visit]


@contextlib.contextmanager
def _visiting(browser: "Browser") -> Iterator[Enter]:
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def enter(address: str, **options: Any) -> Visit:
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        contexts.append(context)
        context.set_default_timeout(20_000)
        visit = Visit(context.new_page())
        context.expose_function("sending", visit.sent.update)
        context.add_init_script(COUNTING)
        _listen(visit)
        visit.page.goto(address)
        visits.append(visit)
        return visit

    try:
        yield enter
    finally:
        for context in contexts:
            context.close()
    for visit in visits:
        assert [] == visit.mistakes


# Nor is a header that counts over HTTPS alone.
NO_MISTAKES = ("Failed to load resource", "The Cross-Origin-Opener-Policy header has been ignored")


def _listen(visit: Visit) -> None:
    """Hear of mistakes of the page; that the server refuses or is away is none."""

    def hear(message: Any) -> None:
        if message.type == "error" and not message.text.startswith(NO_MISTAKES):
            visit.mistakes.append(message.text)

    visit.page.on("pageerror", lambda error: visit.mistakes.append(str(error)))
    visit.page.on("console", hear)
    visit.page.on("dialog", lambda dialog: dialog.accept())


@pytest.fixture
def enter(browser: "Browser") -> Iterator[Enter]:
    """Return a function that opens an address in a browser that nobody used before."""
    with _visiting(browser) as entered:
        yield entered


@pytest.fixture(scope="module")
def enter_for_all(browser: "Browser") -> Iterator[Enter]:
    """Return such a function for a page that all tests of a module share."""
    with _visiting(browser) as entered:
        yield entered
