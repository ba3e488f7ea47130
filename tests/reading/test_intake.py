"""What is acknowledged survives; what is not leaves nothing behind."""

import io
from collections.abc import Callable

import pytest

from firstread.errors import StoreError
from firstread.reading import intake
from firstread.reading.intake import SentFile
from firstread.store import audit_log, films, queue
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import Receipt


def test_a_received_film_lies_in_the_store_with_its_job(
    store: Store, send: Callable[..., list[Received]]
) -> None:
    (answer,) = send({"a.png": b"film"}, folder="ward")

    assert Receipt.NEW is answer.receipt
    assert b"film" == store.films.path(answer.sha256).read_bytes()
    with store.database.read() as connection:
        assert (1, 1) == (films.count(connection), queue.count(connection).waiting)


def test_the_log_names_films_by_their_hash_alone(store: Store, send: Callable[..., list[Received]]) -> None:
    """A file's name may be a patient's."""
    (answer,) = send({"DOE^JANE.dcm": b"film"}, folder="DOE^JANE")

    with store.database.read() as connection:
        (event,) = audit_log.events(connection)
    assert ("somebody", "films.receive", {"films": [answer.sha256]}) == (
        event.actor,
        event.action,
        event.detail,
    )
    assert "DOE" not in repr(event)


def test_nothing_is_acknowledged_that_could_not_be_written_down(store: Store, bundle_id: int) -> None:
    with pytest.raises(StoreError):
        intake.receive(
            store,
            [SentFile(io.BytesIO(b"film"), "a.png")],
            delivery="one",
            sender="somebody",
            bundle_id=bundle_id + 1,
            now=0.0,
        )

    with store.database.read() as connection:
        assert 0 == films.count(connection)
        assert [] == list(audit_log.events(connection))


@pytest.mark.parametrize(
    ("sent", "folder", "name"),
    [
        ("../../etc/passwd", "etc", "passwd"),
        ("C:\\films\\a.png", "C:/films", "a.png"),
        ("/abs/a.png", "abs", "a.png"),
        ("..", "", "unnamed"),
        ("a\x00b\u202egnp.exe", "", "a�b�gnp.exe"),
        ("x" * 400 + ".png", "", "x" * 255),
        ("a.png.exe", "", "a.png.exe"),
        ("ward/\udce9.png", "ward", "�.png"),  # a byte that is no UTF-8, as Python keeps it
    ],
)
def test_a_path_is_kept_as_words_and_leads_nowhere(sent: str, folder: str, name: str) -> None:
    assert (folder, name) == intake.place_of(sent)
