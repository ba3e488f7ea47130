from pathlib import Path

import numpy as np
import pytest

from firstread.data import eigen_radiographs as eigen
from firstread.data.eigen_radiographs import SIDE, ClassSpread, EigenRadiographs, Kind
from firstread.errors import DataError


@pytest.fixture(scope="module")
def model() -> EigenRadiographs:
    """Return a model of three components."""
    rng = np.random.default_rng(0)
    spreads = {
        kind: ClassSpread(np.full(3, n, np.float32), np.eye(3, dtype=np.float32))
        for n, kind in enumerate(Kind)
    }
    frames = rng.standard_normal((4, SIDE, SIDE)).astype(np.float32)
    return EigenRadiographs(frames[0], frames[1:], spreads, {"licence": "none"})


def test_a_model_survives_a_file_up_to_its_quantisation(model: EigenRadiographs, tmp_path: Path) -> None:
    """8 bits: half a step is 1/254 of a component's largest value."""
    model.save(tmp_path / "model.npz")

    loaded = EigenRadiographs.load(tmp_path / "model.npz")

    assert np.abs(loaded.components - model.components).max() <= np.abs(model.components).max() / 254 + 1e-6
    assert np.allclose(model.mean, loaded.mean, atol=2e-3)
    assert dict(model.facts) == loaded.facts
    assert [2.0, 2.0, 2.0] == loaded.classes[Kind.VIRAL].centre.tolist()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_what_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.npz"
    file.write_bytes(content)

    with pytest.raises(DataError, match=r"model\.npz: must be a model of synthetic radiographs"):
        EigenRadiographs.load(file)


def test_another_format_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "model.npz").open("wb") as stream:
        np.savez(stream, facts=np.array('{"format": 99}'))

    with pytest.raises(DataError, match="must be a model of format 1"):
        EigenRadiographs.load(tmp_path / "model.npz")


def test_what_was_drawn_develops_to_the_same_film(model: EigenRadiographs) -> None:
    drawn = [eigen.draw(np.random.default_rng(5), model, kind=Kind.NORMAL) for _ in range(2)]
    films = [eigen.develop(model, one) for one in drawn]

    assert np.array_equal(films[0], films[1])
    assert (drawn[0].height, drawn[0].width) == films[0].shape
    assert 0 <= films[0].min() < films[0].max() <= 1


def test_nothing_but_the_coefficients_depends_on_the_class(model: EigenRadiographs) -> None:
    """The public classes differ in size, aspect ratio and compression; the synthetic ones must not."""
    normal, viral = (
        eigen.draw(np.random.default_rng(7), model, kind=kind) for kind in (Kind.NORMAL, Kind.VIRAL)
    )

    for name in ("brightness", "contrast", "box", "width", "height", "grain_at"):
        assert getattr(normal, name) == getattr(viral, name)
    assert not np.array_equal(normal.coefficients, viral.coefficients)


def test_films_of_one_patient_resemble_each_other(model: EigenRadiographs) -> None:
    rng = np.random.default_rng(3)
    first = eigen.draw(rng, model, kind=Kind.NORMAL)
    strangers = [eigen.draw(rng, model, kind=Kind.NORMAL) for _ in range(50)]
    second = [eigen.draw(rng, model, kind=Kind.NORMAL, near=first) for _ in range(50)]

    def mean_distance(drawn: list[eigen.Drawn]) -> float:
        return float(np.mean([np.linalg.norm(one.coefficients - first.coefficients) for one in drawn]))

    assert mean_distance(second) < mean_distance(strangers) / 2


def test_the_model_that_ships_is_small_and_says_where_it_comes_from() -> None:
    file = Path(eigen.__file__).with_name("synthetic.npz")

    assert file.stat().st_size <= 3_000_000
    facts = eigen.shipped().facts
    assert "CC BY 4.0" == facts["licence"]
    assert "training part of the id-block split" in facts["part"]
