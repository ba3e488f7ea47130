"""What was found on test films comes back as it was written, and is refused when it does not fit."""

import json
from typing import Any

import pytest

from firstread.errors import BundleError
from firstread.evaluation.judgement import Judgement
from firstread.inference import judgements


def test_what_is_written_is_read(judgement: Judgement) -> None:
    written = json.loads(json.dumps(judgements.as_values([judgement, judgement])))

    assert (judgement, judgement) == judgements.parse("judgements.json", written)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"part": "tuning"}, "part must be internal test or external test; received 'tuning'"),
        ({"title": 7}, "title: must be text; received 7"),
        ({"n_films": 1.5}, "n_films: must be a whole number from 0; received 1.5"),
        ({"n_films": True}, "n_films: must be a whole number from 0; received True"),
        ({"level": "high"}, "level: must be a finite number; received 'high'"),
        ({"auroc": 0.5}, "auroc: must state estimate, high, level, low, redrawn; received 0.5"),
        ({"points": {}}, "must hold a list; received {}"),
        ({"remark": "x"}, "judgement 1: must state auroc, .*; received .*remark"),
    ],
)
def test_what_does_not_fit_is_named(judgement: Judgement, changes: dict[str, Any], words: str) -> None:
    [row] = judgements.as_values([judgement])["judgements"]

    with pytest.raises(BundleError, match=words):
        judgements.parse("judgements.json", {"judgements": [row | changes]})


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(BundleError, match=r"judgements.json: must state judgements; received a\."):
        judgements.parse("judgements.json", {"a": []})
