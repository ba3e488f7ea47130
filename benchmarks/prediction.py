"""What a way of training will do on a part of the data that nobody has seen, from the parts that a search held out.

    python benchmarks/prediction.py RUN CANDIDATE [--fold look-alikes] [--json FILE]

RUN is the folder of `firstread search`. Prints the table of docs/prediction.md: the mean over the seeds, and an
interval that counts seeds, tuning patients, held-out patients and those to come.
"""

import argparse
import csv
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from firstread.evaluation.foretelling import JudgedTraining, PatientScores, foretell
from firstread.evaluation.yardstick import Scores
from firstread.terms import Part

_WORDS = {
    "auroc": "AUROC",
    "sensitivity_achieved": "sensitivity at the screening point",
    "specificity_achieved": "specificity at the screening point",
    "accuracy": "accuracy at the screening point, 62.5 % diseased",
    "specificity": "highest specificity at a sensitivity of .95",
    "broken_promise": "larger of |predicted − achieved| sensitivity and specificity",
    "calibration_error": "ECE",
}
_DRAWS = 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("candidate")
    parser.add_argument("--fold", default="look-alikes")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    files = sorted((asked.run / "trials" / asked.candidate).glob(f"{asked.fold}-seed-*/scores.csv"))
    if not files:
        parser.error(f"{asked.run} must hold scores of {asked.candidate} on {asked.fold}; it has none.")
    told = foretell([read(file) for file in files], rng=np.random.default_rng(0), draws=_DRAWS)
    print(
        f"{asked.candidate}, {asked.fold}, {len(files)} seeds\n\n| figure | foretold | 95 % |\n|---|---|---|"
    )
    for name, words in _WORDS.items():
        cell = told[name]
        print(f"| {words} | {cell.estimate:.3f} | {cell.low:.3f}–{cell.high:.3f} |")
    if asked.json is not None:
        asked.json.write_text(
            json.dumps({name: asdict(cell) for name, cell in told.items()}, indent=2) + "\n"
        )


def read(file: Path) -> JudgedTraining:
    """Return the scores of one training."""
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    tuning, held_out = (
        [row for row in rows if row["part"] == part.value] for part in (Part.TUNING, Part.INTERNAL_TEST)
    )
    return JudgedTraining(_scores(tuning), _scores(held_out))


def _scores(rows: list[dict[str, str]]) -> PatientScores:
    diseased = np.array([row["diseased"] == "1" for row in rows])
    logit = np.array([float(row["logit"]) for row in rows])
    return PatientScores(Scores(diseased, logit), [row["patient"] for row in rows])


if __name__ == "__main__":
    main()
