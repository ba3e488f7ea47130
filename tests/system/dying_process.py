"""A process with films in hand that is killed at one step: `dying_process.py JOB STEP URL FOLDER BUNDLE`.

Its job is to receive, score, remove or prune. Each step is the moment just before or just after a call; nothing of
ours runs after it, as when the power goes.
"""

import io
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from firstread.config import Config, Inference, Workers
from firstread.imaging.film_pool import FilmPool
from firstread.inference import bundle as bundles
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle, intake, removal
from firstread.reading.intake import SentFile
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import audit_log, changes, deliveries, films, outcomes, queue
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.store.store_mark import mark_of

CONFIG = Config(workers=Workers(processes=1), inference=Inference(threads=1))
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
    "row": (films, "remove"),
    "deletion": (FilmFolder, "remove"),
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


def main() -> None:
    job, step, url, folder, bundle_folder = sys.argv[1:]
    model = bundles.load(Path(bundle_folder))
    with Store(Database(url), FilmFolder(Path(folder))) as store:
        current = current_bundle.register(store, model, now=time.time())
        if job == "receive":
            die_at(step)
            sent = [
                SentFile(io.BytesIO(path.read_bytes()), path.name)
                for path in sorted(Path(folder, "..", "sent").iterdir())
            ]
            intake.receive(
                store, sent, delivery="one", sender="me", bundle_id=current.bundle_id, now=time.time()
            )
        if job == "remove":
            die_at(step)
            removal.remove(store, next(store.films.stored())[0], actor="me", now=time.time())
        if job == "prune":
            die_at(step)
            removal.prune(store, before=time.time(), also_unread=True, actor="me", now=time.time())
        with FilmPool(model.recipe, limits=CONFIG.read, workers=CONFIG.workers) as pool:
            worker = ScoringWorker(
                store=store,
                predictor=Predictor(model, settings=CONFIG.inference),
                pool=pool,
                config=CONFIG,
                bundle_id=current.bundle_id,
                mark=mark_of(store.database, store.films),
                owner=f"{os.getpid()}",
            )
            die_at(step)
            worker.score_waiting()


main()
