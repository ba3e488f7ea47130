import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from firstread.evaluation.intervals import NotDefined
from firstread.reporting.account import Account, without_films
from firstread.reporting.document import Document
from firstread.reporting.evaluation_report import as_json, document_of
from firstread.reporting.report_page import as_html, as_markdown
from firstread.terms import Part

ONE_CLASS = NotDefined("It needs diseased and non-diseased films; received one class only.")


class Elements(HTMLParser):
    """Which elements a page has, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def document(account: Account) -> Document:
    return document_of(account, ())


def cells(document: Document) -> list[str]:
    return [
        cell
        for section in document.sections
        for table in section.tables
        for row in table.rows
        for cell in row
    ]


def test_a_report_is_a_page_markdown_json_and_figures(report_files: dict[str, bytes]) -> None:
    files = report_files

    assert {"report.html", "report.md", "report.json"} == {name for name in files if "/" not in name}
    assert 12 == sum(name.startswith("figures/") for name in files)
    shown = set(re.findall(r"\((figures/[a-z_]+\.svg)\)", files["report.md"].decode()))
    assert {name for name in files if name.endswith(".svg")} == shown
    assert 6 == files["report.html"].count(b"data:image/svg+xml;base64,")


def test_the_page_needs_no_other_file_and_runs_nothing(document: Document) -> None:
    elements = Elements(as_html(document)).found

    assert not {"script", "iframe", "object", "form"} & {tag for tag, _ in elements}
    links = [attrs[name] or "" for _, attrs in elements for name in ("src", "href") if name in attrs]
    assert all(link.startswith(("data:", "#")) for link in links)
    policy = next(attrs["content"] for tag, attrs in elements if tag == "meta" and "http-equiv" in attrs)
    assert (policy or "").startswith("default-src 'none'; img-src data:;")


def test_a_hostile_name_is_text(document: Document) -> None:
    assert "a&lt;b&gt;/1.png" in as_html(document)
    assert "a&lt;b>/1.png" in as_markdown(document, figures="figures")


def test_predicted_stands_beside_achieved_and_a_broken_promise_is_said(document: Document) -> None:
    section = next(one for one in document.sections if one.title.startswith("Operating points"))
    table = section.tables[0]

    assert (
        "operating point",
        "threshold",
        "figure",
        "predicted",
        "range for another stretch of patients",
        "achieved here",
    ) == (table.columns)
    assert (
        "screening",
        "0.2400",
        "specificity",
        "0.990 (0.980–1.000), n = 154",
        "not in the bundle",
        "0.743 (0.703–0.783) – below what was predicted",
    ) == table.rows[1]


def test_the_confusion_matrix_adds_up(document: Document) -> None:
    """61 + 4 diseased, 9 + 26 non-diseased."""
    section = next(one for one in document.sections if one.title == "At the screening point")

    assert (
        ("diseased", "61", "4", "65"),
        ("non-diseased", "9", "26", "35"),
        ("all", "70", "30", "100"),
    ) == section.tables[0].rows


def test_every_table_of_figures_says_its_films_and_split(document: Document) -> None:
    stated = "Internal test part, id-block split; 100 films of 80 patients, 65 diseased."
    tables = [table for section in document.sections for table in section.tables]
    with_intervals = [
        table for table in tables if any(re.search(r"\d \(\d", cell) for row in table.rows for cell in row)
    ]

    assert len(with_intervals) >= 8
    captions = [table.caption for table in with_intervals]
    assert [] == [
        caption for caption in captions if stated not in caption and not caption.startswith("Per class")
    ]


def test_one_class_gives_reasons_and_no_zero(account_with: Callable[..., Account]) -> None:
    names = ("auroc", "auprc", "calibration_slope", "roc", "decision_curve")
    account = account_with(**dict.fromkeys(names, ONE_CLASS))
    points = tuple(
        replace(point, specificity=ONE_CLASS, ppv=ONE_CLASS, predictive_values=ONE_CLASS)
        for point in account.assessment.points
    )
    account = replace(
        account, assessment=replace(account.assessment, points=points), precision_recall=ONE_CLASS
    )

    written = cells(document_of(account, ()))

    assert f"not defined: {ONE_CLASS.reason}" in written
    assert {"not_defined": ONE_CLASS.reason} == as_json(account)["assessment"]["auroc"]


def test_looks_at_the_test_are_said_before_any_figure(document: Document) -> None:
    assert document.warnings[0].startswith("This was look 3 at these test films, 2 of them by this bundle")
    assert document.warnings[1].startswith("The ledger was altered: line 4 does not follow")
    assert "One film was not scored." == document.warnings[2]


def test_a_part_that_is_no_test_has_no_looks(account: Account) -> None:
    document = document_of(replace(account, looks=None), ())

    assert "Looks at this test" not in [section.title for section in document.sections]


def test_films_that_were_not_scored_are_listed_with_their_reasons(document: Document) -> None:
    section = next(one for one in document.sections if one.title == "Films that were not scored")

    assert ("c/3.png", "diseased", "empty", "The file is empty.") == section.tables[0].rows[0]
    assert section.text[0].startswith("1 of 102 films, 1 of them diseased, have no score")


def test_json_holds_numbers_and_no_picture(report_files: dict[str, bytes]) -> None:
    report = json.loads(report_files["report.json"])

    assert {"estimate": 0.9, "low": 0.88, "high": 0.92, "level": 0.95, "redrawn": 0} == report["assessment"][
        "auroc"
    ]
    assert 0.95 == report["model"]["predicted"]["screening"]["sensitivity"]["estimate"]
    assert "a<b>/1.png" == report["worst_errors"][0]["name"]
    assert not {"film", "heat_map"} & set(report["worst_errors"][0])
    assert "2026-03-01T12:00:00+00:00" == report["created"]


def test_pictures_of_films_are_on_the_page_alone(report_files: dict[str, bytes]) -> None:
    files = report_files

    assert 3 == files["report.html"].count(b"data:image/jpeg;base64,")
    assert b"jpeg;base64" not in files["report.md"] + files["report.json"]


def test_without_films_no_film_is_shown_or_named(account: Account) -> None:
    bare = without_films(account)
    document = document_of(bare, ())
    markdown = as_markdown(document, figures="figures")

    for content in (as_html(document), markdown, json.dumps(as_json(bare))):
        assert "image/jpeg" not in content
        assert not [film for film in ("1.png", "2.png", "3.png") if film in content]
    assert "missed 1" in markdown
    assert "not scored 1" in markdown


def test_a_calibration_is_shown_on_blocks_it_was_not_fitted_on(account: Account) -> None:
    """On the films it was fitted on, a calibration flatters itself."""
    cross_fitted = {"ece": {"estimate": 0.03, "low": 0.01, "high": 0.05, "level": 0.95}}
    tuned = replace(
        account,
        model=replace(account.model, cross_fitted=cross_fitted),
        films=replace(account.films, part=Part.TUNING),
    )

    section = next(
        each
        for each in document_of(tuned, ()).sections
        if each.title == "Whether the probability means what it says"
    )

    assert "tuning films, cross-fitted" == section.tables[0].columns[-1]
    assert ["–", "–", "–", "0.0300 (0.0100–0.0500)", "–"] == [row[-1] for row in section.tables[0].rows]
    assert section.text[-1].endswith("the last column is the one to believe.")
