"""Killed at any step, the store has lost nothing that was acknowledged, and holds nothing twice."""

import contextlib
import io
import itertools
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, inspect, select

from firstread import config
from firstread.config import Config, Inference, Queue, Workers
from firstread.imaging.film_pool import FilmPool
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle, intake, opinions, removal
from firstread.reading.intake import SentFile
from firstread.reading.opinions import Opinion
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import audit_log, films, outcomes, queue, tables
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.outcomes import UsedBundle
from firstread.store.queue import Queued
from firstread.store.store import Store, open_store
from firstread.store.store_mark import MARK_FILE, mark_of, put_mark
from firstread.terms import LabelState

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


@pytest.mark.parametrize("step", ["after extend", "after beat"])
def test_a_worker_that_is_killed_while_it_keeps_films_in_hand(
    store: Store,
    bundle_id: int,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    step: str,
) -> None:
    """What it extended last runs out like any other lease."""
    receive(store, bundle_id, sent)

    killed_at("work", step)

    with store.database.read() as connection:
        assert Queued(0, N_FILMS) == queue.count(connection)
    score(store, bundle_id, tiny_bundle)
    require_whole(store)


@pytest.mark.parametrize("step", ["after release", "after back"])
def test_a_worker_that_is_killed_while_it_gives_films_back(
    store: Store,
    bundle_id: int,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    step: str,
) -> None:
    """The disk of the films was away: none of them is to blame for it, or given up."""
    receive(store, bundle_id, sent)

    killed_at("lose", step)

    store.films.root.with_name("unmounted").rename(store.films.root)
    with store.database.read() as connection:
        # The first outcome is written at once, and so its film goes back alone.
        n_back = int(step == "after back")
        assert Queued(n_back, N_FILMS - n_back) == queue.count(connection)
    score(store, bundle_id, tiny_bundle)
    require_whole(store)


# What each of them writes down when it is acknowledged: rows, by their table.
READING = {
    ("read", "after reading"): Counter(reading=1, change=1, audit_event=1),
    ("undo", "after undone"): Counter(undone=1, change=1, audit_event=1),
    ("name", "after named"): Counter(film_copy=1, change=1, audit_event=1),
    ("read", "after log"): Counter[str](),
    ("undo", "after log"): Counter[str](),
    ("name", "after log"): Counter[str](),
}


def written(store: Store) -> Counter[str]:
    """Return how many rows there are of what readers do, by table."""
    counted = {
        table.name: select(func.count()).select_from(table)
        for table in (tables.reading, tables.film_copy, tables.change, tables.audit_event)
    }
    counted["undone"] = counted["reading"].where(tables.reading.c.undone_at.is_not(None))
    with store.database.read() as connection:
        assert isinstance(audit_log.verify(connection), audit_log.Verified)
        return Counter({name: connection.execute(count).scalar_one() for name, count in counted.items()})


def read(store: Store) -> None:
    sha256 = min(sha256 for sha256, _ in store.films.stored())
    said = Opinion(finding=LabelState.ABSENT)
    assert opinions.record(store, sha256, said, reader="me", now=time.time()) is not None


@pytest.mark.parametrize(("job", "step"), READING)
def test_a_server_that_is_killed_while_somebody_reads(
    store: Store,
    bundle_id: int,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    job: str,
    step: str,
) -> None:
    """A reading, one that is taken back, and a further name of a film: whole, or not at all."""
    receive(store, bundle_id, sent)
    read(store)
    before = written(store)

    killed_at(job, step)

    assert READING[job, step] == written(store) - before
    read(store)


def start_again(database_url: str, folder: Path, bundle: Bundle) -> tuple[Store, int]:
    """Start as a server does; return its store, and the number of the bundle in it."""
    store = open_store(config.Store(folder=str(folder), url=database_url))
    put_mark(store.database, store.films)
    return store, current_bundle.take_over(store, bundle, now=time.time()).bundle_id


@pytest.mark.parametrize("has_tables", [False])
@pytest.mark.parametrize("step", ["after tables", "before rename", "after rename"])
def test_a_server_that_is_killed_at_its_first_start(
    database_url: str,
    tmp_path: Path,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    step: str,
) -> None:
    """There are all tables or none, and the folder bears the whole mark or none."""
    killed_at("start", step)

    with contextlib.closing(Database(database_url)) as database, database.read() as connection:
        assert (step == "after tables") == (inspect(connection).get_table_names() == [])
    assert (step == "after rename") == (tmp_path / "films" / MARK_FILE).exists()
    store, bundle_id = start_again(database_url, tmp_path, tiny_bundle)
    with store, store.database.read() as connection:
        receive(store, bundle_id, sent)
        assert Queued(N_FILMS, 0) == queue.count(connection)
        assert mark_of(store.database, store.films).is_there()


@pytest.mark.parametrize("step", ["after handover", "after takeover"])
def test_a_server_that_is_killed_while_its_model_takes_over(
    store: Store,
    database_url: str,
    tmp_path: Path,
    tiny_bundle: Bundle,
    sent: list[Path],
    killed_at: Callable[[str, str], None],
    step: str,
) -> None:
    """Each film waits for one model: the one before, or the new one."""
    with store.database.write() as connection:
        before = outcomes.bundle_id(connection, UsedBundle("b" * 64, "before", {}), now=time.time())
    receive(store, before, sent)

    killed_at("start", step)

    with store.database.read() as connection:
        n_moved = queue.count_for_others(connection, bundle_id=before)
        assert (N_FILMS, 0 if step == "after handover" else N_FILMS) == (
            queue.count(connection).waiting,
            n_moved,
        )
    again, bundle_id = start_again(database_url, tmp_path, tiny_bundle)
    with again, again.database.read() as connection:
        assert (N_FILMS, 0) == (
            queue.count(connection).waiting,
            queue.count_for_others(connection, bundle_id=bundle_id),
        )


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
