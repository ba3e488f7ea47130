"""One worker: opens the store and the model, and scores until it is told to stop."""

import os
import signal
import socket
import sys
import threading
import time
import uuid
from pathlib import Path

from firstread.config import Config
from firstread.imaging.film_pool import FilmPool
from firstread.inference import bundle as bundles
from firstread.inference.predictor import Predictor
from firstread.reading import current_bundle
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store.store import join_store
from firstread.store.store_mark import mark_of

__all__ = ["run"]

_NICENESS = 5
_AT_ONCE_BYTES = 4096


def run(settings: Config, *, bundle: Path | None, until_input_closes: bool) -> None:
    """Score films until a signal comes, or until standard input closes."""
    if until_input_closes:
        _give_way()
    model = bundles.load(bundle or bundles.shipped())
    with (
        join_store(settings.store) as store,
        FilmPool(model.recipe, limits=settings.read, workers=settings.workers) as pool,
    ):
        worker = ScoringWorker(
            store=store,
            predictor=Predictor(model, settings=settings.inference),
            pool=pool,
            config=settings,
            bundle_id=current_bundle.register(store, model, now=time.time()).bundle_id,
            mark=mark_of(store.database, store.films),
            owner=f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:12]}",
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: worker.stop())
        if until_input_closes:
            threading.Thread(target=_heed_input, args=(worker,), daemon=True).start()
        worker.run()


def _give_way() -> None:
    """Let the server that started this go first, which readers wait for; before there are threads and processes."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def _heed_input(worker: ScoringWorker) -> None:
    """Hear what the server tells, and stop with the end of it."""
    while told := os.read(sys.stdin.fileno(), _AT_ONCE_BYTES):
        worker.making_way.hear(told)
    worker.stop()
