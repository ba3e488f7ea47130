from typing import Any

import pytest

from firstread.evaluation.judgement import Judgement
from firstread.reporting.model_card import model_card


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
        "brier": interval(0.05),
        "ece": interval(0.02),
        "operating_points": {"screening": point},
        "cues": {
            "wider": {
                "mean_change": interval(0.03),
                "p95_change": interval(0.04),
                "worst_change": 0.3,
                "auroc": interval(0.97),
                "sensitivity": interval(0.94),
                "specificity": interval(0.88),
            }
        },
    }
    counts = {"films": 100, "diseased": 75, "non_diseased": 25, "patients": 60}
    return {
        "name": "firstread-baseline",
        "created": "2026-01-02",
        "intended_use": "Teaching. Not a medical device; it never replaces a reader.",
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
        "attribution": ["Films of nobody, CC BY 4.0."],
    }


def test_it_says_what_rounding_did_where_that_is_known(facts: dict[str, Any]) -> None:
    rounded = facts | {"parity": facts["parity"] | {"rounding_max_difference": 8e-4, "rounding_limit": 0.01}}

    assert "half precision" not in model_card(facts)
    assert "were rounded to half precision, which moved a probability by at most 8.0e-04;" in model_card(
        rounded
    )


def test_every_figure_comes_with_its_interval_its_part_and_its_n(facts: dict[str, Any]) -> None:
    card = model_card(facts)

    films = "Tuning part, 100 films of 60 patients, 75 diseased; 95 % intervals by patient"
    assert f"## Figures on the tuning part\n\n{films}." in card
    assert "AUROC 0.980 (0.970–0.990), Brier score 0.0500 (0.0400–0.0600)" in card
    assert "| screening | 0.4321 | 0.950 (0.940–0.960) | 0.910 (0.900–0.920) | 0.930 (0.920–0.940) |" in card
    assert f"what the screening threshold is worth then. {films}:" in card
    assert (
        "| wider | 0.030 (0.020–0.040) | 0.040 (0.030–0.050) | 0.300 | 0.970 (0.960–0.980) | "
        "0.940 (0.930–0.950) | 0.880 (0.870–0.890) |" in card
    )
    assert "| tuning | 100 | 75 | 25 | 60 |" in card


def test_it_says_what_it_is_not_and_whom_to_thank(facts: dict[str, Any]) -> None:
    card = model_card(facts)

    assert "Not a medical device" in card
    assert "the figures flatter" in card
    assert "CC BY 4.0" in card
    assert "Prevalence here is 75%" in card
    stated = (
        "## Stated by whoever exported this bundle, not measured\n\n- Two earlier runs were judged on these"
    )
    assert stated in card


@pytest.mark.parametrize(("others", "words"), [(1, "1 other run in"), (4, "4 other runs in")])
def test_runs_that_were_judged_on_the_same_films_are_counted(
    facts: dict[str, Any], others: int, words: str
) -> None:
    assert f"- {words} the same folder of runs" in model_card(facts | {"runs_beside": others})
    assert "folder of runs" not in model_card(facts), "older facts do not say"
    assert "Stated by" not in model_card(facts | {"notes": []})


def test_the_card_says_what_to_expect_elsewhere_and_what_probabilities_refer_to(
    facts: dict[str, Any],
) -> None:
    tuning = facts["metrics"]["tuning"]
    tuning["operating_points"]["screening"] |= {
        "predicted_sensitivity": interval(0.93),
        "predicted_specificity": interval(0.81),
    }
    judged = {"ece": interval(0.0123), "brier": interval(0.0456), "slope": interval(0.94)}
    tuning["calibration"] = {
        "temperature": 0.35,
        "intercept": 8.45,
        "prevalence": 0.845,
        "blocks": 5,
    } | dict.fromkeys(("uncalibrated", "temperature_alone", "cross_fitted"), judged)

    card = model_card(facts)

    assert "| screening | 0.930 (0.920–0.940) | 0.810 (0.800–0.820) |" in card
    assert "84.5% of the films show pneumonia" in card
    assert (
        "| temperature and intercept (used) | 0.0123 (0.0023–0.0223) | 0.0456 (0.0356–0.0556) | 0.94 (0.93–0.95) |"
        in card
    )


def test_the_card_says_what_the_calibration_was_fitted_on(facts: dict[str, Any]) -> None:
    judged = {"ece": interval(0.0123), "brier": interval(0.0456), "slope": interval(0.94)}
    facts["metrics"]["tuning"]["calibration"] = {
        "temperature": 0.35,
        "intercept": 8.45,
        "prevalence": 0.845,
        "blocks": 5,
        "changes": 4,
    } | dict.fromkeys(("uncalibrated", "temperature_alone", "unchanged_films", "cross_fitted"), judged)

    card = model_card(facts)

    assert "fitted on the tuning films after 4 changes each" in card
    assert "| temperature and intercept, of unchanged films | 0.0123" in card
    assert "| temperature and intercept, of changed films (used) | 0.0123" in card


