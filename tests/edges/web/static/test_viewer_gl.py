"""What the canvas shows, read back and compared with the film's grey levels: with and without WebGL2."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

if TYPE_CHECKING:
    from tests.edges.web.static.conftest import FilmServer, Screen

pytestmark = pytest.mark.browser

Array = npt.NDArray[Any]
MakeFilm = Callable[..., Array]


def test_at_actual_size_the_screen_shows_the_very_levels_of_an_8_bit_film(
    screen: Screen, films: FilmServer
) -> None:
    film = np.random.default_rng(1).integers(0, 255, (201, 303), endpoint=True).astype(np.uint8)
    films.films["film"] = film, 255

    assert screen.does("load('film')") is True
    screen.does("actualSize()")

    assert np.array_equal(film, screen.middle(film.shape))
    assert screen.state["magnification"] == pytest.approx(1)


def test_invert_exchanges_black_and_white(screen: Screen, films: FilmServer, ramp: MakeFilm) -> None:
    film = ramp(200, 255)
    films.films["film"] = film, 255
    screen.does("load('film')")
    screen.does("actualSize()")

    screen.does("invert()")

    assert np.array_equal(255 - film.astype(int), screen.middle(film.shape))
    assert 0 == screen.greys()[0, 0]  # beside the film it stays dark
    screen.does("reset()")
    assert not screen.state["inverted"]


def test_a_narrow_window_shows_all_greys_of_a_16_bit_film(screen: Screen, films: FilmServer) -> None:
    """An eighth of 4,096 levels holds 512: reduced to 8 bits before the window, 32 greys would be left."""
    film = np.repeat(np.arange(4096, dtype=np.uint16).reshape(64, 64), 4, axis=0)
    films.films["film"] = film, 4095
    screen.does("load('film')")
    screen.does("actualSize()")

    screen.does("window(2048, 512)")

    shown = screen.middle(film.shape)
    assert np.unique(shown).size > 250
    expected = np.clip((film.astype(float) - (2048 - 256)) / 512, 0, 1) * 255
    assert np.abs(shown - expected).max() <= 1
    assert {"centre": 2048, "width": 512} == screen.state["window"]


def test_a_film_begins_with_its_first_window_and_a_wider_one_shows_more(
    screen: Screen, films: FilmServer
) -> None:
    film = np.repeat(np.linspace(0, 65535, 256).astype(np.uint16)[np.newaxis], 64, axis=0)
    films.films["film"] = film, 65535
    films.more["film"] = {"Window-Centre": 32767.5, "Window-Width": 9000}
    screen.does("load('film')")
    screen.does("actualSize()")
    shares = (film.astype(float) - 32767.5) / 9000 + 0.5

    first = screen.middle(film.shape)
    screen.does("widthBy(100)")
    wide = screen.middle(film.shape)
    screen.does("reset()")
    screen.does("actualSize()")

    assert np.abs(first - np.clip(shares, 0, 1) * 255).max() <= 1
    assert 0.85 < np.isin(first, (0, 255)).mean()
    # Twice all grey levels is the widest: from a quarter to three quarters of what the screen has.
    assert np.abs(wide - (63.75 + film / 65535 * 127.5)).max() <= 1
    assert np.array_equal(first, screen.middle(film.shape))


def test_between_two_greys_of_the_screen_the_film_is_dithered(screen: Screen, films: FilmServer) -> None:
    """Twelve greys over 384 pixels would be bands of 32; the mean of each 8 × 8 pixels follows the film."""
    film = np.tile(np.rint(np.linspace(30000, 33000, 384)).astype(np.uint16), (64, 1))
    films.films["film"] = film, 65535
    screen.does("load('film')")
    screen.does("actualSize()")

    shown = screen.middle(film.shape)

    def blocks(levels: Array) -> Array:
        return np.asarray(levels.reshape(8, 8, 48, 8).mean(axis=(1, 3)))

    assert np.abs(blocks(shown) - blocks(film / 65535 * 255)).max() < 0.15


def test_a_line_of_one_pixel_stays_in_a_small_picture(screen: Screen, films: FilmServer) -> None:
    """Sixteen pixels become one: reading only the nearest pixels would lose a catheter or break it up."""
    film = np.zeros((4000, 5000), np.uint8)
    film[:, 2501] = 255
    films.films["film"] = film, 255
    screen.does("load('film')")
    screen.does("window(16, 32)")

    greys = screen.greys()

    rows = greys[greys.max(axis=1) > 0]
    assert rows.shape[0] > 300
    assert rows.max(axis=1).min() > 60


@pytest.mark.parametrize("white", [255, 4095])
@pytest.mark.parametrize("view", ["fit()", "actualSize()", "zoomBy(3.3)"])
def test_both_renderers_show_the_same(
    view: str,
    white: int,
    open_screen: Callable[..., Screen],
    films: FilmServer,
    ramp: MakeFilm,
    heat_map: Array,
) -> None:
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 0.01 * white, (701, 903))
    film = np.clip(ramp(701, 903, white) + noise, 0, white).astype(np.uint8 if white == 255 else np.uint16)
    films.films["film"], films.heat["film"] = (film, white), heat_map
    shown = []

    for renderer in ("webgl2", "2d"):
        screen = open_screen(renderer)
        screen.does("load('film')")
        for call in (view, f"window({0.5 * white}, {0.4 * white})", "panBy(0.03, 0.02)"):
            screen.does(call)
        shown.append(screen.greys())
        assert renderer == screen.state["renderer"]
        screen.does("toggleHeat()")
        shown.append(screen.seen())

    card, card_warm, none, none_warm = shown
    assert np.abs(card - none).max() <= 2
    assert np.ptp(card) > 100
    # Browsers draw the sharp edge in this map a little differently.
    assert np.quantile(np.abs(card_warm - none_warm), 0.99) <= 2
