"""The app over a real store, as somebody at this computer reaches it."""

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from firstread.config import Config, Inference, Web, Workers
from firstread.edges.web.app import create_app
from firstread.edges.web.doors.launch import draw_launch
from firstread.edges.web.room import Room
from firstread.imaging.display import Reduction
from firstread.imaging.display_pool import DisplayPool
from firstread.imaging.film_pool import FilmPool
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle
from firstread.reading.scoring_worker import ScoringWorker
from firstread.reading.standing_worklist import StandingWorklist
from firstread.store import api_tokens
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.scopes import Scope
from firstread.store.store import Store
from firstread.store.store_mark import mark_of, put_mark

CONFIG = Config(
    workers=Workers(processes=1),
    inference=Inference(threads=1),
    web=Web(requests_per_s=1e6, burst=1_000_000),
)
NOW = 1_800_000_000.0


@pytest.fixture(scope="session")
def opening_pool(tiny_bundle: Bundle) -> Iterator[FilmPool]:
    """Keep one pool of processes for scoring."""
    with FilmPool(tiny_bundle.recipe, limits=CONFIG.read, workers=CONFIG.workers) as pool:
        yield pool


@pytest.fixture(scope="session")
def display_pool() -> Iterator[DisplayPool]:
    """Keep one pool of processes for showing."""
    with DisplayPool(Reduction(), limits=CONFIG.read, workers=CONFIG.workers) as pool:
        yield pool


@pytest.fixture
def room_url(request: pytest.FixtureRequest, empty_sqlite: Path, tmp_path: Path) -> str:
    """Return the URL of the room's database: SQLite, or each kind for a test that uses `database_url`."""
    if "database_url" in request.fixturenames:
        url: str = request.getfixturevalue("database_url")
        return url
    return f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'firstread.db')}"


@dataclass
class Clock:
    """A clock that shows what a test sets it to, seconds since 1970."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the room and of its doors."""
    return Clock()


@pytest.fixture
def room(
    room_url: str, tmp_path: Path, tiny_bundle: Bundle, display_pool: DisplayPool, clock: Clock
) -> Iterator[Room]:
    """Return a room with an empty store."""
    database = Database(room_url)
    with Store(database, FilmFolder(tmp_path / "films")) as store:
        put_mark(store.database, store.films)
        current = current_bundle.register(store, tiny_bundle, now=NOW)
        yield Room(
            store,
            StandingWorklist(database, wait_cap=50),
            current,
            CONFIG,
            display_pool,
            clock=clock,
        )


@pytest.fixture
def client(room: Room) -> Iterator[TestClient]:
    """Return a browser that was let in by the printed address."""
    launch = draw_launch(CONFIG.web)
    assert launch is not None
    app = create_app(room, launch=launch)
    headers = {"Sec-Fetch-Site": "same-origin"}
    with TestClient(app, base_url="http://127.0.0.1:8321", headers=headers) as browser:
        browser.get(f"/?launch={launch.token}", follow_redirects=False)
        yield browser


@pytest.fixture
def film() -> Callable[..., bytes]:
    """Return a maker of PNG films: the brighter, the more diseased."""

    def make(brightness: int, seed: int = 0) -> bytes:
        rng = np.random.default_rng(seed)
        pixels = np.linspace(-40, 40, 224)[np.newaxis, :] + rng.normal(brightness, 3, (224, 224))
        stream = io.BytesIO()
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "PNG")
        return stream.getvalue()

    return make


@pytest.fixture
def send(client: TestClient) -> Callable[..., list[str]]:
    """Return a function that sends files by path and content, and returns the films' hashes."""

    def sent(files: dict[str, bytes], delivery: str = "one") -> list[str]:
        form = [("films", (path, content)) for path, content in files.items()]
        answer = client.post("/api/v1/films", files=form, data={"delivery": delivery})
        assert 201 == answer.status_code, answer.text
        return [film["film"] for film in answer.json()["films"]]

    return sent


@pytest.fixture
def score(room: Room, tiny_bundle: Bundle, opening_pool: FilmPool, clock: Clock) -> Callable[[], None]:
    """Return a function that scores what waits, and lets the list know."""

    def scored() -> None:
        ScoringWorker(
            store=room.store,
            predictor=Predictor(tiny_bundle, settings=CONFIG.inference),
            pool=opening_pool,
            config=CONFIG,
            bundle_id=room.bundle.bundle_id,
            mark=mark_of(room.store.database, room.store.films),
            owner="worker",
            clock=lambda _transaction: clock(),
        ).score_waiting()
        room.worklist.refresh()

    return scored


@pytest.fixture
def token(client: TestClient, room: Room) -> Callable[[Scope], dict[str, str]]:
    """Return a function that returns the headers of a program; the browser is logged out."""

    def headers(scope: Scope) -> dict[str, str]:
        client.cookies.clear()
        with room.store.database.write() as connection:
            secret = api_tokens.add(
                connection, scope.value, [scope], owner="program", expires_at=NOW + 60, now=NOW
            )
        return {"Authorization": f"Bearer {secret}"}

    return headers


@pytest.fixture
def ward(send: Callable[..., list[str]], film: Callable[..., bytes], score: Callable[[], None]) -> list[str]:
    """Return the films of a ward: a.png routine, b.png urgent, c.png to review, and d.png that is none."""
    films = send(
        {
            "ward/a.png": film(60, seed=1),
            "ward/b.png": film(190, seed=2),
            "ward/x/c.png": film(120, seed=3),
            "desk/d.png": b"no picture",
        }
    )
    score()
    return films
