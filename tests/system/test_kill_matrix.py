"""Killed at any step, the store has lost nothing that was acknowledged, and holds nothing twice."""

import io
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from firstread.config import Config, Inference, Queue, Workers
from firstread.imaging.film_pool import FilmPool
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle, intake, removal
from firstread.reading.intake import SentFile
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import audit_log, films, queue, tables
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.queue import Queued
from firstread.store.store import Store
from firstread.store.store_mark import mark_of, put_mark

if TYPE_CHECKING:
    from tests.system.conftest import Served, Start

CONFIG = Config(workers=Workers(processes=1), inference=Inference(threads=1), queue=Queue(lease_s=1.0))
SCRIPT = Path(__file__).with_name("dying_process.py")
N_FILMS = 3

pytestmark = pytest.mark.slow


def film(number: int) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(number).normal(100 + number % 60, 20, (224, 224))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def sent(tmp_path: Path) -> list[Path]:
    """Return films that lie outside the store."""
    folder = tmp_path / "sent"
    folder.mkdir()
    for number in range(N_FILMS):
        (folder / f"{number}.png").write_bytes(film(number))
    return sorted(folder.iterdir())


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    films = FilmFolder(tmp_path / "films")
    put_mark(database, films)
    return Store(database, films)


@pytest.fixture
def bundle_id(store: Store, tiny_bundle: Bundle) -> int:
    return current_bundle.register(store, tiny_bundle, now=time.time()).bundle_id


