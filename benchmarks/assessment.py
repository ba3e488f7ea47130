"""Measure how long an account of 5,000 films takes with 2,000 resamples of patients behind every figure.

Run with `python benchmarks/assessment.py`; prints the seconds of three runs and what the account held.
"""

import argparse
import json
import time
from collections import Counter

import numpy as np

import machine
from firstread.evaluation.assessment import assess
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.operating_point import OperatingPoint, at_sensitivity, at_specificity
from firstread.evaluation.scored_films import ScoredFilms

__all__ = ["films_of", "main"]


def films_of(n_films: int, rng: np.random.Generator) -> ScoredFilms:
    """Return films of which half as many patients have from one to a dozen, in three series.

    Args:
        n_films: Films.
        rng: Source of chance.
    """
    patient = rng.integers(n_films // 2, size=n_films)
    diseased = patient % 4 > 0
    of_patient = rng.normal(size=n_films // 2)
    logit = rng.normal(0, 1.5, n_films) + of_patient[patient] + np.where(diseased, 3, -2)
    series = np.where(diseased, np.where(patient % 2, "virus", "bacteria"), "IM")
    return ScoredFilms(
        name=tuple(f"film-{row}" for row in range(n_films)),
        diseased=diseased,
        probability=Calibration(1.0).probability(logit),
        logit=logit,
        patient=tuple(f"person{number}" for number in patient),
        series=tuple(series.tolist()),
    )


def _points(films: ScoredFilms) -> dict[str, OperatingPoint]:
    truth, stated = films.diseased, films.probability
    return {
        "screening": at_sensitivity(truth, stated, minimum=0.95, name="screening"),
        "rule_out": at_sensitivity(truth, stated, minimum=0.99, name="rule_out"),
        "urgent": at_specificity(truth, stated, minimum=0.95, name="urgent"),
    }


def _figures(value: object) -> int:
    """Return how many numbers with an interval there are in what JSON holds."""
    if isinstance(value, dict):
        return 1 if "estimate" in value else sum(_figures(inside) for inside in value.values())
    return sum(_figures(inside) for inside in value) if isinstance(value, list) else 0


def main() -> None:
    """Assess films and print the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=2000)
    asked = parser.parse_args()
    films = films_of(asked.films, np.random.default_rng(0))
    points = _points(films)
    for run in range(3):
        begun, busy = time.perf_counter(), time.process_time()
        account = assess(films, points=points, rng=np.random.default_rng(run), repeats=asked.repeats)
        took, worked = time.perf_counter() - begun, time.process_time() - busy
        print(f"{took:.1f} s by the clock, {worked:.1f} s of processor time")
    written = account.as_dict()
    largest = Counter(films.patient).most_common(1)[0][1]
    print(
        f"{len(films)} films of {films.n_patients} patients (at most {largest} each), {asked.repeats} resamples: "
        f"{_figures(written)} figures with an interval, three kinds of curve with a band, "
        f"{len(json.dumps(written)) // 1000} kB as JSON"
    )
    print(machine.words())


if __name__ == "__main__":
    main()
