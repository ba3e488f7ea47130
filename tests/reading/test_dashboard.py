"""What the dashboard says is what happened, and no more than so many films allow."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.reading import dashboard, opinions
from firstread.reading.dashboard import Dashboard, Waited
from firstread.reading.opinions import Opinion
from firstread.reading.standing_worklist import StandingWorklist
from firstread.reading.stretch import Stretch
from firstread.records import FilmFacts, NotScored, Outcome, Reason, Scored
from firstread.store import films, outcomes
from firstread.store.outcomes import NewOutcome
from firstread.store.store import Store
from firstread.terms import Band, LabelState, Refusal

Arrive = Callable[..., list[int]]
NOW = 1_800_000_000.0
"""Half past the hour would hide mistakes; this is 08:00:00 UTC."""
FACTS = FilmFacts("c" * 64, 10, 2048, 1024)
BLANK = NotScored(Path("x"), Reason(Refusal.BLANK, "Blank."))


def scored(band: Band = Band.ROUTINE, *, shift: float | None = None) -> Scored:
    probability = {Band.URGENT: 0.9, Band.REVIEW: 0.3, Band.ROUTINE: 0.1}[band]
    return Scored(Path("x"), FACTS, 0.0, probability, flagged=band is Band.URGENT, band=band, shift=shift)


@pytest.fixture
def look(store: Store) -> Callable[..., Dashboard]:
    """Return a function that looks back."""

    def looked(stretch: Stretch = Stretch.DAY, now: float = NOW) -> Dashboard:
        worklist = StandingWorklist(store.database, 50)
        return dashboard.gather(store, worklist.refresh(), stretch, now=now)

    return looked


@pytest.fixture
def put(store: Store, bundle_id: int, arrive: Arrive) -> Callable[..., list[int]]:
    """Return a function that lets films arrive and get these outcomes."""

    def arrived(*found: Outcome, at: float, after_s: float = 5.0, delivery: str = "one") -> list[int]:
        names = [f"{delivery} {place}" for place in range(len(found))]
        film_ids = arrive(*names, delivery=delivery, now=at)
        with store.database.write() as connection:
            new = [NewOutcome(film, outcome) for film, outcome in zip(film_ids, found, strict=True)]
            outcomes.record(connection, new, bundle_id=bundle_id, now=at + after_s)
        return film_ids

    return arrived


def read(store: Store, film_ids: list[int], finding: LabelState, *, at: float, reader: str = "me") -> None:
    with store.database.read() as connection:
        kept = films.by_ids(connection, film_ids)
    for film in kept:
        opinions.record(store, film.sha256, Opinion(finding=finding), reader=reader, now=at)


def test_an_empty_room_has_a_dashboard(look: Callable[..., Dashboard]) -> None:
    seen = look()

    assert (0, None, 24) == (seen.arrived, seen.arrived_per_hour, len(seen.bins))
    assert ((), (), (), ()) == (seen.waits_for_model, seen.waits_for_reader, seen.refused, seen.agreements)
    assert not seen.drift.warns
    assert [0] * 5 == [kind.n for kind in seen.unread]


def test_films_are_counted_in_the_hour_they_came(
    look: Callable[..., Dashboard], put: Callable[..., list[int]]
) -> None:
    put(scored(Band.URGENT), scored(Band.REVIEW), BLANK, at=NOW - 7200)
    put(scored(), at=NOW - 10, delivery="two")
    put(scored(), at=NOW - 86_400, delivery="before it")

    seen = look()

    assert (4, None) == (seen.arrived, seen.arrived_per_hour)
    two_hours_ago, an_hour_ago, now = seen.bins[-3:]
    assert (3, 2, 1) == (two_hours_ago.arrived, two_hours_ago.scored, two_hours_ago.not_scored)
    assert (1, 1, 0) == (two_hours_ago.urgent, two_hours_ago.review, two_hours_ago.routine)
    assert (1, 1) == (an_hour_ago.arrived, an_hour_ago.routine)
    assert (0, 0, NOW) == (now.arrived, now.scored, now.begin)
    assert [(Refusal.BLANK, 1)] == [(each.code, each.n) for each in seen.refused]


def test_a_rate_is_of_ten_films_at_least(
    look: Callable[..., Dashboard], put: Callable[..., list[int]]
) -> None:
    """The last hour of NOW holds eleven parts of five minutes that are over, and one that begins."""
    put(*[scored()] * 9, at=NOW - 60)
    assert look(Stretch.HOUR).arrived_per_hour is None

    put(scored(), at=NOW - 60, delivery="two")

    assert 10 / (55 / 60) == pytest.approx(look(Stretch.HOUR).arrived_per_hour)


def test_waits_are_stated_of_ten_films_at_least(
    look: Callable[..., Dashboard], put: Callable[..., list[int]], store: Store
) -> None:
    urgent = put(*[scored(Band.URGENT)] * 10, at=NOW - 7200, after_s=20)
    routine = put(*[scored()] * 9, at=NOW - 7200, delivery="two")
    read(store, urgent, LabelState.PRESENT, at=NOW - 3600)
    read(store, routine, LabelState.ABSENT, at=NOW - 3600)

    seen = look()

    assert (Waited(Band.URGENT, 10, 20.0, 20.0), Waited(Band.ROUTINE, 9, None, None)) == seen.waits_for_model
    assert (Waited(Band.URGENT, 10, 3600.0, 3600.0), Waited(Band.ROUTINE, 9, None, None)) == (
        seen.waits_for_reader
    )


def test_what_waits_now_is_told_whenever_it_came(
    look: Callable[..., Dashboard], put: Callable[..., list[int]], arrive: Arrive
) -> None:
    put(scored(Band.URGENT), BLANK, at=NOW - 1e6)
    put(scored(Band.URGENT), at=NOW - 10, delivery="two")
    arrive("waiting", delivery="three", now=NOW - 5)

    found = {kind.kind: (kind.n, kind.oldest_at) for kind in look(Stretch.HOUR).unread}

    assert {
        "URGENT": (2, NOW - 1e6),
        "REVIEW": (0, None),
        "ROUTINE": (0, None),
        "waiting": (1, NOW - 5),
        "not_scored": (1, NOW - 1e6),
    } == found


def test_a_median_shift_is_of_ten_films_at_least(
    look: Callable[..., Dashboard], put: Callable[..., list[int]]
) -> None:
    put(*[scored(shift=10.0)] * 9, scored(), at=NOW - 7200)
    few = look()
    put(scored(shift=30.0), at=NOW - 10, delivery="two")
    enough = look()

    assert (None, 9) == (few.median_shift, sum(each.with_shift for each in few.bins))
    assert 10.0 == enough.median_shift
    assert [None, None] == [enough.bins[-3].median_shift, enough.bins[-2].median_shift]


def test_films_that_differ_raise_a_warning(
    look: Callable[..., Dashboard], put: Callable[..., list[int]]
) -> None:
    put(*[scored(shift=40.0)] * 80, at=NOW - 7200)
    assert not look().drift.warns

    put(*[scored(shift=99.5)] * 20, at=NOW - 10, delivery="two")

    seen = look()
    assert (20, 100, True) == (seen.drift.unlike.count, seen.drift.unlike.n, seen.drift.unlike.warns)
    assert (20, 100, False) == (seen.drift.far.count, seen.drift.far.n, seen.drift.far.warns)
    assert (20, 40.0) == (seen.bins[-2].unlike, seen.median_shift)


def test_readers_are_compared_and_how_much_they_read_is_told(
    look: Callable[..., Dashboard], put: Callable[..., list[int]], store: Store
) -> None:
    flagged = put(*[scored(Band.URGENT)] * 12, at=NOW - 7200)
    put(*[scored()] * 30, at=NOW - 7200, delivery="two")
    read(store, flagged, LabelState.PRESENT, at=NOW - 60)

    seen = look()

    assert [None, "me"] == [each.reader for each in seen.agreements]
    assert (12, 0) == (seen.agreements[1].true_positives, seen.agreements[1].false_negatives)
    assert [(True, 12, 12), (False, 30, 0)] == [(each.flagged, each.n, each.n_read) for each in seen.read]


def test_the_disk_is_told(look: Callable[..., Dashboard], put: Callable[..., list[int]]) -> None:
    put(scored(), scored(), at=NOW)

    disk = look().disk

    assert 20 == disk.film_bytes
    assert 0 < disk.free_bytes < disk.total_bytes
