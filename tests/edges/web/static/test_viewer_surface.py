"""The canvas: its size, and what draws on it when a graphics card is missing, small or reset."""

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


NO_WEBGL2 = """
const given = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, how) {
  return kind === "webgl2" ? null : given.call(this, kind, how);
};
"""


def test_without_webgl2_the_film_is_drawn_all_the_same(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen(script=NO_WEBGL2)
    films.films["film"] = ramp(200, 300), 255

    screen.does("load('film')")

    # In this order: what draws is known once something is drawn.
    assert np.ptp(screen.greys()) > 200
    assert "2d" == screen.state["renderer"]


def test_a_film_too_large_for_the_graphics_card_is_drawn_without_it(
    open_screen: Callable[..., Screen], films: FilmServer
) -> None:
    screen = open_screen()
    films.films["long"] = np.full((600, 9000), 128, np.uint8), 255

    screen.does("load('long')")

    assert 128 == screen.greys().max()
    assert "2d" == screen.state["renderer"]


def lose_context(screen: Screen) -> None:
    screen.page.evaluate(
        "window.card = document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context');"
        "card.loseContext()"
    )
    screen.until(lambda: "graphics card was reset" in screen.page.inner_text(".film-message"))


def test_a_graphics_card_that_was_reset_shows_the_film_again(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen()
    films.films["film"] = ramp(200, 300), 255
    screen.does("load('film')")
    before = screen.greys()

    lose_context(screen)
    screen.page.evaluate("card.restoreContext()")
    screen.until(lambda: screen.state["message"] == "")

    assert np.array_equal(before, screen.greys())
    assert "webgl2" == screen.state["renderer"]


def test_a_graphics_card_that_does_not_come_back_is_done_without(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen()
    films.films["film"] = ramp(200, 300), 255
    screen.does("load('film')")
    before = screen.greys()

    lose_context(screen)
    screen.until(lambda: screen.state["renderer"] == "2d")

    assert np.abs(before - screen.greys()).max() <= 2
    assert "" == screen.state["message"]


def test_the_canvas_has_the_pixels_of_the_screen(
    open_screen: Callable[..., Screen], films: FilmServer
) -> None:
    """On a screen with two pixels for each CSS pixel, 1:1 is still one pixel of the film for each of the screen."""
    screen = open_screen(device_scale_factor=2, query="&bare")
    film = np.random.default_rng(2).integers(0, 255, (301, 203)).astype(np.uint8)
    films.films["film"] = film, 255
    screen.does("load('film')")
    screen.does("actualSize()")

    assert (920, 1200) == screen.greys().shape
    assert np.array_equal(film, screen.middle(film.shape))
    screen.page.evaluate("document.getElementById('viewer').style.width = '400px'")
    screen.until(lambda: screen.greys().shape == (920, 800))