def test_the_card_says_what_other_seeds_came_to(facts: dict[str, Any]) -> None:
    each = {"tuning_loss": 0.1, "tuning_specificity": 0.9}
    facts["training"]["trainings"] = [
        each | {"seed": seed, "tuning_auroc": auroc} for seed, auroc in ((20, 0.99), (21, 0.98), (22, 0.97))
    ]

    card = model_card(facts)

    assert "It is that of 3 trainings, seeds 20 to 22, whose tuning loss is the median" in card
    assert "AUROC 0.9800 ± 0.0100, specificity at a sensitivity of .95 0.9000 ± 0.0000" in card
    del facts["training"]["trainings"]
    assert "median" not in model_card(facts)


def test_figures_of_older_facts_are_written_without_an_interval(facts: dict[str, Any]) -> None:
    tuning = facts["metrics"]["tuning"]
    tuning |= {"brier": 0.05, "ece": 0.02}
    plain = (0.01, 0.02, 0.3, 0.97, 0.94, 0.88)
    tuning["cues"]["wider"] = dict(zip(tuning["cues"]["wider"], plain, strict=True))
    judged = {"ece": 0.0123, "brier": 0.0456, "slope": 0.94}
    tuning["calibration"] = {
        "temperature": 0.35,
        "intercept": 8.45,
        "prevalence": 0.845,
        "blocks": 5,
    } | dict.fromkeys(("uncalibrated", "temperature_alone", "cross_fitted"), judged)

    card = model_card(facts)

    assert "Brier score 0.0500, expected calibration error 0.0200; of the last two each film" in card
    assert "| wider | 0.010 | 0.020 | 0.300 | 0.970 | 0.940 | 0.880 |" in card
    assert "| temperature and intercept (used) | 0.0123 | 0.0456 | 0.94 |" in card
    assert 2 == card.count("75 diseased; the facts hold no intervals:")


def test_the_card_says_what_was_found_elsewhere_or_that_nothing_is_recorded(
    facts: dict[str, Any], judgement: Judgement
) -> None:
    assert "## On test films\n\nNo external evaluation is recorded" in model_card(facts)

    card = model_card(facts, [judgement])

    assert (
        "### Adults of nobody\n\n90 films (of 100; the others have no score) of 80 patients, 30 diseased"
        in card
    )
    assert "No external evaluation" not in card


def test_the_card_of_older_facts_leaves_both_out(facts: dict[str, Any]) -> None:
    card = model_card(facts)

    assert "What to expect on another stretch of patients" not in card
    assert "## Calibration" not in card


def test_the_card_says_when_screening_lies_above_urgent(facts: dict[str, Any]) -> None:
    points = facts["metrics"]["tuning"]["operating_points"]
    points["urgent"] = {**points["screening"], "threshold": 0.9}
    assert "lies above that of urgent" not in model_card(facts)

    points["urgent"]["threshold"] = 0.2

    assert "The screening threshold lies above that of urgent" in model_card(facts)


def source(name: str, *, listed: bool, left_out: int = 0, **parts: int) -> dict[str, Any]:
    counts = {
        part: {"films": films, "diseased": 1, "non_diseased": films - 1, "patients": films}
        for part, films in parts.items()
    }
    return {"name": name, "listed": listed, "hash": f"hash-{name}", "left_out": left_out, "parts": counts}


def test_the_card_says_which_data_set_was_for_what(facts: dict[str, Any]) -> None:
    data = facts["data"] | {
        "sources": [
            source("here", listed=False, training=90, tuning=10),
            source("there", listed=True, left_out=3, training=40),
        ]
    }

    card = model_card(facts | {"data": data})

    assert "every threshold were chosen on films of here alone" in card
    assert "Learned from only: there. A threshold for another hospital: `firstread recalibrate`" in card
    assert (
        "| here | films | pneumonia | normal | patients |\n|---|---|---|---|---|\n| training | 90 | 1 | 89 | 90 |"
        in card
    )
    assert "| tuning | 10 | 1 | 9 | 10 |" in card
    assert "3 films of there were left out: here tunes or tests on their patients." in card
    assert "SHA-256 of the films of there and their labels: `hash-there`" in card
    assert "The Kaggle films (Kermany et al. 2018) are of children" in card
    assert "Adults, other hospitals" not in card, "some were learned from"


def test_films_of_a_manifest_are_not_called_the_kaggle_films(facts: dict[str, Any]) -> None:
    data = facts["data"] | {"sources": [source("adults", listed=True, training=90, tuning=10)]}

    card = model_card(facts | {"data": data})

    assert "The films of adults are listed in a manifest.csv" in card
    assert "The Kaggle films (Kermany et al. 2018) are of children" in model_card(facts), (
        "older facts do not say"
    )
    assert "of children" not in card
    assert "official test of the Kaggle data" not in card
    assert "alone" not in card.split("## Figures")[0]


def test_what_a_bundle_it_started_from_had_learned_is_pointed_to(facts: dict[str, Any]) -> None:
    card = model_card(facts | {"started_from": "bundle firstread-tiny (abc)"})

    assert "- Weights started from bundle firstread-tiny (abc): its own card says which films" in card
    assert "its own card" not in model_card(facts)
