"""The ranking rule keeps its promises for every list of films."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstread.records import FilmFacts, NotScored, Outcome, Reason, Scored, WorklistEntry
from firstread.terms import Band, Refusal
from firstread.triage import worklist

_FACTS = FilmFacts(sha256="0" * 64, file_bytes=1, height=224, width=224)
_BANDS = (Band.ROUTINE, Band.REVIEW, Band.URGENT)


def scored(name: str, probability: float, band: Band | None = None) -> Scored:
    band = band or _BANDS[min(2, int(probability * 3))]
    return Scored(Path(name), _FACTS, 0.0, probability, flagged=band is Band.URGENT, band=band)


def unscored(name: str) -> NotScored:
    return NotScored(Path(name), Reason(Refusal.EMPTY, "The file is empty."))


def names(entries: list[WorklistEntry]) -> list[str]:
    return [entry.outcome.path.name for entry in entries]


@st.composite
def film_lists(draw: st.DrawFn, max_size: int = 40) -> tuple[list[Outcome], list[float] | None, int]:
    """Draw films (some unscored, many tied), moments of arrival (many tied) and a cap."""
    kinds = draw(st.lists(st.sampled_from([None, 0.0, 0.2, 0.4, 0.6, 0.9, 1.0]), max_size=max_size))
    films: list[Outcome] = [
        unscored(str(i)) if kind is None else scored(str(i), kind) for i, kind in enumerate(kinds)
    ]
    moments = st.lists(st.integers(0, 6).map(float), min_size=len(films), max_size=len(films))
    return films, draw(st.none() | moments), draw(st.integers(0, max_size + 2))


def places_of_arrival(films: list[Outcome], arrived: list[float] | None) -> tuple[list[int], list[int]]:
    """Return each film's own place and the last place of its group, counted by hand."""
    moments = arrived or [0.0] * len(films)
    own = [sum((moments[j], j) < (moments[i], i) for j in range(len(films))) for i in range(len(films))]
    last = [sum(moments[j] <= moments[i] for j in range(len(films))) - 1 for i in range(len(films))]
    return own, last


@given(film_lists())
def test_every_film_has_exactly_one_place(drawn: tuple[list[Outcome], list[float] | None, int]) -> None:
    films, arrived, cap = drawn

    entries = worklist.rank(films, wait_cap=cap, arrived=arrived)

    assert list(range(1, len(films) + 1)) == [entry.rank for entry in entries]
    assert {id(film) for film in films} == {id(entry.outcome) for entry in entries}


@given(film_lists())
def test_nobody_stands_below_the_cap_and_the_unscored_keep_their_place(
    drawn: tuple[list[Outcome], list[float] | None, int],
) -> None:
    films, arrived, cap = drawn
    own, last = places_of_arrival(films, arrived)

    entries = worklist.rank(films, wait_cap=cap, arrived=arrived)

    place = {id(entry.outcome): entry.rank - 1 for entry in entries}
    for i, film in enumerate(films):
        if isinstance(film, NotScored):
            assert own[i] == place[id(film)]
        else:
            assert place[id(film)] <= last[i] + cap


@given(film_lists())
def test_films_that_came_together_are_in_order_of_urgency(
    drawn: tuple[list[Outcome], list[float] | None, int],
) -> None:
    films, _, cap = drawn

    entries = worklist.rank(films, wait_cap=cap)

    listed = [entry.outcome for entry in entries if isinstance(entry.outcome, Scored)]
    assert sorted(listed, key=lambda film: (-_BANDS.index(film.band), -film.probability)) == listed


@given(film_lists())
def test_a_cap_of_zero_and_distinct_moments_is_the_order_of_arrival(
    drawn: tuple[list[Outcome], list[float] | None, int],
) -> None:
    films, _, _ = drawn
    moments = [float(7919 * i % 997) for i in range(len(films))]

    entries = worklist.rank(films, wait_cap=0, arrived=moments)

    expected = sorted(range(len(films)), key=moments.__getitem__)
    assert [films[i].path.name for i in expected] == names(entries)


