"""What a reader says is recorded with what the model had said."""

from collections.abc import Callable

import pytest

from firstread.reading import opinions
from firstread.reading.opinions import Opinion
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import audit_log, changes, films
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import Change, LabelState, Verdict

NOW = 1_800_000_000.0
PRESENT, ABSENT, UNCERTAIN = LabelState.PRESENT, LabelState.ABSENT, LabelState.UNCERTAIN
AGREE, DISAGREE, UNSURE = Verdict.AGREE, Verdict.DISAGREE, Verdict.UNSURE


@pytest.fixture
def read_films(
    store: Store,
    send: Callable[..., list[Received]],
    film: Callable[..., bytes],
    make_worker: Callable[..., ScoringWorker],
) -> tuple[Store, dict[str, str]]:
    """Return a store with a flagged film, one that is not, and one that could not be scored."""
    sent = send({"flagged": film(190), "spared": film(60), "refused": b"no picture"})
    make_worker().score_waiting()
    return store, {
        name: answer.sha256 for name, answer in zip(("flagged", "spared", "refused"), sent, strict=True)
    }


@pytest.mark.parametrize(
    ("which", "verdict", "finding"),
    [
        ("flagged", AGREE, PRESENT),
        ("flagged", DISAGREE, ABSENT),
        ("flagged", UNSURE, UNCERTAIN),
        ("spared", AGREE, ABSENT),
        ("spared", DISAGREE, PRESENT),
        ("spared", UNSURE, UNCERTAIN),
    ],
)
def test_a_verdict_on_the_flag_and_a_finding_say_the_same(
    read_films: tuple[Store, dict[str, str]], which: str, verdict: Verdict, finding: LabelState
) -> None:
    store, named = read_films

    by_verdict = opinions.record(store, named[which], Opinion(verdict=verdict), reader="me", now=NOW)
    by_finding = opinions.record(
        store, named[which], Opinion(finding=finding, blinded=True), reader="another", now=NOW
    )

    assert by_verdict is not None
    assert by_finding is not None
    assert (finding, verdict) == (by_verdict.said.finding, by_verdict.said.verdict)
    assert (finding, verdict) == (by_finding.said.finding, by_finding.said.verdict)
    assert (False, True) == (by_verdict.said.blinded, by_finding.said.blinded)
    assert (which == "flagged") == by_verdict.said.flagged
    assert by_verdict.said.probability is not None


def test_a_film_without_a_score_has_no_flag_to_agree_with(read_films: tuple[Store, dict[str, str]]) -> None:
    store, named = read_films

    with pytest.raises(ValueError, match="this film was not scored, so give the finding"):
        opinions.record(store, named["refused"], Opinion(verdict=AGREE), reader="me", now=NOW)
    reading = opinions.record(store, named["refused"], Opinion(finding=PRESENT), reader="me", now=NOW)

    assert reading is not None
    assert (None, None) == (reading.said.verdict, reading.said.flagged)


def test_a_blinded_reader_cannot_agree() -> None:
    with pytest.raises(ValueError, match="cannot agree with a score"):
        Opinion(verdict=AGREE, blinded=True)


@pytest.mark.parametrize("both", [Opinion, lambda: Opinion(verdict=AGREE, finding=PRESENT)])
def test_an_opinion_is_one_of_the_two(both: Callable[[], Opinion]) -> None:
    with pytest.raises(ValueError, match="a verdict on the flag or a finding"):
        both()


def test_a_film_that_is_not_here_cannot_be_read(store: Store) -> None:
    assert opinions.record(store, "f" * 64, Opinion(finding=PRESENT), reader="me", now=NOW) is None


def test_reading_and_undoing_are_told_to_pages_and_logged(read_films: tuple[Store, dict[str, str]]) -> None:
    store, named = read_films
    opinions.record(store, named["flagged"], Opinion(verdict=AGREE, note="DOE^JANE"), reader="me", now=NOW)

    undone = opinions.undo(store, reader="me", now=NOW)

    assert undone is not None
    assert (named["flagged"], False) == (undone[1].sha256, undone[1].is_read)
    with store.database.read() as connection:
        told = [change.kind for change in changes.since(connection, 0)]
        events = list(audit_log.events(connection))[-2:]
        film = films.by_sha256(connection, named["flagged"])
    assert [Change.READ, Change.READ] == told[-2:]
    assert [("reading.add", named["flagged"]), ("reading.undo", named["flagged"])] == [
        (event.action, event.subject) for event in events
    ]
    assert "DOE" not in repr(events)
    assert film is not None
    assert not film.is_read


def test_there_is_nothing_to_undo_at_first(store: Store) -> None:
    assert opinions.undo(store, reader="me", now=NOW) is None
