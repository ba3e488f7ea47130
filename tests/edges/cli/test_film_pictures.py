"""Pictures keep the film's own shape and never share a file."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.edges.cli import film_pictures
from firstread.records import FilmFacts, Scored
from firstread.screening import Picture
from firstread.terms import Band


def scored(path: Path, *, width: int = 800, height: int = 400) -> Scored:
    return Scored(path, FilmFacts("0" * 64, 1, height, width), 0.0, 0.5, True, Band.URGENT)


def picture(*, heat_map: bool = True) -> Picture:
    heat = np.zeros((7, 7), np.float32)
    heat[3, 3] = 1.0
    return Picture(np.full((224, 224), 100, np.uint8), heat if heat_map else None)


def opened(uri: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_the_overlay_has_the_radiograph_s_shape_and_shows_the_heat(tmp_path: Path) -> None:
    path = film_pictures.write_overlay(tmp_path, scored(Path("in/a.jpg")), picture())

    with Image.open(path) as overlay:
        pixels = np.asarray(overlay)
    assert (256, 512, 3) == pixels.shape
    assert [100, 100, 100] == pixels[0, 0].tolist()
    assert np.ptp(pixels[128, 256]) > 50


def test_two_films_of_one_name_get_two_files(tmp_path: Path) -> None:
    names = ["a/x.jpg", "b/x.jpg", "a/x.png", "a/../../x\n.jpg", "a/" + "é" * 100 + ".jpg"]

    written = {film_pictures.write_overlay(tmp_path, scored(Path(name)), picture()) for name in names}

    assert written == set(tmp_path.iterdir())
    assert len(names) == len(written)


def test_the_same_film_replaces_its_own_file(tmp_path: Path) -> None:
    again = [film_pictures.write_overlay(tmp_path, scored(Path("a.jpg")), picture()) for _ in range(2)]

    assert again[0] == again[1]


@pytest.mark.parametrize(("width", "height"), [(1, 5000), (5000, 1)])
def test_an_extreme_shape_still_has_a_picture(tmp_path: Path, width: int, height: int) -> None:
    path = film_pictures.write_overlay(
        tmp_path, scored(Path("a"), width=width, height=height), picture(heat_map=False)
    )

    with Image.open(path) as overlay:
        assert 1 == min(overlay.size)


def test_the_page_s_heat_map_is_clear_where_there_is_no_heat() -> None:
    rgba = np.asarray(opened(film_pictures.heat_map_uri(picture())))

    assert 0 == rgba[0, 0, 3]
    assert rgba[10, 10, 3] > 120


def test_without_a_heat_map_there_is_no_picture_of_it() -> None:
    assert "" == film_pictures.heat_map_uri(picture(heat_map=False))


def test_the_page_s_film_is_the_model_s_input() -> None:
    pixels = np.asarray(opened(film_pictures.film_uri(picture())))

    assert (224, 224) == pixels.shape
    assert np.abs(pixels.astype(int) - 100).max() <= 2
