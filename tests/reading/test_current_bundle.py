"""A server's model scores all that waits, whatever model it waited for."""

from collections.abc import Callable

from firstread.inference.bundle import Bundle
from firstread.reading import current_bundle
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import films, queue
from firstread.store.deliveries import Received
from firstread.store.queue import Queued
from firstread.store.store import Store

Send = Callable[..., list[Received]]
NOW = 1_800_000_000.0


def test_films_that_waited_for_the_model_before_are_scored_by_the_new_one(
    store: Store,
    tiny_bundle: Bundle,
    send: Send,
    film: Callable[..., bytes],
    make_worker: Callable[..., ScoringWorker],
) -> None:
    (answer,) = send({"a.png": film(190)})  # for another bundle than the tiny one

    current = current_bundle.take_over(store, tiny_bundle, now=NOW)
    worker = make_worker(bundle=current.bundle_id)

    assert 1 == worker.score_waiting()
    with store.database.read() as connection:
        kept = films.by_sha256(connection, answer.sha256)
        assert Queued(0, 0) == queue.count(connection)
    assert kept is not None
    assert kept.outcome is not None
    assert tiny_bundle.sha256 == kept.outcome.bundle_sha256


def test_a_worker_that_registers_its_model_takes_no_films(
    store: Store, tiny_bundle: Bundle, bundle_id: int, send: Send, film: Callable[..., bytes]
) -> None:
    """One that was started with another model than the server's must not have them."""
    send({"a.png": film(190)})

    current_bundle.register(store, tiny_bundle, now=NOW)

    with store.database.read() as connection:
        assert 0 == queue.count_for_others(connection, bundle_id=bundle_id)


def test_the_same_bundle_is_one(store: Store, tiny_bundle: Bundle) -> None:
    registered = current_bundle.register(store, tiny_bundle, now=NOW)

    assert registered == current_bundle.take_over(store, tiny_bundle, now=NOW + 1)