@pytest.fixture
def killed_at(
    database_url: str, tmp_path: Path, tiny_bundle: Bundle, sent: list[Path]
) -> Callable[[str, str], None]:
    """Return a function that runs a job until it is killed at a step."""
    assert sent

    def run(job: str, step: str) -> None:
        done = subprocess.run(
            [sys.executable, SCRIPT, job, step, database_url, tmp_path / "films", tiny_bundle.folder],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert -9 == done.returncode, done.stderr

    return run


def receive(store: Store, bundle_id: int, sent: list[Path]) -> None:
    """Send the films as their sender does who got no answer: once more."""
    on_their_way = [SentFile(io.BytesIO(path.read_bytes()), path.name) for path in sent]
    intake.receive(store, on_their_way, delivery="one", sender="me", bundle_id=bundle_id, now=time.time())


def score(store: Store, bundle_id: int, bundle: Bundle) -> None:
    """Score all that waits, also what a lost worker had in hand."""
    with FilmPool(bundle.recipe, limits=CONFIG.read, workers=CONFIG.workers) as pool:
        ScoringWorker(
            store=store,
            predictor=Predictor(bundle, settings=CONFIG.inference),
            pool=pool,
            config=CONFIG,
            bundle_id=bundle_id,
            mark=mark_of(store.database, store.films),
            owner="heir",
            clock=lambda _transaction: time.time() + 31,
        ).score_waiting()


def require_whole(store: Store, n: int = N_FILMS) -> None:
    """Every film is here once, scored once, with its file; and the log of it holds."""
    with store.database.read() as connection:
        kept = list(connection.execute(select(tables.film.c.sha256)).scalars())
        scored = connection.execute(
            select(func.count(), func.count(tables.outcome.c.film_id.distinct())).select_from(tables.outcome)
        ).one()
        assert Queued(0, 0) == queue.count(connection)
        assert isinstance(audit_log.verify(connection), audit_log.Verified)
    assert n == len(kept) == len(set(kept))
    assert (n, n) == tuple(scored)
    assert set(kept) == {sha256 for sha256, _ in store.films.stored()}
    assert all(store.films.path(sha256).stat().st_size > 0 for sha256 in kept)


RECEIVING = [
    f"{moment} {name}"
    for name in ("file", "sync", "rename", "rows", "log", "acknowledge")
    for moment in ("before", "after")
]
SCORING = [
    f"{moment} {name}"
    for name in ("lease", "screen", "finish", "outcome", "tell", "done")
    for moment in ("before", "after")
]


DELETING = ["after row", "before deletion", "after deletion"]


@pytest.mark.parametrize("step", RECEIVING)
def test_a_server_that_is_killed_while_it_receives(
    store: Store,
    bundle_id: int,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    step: str,
) -> None:
    killed_at("receive", step)

    with store.database.read() as connection:
        n_kept = films.count(connection)
    assert n_kept == (N_FILMS if step == "after acknowledge" else 0)
    receive(store, bundle_id, sent)
    score(store, bundle_id, tiny_bundle)
    removal.sweep(store, actor="me", now=time.time() + 7200)
    require_whole(store)
    assert [] == list((store.films.root / "arriving").iterdir())


@pytest.mark.parametrize("step", SCORING)
def test_a_worker_that_is_killed_while_it_scores(
    store: Store,
    bundle_id: int,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    step: str,
) -> None:
    receive(store, bundle_id, sent)

    killed_at("score", step)

    score(store, bundle_id, tiny_bundle)
    require_whole(store)


@pytest.mark.parametrize("job", ["remove", "prune"])
@pytest.mark.parametrize("step", DELETING)
def test_a_process_that_is_killed_while_it_deletes(
    store: Store,
    bundle_id: int,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    job: str,
    step: str,
) -> None:
    """The rows go first: no film is listed whose file is gone, and a file that is left is swept."""
    receive(store, bundle_id, sent)
    n_asked = 1 if job == "remove" else N_FILMS

    killed_at(job, step)

    n_gone, n_files_gone = (0, 0) if step == "after row" else (n_asked, int(step == "after deletion"))
    assert N_FILMS - n_files_gone == len(list(store.films.stored()))
    score(store, bundle_id, tiny_bundle)
    assert n_gone - n_files_gone == removal.sweep(store, actor="me", now=time.time()).n_deleted
    require_whole(store, N_FILMS - n_gone)


def send_until_it_is_killed(
    served: "Served", sent: dict[str, bytes], numbers: Iterator[int], after_s: float
) -> None:
    """Send films, first those that no server has acknowledged yet, until the server is killed."""
    killer = threading.Timer(after_s, served.process.kill)
    killer.start()
    try:
        while True:
            if not sent:
                sent |= {f"{number}.png": film(number) for number in itertools.islice(numbers, 3)}
            assert 201 == served.send(sent).status_code
            sent.clear()
    except httpx2.TransportError:
        killer.join()
        served.process.wait(10)


def test_a_server_that_is_killed_again_and_again_while_films_are_sent(
    start_on_each: "Start", database: Database, tmp_path: Path
) -> None:
    """Their sender tries again: each film is here then, with its file and one score, whenever the servers went."""
    numbers, not_acknowledged = itertools.count(), dict[str, bytes]()
    for after_s in np.random.default_rng(11).uniform(0.1, 1.5, 5):
        send_until_it_is_killed(start_on_each(), not_acknowledged, numbers, float(after_s))
    served = start_on_each()
    assert 201 == served.send(not_acknowledged).status_code
    n_sent = next(numbers)
    served.until_done(n_sent, patience_s=120)

    store = Store(database, FilmFolder(tmp_path / "store" / "films"))
    removal.sweep(store, actor="me", now=time.time() + 7200)
    require_whole(store, n_sent)
    assert [] == list((store.films.root / "arriving").iterdir())


def test_what_a_killed_removal_left_is_gone_after_a_restart(
    start_on_each: "Start", database: Database, tmp_path: Path
) -> None:
    """And nothing else: what the database does not know may have come after it was put back."""
    served = start_on_each("--workers", "0")
    served.send({"removed.png": film(1)})
    store = Store(database, FilmFolder(tmp_path / "store" / "films"))
    unknown = store.films.put(io.BytesIO(film(2)))
    os.utime(store.films.path(unknown.sha256), (0, 0))
    (kept,) = (sha256 for sha256, _ in store.films.stored() if sha256 != unknown.sha256)
    with database.write() as connection:
        removed = films.by_sha256(connection, kept)
        assert removed is not None
        films.remove(connection, [removed.film_id], now=time.time())

    served.process.kill()
    served.process.wait(10)
    served = start_on_each("--workers", "0")

    deadline = time.monotonic() + 30
    while store.films.path(kept).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (True, 0) == (store.films.has(unknown), served.counts()["all"])
