"""What readers agree on is a label; what they do not agree on is none."""

from collections.abc import Callable

import pytest

from firstread.reading import labels
from firstread.reading.labels import Choice, Label, Unlabelled
from firstread.store import readings
from firstread.store.readings import NewReading
from firstread.store.store import Store
from firstread.terms import LabelState, Verdict

PRESENT, ABSENT, UNCERTAIN = LabelState.PRESENT, LabelState.ABSENT, LabelState.UNCERTAIN
NOW = 1_800_000_000.0
Said = tuple[str, LabelState]


@pytest.fixture
def read(store: Store) -> Callable[..., None]:
    """Return a function that records what readers say of a film, one after the other."""

    def recorded(film_id: int, *said: Said, blinded: bool = False, undone: bool = False) -> None:
        for reader, finding in said:
            verdict = None if blinded else Verdict.AGREE
            new = NewReading(film_id, reader, finding, verdict, blinded=blinded)
            with store.database.write() as connection:
                readings.add(connection, new, now=NOW)
                if undone:
                    readings.undo(connection, reader, now=NOW)

    return recorded


@pytest.fixture
def found(store: Store) -> Callable[..., list[Label | Unlabelled]]:
    def listed(choice: Choice = Choice()) -> list[Label | Unlabelled]:  # noqa: B008 - frozen
        return list(labels.labels(store, choice))

    return listed


Read = Callable[..., None]
Found = Callable[..., list[Label | Unlabelled]]
Arrive = Callable[..., list[int]]


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ([("A", PRESENT)], PRESENT),
        ([("A", ABSENT), ("B", ABSENT)], ABSENT),
        ([("A", PRESENT), ("B", ABSENT)], Unlabelled.DISAGREED),
        ([("A", PRESENT), ("B", UNCERTAIN)], Unlabelled.UNCERTAIN),
        ([("A", UNCERTAIN)], Unlabelled.UNCERTAIN),
        ([("A", PRESENT), ("B", ABSENT), ("C", UNCERTAIN)], Unlabelled.DISAGREED),
        # Whoever changes their mind means the last.
        ([("A", ABSENT), ("A", PRESENT)], PRESENT),
        ([("A", ABSENT), ("B", PRESENT), ("A", PRESENT)], PRESENT),
    ],
)
def test_a_film_has_the_label_that_all_its_readers_give(
    arrive: Arrive, read: Read, found: Found, said: list[Said], label: LabelState | Unlabelled
) -> None:
    (film,) = arrive("a")
    read(film, *said)

    (only,) = found()

    assert label == (only.finding if isinstance(only, Label) else only)


def test_a_label_says_of_which_film_and_by_whom(arrive: Arrive, read: Read, found: Found) -> None:
    film, other = arrive("a", "b")
    read(film, ("B", PRESENT), ("A", PRESENT))

    (label,) = found()

    assert isinstance(label, Label)
    assert (film, ("B", "A"), False) == (label.film.film_id, label.readers, label.blinded)
    assert other != label.film.film_id


def test_what_was_taken_back_does_not_count(arrive: Arrive, read: Read, found: Found) -> None:
    one, two = arrive("a", "b")
    read(one, ("A", PRESENT), undone=True)
    read(two, ("A", ABSENT))
    read(two, ("A", PRESENT), undone=True)

    (label,) = found()

    assert isinstance(label, Label)
    assert (two, ABSENT) == (label.film.film_id, label.finding)


def test_one_readers_labels_are_those_of_that_reader(arrive: Arrive, read: Read, found: Found) -> None:
    one, two = arrive("a", "b")
    read(one, ("A", PRESENT), ("B", ABSENT))
    read(two, ("B", ABSENT))

    (label,) = found(Choice(reader="A"))

    assert isinstance(label, Label)
    assert (one, PRESENT, ("A",)) == (label.film.film_id, label.finding, label.readers)


def test_blinded_is_what_was_said_before_any_score_was_shown(
    arrive: Arrive, read: Read, found: Found
) -> None:
    """A score is shown after the first reading, also one that was taken back: what comes later has seen it."""
    one, two, three, four = arrive("a", "b", "c", "d")
    read(one, ("A", PRESENT), blinded=True)
    read(two, ("A", PRESENT), blinded=False)
    read(three, ("A", PRESENT), blinded=True, undone=True)
    read(three, ("A", ABSENT), blinded=True)
    read(four, ("A", PRESENT), blinded=False)
    read(four, ("B", PRESENT), blinded=True)

    blind = found(Choice(blinded_only=True))
    every = found()

    assert [(one, ("A",), True), (four, ("B",), True)] == [
        (label.film.film_id, label.readers, label.blinded) for label in blind if isinstance(label, Label)
    ]
    assert [True, False, False, False] == [label.blinded for label in every if isinstance(label, Label)]


def test_films_come_in_the_order_of_arrival_however_many(arrive: Arrive, found: Found, store: Store) -> None:
    """More than are asked for at a time."""
    films = arrive(*(f"film {number}" for number in range(1003)))
    with store.database.write() as connection:
        for film in reversed(films):
            readings.add(connection, NewReading(film, "A", PRESENT, None), now=NOW)

    assert films == [label.film.film_id for label in found() if isinstance(label, Label)]


def test_films_that_nobody_read_have_none(arrive: Arrive, found: Found) -> None:
    arrive("a")

    assert [] == found()
