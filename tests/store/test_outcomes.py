"""An outcome comes back as it was found, and there is never a second one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from firstread.records import FilmFacts, NotScored, Reason, Scored
from firstread.store import films, outcomes
from firstread.store.database import Database
from firstread.store.films import KeptFilm
from firstread.store.outcomes import NewOutcome, UsedBundle
from firstread.terms import Band, Refusal, ViewPosition

Arrive = Callable[..., list[int]]
NOW = 1_800_000_000.0
FACTS = FilmFacts("c" * 64, 10, 2048, 1024, ViewPosition.PA, synthetic=True, jpeg_quality=90)
SCORED = Scored(Path("x"), FACTS, 2.5, 0.93, flagged=True, band=Band.URGENT, shift=12.0, warnings=("mind",))


def record(database: Database, bundle_id: int, *found: NewOutcome) -> None:
    with database.write() as connection:
        outcomes.record(connection, found, bundle_id=bundle_id, now=NOW)


def kept(database: Database, film_id: int) -> KeptFilm:
    with database.read() as connection:
        return films.by_ids(connection, [film_id])[0]


def test_a_scored_film_comes_back_whole(database: Database, bundle_id: int, arrive: Arrive) -> None:
    (film_id,) = arrive("a")
    heat = np.array([[0.0, 0.25], [0.5, 1.0], [1.0, 0.0]], np.float32)

    record(database, bundle_id, NewOutcome(film_id, SCORED, interval=(0.9, 0.96), heat_map=heat))

    outcome = kept(database, film_id).outcome
    with database.read() as connection:
        np.testing.assert_array_equal(heat, outcomes.heat_map(connection, film_id))
    assert outcome == outcomes.KeptOutcome(
        probability=0.93,
        interval=(0.9, 0.96),
        flagged=True,
        band=Band.URGENT,
        shift=12.0,
        reason=None,
        warnings=("mind",),
        facts=FACTS,
        bundle_sha256="b" * 64,
        scored_at=NOW,
    )


def test_a_film_that_was_not_scored_comes_back_with_its_reason(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    (film_id,) = arrive("a")
    reason = Reason(Refusal.EMPTY, "The file is empty.")

    record(database, bundle_id, NewOutcome(film_id, NotScored(Path("x"), reason)))

    outcome = kept(database, film_id).outcome
    assert outcome is not None
    assert (reason, None, None, False) == (outcome.reason, outcome.probability, outcome.band, outcome.flagged)


def test_a_film_is_never_scored_into_two_rows(database: Database, bundle_id: int, arrive: Arrive) -> None:
    (film_id,) = arrive("a")
    later = Scored(Path("x"), FACTS, 0.0, 0.5, flagged=False, band=Band.REVIEW)

    record(database, bundle_id, NewOutcome(film_id, SCORED))
    record(database, bundle_id, NewOutcome(film_id, later))

    outcome = kept(database, film_id).outcome
    assert outcome is not None
    assert 0.93 == outcome.probability


def test_of_two_bundles_the_newer_outcome_is_shown(
    database: Database, bundle_id: int, arrive: Arrive
) -> None:
    (film_id,) = arrive("a")
    with database.write() as connection:
        other = outcomes.bundle_id(connection, UsedBundle("c" * 64, "next", {}), now=NOW)
        again = outcomes.bundle_id(connection, UsedBundle("c" * 64, "next", {}), now=NOW)

    record(database, bundle_id, NewOutcome(film_id, SCORED))
    record(database, other, NewOutcome(film_id, NotScored(Path("x"), Reason(Refusal.BLANK, "Blank."))))

    outcome = kept(database, film_id).outcome
    assert other == again
    assert outcome is not None
    assert "c" * 64 == outcome.bundle_sha256
