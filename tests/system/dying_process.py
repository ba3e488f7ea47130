"""A process with films in hand that is killed at one step: `dying_process.py JOB STEP URL FOLDER BUNDLE`.

Its job is one of `JOBS`, or "start" as a server does, "score", "work" or "lose". Each step is the moment just before or
just after a call; nothing of ours runs after it, as when the power goes.
"""

import dataclasses
import io
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from firstread import config
from firstread.config import Config, Inference, Queue, Web, Workers
from firstread.imaging.film_pool import FilmPool
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle, intake, opinions, removal
from firstread.reading.films_in_hand import FilmsInHand
from firstread.reading.intake import SentFile
from firstread.reading.opinions import Opinion
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import audit_log, changes, deliveries, films, outcomes, queue, schema
from firstread.store.database import Database
from firstread.store.deliveries import NamedFile
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.store.store_mark import mark_of
from firstread.terms import LabelState

CONFIG = Config(workers=Workers(processes=1), inference=Inference(threads=1), queue=Queue(lease_s=1.0))
WHERE: dict[str, tuple[Any, str]] = {
    "file": (FilmFolder, "put_all"),
    "sync": (os, "fsync"),
    "rename": (Path, "replace"),
    "rows": (deliveries, "accept"),
    "log": (audit_log, "append"),
    "acknowledge": (intake, "receive"),
    "lease": (queue, "lease"),
    "screen": (ScoringWorker, "_write"),
    "finish": (queue, "finish"),
    "outcome": (outcomes, "record"),
    "tell": (changes, "append"),
    "done": (ScoringWorker, "_record"),
    "extend": (queue, "extend"),
    "beat": (FilmsInHand, "_extend"),
    "release": (queue, "release"),
    "back": (FilmsInHand, "give_back"),
    "row": (films, "remove"),
    "deletion": (FilmFolder, "remove"),
    "reading": (opinions, "record"),
    "undone": (opinions, "undo"),
    "named": (intake, "receive_names"),
    "tables": (schema, "_run"),
    "handover": (queue, "hand_over"),
    "takeover": (current_bundle, "take_over"),
}


def die(*_arguments: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def die_at(step: str) -> None:
    """Let the process end before or after a call: "before rows", "after sync"."""
    moment, name = step.split()
    owner, attribute = WHERE[name]
    real: Callable[..., Any] = getattr(owner, attribute)

    def dying(*arguments: Any, **named: Any) -> Any:
        if moment == "before":
            die()
        real(*arguments, **named)
        die()

    setattr(owner, attribute, dying)


def receive(store: Store, bundle_id: int) -> None:
    """Receive the films that lie beside the store."""
    sent = [
        SentFile(io.BytesIO(path.read_bytes()), path.name)
        for path in sorted((store.films.root / ".." / "sent").iterdir())
    ]
    intake.receive(store, sent, delivery="one", sender="me", bundle_id=bundle_id, now=time.time())


def first_film(store: Store) -> str:
    return min(sha256 for sha256, _ in store.films.stored())


def remove(store: Store, _bundle_id: int) -> None:
    removal.remove(store, first_film(store), actor="me", now=time.time())


def prune(store: Store, _bundle_id: int) -> None:
    removal.prune(store, before=time.time(), also_unread=True, actor="me", now=time.time())


def read(store: Store, _bundle_id: int) -> None:
    said = Opinion(finding=LabelState.PRESENT)
    opinions.record(store, first_film(store), said, reader="me", now=time.time())


def undo(store: Store, _bundle_id: int) -> None:
    opinions.undo(store, reader="me", now=time.time())


def name(store: Store, _bundle_id: int) -> None:
    intake.receive_names(store, [NamedFile(first_film(store), "again.png")], sender="me", now=time.time())


JOBS: dict[str, Callable[[Store, int], None]] = {
    "receive": receive,
    "remove": remove,
    "prune": prune,
    "read": read,
    "undo": undo,
    "name": name,
}


def start(url: str, folder: Path, model: Bundle) -> None:
    """Start a server; it is killed before it answers."""
    from firstread.edges.web.serving import serve  # takes a while, and the other jobs need none of it

    settings = dataclasses.replace(
        CONFIG, store=config.Store(folder=str(folder.parent), url=url), web=Web(port=0)
    )
    serve(settings, model, bundle_folder=model.folder, n_workers=0, ready=die)


def lose_the_disk(store: Store) -> None:
    """Let the folder of films be away as soon as films of it are in hand."""
    real = queue.lease

    def losing(*arguments: Any, **named: Any) -> list[queue.Lease]:
        leases = real(*arguments, **named)
        store.films.root.rename(store.films.root.with_name("unmounted"))
        return leases

    queue.lease = losing


def hold_the_films() -> None:
    """Let films stay in hand until their leases are extended, however quick this computer is."""
    ScoringWorker._write = lambda *_: time.sleep(60)  # type: ignore[method-assign]


def score(job: str, step: str, store: Store, model: Bundle, bundle_id: int) -> None:
    """Score what waits: once ("score"), as a worker lives ("work"), or until the disk goes ("lose")."""
    with FilmPool(model.recipe, limits=CONFIG.read, workers=CONFIG.workers) as pool:
        worker = ScoringWorker(
            store=store,
            predictor=Predictor(model, settings=CONFIG.inference),
            pool=pool,
            config=CONFIG,
            bundle_id=bundle_id,
            mark=mark_of(store.database, store.films),
            owner=f"{os.getpid()}",
        )
        if job == "work":
            hold_the_films()
        if job == "lose":
            lose_the_disk(store)
        die_at(step)
        worker.run() if job == "work" else worker.score_waiting()


def main() -> None:
    job, step, url, folder, bundle_folder = sys.argv[1:]
    model = bundles.load(Path(bundle_folder))
    if job == "start":
        die_at(step)
        start(url, Path(folder), model)
    with Store(Database(url), FilmFolder(Path(folder))) as store:
        bundle_id = current_bundle.register(store, model, now=time.time()).bundle_id
        if job in JOBS:
            die_at(step)
            JOBS[job](store, bundle_id)
        else:
            score(job, step, store, model, bundle_id)


main()
