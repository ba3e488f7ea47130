"""Labels: what readers found becomes a reference standard, where they agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from firstread.store import films, readings
from firstread.store.films import KeptFilm
from firstread.store.readings import Reading
from firstread.store.store import Store
from firstread.terms import LabelState

__all__ = ["Choice", "Label", "Unlabelled", "is_blind", "label_of", "labels"]

# Films that are in memory at a time.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose readings make labels.

    Args:
        reader: Only this reader's; None means everybody's.
        blinded_only: Only readings that were given before the score was shown.
    """

    reader: str | None = None
    blinded_only: bool = False

    def of(self, given: Sequence[Reading]) -> list[Reading]:
        """Return, of all readings of a film in their order, those that count: of each reader the one that holds."""
        return [
            reading
            for reading in readings.newest_of_each_reader(given)
            if self.reader in (None, reading.said.reader)
            and not (self.blinded_only and not is_blind(reading, given))
        ]


@dataclass(frozen=True, slots=True)
class Label:
    """What is held to be true of a film.

    Args:
        film: The film.
        finding: Present or absent.
        readers: Who found so, in the order in which they did.
        blinded: None of them had seen the score.
    """

    film: KeptFilm
    finding: LabelState
    readers: tuple[str, ...]
    blinded: bool


class Unlabelled(StrEnum):
    """Why a film that was read has no label."""

    UNCERTAIN = "uncertain"
    """A reader is not sure."""
    DISAGREED = "disagreed"
    """One reader says present, another absent."""


def labels(store: Store, choice: Choice) -> Iterator[Label | Unlabelled]:
    """Yield what became of each film that was read, in the order of arrival; few films are in memory at a time.

    Args:
        store: Holds the readings.
        choice: Which of them count; films without such a reading are passed over.

    Raises:
        StoreError: If the store does not answer.
    """
    last = 0
    while True:
        with store.database.read() as connection:
            read = readings.read_films(connection, after=last, at_most=_AT_ONCE)
            found = films.by_ids(connection, read)
            given = readings.of_films(connection, read)
        if not read:
            return
        for film in found:
            label = label_of(film, given.get(film.film_id, ()), choice)
            if label is not None:
                yield label
        last = read[-1]


def label_of(film: KeptFilm, given: Sequence[Reading], choice: Choice) -> Label | Unlabelled | None:
    """Return the label that readings make of a film: what all that count say; None when none counts.

    Args:
        film: The film.
        given: All its readings in their order, also what was taken back.
        choice: Which of them count.
    """
    counting = choice.of(given)
    said = {reading.said.finding for reading in counting}
    if not said:
        return None
    if {LabelState.PRESENT, LabelState.ABSENT} <= said:
        return Unlabelled.DISAGREED
    if len(said) > 1 or said & {LabelState.UNCERTAIN, LabelState.NOT_STATED}:
        return Unlabelled.UNCERTAIN
    return Label(
        film,
        said.pop(),
        tuple(reading.said.reader for reading in counting),
        all(is_blind(reading, given) for reading in counting),
    )


def is_blind(reading: Reading, given: Sequence[Reading]) -> bool:
    """Return whether a reader had not seen the score: it is shown after any reading, also one that was taken back.

    Args:
        reading: One of them.
        given: All readings of the film.
    """
    earlier = (
        other for other in given if other.said.reader == reading.said.reader and other.number < reading.number
    )
    return reading.said.blinded and next(earlier, None) is None
