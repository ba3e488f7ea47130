"""The list in memory is the store's, after each change."""

from collections.abc import Callable

import pytest

from firstread.reading import opinions
from firstread.reading.opinions import Opinion
from firstread.reading.ranked_films import RankedFilms, Selection, Sort, State
from firstread.reading.scoring_worker import ScoringWorker
from firstread.reading.standing_worklist import StandingWorklist
from firstread.store import changes, films
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import LabelState

NOW = 1_800_000_000.0
ALL = Selection(state=State.ALL, sort=Sort.ARRIVED)


def sha256s(store: Store, ranked: RankedFilms, selection: Selection) -> list[str]:
    with store.database.read() as connection:
        found = films.by_ids(connection, ranked.film_ids(ranked.select(selection)))
    return [film.sha256 for film in found]


def test_it_follows_films_from_arrival_to_removal(
    store: Store,
    send: Callable[..., list[Received]],
    film: Callable[..., bytes],
    make_worker: Callable[..., ScoringWorker],
) -> None:
    standing = StandingWorklist(store.database, wait_cap=50)
    assert 0 == len(standing.refresh())

    dark, bright = (answer.sha256 for answer in send({"a.png": film(60), "b.png": film(190)}))
    assert [dark, bright] == sha256s(store, standing.refresh(), Selection())

    make_worker().score_waiting()
    assert [bright, dark] == sha256s(store, standing.refresh(), Selection())

    opinions.record(store, bright, Opinion(finding=LabelState.PRESENT), reader="me", now=NOW)
    assert [dark] == sha256s(store, standing.refresh(), Selection())
    assert [dark, bright] == sha256s(store, standing.refresh(), ALL)

    with store.database.write() as connection:
        (gone,) = [kept.film_id for kept in [films.by_sha256(connection, dark)] if kept]
        films.remove(connection, [gone], now=NOW)
    assert [bright] == sha256s(store, standing.refresh(), ALL)


def test_a_film_that_was_overtaken_is_not_overtaken_anew_by_as_many_when_those_are_gone(
    store: Store,
    send: Callable[..., list[Received]],
    film: Callable[..., bytes],
    make_worker: Callable[..., ScoringWorker],
) -> None:
    """With a cap of one place, the film that came first was passed by one, which was read and removed."""
    standing = StandingWorklist(store.database, wait_cap=1)
    (first,) = send({"first.png": film(60)}, delivery="1")
    (second,) = send({"second.png": film(190)}, delivery="2")
    make_worker().score_waiting()
    assert [second.sha256, first.sha256] == sha256s(store, standing.refresh(), Selection())
    opinions.record(store, second.sha256, Opinion(finding=LabelState.PRESENT), reader="me", now=NOW)
    standing.refresh()
    with store.database.write() as connection:
        (gone,) = [kept.film_id for kept in [films.by_sha256(connection, second.sha256)] if kept]
        films.remove(connection, [gone], now=NOW)

    (third,) = send({"third.png": film(191)}, delivery="3")
    make_worker().score_waiting()

    assert [first.sha256, third.sha256] == sha256s(store, standing.refresh(), Selection())


def test_nothing_is_ranked_again_when_nothing_happened(
    store: Store, send: Callable[..., list[Received]]
) -> None:
    send({"a.png": b"film"})
    standing = StandingWorklist(store.database, wait_cap=50)

    assert standing.refresh() is standing.refresh()


def test_many_changes_at_once_are_read_anew(
    store: Store, send: Callable[..., list[Received]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstread.reading.standing_worklist._MANY", 3)
    standing = StandingWorklist(store.database, wait_cap=50)
    send({"a.png": b"first"})
    standing.refresh()

    send({f"{i}.png": b"%d" % i for i in range(5)}, delivery="two")

    assert 6 == len(standing.refresh())


def test_changes_that_were_forgotten_meanwhile_are_missed_by_nobody(
    store: Store, send: Callable[..., list[Received]]
) -> None:
    """Two servers on one store: this one slept while the other forgot."""
    standing = StandingWorklist(store.database, wait_cap=50)
    send({"a.png": b"first"}, now=NOW)
    standing.refresh()
    send({"b.png": b"second", "c.png": b"third"}, delivery="two", now=NOW)

    with store.database.write() as connection:
        assert changes.forget(connection, before=NOW + 1) > 1

    assert 3 == len(standing.refresh())


def test_a_name_under_which_a_film_came_again_is_found_from_then_on(
    store: Store, send: Callable[..., list[Received]]
) -> None:
    standing = StandingWorklist(store.database, wait_cap=50)
    (answer,) = send({"a.png": b"film"})
    by_name = Selection(text="again")
    assert [] == sha256s(store, standing.refresh(), by_name)

    send({"again.png": b"film"}, delivery="two")

    assert [answer.sha256] == sha256s(store, standing.refresh(), by_name)
