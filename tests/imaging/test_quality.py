from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from firstread.config import ReadLimits
from firstread.imaging import quality
from firstread.imaging.preprocess import Recipe
from firstread.imaging.radiograph import Radiograph
from firstread.imaging.read import read
from firstread.records import FilmFacts
from firstread.terms import Refusal

Array = npt.NDArray[Any]


def radiograph(pixels: Array, *, white: int = 255, tint: float = 0.0) -> Radiograph:
    height, width = pixels.shape
    return Radiograph(pixels, white, FilmFacts("", 1, height, width), tint=tint)


def code(film: Radiograph, limits: ReadLimits) -> Refusal | None:
    reason = quality.check(film, limits)
    return None if reason is None else reason.code


def test_a_chest_passes(make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    assert quality.check(radiograph(make_chest()), limits) is None
    assert quality.check(radiograph(make_chest(white=4095), white=4095), limits) is None
    assert () == quality.warnings(radiograph(make_chest()))


def test_a_thumbnail_is_too_small(make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    reason = quality.check(radiograph(make_chest(95, 400)), limits)

    assert reason is not None
    assert Refusal.TOO_SMALL is reason.code
    assert "at least 96 pixels" in reason.message
    assert "400 × 95" in reason.message


def test_a_reduced_decode_is_judged_by_its_stored_size(make_chest: Callable[..., Array]) -> None:
    film = Radiograph(make_chest(80, 80), 255, FilmFacts("", 1, 2000, 2000))

    assert quality.check(film, ReadLimits()) is None


@pytest.mark.parametrize("level", [0, 100, 255])
def test_one_grey_is_blank(level: int, limits: ReadLimits) -> None:
    assert Refusal.BLANK is code(radiograph(np.full((200, 200), level, np.uint8)), limits)


def test_noise_around_one_grey_is_blank(limits: ReadLimits) -> None:
    noise = np.random.default_rng(0).integers(100, 108, (200, 200)).astype(np.uint8)

    assert Refusal.BLANK is code(radiograph(noise), limits)


@pytest.mark.parametrize(("extreme", "word"), [(255, "white"), (0, "black")])
def test_a_film_cut_off_at_one_end_is_clipped(
    extreme: int, word: str, make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    pixels = make_chest()
    pixels[:180] = extreme

    reason = quality.check(radiograph(pixels), limits)

    assert reason is not None
    assert Refusal.CLIPPED is reason.code
    assert f"pure {word}" in reason.message


def test_a_mask_has_too_few_grey_levels(make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    assert Refusal.CLIPPED is code(radiograph(make_chest() // 60 * 60 + 10), limits)


def test_colour_is_refused_and_a_small_stamp_is_not(
    make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    assert Refusal.COLOUR_PHOTOGRAPH is code(radiograph(make_chest(), tint=13.0), limits)
    assert code(radiograph(make_chest(), tint=1.0), limits) is None


def test_an_inverted_film_is_noticed(make_chest: Callable[..., Array]) -> None:
    assert "looks inverted" in quality.warnings(radiograph(255 - make_chest()))[0]


def test_one_white_lung_is_not_an_inverted_film(make_chest: Callable[..., Array]) -> None:
    """An effusion: brighter than the mediastinum, on one side."""
    pixels = make_chest()
    pixels[:, :110] = 250

    assert () == quality.warnings(radiograph(pixels))


def test_a_strip_is_noticed(make_chest: Callable[..., Array]) -> None:
    assert "unusually narrow" in quality.warnings(radiograph(make_chest(400, 200)))[0]
    assert "unusually wide" in quality.warnings(radiograph(make_chest(100, 400)))[0]


@pytest.mark.films
@pytest.mark.parametrize(
    "folder",
    ["kaggle-pneumonia-original/train", "external/nih-adult-weak/films", "external/hannover-covid/films"],
)
def test_no_real_chest_film_is_refused(folder: str, public_films: Path, limits: ReadLimits) -> None:
    films = [path for path in sorted((public_films / folder).rglob("*")) if path.is_file()][::4]

    refused = [
        path.name
        for path in films
        if quality.check(read(path, limits=limits, reduce_to=Recipe().reduce_to), limits)
    ]

    assert films
    assert [] == refused


@pytest.mark.films
def test_most_photographs_are_refused(public_films: Path, limits: ReadLimits) -> None:
    """Eight of the 157 are black and white; content alone cannot tell, so the shift beside the score has to."""
    photographs = sorted((public_films / "ood" / "photos").iterdir())

    refused = sum(quality.check(read(path, limits=limits), limits) is not None for path in photographs)

    assert refused >= 0.9 * len(photographs)
