"""The list that pages show is the ranking rule's, counted, searched and sorted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstread.reading.ranked_films import Place, RankedFilms, Selection, Sort, State
from firstread.store.films import Standing
from firstread.terms import Band

PROBABILITY = {Band.ROUTINE: 0.1, Band.REVIEW: 0.4, Band.URGENT: 0.9, None: None}


def standing(
    film_id: int,
    band: Band | None = None,
    *,
    probability: float | None = None,
    delivery: int = 1,
    read: bool = False,
    waits: bool = False,
    name: str | None = None,
    folder: str = "",
    reason: str | None = None,
    overtaken: int = 0,
    copies: tuple[str, ...] = (),
) -> Standing:
    return Standing(
        film_id=film_id,
        delivery_id=delivery,
        arrived_at=float(delivery),
        name=name or f"{film_id}.png",
        folder=folder,
        has_outcome=not waits,
        band=band,
        probability=PROBABILITY[band] if probability is None else probability,
        reason_code=reason,
        is_read=read,
        overtaken=overtaken,
        copies=copies,
    )


def ranked(*standings: Standing, wait_cap: int = 50) -> RankedFilms:
    return RankedFilms(standings, version=1, wait_cap=wait_cap)


def listed(films: RankedFilms, selection: Selection | None = None) -> list[int]:
    return films.film_ids(films.select(selection or Selection()))


WARD = (
    standing(1, Band.ROUTINE, folder="ward/a", name="Zebra.png"),
    standing(2, Band.URGENT, folder="ward/b", name="ape.png"),
    standing(3, waits=True, folder="ward", name="bear.png"),
    standing(4, Band.REVIEW, folder="wards", name="cat.png"),
    standing(5, reason="empty", folder="ward/a", name="dog.png"),
    standing(6, Band.URGENT, probability=0.99, folder="ward/b", name="emu.png", delivery=2),
    standing(7, Band.URGENT, read=True, name="fox.png"),
    standing(8, reason="not_an_image", name="list.csv"),
)


def test_unread_films_stand_by_urgency_and_those_without_a_score_on_their_own_place() -> None:
    """Films 3 and 5 came third and fifth and stay there; the table is no film and comes last."""
    assert [6, 2, 3, 4, 5, 1, 8] == listed(ranked(*WARD))


def test_every_row_can_be_given_its_rank() -> None:
    films = ranked(*WARD)

    rows = films.select(Selection(state=State.ALL, sort=Sort.ARRIVED))

    assert [6, 2, 3, 4, 5, 1, None, 7] == [films.rank(row) for row in rows]


@pytest.mark.parametrize(
    ("selection", "film_ids"),
    [
        (Selection(state=State.WAITING), [3]),
        (Selection(state=State.NOT_SCORED), [5, 8]),
        (Selection(state=State.READ), [7]),
        (Selection(bands=frozenset({Band.URGENT, Band.REVIEW})), [6, 2, 4]),
        (Selection(folder="ward"), [6, 2, 3, 5, 1]),
        (Selection(folder="ward/b"), [6, 2]),
        (Selection(text="WARD/A"), [5, 1]),
        (Selection(text="zebra"), [1]),
        (Selection(text="nobody"), []),
        (Selection(sort=Sort.ARRIVED, state=State.ALL), [1, 2, 3, 4, 5, 6, 7, 8]),
        (Selection(sort=Sort.NAME, state=State.ALL), [2, 3, 4, 5, 6, 7, 8, 1]),
        (Selection(sort=Sort.NAME, descending=True), [1, 8, 6, 5, 4, 3, 2]),
        (Selection(sort=Sort.PROBABILITY, descending=True, bands=frozenset({Band.URGENT})), [6, 2]),
        (Selection(sort=Sort.FOLDER), [8, 3, 5, 1, 6, 2, 4]),
    ],
)
def test_films_are_chosen_and_sorted(selection: Selection, film_ids: list[int]) -> None:
    assert film_ids == listed(ranked(*WARD), selection)


def test_bands_count_what_is_still_to_be_read() -> None:
    assert {
        "URGENT": 2,
        "REVIEW": 1,
        "ROUTINE": 1,
        "unread": 7,
        "waiting": 1,
        "not_scored": 2,
        "read": 1,
        "all": 8,
    } == ranked(*WARD).counts()


def test_folders_are_listed_with_their_films() -> None:
    assert {"": 2, "ward": 1, "ward/a": 2, "ward/b": 2, "wards": 1} == ranked(*WARD).folders()


def test_a_place_says_what_the_rule_made_of_it() -> None:
    films = ranked(*WARD, wait_cap=2)

    assert Place(rank=1, arrival=6, latest=6, n_unread=6) == films.place(6)
    assert Place(rank=3, arrival=3, latest=3, n_unread=6) == films.place(3)
    assert Place(rank=None, arrival=None, latest=None, n_unread=6) == films.place(7)
    assert Place(rank=7, arrival=None, latest=None, n_unread=6) == films.place(8)
    assert films.place(99) is None


def test_an_empty_store_has_an_empty_list() -> None:
    films = ranked()

    assert ([], 0) == (listed(films), films.counts()["all"])


@given(st.integers(0, 5), st.integers(1, 40))
def test_no_stream_of_urgent_films_keeps_one_waiting_past_the_cap(wait_cap: int, n_urgent: int) -> None:
    """An urgent film comes, is read, and the next one comes: the oldest routine film has its turn at the cap."""
    routine = standing(0, Band.ROUTINE, delivery=0)
    read: list[Standing] = []
    for number in range(1, n_urgent + 1):
        films = ranked(routine, *read, standing(number, Band.URGENT, delivery=number), wait_cap=wait_cap)
        if listed(films)[0] == routine.film_id:
            break
        read.append(standing(number, Band.URGENT, delivery=number, read=True))

    assert min(wait_cap, n_urgent) == len(read)


def test_overtaking_films_count_although_they_were_removed() -> None:
    films = ranked(standing(1, Band.ROUTINE, overtaken=2), standing(2, Band.URGENT, delivery=2), wait_cap=2)

    assert [1, 2] == listed(films)


def test_a_hundred_thousand_films_are_ranked() -> None:
    rng = np.random.default_rng(3)
    bands = list(Band)
    films = ranked(
        *(standing(i, bands[rng.integers(3)], probability=float(rng.random())) for i in range(100_000))
    )

    rows = films.select(Selection(bands=frozenset({Band.URGENT})))

    probability = films._probability[rows]
    assert films.counts()["URGENT"] == rows.size
    assert (np.diff(probability) <= 0).all()


def test_the_oldest_of_each_kind_is_one_that_nobody_has_read() -> None:
    films = ranked(
        standing(1, Band.URGENT, delivery=1, read=True),
        standing(2, Band.URGENT, delivery=3),
        standing(3, Band.URGENT, delivery=2),
        standing(4, waits=True, delivery=5),
        standing(5, reason="empty", delivery=4),
    )

    assert {"URGENT": 2.0, "waiting": 5.0, "not_scored": 4.0} == films.oldest()
    assert {} == ranked().oldest()


@pytest.mark.parametrize(
    ("text", "film_ids"),
    [("ONE", [1]), ("desk/a", [1]), ("third", [1]), ("ward/", [1, 2]), ("again", [1]), ("png/desk", [])],
)
def test_a_film_is_found_by_each_of_its_names(text: str, film_ids: list[int]) -> None:
    films = ranked(
        standing(1, Band.URGENT, name="one.png", folder="ward", copies=("desk/Again.png", "/third.png")),
        standing(2, Band.ROUTINE, name="two.png", folder="ward"),
    )

    assert film_ids == listed(films, Selection(text=text))


def test_a_film_lies_in_the_folder_of_its_first_name() -> None:
    films = ranked(standing(1, Band.URGENT, folder="ward", copies=("desk/again.png",)))

    assert {"ward": 1} == films.folders()
    assert [] == listed(films, Selection(folder="desk"))
