"""What is acknowledged survives; what is not leaves nothing behind."""

import contextlib
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from firstread.errors import StoreBusyError, StoreError
from firstread.reading import intake, removal
from firstread.reading.intake import SentFile
from firstread.store import audit_log, copies, films, queue
from firstread.store.database import Database, Transaction
from firstread.store.deliveries import NamedFile, Received
from firstread.store.film_folder import Chunks, FilmFolder, StoredFilm
from firstread.store.store import Store
from firstread.terms import Receipt


class Interrupted(FilmFolder):
    """A folder with others: so many times after films were put there they get their turn."""

    def __init__(self, root: Path, others: Callable[[], object], times: int = 1) -> None:
        super().__init__(root)
        self._others, self._times = others, times

    def put_all(self, films: Iterable[Chunks]) -> list[StoredFilm]:
        stored = super().put_all(films)
        if self._times:
            self._times -= 1
            self._others()
        return stored


class Followed(Database):
    """A database with others: after its first transaction that writes they get their turn."""

    def __init__(self, url: str, others: Callable[[], object]) -> None:
        super().__init__(url)
        self._others: Callable[[], object] | None = others

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        with super().write() as connection:
            yield connection
        others, self._others = self._others, None
        if others is not None:
            others()


@pytest.fixture
def send_before(
    store: Store, bundle_id: int, database_url: str
) -> Callable[[Callable[[], object]], list[Received]]:
    """Return a function that sends one film while others do something just after its row was written."""

    def sent(others: Callable[[], object]) -> list[Received]:
        with contextlib.closing(Followed(database_url, others)) as followed:
            return intake.receive(
                Store(followed, store.films),
                [SentFile(io.BytesIO(b"film"), "a.png")],
                delivery="one",
                sender="somebody",
                bundle_id=bundle_id,
                now=0.0,
            )

    return sent


@pytest.fixture
def resend(store: Store, bundle_id: int) -> Callable[..., list[Received]]:
    """Return a function that sends one film while others do something."""

    def sent(others: Callable[[], object], times: int = 1) -> list[Received]:
        return intake.receive(
            Store(store.database, Interrupted(store.films.root, others, times)),
            [SentFile(io.BytesIO(b"film"), "a.png")],
            delivery="two",
            sender="somebody",
            bundle_id=bundle_id,
            now=0.0,
        )

    return sent


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


def test_a_film_that_is_removed_while_it_is_sent_again_is_stored_anew(
    store: Store, send: Callable[..., list[Received]], resend: Callable[..., list[Received]]
) -> None:
    """It was there, and so it was not written; then it went, and its row would name nothing."""
    (first,) = send({"a.png": b"film"})

    (answer,) = resend(lambda: removal.remove(store, first.sha256, actor="me", now=0.0))

    assert Receipt.NEW is answer.receipt
    assert b"film" == store.films.path(answer.sha256).read_bytes()
    with store.database.read() as connection:
        assert 1 == films.count(connection)


def test_a_removed_film_that_is_swept_while_it_is_sent_again_is_stored_anew(
    store: Store, send: Callable[..., list[Received]], resend: Callable[..., list[Received]]
) -> None:
    (first,) = send({"a.png": b"film"})
    with store.database.write() as connection:
        film = films.by_sha256(connection, first.sha256)
        assert film is not None
        films.remove(connection, [film.film_id], now=0.0)

    resend(lambda: removal.sweep(store, actor="me", now=0.0))

    assert b"film" == store.films.path(first.sha256).read_bytes()


def test_a_film_that_others_delete_all_the_while_is_not_acknowledged(
    store: Store, resend: Callable[..., list[Received]]
) -> None:
    orphan = store.films.put(io.BytesIO(b"film"))

    with pytest.raises(StoreBusyError, match=r"it was deleted 5 times while it was sent\. Send it again"):
        resend(lambda: store.films.remove(orphan.sha256), times=9)

    with store.database.read() as connection:
        assert (0, []) == (films.count(connection), list(audit_log.events(connection)))


SHA256 = hashlib.sha256(b"film").hexdigest()


def test_a_film_that_a_process_deletes_which_has_lost_its_lock_is_put_again(
    store: Store, send_before: Callable[..., list[Received]]
) -> None:
    """It was about to when its session with PostgreSQL was ended; what is acknowledged must be there."""
    if store.database.is_sqlite:
        pytest.skip("A process holds SQLite's lock for as long as it lives.")
    (answer,) = send_before(lambda: store.films.remove(SHA256))

    assert Receipt.NEW is answer.receipt
    assert b"film" == store.films.path(SHA256).read_bytes()


def test_a_film_that_somebody_removes_at_once_stays_away(
    store: Store, send_before: Callable[..., list[Received]]
) -> None:
    send_before(lambda: removal.remove(store, SHA256, actor="me", now=0.0))

    assert [] == list(store.films.stored())
    with store.database.read() as connection:
        assert 0 == films.count(connection)


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
        ("/".join(["ß" * 255] * 4) + "/a.png", "/".join(["ß" * 255] * 2), "a.png"),  # 1,500 bytes of folders
        ("ward/\udce9.png", "ward", "�.png"),  # a byte that is no UTF-8, as Python keeps it
    ],
)
def test_a_path_is_kept_as_words_and_leads_nowhere(sent: str, folder: str, name: str) -> None:
    assert (folder, name) == intake.place_of(sent)


def test_the_name_of_a_film_that_is_here_is_kept_without_its_file(
    store: Store, send: Callable[..., list[Received]]
) -> None:
    """The log says that it has a name more, and not which: it may be a patient's."""
    (first,) = send({"a.png": b"film"})
    named = [NamedFile(first.sha256, "DOE^JANE.png", "ward"), NamedFile("f" * 64, "b.png")]

    told = intake.receive_names(store, named, sender="somebody", now=1.0)
    again = intake.receive_names(store, named, sender="somebody", now=2.0)

    assert [Received(first.sha256, Receipt.COPY, "a.png"), None] == told
    assert [Received(first.sha256, Receipt.KNOWN), None] == again
    with store.database.read() as connection:
        events = [(event.actor, event.action, event.detail) for event in audit_log.events(connection)]
        assert [("ward/DOE^JANE.png",)] == list(copies.paths(connection).values())
    assert [("somebody", "films.name", {"films": [first.sha256]})] == events[1:]
