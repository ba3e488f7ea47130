import json
from dataclasses import replace
from pathlib import Path

import pytest

from firstread.errors import TrainingError
from firstread.evaluation.method_comparison import Judged
from firstread.evaluation.yardstick import Yardstick
from firstread.learning.search_record import RESULT, SearchFolder, TrialResult

FIGURES = Yardstick(0.991, 0.955, 0.945, 0.04, 0.0375, 0.035, 0.997, 0.95, 0.95)  # halfway, each of them
RESULT_OF_BASE = TrialResult(
    judged=Judged("base", "look-alikes", 20, FIGURES, {"far": {"PA": 0.8}}, 60.0),
    seconds_judging=5.0,
    films_per_second=100.0,
    epochs_done=2,
    epoch_kept=1,
    films={"training": 3},
    changes=("mirrored",),
    hospitals={"far": "ab" * 32},
    software={"keras": "3"},
)


def keep(place: SearchFolder, result: TrialResult) -> None:
    run = place.run(result.judged.candidate, result.judged.fold, result.judged.seed)
    run.path.mkdir(parents=True)
    run.write_json(RESULT, result.as_dict())


def test_a_result_survives_json_and_says_its_distance() -> None:
    written = json.loads(json.dumps(RESULT_OF_BASE.as_dict()))

    assert 0.5 == pytest.approx(written["distance"])
    assert RESULT_OF_BASE == TrialResult.from_dict(written)


def test_a_result_of_another_version_is_refused() -> None:
    written = RESULT_OF_BASE.as_dict()

    with pytest.raises(TrainingError, match=r"must be of this version; .*colour"):
        TrialResult.from_dict(written | {"colour": "blue"})
    del written["seed"]
    with pytest.raises(TrainingError, match="must be of this version; 'seed'"):
        TrialResult.from_dict(written)


def test_what_was_dropped_stays_in_the_table(tmp_path: Path) -> None:
    place = SearchFolder(tmp_path)
    place.keep_candidates({"base": "The usual way.", "dropped": "It was hoped to help."})
    keep(place, RESULT_OF_BASE)
    keep(place, replace(RESULT_OF_BASE, judged=replace(RESULT_OF_BASE.judged, candidate="dropped")))

    place.keep_candidates({"base": "The usual way, still.", "new": "Not run yet."})
    methods = place.write_table()

    assert ["base", "dropped"] == [method.candidate for method in methods]
    page = (tmp_path / "search.md").read_text()
    assert "- **base**: The usual way, still." in page
    assert "- **dropped**: It was hoped to help.\n" in page
    assert "- **new**: Not run yet. (No training of it is finished.)" in page


def test_a_training_from_another_comparison_is_shown_without_a_reason(tmp_path: Path) -> None:
    place = SearchFolder(tmp_path)
    place.keep_candidates({"base": "The usual way."})
    keep(place, RESULT_OF_BASE)
    keep(place, replace(RESULT_OF_BASE, judged=replace(RESULT_OF_BASE.judged, candidate="copied")))

    methods = place.write_table()

    assert ["base", "copied"] == [method.candidate for method in methods]
    assert "- **copied**: Not stated." in (tmp_path / "search.md").read_text()


def test_without_a_finished_training_there_is_no_table(tmp_path: Path) -> None:
    place = SearchFolder(tmp_path)
    place.keep_candidates({"base": "The usual way."})

    with pytest.raises(TrainingError, match="a table needs a finished training; there is none yet"):
        place.write_table()
    with pytest.raises(TrainingError, match=r"candidates\.json: the file must be readable JSON"):
        SearchFolder(tmp_path / "elsewhere").write_table()
