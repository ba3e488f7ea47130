"""What the bundle that ships promises."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from firstread.config import Inference, ReadLimits
from firstread.data import synthetic
from firstread.evaluation import discrimination
from firstread.imaging.prepare import Prepared, prepare
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictor

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return bundles.load(bundles.shipped())


def pixels(paths: list[Path], bundle: Bundle) -> npt.NDArray[np.uint8]:
    films = [prepare(path, bundle.recipe, limits=ReadLimits()) for path in paths]
    return np.stack([film.pixels for film in films if isinstance(film, Prepared)])


def probability(paths: list[Path], bundle: Bundle) -> npt.NDArray[np.float64]:
    return Predictor(bundle, settings=Inference()).predict(pixels(paths, bundle)).probability


def test_it_fits_into_the_repository(shipped: Bundle) -> None:
    assert sum(part.stat().st_size for part in shipped.folder.iterdir()) <= 15_000_000


def test_its_facts_are_complete_and_its_card_says_the_same(shipped: Bundle) -> None:
    facts = shipped.facts
    card = (shipped.folder / "MODEL_CARD.md").read_text()

    assert "id-block" == facts["data"]["split"]
    assert "internal test" not in facts["data"]["parts"]
    assert facts["parity"]["max_difference"] <= 1e-4
    assert {"seed", "backend", "epochs_done", "trainings"} <= set(facts["training"])
    assert {"keras", "onnx", "python", "firstread"} <= set(facts["software"])
    assert facts["data"]["hash"] in card
    assert f"{facts['metrics']['tuning']['auroc']['estimate']:.3f}" in card
    assert "CC BY 4.0" in card


def test_it_reaches_what_it_was_shipped_for_on_the_tuning_part(shipped: Bundle) -> None:
    tuning = shipped.facts["metrics"]["tuning"]
    screening = tuning["operating_points"]["screening"]

    assert tuning["auroc"]["estimate"] >= 0.985
    assert screening["sensitivity"]["estimate"] >= 0.95
    assert screening["specificity"]["estimate"] >= 0.90
    assert screening["threshold"] == shipped.operating_points["screening"].threshold


def test_synthetic_films_with_pneumonia_rank_above_those_without(shipped: Bundle, tmp_path: Path) -> None:
    """The generator was fitted on other films than these and knows nothing of the network."""
    synthetic.generate(60, tmp_path / "films", seed=5)
    paths = sorted((tmp_path / "films").rglob("*.jpeg"))

    score = probability(paths, shipped)

    diseased = np.array(["PNEUMONIA" in path.parts for path in paths])
    assert discrimination.auroc(diseased, score) > 0.8


@pytest.mark.films
def test_a_film_scores_alike_at_original_size_and_at_224(shipped: Bundle, public_films: Path) -> None:
    """The network learned from films that somebody squashed to 224 × 224; a hospital's films come at full size."""
    originals = sorted((public_films / "kaggle-pneumonia-original").glob("train/*/*.jpeg"))
    small = [
        public_films / "kaggle-pneumonia-224" / "train" / path.parent.name / path.name for path in originals
    ]

    moved = np.abs(probability(originals, shipped) - probability(small, shipped))

    assert 140 == moved.size
    assert moved.mean() <= 0.02
    assert moved.max() <= 0.15


def test_the_readmes_python_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    synthetic.generate(3, tmp_path / "demo" / "films", seed=1)
    (tmp_path / "demo" / "films" / "truncated.jpeg").write_bytes(b"\xff\xd8\xff\xe0")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(), flags=re.DOTALL)

    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  # our own documentation

    printed = capsys.readouterr().out.splitlines()
    assert ["1", "2", "3", "4"] == [line.split()[0] for line in printed]
    assert any("truncated.jpeg" in line for line in printed), "what is not scored has its reason"
