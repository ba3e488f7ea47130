"""Films with a history: scored and read at given moments."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.records import FilmFacts, NotScored, Reason, Scored
from firstread.store import outcomes, readings
from firstread.store.database import Database
from firstread.store.outcomes import NewOutcome, UsedBundle
from firstread.store.readings import NewReading
from firstread.terms import Band, LabelState, Refusal

_FACTS = FilmFacts("c" * 64, 10, 2048, 1024)
_PROBABILITY = {Band.URGENT: 0.9, Band.REVIEW: 0.3, Band.ROUTINE: 0.05}


@pytest.fixture
def scored(database: Database, bundle_id: int) -> Callable[..., None]:
    """Return a function that writes a score of a band."""

    def write(
        film: int, band: Band, *, at: float, shift: float | None = None, bundle: int | None = None
    ) -> None:
        flagged = band is Band.URGENT
        found = Scored(Path("x"), _FACTS, 0.0, _PROBABILITY[band], flagged=flagged, band=band, shift=shift)
        with database.write() as connection:
            outcomes.record(connection, [NewOutcome(film, found)], bundle_id=bundle or bundle_id, now=at)

    return write


@pytest.fixture
def refused(database: Database, bundle_id: int) -> Callable[..., None]:
    """Return a function that writes why a film was not scored."""

    def write(film: int, refusal: Refusal, *, at: float, bundle: int | None = None) -> None:
        found = NotScored(Path("x"), Reason(refusal, "So it is."))
        with database.write() as connection:
            outcomes.record(connection, [NewOutcome(film, found)], bundle_id=bundle or bundle_id, now=at)

    return write


@pytest.fixture
def next_bundle(database: Database) -> int:
    """Return the number of another bundle."""
    with database.write() as connection:
        return outcomes.bundle_id(connection, UsedBundle("c" * 64, "next", {}), now=0.0)


@pytest.fixture
def read(database: Database) -> Callable[..., None]:
    """Return a function that writes what a reader found."""

    def write(
        film: int,
        finding: LabelState = LabelState.ABSENT,
        *,
        at: float,
        reader: str = "me",
        flagged: bool | None = False,
        blinded: bool = False,
    ) -> None:
        said = NewReading(film, reader, finding, None, blinded=blinded, flagged=flagged)
        with database.write() as connection:
            readings.add(connection, said, now=at)

    return write


@pytest.fixture
def undo(database: Database) -> Callable[..., None]:
    """Return a function that takes back a reader's last reading."""

    def taken_back(*, at: float, reader: str = "me") -> None:
        with database.write() as connection:
            assert readings.undo(connection, reader, now=at) is not None

    return taken_back
