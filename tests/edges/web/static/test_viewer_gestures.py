"""What hands do on a film, in a real browser."""

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


def test_zooming_keeps_what_is_under_the_pointer(screen: Screen, films: FilmServer) -> None:
    film = np.zeros((300, 400), np.uint8)
    film[210:214, 90:94] = 255
    films.films["film"] = film, 255
    screen.does("load('film')")
    # A wheel tells whole pixels; half a pixel beside the spot grows with the zoom.
    y, x = (round(place.mean() + 0.5) for place in np.nonzero(screen.greys() > 200))

    screen.page.mouse.move(x, y)
    for _ in range(3):
        screen.page.mouse.wheel(0, -150)
    screen.until(lambda: bool(screen.state["magnification"] > 2))

    bright = np.nonzero(screen.greys() > 200)
    assert len(bright[0]) > 100
    assert (y, x) == pytest.approx([place.mean() + 0.5 for place in bright], abs=2.5)
    screen.does("fit()")
    assert (y, x) == pytest.approx([place.mean() + 0.5 for place in np.nonzero(screen.greys() > 200)], abs=1)


def test_dragging_moves_the_film_and_with_another_button_its_window(
    screen: Screen, films: FilmServer, ramp: MakeFilm
) -> None:
    films.films["film"] = ramp(300, 300, 4095), 4095
    screen.does("load('film')")
    screen.does("zoomBy(3)")
    mouse = screen.page.mouse
    before = screen.greys()

    def drag(x: int, y: int, button: Any = "left") -> None:
        mouse.move(300, 200)
        mouse.down(button=button)
        mouse.move(300 + x, 200 + y, steps=3)
        mouse.up(button=button)

    drag(40, 0)
    assert np.abs(screen.greys()[:, 40:] - before[:, :-40]).max() <= 1
    drag(75, 50, "right")
    wider = screen.state["window"]
    assert wider["width"] > 1.3 * 4095
    assert wider["centre"] > 2048
    screen.page.keyboard.down("Shift")
    drag(-75, -50)
    screen.page.keyboard.up("Shift")
    assert screen.state["window"]["width"] == pytest.approx(4095, rel=0.01)
    assert f"W {round(screen.state['window']['width'])}" in screen.page.inner_text(".film-facts")


def test_holding_space_moves_the_film_without_a_button(
    screen: Screen, films: FilmServer, ramp: MakeFilm
) -> None:
    films.films["film"] = ramp(300, 300), 255
    screen.does("load('film')")
    screen.does("zoomBy(3)")
    before = screen.greys()
    screen.page.mouse.move(300, 200)
    screen.page.focus(".film-pane")

    screen.page.keyboard.down(" ")
    screen.page.mouse.move(330, 200)
    screen.page.keyboard.up(" ")
    screen.page.mouse.move(430, 200)

    assert np.abs(screen.greys()[:, 30:] - before[:, :-30]).max() <= 1


def test_two_fingers_zoom(open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm) -> None:
    screen = open_screen("2d", has_touch=True)
    films.films["film"] = ramp(), 255
    screen.does("load('film')")
    before = screen.state["magnification"]
    hand = screen.page.context.new_cdp_session(screen.page)

    for kind, gap in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80), ("touchEnd", None)):
        touching = (
            [] if gap is None else [{"x": 300 - gap, "y": 200, "id": 0}, {"x": 300 + gap, "y": 200, "id": 1}]
        )
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touching})

    screen.until(lambda: screen.state["magnification"] == pytest.approx(2 * before, rel=0.02))
