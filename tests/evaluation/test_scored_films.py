from typing import Any

import numpy as np
import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation.scored_films import ScoredFilms


def films(**changes: Any) -> ScoredFilms:
    columns: dict[str, Any] = {
        "name": ("a", "b", "c"),
        "diseased": np.array([True, False, True]),
        "probability": np.array([0.9, 0.2, 0.6]),
        "logit": np.array([2.2, -1.4, 0.4]),
        "patient": ("virus-7", "IM-7", "virus-7"),
        "series": ("virus", "IM", "virus"),
    }
    return ScoredFilms(**columns | changes)


def test_patients_are_counted_once() -> None:
    assert (3, 2) == (len(films()), films().n_patients)
    assert films().patient_row[0] == films().patient_row[2]


def test_some_films_are_selected_by_a_mask_or_by_rows() -> None:
    by_mask = films().select(np.array([False, True, True]))
    by_rows = films().select([2, 1])

    assert ("b", "c") == by_mask.name
    assert ("c", "b") == by_rows.name
    assert [0.6, 0.2] == by_rows.probability.tolist()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ("a", "b")}, "Every film needs a value in each column; received .*'name': 2"),
        ({"logit": np.array([0, np.nan, np.inf])}, "received 2 that are not"),
        ({"probability": np.array([0, 0.5, np.nan])}, r"in \[0, 1\]"),
    ],
)
def test_columns_that_do_not_fit_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UndefinedMetricError, match=words):
        films(**changes)


def test_no_film_is_refused() -> None:
    with pytest.raises(UndefinedMetricError, match="Every film needs a value"):
        films().select(np.zeros(3, bool))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_logit_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(
        UndefinedMetricError, match="Every logit must be a finite number; received 1 that are not"
    ):
        films(logit=np.array([value, 0.0, 1.0]))


@pytest.mark.parametrize("value", [np.nan, 1.01, -0.01])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(UndefinedMetricError, match=r"Every probability must be in \[0, 1\]"):
        films(probability=np.array([value, 0.2, 0.6]))


def test_a_film_without_a_patient_is_refused() -> None:
    with pytest.raises(UndefinedMetricError, match=r"needs a value in each column; received .*'patient': 2"):
        films(patient=("a", "b"))


def test_some_films_keep_all_their_columns() -> None:
    chosen = films().select(np.array([False, True, True]))

    assert ("b", "c") == chosen.name
    assert chosen.patient == films().select([1, 2]).patient == ("IM-7", "virus-7")
    assert [0.2, 0.6] == chosen.probability.tolist()
