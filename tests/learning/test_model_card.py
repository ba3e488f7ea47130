from typing import Any

import pytest

from firstread.learning.facts import FILMS, INTENDED_USE
from firstread.learning.model_card import model_card


def interval(estimate: float) -> dict[str, float]:
    return {"estimate": estimate, "low": estimate - 0.01, "high": estimate + 0.01, "level": 0.95}


@pytest.fixture
def facts() -> dict[str, Any]:
    point = {"threshold": 0.4321} | {
        name: interval(value)
        for name, value in (("sensitivity", 0.95), ("specificity", 0.91), ("accuracy", 0.93))
    }
    tuning = {
        "n_films": 100,
        "n_diseased": 75,
        "n_patients": 60,
        "null_accuracy": 0.75,
        "auroc": interval(0.98),
        "brier": 0.05,
        "ece": 0.02,
        "operating_points": {"screening": point},
        "cues": {
            "wider": {
                "mean_change": 0.01,
                "p95_change": 0.02,
                "worst_change": 0.3,
                "auroc": 0.97,
                "sensitivity": 0.94,
                "specificity": 0.88,
            }
        },
    }
    counts = {"films": 100, "diseased": 75, "non_diseased": 25, "patients": 60}
    return {
        "name": "firstread-baseline",
        "created": "2026-01-02",
        "intended_use": INTENDED_USE,
        "architecture": "baseline",
        "started_from": "random",
        "data": {
            "hash": "abc",
            "split": "id-block",
            "split_description": "Blocks.",
            "parts": {"tuning": counts},
        },
        "training": {"epochs_done": 3, "backend": "jax", "seed": 20, "epoch_kept": 2},
        "metrics": {"tuning": tuning},
        "parity": {"max_difference": 2e-7, "n_films": 100},
        "notes": ["Two earlier runs were judged on these films."],
        "licence": "Apache-2.0",
        "attribution": [FILMS],
    }


def test_every_figure_comes_with_its_interval_its_part_and_its_n(facts: dict[str, Any]) -> None:
    card = model_card(facts)

    assert "## Figures on the tuning part\n\n100 films of 60 patients; 95 % intervals by patient." in card
    assert "AUROC 0.980 (0.970–0.990), Brier score 0.0500" in card
    assert "| screening | 0.4321 | 0.950 (0.940–0.960) | 0.910 (0.900–0.920) | 0.930 (0.920–0.940) |" in card
    assert "| wider | 0.010 | 0.020 | 0.300 | 0.970 | 0.940 | 0.880 |" in card
    assert "| tuning | 100 | 75 | 25 | 60 |" in card


def test_it_says_what_it_is_not_and_whom_to_thank(facts: dict[str, Any]) -> None:
    card = model_card(facts)

    assert "Not a medical device" in card
    assert "the figures flatter" in card
    assert "CC BY 4.0" in card
    assert "Prevalence here is 75%" in card
    assert card.index("What these figures do not say") < card.index(
        "\n- Two earlier runs were judged on these"
    )


def test_the_card_says_what_to_expect_elsewhere_and_what_probabilities_refer_to(
    facts: dict[str, Any],
) -> None:
    tuning = facts["metrics"]["tuning"]
    tuning["operating_points"]["screening"] |= {
        "predicted_sensitivity": interval(0.93),
        "predicted_specificity": interval(0.81),
    }
    judged = {"ece": 0.0123, "brier": 0.0456, "slope": 0.94}
    tuning["calibration"] = {
        "temperature": 0.35,
        "intercept": 8.45,
        "prevalence": 0.845,
        "blocks": 5,
    } | dict.fromkeys(("uncalibrated", "temperature_alone", "cross_fitted"), judged)

    card = model_card(facts)

    assert "| screening | 0.930 (0.920–0.940) | 0.810 (0.800–0.820) |" in card
    assert "84.5% of the films show pneumonia" in card
    assert "| temperature and intercept (used) | 0.0123 | 0.0456 | 0.94 |" in card


def test_the_card_of_older_facts_leaves_both_out(facts: dict[str, Any]) -> None:
    card = model_card(facts)

    assert "What to expect on other films" not in card
    assert "## Calibration" not in card
