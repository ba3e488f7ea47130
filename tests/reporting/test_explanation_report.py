"""The account of heat maps as figures, JSON and Markdown."""

import json
from dataclasses import replace

import numpy as np
import pytest

from firstread.evaluation import explained_films
from firstread.evaluation.explained_films import CURVES, MEASURES, ORDERS, ExplainedFilms, ExplanationAccount
from firstread.evaluation.scored_films import ScoredFilms
from firstread.reporting.explanation_figures import explanation_plates
from firstread.reporting.explanation_report import as_markdown, as_values


@pytest.fixture
def account() -> ExplanationAccount:
    rng = np.random.default_rng(4)
    diseased = np.arange(40) >= 20
    curve = np.where(diseased[:, None], np.linspace(0.9, 0.2, 8), np.nan)
    films = ExplainedFilms(
        films=ScoredFilms(
            name=tuple(map(str, range(40))),
            diseased=diseased,
            probability=np.where(diseased, 0.9, 0.1),
            logit=np.where(diseased, 2.0, -2.0),
            patient=tuple(f"p{row // 2}" for row in range(40)),
            series=("one",) * 40,
        ),
        flagged=diseased,
        found=np.arange(40) != 7,
        heat_map=rng.random((40, 7, 7), np.float32),
        lungs=np.pad(np.ones((14, 14), np.float32), 7),
        answers={name: rng.random(40) for name in MEASURES},
        curves={(name, order): curve for name in CURVES for order in ORDERS},
    )
    return explained_films.account_of(films, rng=rng, repeats=100)


def without_curves(account: ExplanationAccount) -> ExplanationAccount:
    films = account.explained
    empty = {key: np.full_like(curve, np.nan) for key, curve in films.curves.items()}
    nobody = {**films.answers, "agreement": np.full(40, np.nan)}
    silent = replace(films, curves=empty, answers=nobody)
    return explained_films.account_of(silent, rng=np.random.default_rng(0), repeats=100)


def test_every_figure_is_drawn_with_its_films(account: ExplanationAccount) -> None:
    plates = explanation_plates(account, footnote="40 films of 20 patients")

    names = [
        "mean-heat-diseased",
        "mean-heat-non-diseased",
        "in-thorax",
        "agreement",
        "deletion",
        "insertion",
    ]
    assert names == [plate.name for plate in plates]
    assert all(plate.png.startswith(b"\x89PNG") for plate in plates)


def test_what_was_not_asked_is_not_drawn(account: ExplanationAccount) -> None:
    plates = explanation_plates(without_curves(account), footnote="")

    assert ["mean-heat-diseased", "mean-heat-non-diseased", "in-thorax"] == [plate.name for plate in plates]


def test_json_has_every_figure_with_its_interval_and_no_nan(account: ExplanationAccount) -> None:
    values = json.loads(json.dumps(as_values(without_curves(account), {"seed": 0}), allow_nan=False))

    assert 0 == values["seed"]
    assert 1 == values["lungs_not_found"]
    share = next(row for row in values["figures"] if (row["name"], row["group"]) == ("in_thorax", "diseased"))
    assert share["low"] < share["estimate"] < share["high"]
    assert (20, 10) == (share["n_films"], share["n_patients"])
    assert [None] * 8 == values["curves"][0]["mean"]


def test_markdown_has_every_figure_with_its_interval(account: ExplanationAccount) -> None:
    page = as_markdown(account, title="Heat maps", footnote="40 films", figures=("deletion",))

    assert "# Heat maps\n\n40 films\n\nThe lungs of 1 of 40 films could not be found, 0 of them among" in page
    assert "the 20 flagged ones; those films are left out" in page
    assert "![deletion](deletion.svg)" in page
    assert 3 == page.count("## ") == page.count("| what | films |")
    assert "the probability **before calibration**" in page
    assert len(account.rows) == page.count(" | 20 | 10 |") + page.count(" | 19 | 10 |") + page.count(
        " | 40 | 20 |"
    )
