"""What a report shows is what is known: drawn where it belongs, and hidden where it must be."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstread.edges.web import reports
from firstread.edges.web.reports import FilmReport, WorklistReport
from firstread.edges.web.schemas import BundleOut, CopyOut, FilmOut, OperatingPointOut, ReasonOut
from firstread.reading.ranked_films import Selection, Sort, State
from firstread.terms import Band, Refusal

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POINTS = {
    "screening": OperatingPointOut(threshold=0.5, sensitivity=0.95, specificity=0.9),
    "rule_out": OperatingPointOut(threshold=0.2, sensitivity=0.99, specificity=0.7),
}
BUNDLE = BundleOut(sha256="b" * 64, name="tiny", operating_points=POINTS, prevalence=0.85, current=True)


def film(**known: Any) -> FilmOut:
    """Return a film with a score of 0.75."""
    values: dict[str, Any] = {
        "film": "a" * 64, "rank": 1, "name": "a.png", "folder": "ward", "arrived_at": AT, "state": "scored",
        "read": False, "band": Band.URGENT, "probability": 0.75, "flagged": True, "file_bytes": 1000, "width": 800,
        "height": 600, "bundle": BUNDLE.sha256, "scored_at": AT,
    }  # fmt: skip
    return FilmOut(**values | known)


def of_film(**known: Any) -> str:
    return reports.film_report(
        FilmReport(film(**known), None, BUNDLE, named=True, reader="Dr Weber", made_at=AT)
    )


@pytest.fixture
def worklist() -> WorklistReport:
    return WorklistReport(
        [film(), film(film="c" * 64, rank=2)],
        2,
        None,
        Selection(),
        False,
        BUNDLE,
        wait_cap=1,
        named=True,
        reader="Dr Weber",
        made_at=AT,
    )


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_scale_is_drawn_to_scale() -> None:
    """1000 wide: the value at 750, its interval from 600 to 850, the operating points at 500 and 200."""
    page = of_film(probability_low=0.6, probability_high=0.85)

    assert '<rect class="value" x="748.0"' in page
    assert '<rect class="interval" x="600.0" y="7" width="250.0"' in page
    assert ["500.0", "200.0"] == re.findall(r'class="edge" x1="([\d.]+)"', page)
    assert "95 % interval 60 % to 85 %" in words(page)


def test_a_probability_without_an_interval_has_none() -> None:
    page = of_film()

    assert "interval" not in page
    assert "75 %" in words(page)


def test_a_film_below_the_operating_point_is_said_to_be() -> None:
    page = of_film(flagged=False, band=Band.ROUTINE, probability=0.1)

    assert "10 % ● ROUTINE" in words(page)
    assert "Not flagged: it is below the operating point." in words(page)


def test_warnings_and_reasons_are_text() -> None:
    warned = of_film(warnings=["<b>unlike</b>"], shift=99.9)
    refused = of_film(
        state="not_scored",
        probability=None,
        band=None,
        reason=ReasonOut(code=Refusal.BLANK, message="<i>blank</i>"),
    )

    assert "&lt;b&gt;unlike&lt;/b&gt;" in warned
    assert "More unusual than 99 % of the tuning films." in words(warned)
    assert "∅ not scored &lt;i&gt;blank&lt;/i&gt;" in words(refused)


def test_a_synthetic_film_says_so() -> None:
    assert "SYNTHETIC: shows no patient" in words(of_film(synthetic=True))
    assert "SYNTHETIC" not in of_film()


def test_films_of_another_model_are_marked(worklist: WorklistReport) -> None:
    others = replace(worklist, films=[film(), film(film="c" * 64, bundle="d" * 64)])

    assert "†" not in reports.worklist_report(worklist)
    assert ["75 %†", "† scored by another model."] == sorted(
        re.findall(r"75 %†|† scored by another model\.", reports.worklist_report(others))
    )


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(), "unread films; by rank"),
        (Selection(State.READ, sort=Sort.ARRIVED), "films that were read; by arrival"),
        (Selection(State.WAITING, folder="a/b"), "films that wait for the model, in the folder a/b; by rank"),
        (
            Selection(State.ALL, frozenset({Band.ROUTINE, Band.URGENT}), None, "x", Sort.PROBABILITY, True),
            "all films, only URGENT, ROUTINE, whose names contain “x”; by probability, from the last to the first",
        ),
    ],
)
def test_it_is_said_which_films_these_are(worklist: WorklistReport, selection: Selection, said: str) -> None:
    assert f"2 films: {said}" in words(reports.worklist_report(replace(worklist, selection=selection)))


def test_the_rule_is_told_as_an_order_only_where_it_is_the_order(worklist: WorklistReport) -> None:
    by_name = replace(worklist, selection=Selection(sort=Sort.NAME))

    assert "The order. The more urgent band first" in words(reports.worklist_report(worklist))
    assert "more than 1 place below" in reports.worklist_report(worklist)
    assert "Ranks. The more urgent band first" in words(reports.worklist_report(by_name))


def test_nothing_is_said_of_a_cut_where_all_films_stand(worklist: WorklistReport) -> None:
    assert "Only the first" not in reports.worklist_report(worklist)
    assert "Only the first 2 of 3 films stand here." in words(
        reports.worklist_report(replace(worklist, n_films=3))
    )


def test_an_empty_list_says_so(worklist: WorklistReport) -> None:
    assert "No film is like this." in reports.worklist_report(replace(worklist, films=[], n_films=0))


def test_a_film_that_nobody_has_read_says_how_long_it_waits(worklist: WorklistReport) -> None:
    films = [film(), film(film="c" * 64, read=True)]
    page = reports.worklist_report(replace(worklist, films=films, made_at=AT + timedelta(minutes=35)))

    assert ["waiting 35 min"] == re.findall(r"waiting [^<]+", page)


def test_of_very_many_names_the_others_are_counted() -> None:
    page = of_film(copies=[CopyOut(name="b.png", folder="")], n_copies=1201)

    assert "Also came as b.png and under 1,200 other names" in words(page)
