"""A browser with the page open, over a server that keeps made-up films in memory."""

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from tests.edges.web.fake_server import FakeServer, Running

    from firstread.edges.web.room import Room
    from firstread.inference.bundle import Bundle

# The viewer has its own tests; here it only counts what the page asks of it. A film that is "held" is on its way.
RECORDING_VIEWER = """
export class Viewer {
  constructor() {
    window.viewerCalls = [];
    window.heldFilms = new Set();
    window.viewerSays = (film, status) => told.dispatchEvent(new CustomEvent("change", { detail: { film, status } }));
    const told = new EventTarget();
    const called = (name) => (...values) => {
      window.viewerCalls.push([name, ...values]);
      if (name === "load") window.viewerSays(values[0], window.heldFilms.has(values[0]) ? "loading" : "shown");
      return Promise.resolve();
    };
    const addEventListener = (...values) => told.addEventListener(...values);
    const known = { then: undefined, state: { heat: { opacity: 0.5 } }, addEventListener };
    return new Proxy(this, { get: (_, name) => (name in known ? known[name] : called(name)) });
  }
}
"""


def _fake_server() -> ModuleType:
    """Load the fake beside this file: test folders are no packages."""
    name = "fake_server"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        if spec is None or spec.loader is None:
            raise ImportError(name)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def running() -> "Iterator[Running]":
    """Return a fake server that listens."""
    pytest.importorskip("fastapi", reason="FastAPI is not installed: no page to open.")
    started: Running = _fake_server().Running()
    yield started
    started.stop()


@pytest.fixture
def fake(running: "Running") -> "FakeServer":
    """Return the films of the server, and what was asked of it."""
    return running.server


@pytest.fixture
def context(browser: "Browser") -> "Iterator[BrowserContext]":
    """Return a browser that nobody used before."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(20_000)
    opened.route(
        "**/static/viewer.js",
        lambda route: route.fulfill(body=RECORDING_VIEWER, content_type="text/javascript"),
    )
    yield opened
    opened.close()


@pytest.fixture
def page(context: "BrowserContext", running: "Running") -> "Iterator[Page]":
    """Return a page that is about to open; what it does wrong on the way fails the test.

    A request that the server refuses is no mistake of the page; something that its content security policy forbids is.
    """
    opened = context.new_page()
    mistakes: list[str] = []
    opened.on("pageerror", lambda error: mistakes.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            mistakes.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.goto(running.url)
    yield opened
    assert [] == mistakes


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    """Return the page with 30 films, two of them not scored yet, the first chosen and on the screen."""
    from playwright.sync_api import expect

    fake.populate(30, waiting=2)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    # Comes last: what stands below it moves down.
    expect(page.locator("#facts")).to_contain_text("Why is this here?")
    return page


@pytest.fixture(scope="session")
def accessible() -> "Callable[[Page], list[str]]":
    """Return a function that returns what axe-core finds on a page, and that matters."""
    axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

    def findings(page: "Page") -> list[str]:
        found = axe.Axe().run(page, options={"runOnly": rules}).response
        return [
            f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical", "moderate")
            for node in violation["nodes"]
        ]

    return findings


@pytest.fixture
def many_films(tmp_path: Path, tiny_bundle: "Bundle") -> "Iterator[Callable[[int], Room]]":
    """Return a function that returns a room with so many scored films, every third read; they have no files."""
    from firstread.config import Config
    from firstread.edges.web.room import Room
    from firstread.reading import current_bundle
    from firstread.reading.standing_worklist import StandingWorklist
    from firstread.records import FilmFacts, Scored
    from firstread.store import deliveries, outcomes, readings, schema
    from firstread.store.database import Database
    from firstread.store.deliveries import ArrivedFile
    from firstread.store.film_folder import FilmFolder, StoredFilm
    from firstread.store.outcomes import NewOutcome
    from firstread.store.readings import NewReading
    from firstread.store.store import Store
    from firstread.terms import Band, LabelState

    now, opened = 1_800_000_000.0, []

    def made(n: int) -> Room:
        database = Database(f"sqlite:///{tmp_path / f'{n}.db'}")
        schema.upgrade(database)
        store = Store(database, FilmFolder(tmp_path / "films"))
        opened.append(store)
        current = current_bundle.register(store, tiny_bundle, now=now)
        facts = FilmFacts("a" * 64, 1000, 2000, 1500)
        with database.write() as connection:
            files = [ArrivedFile(StoredFilm(f"{i:064x}", 1000), f"{i}.png", "ward") for i in range(1, n + 1)]
            deliveries.accept(
                connection, files, delivery="one", sender="me", bundle_id=current.bundle_id, now=now
            )
            scored = [
                NewOutcome(i, Scored(Path(), facts, 0.0, i / (n + 1), False, Band.ROUTINE))
                for i in range(1, n + 1)
            ]
            outcomes.record(connection, scored, bundle_id=current.bundle_id, now=now)
            for i in range(1, n + 1, 3):
                readings.add(connection, NewReading(i, "Dr Weber", LabelState.ABSENT, None), now=now)
        worklist = StandingWorklist(database, 50)
        worklist.refresh()
        # Nothing of these films is shown, so that no process is needed that shows them.
        return Room(store, worklist, current, Config(), display=None, clock=lambda: now)  # type: ignore[arg-type]

    yield made
    for store in opened:
        store.database.close()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Return a function that waits until something holds."""

    def wait(holds: Callable[[], object], *, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                pytest.fail(f"It did not come true within {seconds} s.")
            time.sleep(0.02)

    return wait
