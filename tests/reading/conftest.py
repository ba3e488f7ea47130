"""A store of films around the tiny bundle, on both databases."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.config import Config, Inference, Queue, Workers
from firstread.imaging.film_pool import FilmPool
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor
from firstread.reading import intake
from firstread.reading.intake import SentFile
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store.database import Database
from firstread.store.deliveries import Received
from firstread.store.film_folder import FilmFolder
from firstread.store.store import Store
from firstread.store.store_mark import mark_of, put_mark

CONFIG = Config(
    workers=Workers(processes=1),
    inference=Inference(threads=1),
    queue=Queue(lease_s=30.0, max_attempts=3, poll_s=0.02),
)
NOW = 1_800_000_000.0


@pytest.fixture
def config() -> Config:
    """Return the settings of the tests' workers."""
    return CONFIG


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    """Return an empty store."""
    films = FilmFolder(tmp_path / "films")
    put_mark(database, films)
    return Store(database, films)


@pytest.fixture(scope="session")
def reading_pool(tiny_bundle: Bundle) -> Iterator[FilmPool]:
    """Keep one pool for all tests: its process takes a third of a second to start."""
    with FilmPool(tiny_bundle.recipe, limits=CONFIG.read, workers=CONFIG.workers) as open_pool:
        yield open_pool


@pytest.fixture
def make_worker(
    store: Store, bundle_id: int, tiny_bundle: Bundle, reading_pool: FilmPool
) -> Callable[..., ScoringWorker]:
    """Return a maker of workers on the store."""

    def make(
        owner: str = "worker", now: Callable[[], float] = lambda: NOW, bundle: int = bundle_id
    ) -> ScoringWorker:
        return ScoringWorker(
            store=store,
            predictor=Predictor(tiny_bundle, settings=CONFIG.inference),
            pool=reading_pool,
            config=CONFIG,
            bundle_id=bundle,
            mark=mark_of(store.database, store.films),
            owner=owner,
            clock=lambda _transaction: now(),
        )

    return make


def film_of(brightness: int, seed: int = 0) -> bytes:
    """Return a PNG whose score is its brightness (the tiny bundle's meaning of disease)."""
    rng = np.random.default_rng(seed)
    pixels = np.linspace(-40, 40, 224)[np.newaxis, :] + rng.normal(brightness, 3, (224, 224))
    stream = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def film() -> Callable[..., bytes]:
    """Return a maker of films: the brighter, the more diseased."""
    return film_of


@pytest.fixture
def send(store: Store, bundle_id: int) -> Callable[..., list[Received]]:
    """Return a function that sends files, by name and content, as one delivery."""

    def sent(
        files: dict[str, bytes], *, delivery: str = "one", folder: str = "", now: float = NOW
    ) -> list[Received]:
        on_their_way = [SentFile(io.BytesIO(content), name, folder) for name, content in files.items()]
        return intake.receive(
            store, on_their_way, delivery=delivery, sender="somebody", bundle_id=bundle_id, now=now
        )

    return sent
