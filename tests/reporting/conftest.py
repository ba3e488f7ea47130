"""Factories for the tests of reports: an account whose numbers were made up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from firstread.evaluation.assessed_point import AssessedClass, AssessedPoint, Confusion
from firstread.evaluation.assessment import Assessment, RocBand, ScoreHistogram, Subgroup, ThresholdRow
from firstread.evaluation.decision_curve import DecisionCurve
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.precision_recall import PrecisionRecall
from firstread.evaluation.prevalence import PredictiveValues
from firstread.evaluation.reliability import ReliabilityBin
from firstread.reporting.account import Account, Films, LookCount, Model, UnscoredFilm, WorstError
from firstread.reporting.evaluation_report import files_of
from firstread.terms import Part

NO_FLAG = NotDefined("PPV needs a flagged film; received none.")


def figure(estimate: float, reach: float = 0.02) -> Interval:
    return Interval(estimate, max(0.0, estimate - reach), min(1.0, estimate + reach), 0.95)


def point(name: str, threshold: float, sensitivity: float, specificity: float) -> AssessedPoint:
    prevalence = np.geomspace(0.01, 0.9, 40)
    flagged_right = sensitivity * prevalence
    cleared_right = specificity * (1 - prevalence)
    ppv = flagged_right / (flagged_right + (1 - specificity) * (1 - prevalence))
    npv = cleared_right / (cleared_right + (1 - sensitivity) * prevalence)
    return AssessedPoint(
        name=name,
        threshold=threshold,
        predicted=OperatingPoint(name, threshold, sensitivity, min(1.0, specificity + 0.1), 840, 154),
        confusion=Confusion(61, 9, 4, 26),
        classes=(
            AssessedClass(True, figure(0.871), figure(0.938), figure(0.904), 65),
            AssessedClass(False, figure(0.867), figure(0.743), figure(0.8), 35),
        ),
        sensitivity=figure(sensitivity),
        specificity=figure(specificity, 0.04),
        accuracy=figure(0.87),
        ppv=figure(0.871),
        npv=figure(0.867),
        f1=figure(0.904),
        predictive_values=PredictiveValues(
            prevalence, ppv, ppv - 0.02, ppv + 0.02, npv, npv - 0.01, np.minimum(npv + 0.01, 1)
        ),
    )


def reliability_bin(row: int) -> ReliabilityBin:
    low, high = row / 10, (row + 1) / 10
    if row == 4:
        return ReliabilityBin(low, high, 0, float("nan"), NotDefined("The bin has no film."))
    observed: Figure = figure(min(1.0, low + 0.08), 0.1)
    return ReliabilityBin(low, high, 5 + 3 * row, low + 0.05, observed)


def assessment(**changes: Any) -> Assessment:
    axis = np.linspace(0, 1, 60)
    curve = axis**0.15
    risk = np.linspace(0.01, 0.99, 50)
    benefit = 0.62 - 0.2 * risk
    made = Assessment(
        n_films=100,
        n_diseased=65,
        n_patients=80,
        level=0.95,
        repeats=2000,
        cautions=("A class has fewer than 20 patients.",),
        null_accuracy=figure(0.65),
        auroc=figure(0.9),
        auprc=figure(0.93),
        brier=figure(0.09),
        ece=figure(0.05),
        calibration_slope=figure(0.8, 0.3),
        calibration_intercept=Interval(-0.1, -0.4, 0.2, 0.95),
        calibration_in_the_large=Interval(-0.05, -0.3, 0.2, 0.95),
        points=(point("screening", 0.24, 0.938, 0.743), point("rule_out", 0.05, 0.985, 0.5)),
        roc=RocBand(axis, curve, np.maximum(curve - 0.05, 0), np.minimum(curve + 0.05, 1)),
        reliability=tuple(reliability_bin(row) for row in range(10)),
        histogram=ScoreHistogram(
            np.linspace(0, 1, 21), np.arange(20) ** 2, np.array([240, 60, 20, 9, 4, 2, 1, *[0] * 12, 1])
        ),
        thresholds=tuple(
            ThresholdRow(t, figure(1 - t), figure(1 - t / 2), figure(t), figure(0.8), NO_FLAG)
            for t in (0.05, 0.5, 0.95)
        ),
        decision_curve=DecisionCurve(
            risk, benefit, benefit - 0.05, benefit + 0.05, 0.65 - 0.35 * risk / (1 - risk)
        ),
        subgroups=(
            Subgroup("bacteria", 40, 30, figure(0.93), {"screening": figure(0.97), "rule_out": figure(0.99)}),
            Subgroup("virus", 25, 20, figure(0.85), {"screening": figure(0.89), "rule_out": NO_FLAG}),
        ),
    )
    return replace(made, **changes)


def account_of(assessed: Assessment) -> Account:
    return Account(
        model=Model(
            "tiny",
            "ab" * 32,
            {"created": "2026-01-02", "licence": "Apache-2.0"},
            ("A note of its maker.",),
            ("Films of nobody.",),
            {"screening": {"sensitivity": figure(0.95), "specificity": figure(0.99, 0.01)}},
        ),
        films=Films(
            Part.INTERNAL_TEST,
            "The test folder as delivered.",
            "id-block split",
            102,
            {"virus": 25, "IM": 77},
            "cd" * 32,
        ),
        assessment=assessed,
        precision_recall=PrecisionRecall(np.linspace(1, 0.01, 50), np.linspace(0.65, 1, 50), 0.65),
        worst_errors=(
            WorstError(
                "missed 1", True, 0.01, "virus", ("unlike",), "a<b>/1.png", (300, 200), b"jpeg", b"heat"
            ),
            WorstError("falsely flagged 1", False, 0.99, "IM", (), "b/2.png", (300, 200), b"jpeg", None),
        ),
        not_scored=(UnscoredFilm("c/3.png", True, "empty", "The file is empty."),),
        looks=LookCount("firstread-ledger.jsonl", 2, 3, 5, "2026-01-01T00:00:00+00:00", (4,)),
        rival=None,
        cautions=("One film was not scored.",),
        cannot_say=("It says nothing of other hospitals.",),
        created=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        version="0.1.0",
        seed=20,
    )


@pytest.fixture(scope="session")
def account() -> Account:
    return account_of(assessment())


@pytest.fixture(scope="session")
def report_files(account: Account) -> dict[str, bytes]:
    """Return every file of the account's report; drawing takes seconds."""
    return files_of(account)


@pytest.fixture
def account_with() -> Callable[..., Account]:
    """Return a function that makes an account with some values of its assessment replaced."""
    return lambda **changes: account_of(assessment(**changes))
