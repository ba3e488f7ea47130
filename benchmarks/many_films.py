"""Fills a store with films that have outcomes and no files: as many as a department makes in years."""

import hashlib
import time
from pathlib import Path

import numpy as np

from firstread.config import Store as Settings
from firstread.inference import bundle as bundles
from firstread.reading import current_bundle
from firstread.records import FilmFacts, NotScored, Outcome, Reason, Scored
from firstread.store import deliveries, films, outcomes
from firstread.store.deliveries import ArrivedFile
from firstread.store.film_folder import StoredFilm
from firstread.store.outcomes import NewOutcome
from firstread.store.store import Store, open_store
from firstread.store.store_mark import put_mark
from firstread.terms import Band, Refusal

__all__ = ["fill"]

_A_DROP, _FOLDERS, _FILM_BYTES = 1000, 200, 100_000
_FACTS = FilmFacts(sha256="", file_bytes=_FILM_BYTES, height=1024, width=1024)


def fill(folder: Path, bundle: Path, n: int) -> None:
    """Write n films, in drops of 1,000; nine in ten are scored, every hundredth is not, the rest wait."""
    model = bundles.load(bundle)
    with open_store(Settings(folder=str(folder))) as store:
        # While it is empty: a server does not begin in a folder whose films are missing.
        put_mark(store.database, store.films)
        bundle_id = current_bundle.register(store, model, now=time.time()).bundle_id
        for first in range(0, n, _A_DROP):
            _drop(store, range(first, min(first + _A_DROP, n)), bundle_id=bundle_id)


def _drop(store: Store, numbers: range, *, bundle_id: int) -> None:
    now = time.time()
    names = {number: hashlib.sha256(str(number).encode()).hexdigest() for number in numbers}
    files = [
        ArrivedFile(StoredFilm(sha256, _FILM_BYTES), f"film-{number:06d}.dcm", f"ward-{number % _FOLDERS}")
        for number, sha256 in names.items()
    ]
    rng = np.random.default_rng(numbers.start)
    with store.database.write() as connection:
        deliveries.accept(
            connection, files, delivery=f"drop-{numbers.start}", sender="bench", bundle_id=bundle_id, now=now
        )
        found = []
        for number, sha256 in names.items():
            film = films.by_sha256(connection, sha256)
            if film is not None and number % 10:
                found.append(NewOutcome(film.film_id, _outcome(number, rng.random())))
        outcomes.record(connection, found, bundle_id=bundle_id, now=now)


def _outcome(number: int, probability: float) -> Outcome:
    path = Path(f"film-{number:06d}.dcm")
    if number % 100 == 1:
        return NotScored(path, Reason(Refusal.UNREADABLE, "The file is damaged."))
    band = Band.URGENT if probability >= 0.9 else Band.REVIEW if probability >= 0.5 else Band.ROUTINE
    return Scored(path, _FACTS, 0.0, probability, probability >= 0.9, band)