@given(film_lists(max_size=6))
def test_agrees_with_trying_every_order(drawn: tuple[list[Outcome], list[float] | None, int]) -> None:
    """Oracle: of all orders that keep the limits, the one whose last places hold the least urgent."""
    films, arrived, cap = drawn
    own, last = places_of_arrival(films, arrived)

    def urgency(i: int) -> tuple[int, float, int]:
        film = films[i]
        return (
            (_BANDS.index(film.band), film.probability, -own[i]) if isinstance(film, Scored) else (-1, 0, 0)
        )

    def allowed(order: tuple[int, ...]) -> bool:
        return all(
            place <= last[i] + cap if isinstance(films[i], Scored) else place == own[i]
            for place, i in enumerate(order)
        )

    best = min(
        (order for order in itertools.permutations(range(len(films))) if allowed(order)),
        key=lambda order: [urgency(i) for i in reversed(order)],
    )

    assert [films[i].path.name for i in best] == names(worklist.rank(films, wait_cap=cap, arrived=arrived))


def test_a_film_at_its_cap_goes_before_a_more_urgent_one() -> None:
    """By hand: with a cap of 1 the routine film that came first may stand second, and no lower."""
    films = [scored("routine", 0.1), scored("urgent-1", 0.8), scored("urgent-2", 0.9)]

    entries = worklist.rank(films, wait_cap=1, arrived=[1.0, 2.0, 3.0])

    assert ["urgent-2", "routine", "urgent-1"] == names(entries)


def test_the_band_goes_before_the_probability() -> None:
    films = [scored("a", 0.9, Band.ROUTINE), scored("b", 0.1, Band.URGENT), scored("c", 0.5, Band.REVIEW)]

    assert ["b", "c", "a"] == names(worklist.rank(films, wait_cap=0))


def no_film(name: str, code: Refusal = Refusal.NOT_AN_IMAGE) -> NotScored:
    return NotScored(Path(name), Reason(code, "The file is not a picture."))


def test_what_is_no_film_is_listed_after_the_films() -> None:
    """A folder that begins with a table and a ledger begins with its most urgent film all the same."""
    films: list[Outcome] = [
        no_film("a.csv"),
        scored("b", 0.2),
        no_film("c.JSON"),
        unscored("d"),
        scored("e", 0.9),
    ]

    entries = worklist.rank(films, wait_cap=0)

    assert ["e", "d", "b", "a.csv", "c.JSON"] == names(entries)
    assert [1, 2, 3, 4, 5] == [entry.rank for entry in entries]


def test_what_is_no_film_moves_no_film_below_its_own_order_of_arrival() -> None:
    films: list[Outcome] = [no_film("first.txt"), scored("b", 0.1), scored("c", 0.9)]

    assert ["b", "c", "first.txt"] == names(worklist.rank(films, wait_cap=0, arrived=[1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    "film",
    [
        no_film("IM000001"),
        no_film("a.dcm"),
        no_film("a.jpeg"),
        no_film("1.2.840.113619.2.55"),
        no_film("a.csv", Refusal.EMPTY),
        no_film("a.txt", Refusal.TRUNCATED),
        no_film("a.txt", Refusal.CRASHED),
    ],
    ids=lambda film: f"{film.path.name} {film.reason.code}",
)
def test_what_could_be_a_damaged_film_keeps_its_place(film: NotScored) -> None:
    """Only a name that no radiograph bears, on content that is no picture, is no film."""
    entries = worklist.rank([film, scored("b", 0.9), scored("c", 0.5)], wait_cap=9)

    assert film is entries[0].outcome


def test_an_empty_list_is_an_empty_worklist() -> None:
    assert [] == worklist.rank([], wait_cap=3)


@pytest.mark.parametrize(
    ("cap", "arrived", "words"),
    [
        (-1, None, "wait_cap must not be negative; received -1."),
        (1, [1.0], "one moment for each of 2 films; received 1."),
        (1, [1.0, float("nan")], "received NaN."),
    ],
)
def test_refuses_what_makes_no_worklist(cap: int, arrived: list[float] | None, words: str) -> None:
    films = [scored("a", 0.5), scored("b", 0.6)]

    with pytest.raises(ValueError, match=words.replace(".", r"\.")):
        worklist.rank(films, wait_cap=cap, arrived=arrived)
