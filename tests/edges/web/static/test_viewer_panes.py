"""Two films side by side say which is which, move together, and tell a blinded reader nothing of the model."""

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

# Two films beside each other have the same room, to the pixel.
EVEN = "document.getElementById('viewer').style.width = '601px'"


@pytest.fixture
def compared(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm, heat_map: Array
) -> Screen:
    """Return a viewer with a film beside the one that was shown before it; both have a heat map."""
    screen = open_screen("2d")
    screen.page.evaluate(EVEN)
    for name in ("before", "now"):
        films.films[name], films.heat[name] = (ramp(300, 300), 255), heat_map
        screen.does(f"load('{name}', {{ title: 'chest.dcm' }})")
    assert screen.does("toggleCompare()") is True
    screen.until(lambda: screen.seen(0).shape == screen.seen(1).shape)
    return screen


def titles(screen: Screen) -> list[str]:
    return screen.page.locator(".film-title").all_inner_texts()


def test_each_of_two_films_says_which_one_it_is(compared: Screen) -> None:
    """Two films of one patient may be called the same."""
    assert "before" == compared.state["compared"]["film"]
    compared.until(lambda: titles(compared) == ["This film: chest.dcm", "Shown before: chest.dcm"])
    labels = compared.page.locator(".film-pane").evaluate_all("panes => panes.map(pane => pane.ariaLabel)")
    assert ["This film.", "Shown before."] == [" ".join(label.split()[:2]) for label in labels]

    compared.does("toggleCompare()")
    compared.until(lambda: titles(compared) == ["chest.dcm"])


def test_a_name_that_comes_later_is_said_of_its_film(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    """A film that is not listed any more is shown before its name is known; until then its hash tells it apart."""
    screen = open_screen("2d")
    for name in ("0123456789abcdef", "fedcba9876543210"):
        films.films[name] = ramp(300, 300), 255
        screen.does(f"load('{name}')")
    screen.does("toggleCompare()")
    screen.until(lambda: titles(screen) == ["This film: fedcba987654", "Shown before: 0123456789ab"])

    screen.does("entitle('fedcba9876543210', 'now.dcm')")
    screen.does("entitle('0123456789abcdef', 'before.dcm')")

    screen.until(lambda: titles(screen) == ["This film: now.dcm", "Shown before: before.dcm"])
    screen.does("toggleCompare()")
    screen.does("toggleCompare()")
    screen.until(lambda: titles(screen) == ["This film: now.dcm", "Shown before: before.dcm"])


@pytest.mark.parametrize("touched", [0, 1])
def test_zoom_place_and_window_go_together_whichever_film_is_touched(compared: Screen, touched: int) -> None:
    box = compared.page.locator(".film-pane").nth(touched).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = compared.greys(0), compared.greys(1)
    assert np.array_equal(*before)
    mouse = compared.page.mouse
    mouse.move(x, y)
    mouse.wheel(0, -400)
    mouse.down()
    mouse.move(x + 30, y + 20, steps=3)
    mouse.up()
    mouse.down(button="right")
    mouse.move(x - 30, y - 20, steps=3)
    mouse.up(button="right")

    compared.until(lambda: compared.state["window"]["width"] < 250 and compared.state["magnification"] > 1)
    now = compared.greys(0), compared.greys(1)
    assert np.array_equal(*now)
    assert not np.array_equal(before[0], now[0])


def test_who_becomes_blinded_sees_neither_heat_map(compared: Screen) -> None:
    compared.does("toggleHeat()")
    compared.until(lambda: all(np.ptp(compared.seen(pane), axis=2).max() > 20 for pane in (0, 1)))

    compared.does("allowHeat(false)")
    compared.does("allowHeatBefore(false)")

    for pane in (0, 1):
        compared.greys(pane)  # grey all over
    compared.does("toggleCompare()")
    compared.does("toggleCompare()")
    compared.until(lambda: compared.state["compared"]["status"] == "shown")
    compared.page.wait_for_timeout(200)
    compared.greys(1)
    compared.does("allowHeatBefore(true)")
    assert np.ptp(compared.seen(1), axis=2).max() > 20


def test_a_film_that_comes_at_the_second_try_lies_as_the_other_one(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen("2d")
    screen.page.evaluate(EVEN)
    films.films["before"] = films.films["now"] = ramp(300, 300), 255
    screen.does("load('now')")
    films.refuse("before", 503, "The server is busy.")
    assert screen.does("compareWith('before')") is False
    assert "failed" == screen.state["compared"]["status"]
    # A key reaches the film that is there, although the other one was touched last.
    screen.page.locator(".film-pane").nth(1).focus()
    screen.does("zoomBy(3)")
    screen.does("invert()")
    assert screen.state["inverted"]
    screen.page.locator(".film-pane").nth(1).get_by_role("button", name="Try again").click()
    screen.until(lambda: screen.state["compared"]["status"] == "shown")

    assert np.array_equal(screen.greys(0), screen.greys(1))
