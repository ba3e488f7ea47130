"""The viewer in a real browser: heat maps, two films side by side, and the controls."""

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


def test_the_heat_map_lies_over_the_film_with_the_opacity_asked_for(
    screen: Screen, films: FilmServer, heat_map: Array
) -> None:
    films.films["film"], films.heat["film"] = (np.full((300, 400), 100, np.uint8), 255), heat_map
    screen.does("load('film')")
    assert (screen.greys()[200, 350:500] == 100).all()  # the reader has to ask for it

    screen.does("toggleHeat()")
    reds = {}
    for opacity in (1.0, 0.5, 0.0):
        screen.does(f"setHeatOpacity({opacity})")
        colours = screen.seen()
        assert (colours[200, 200] == 100).all()
        reds[opacity] = int(colours[200, 450, 0])

    assert 100 == reds[0.0]
    assert 100 * 0.7 + 200 * 0.3 == pytest.approx(reds[0.5], abs=2)
    assert 100 * 0.4 + 200 * 0.6 == pytest.approx(reds[1.0], abs=2)


def test_a_blinded_reader_gets_no_heat_map(
    open_screen: Callable[..., Screen], films: FilmServer, heat_map: Array
) -> None:
    """It is not even fetched; once the film is read, it may be shown."""
    screen = open_screen()
    films.films["film"], films.heat["film"] = (np.full((300, 400), 100, np.uint8), 255), heat_map
    screen.does("load('film', { heat: false })")
    screen.does("toggleHeat()")

    assert (screen.greys()[200, 200:400] == 100).all()
    assert 0 == films.asked["film heat"]
    screen.does("allowHeat(true)")
    assert np.ptp(screen.seen()[200, 450]) > 40
    screen.does("allowHeat(false)")
    assert (screen.greys()[200, 200:400] == 100).all()


def test_the_legend_has_the_colours_of_the_heat_map_and_is_there_with_it(
    open_screen: Callable[..., Screen], films: FilmServer, heat_map: Array
) -> None:
    from firstread.inference import explain

    screen = open_screen("2d")
    films.films["film"], films.heat["film"] = (np.full((300, 400), 100, np.uint8), 255), heat_map
    films.films["cold"] = np.full((300, 400), 100, np.uint8), 255
    legend = screen.page.locator(".film-legend")
    screen.does("load('film')")
    assert legend.is_hidden()
    before = screen.seen().shape

    screen.does("toggleHeat()")
    screen.until(legend.is_visible)

    assert before == screen.seen().shape
    assert "where the network looked, not where disease is" in legend.inner_text()
    pane, box = screen.page.locator(".film-pane").bounding_box(), legend.bounding_box()
    assert pane is not None
    assert box is not None
    assert pane["y"] <= box["y"]
    assert box["y"] + box["height"] <= pane["y"] + pane["height"]
    shown = legend.locator("i").evaluate("scale => getComputedStyle(scale).backgroundImage")
    assert shown.count("rgb") == len(explain.COLOURS)
    for red, green, blue in explain.COLOURS.astype(int):
        assert f"rgb({red}, {green}, {blue})" in shown
    screen.does("setHeatOpacity(0)")
    screen.until(legend.is_hidden)
    screen.does("setHeatOpacity(1)")
    screen.until(legend.is_visible)
    screen.does("load('cold')")
    screen.until(legend.is_hidden)


def test_window_and_level_change_step_by_step(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen("2d")
    films.films["film"] = ramp(300, 300, 4000), 4000
    screen.does("load('film')")

    screen.does("widthBy(0.5)")
    assert {"centre": 2000, "width": 2000} == screen.state["window"]
    screen.does("levelBy(-0.1)")
    assert {"centre": 1800, "width": 2000} == screen.state["window"]
    screen.does("levelBy(2)")
    assert {"centre": 4000, "width": 2000} == screen.state["window"]


@pytest.mark.parametrize("turned", [False, True])
def test_window_and_level_count_in_the_values_of_the_file(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm, turned: bool
) -> None:
    """Of values −1000..3095 a LINEAR window 600 wide around 40 shows those from −260 to 339 as 0..1."""
    screen = open_screen("2d")
    films.films["film"] = ramp(300, 300, 65535), 65535
    slope, black = 4095 / 65535, (3095 - 339 if turned else 1000 - 260)
    films.more["film"] = {
        "Window-Centre": (black + 599 / 2) / slope,
        "Window-Width": 599 / slope,
        "Window-Function": "LINEAR",
        "Value-Slope": -slope if turned else slope,
        "Value-Intercept": 3095 if turned else -1000,
    }
    screen.does("load('film')")
    width = screen.page.get_by_title("Window width").get_by_role("spinbutton")
    level = screen.page.get_by_title("Window level").get_by_role("spinbutton")
    screen.until(lambda: (width.input_value(), level.input_value()) == ("600", "40"))
    assert "W 600 L 40" in screen.page.inner_text(".film-facts")
    first = screen.greys()

    level.fill("-500")
    screen.page.keyboard.press("Enter")
    width.fill("1200")
    screen.page.keyboard.press("Enter")

    assert {"centre": -500, "width": 1200} == pytest.approx(screen.state["window"])
    assert screen.greys().mean() > first.mean() if not turned else screen.greys().mean() < first.mean()
    screen.page.get_by_role("button", name="Reset").click()
    assert {"centre": 40, "width": 600} == pytest.approx(screen.state["window"])
    assert np.array_equal(first, screen.greys())


def test_values_that_lie_close_together_are_told_in_parts(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen("2d")
    films.films["film"] = ramp(300, 300, 65535), 65535
    films.more["film"] = {"Value-Slope": 1.25 / 65535}

    screen.does("load('film')")

    screen.until(lambda: "W 1.3 L 0.6" in screen.page.inner_text(".film-facts"))


def test_films_that_move_together_each_begin_with_their_own_window(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    """And the controls tell of the one that was touched last."""
    screen = open_screen("2d")
    for name, first in (("low", (10000, 8000)), ("high", (50000, 20000))):
        films.films[name] = ramp(300, 300, 65535), 65535
        films.more[name] = {"Window-Centre": first[0], "Window-Width": first[1]}
        screen.does(f"load('{name}')")
    screen.does("toggleCompare()")
    screen.does("widthBy(0.5)")
    assert {"centre": 50000, "width": 10000} == screen.state["window"]

    screen.page.locator(".film-pane").nth(1).focus()

    assert {"centre": 10000, "width": 4000} == screen.state["window"]
    width = screen.page.get_by_title("Window width").get_by_role("spinbutton")
    screen.until(lambda: width.input_value() == "4000")
    screen.does("window(10000, 8000)")
    screen.page.locator(".film-pane").nth(0).focus()
    assert {"centre": 50000, "width": 20000} == screen.state["window"]


def test_two_films_stand_side_by_side_and_move_together(
    screen: Screen, films: FilmServer, ramp: MakeFilm
) -> None:
    films.films["one"] = ramp(300, 300), 255
    films.films["two"] = np.full((600, 600), 40000, np.uint16), 65535
    screen.does("load('two')")
    screen.does("load('one')")

    assert screen.does("toggleCompare()") is True

    screen.until(lambda: screen.seen().shape[1] < 310 and screen.seen(1).shape[1] < 310)
    assert "two" == screen.state["compared"]["film"]
    assert np.ptp(screen.greys(0)[200]) > 200
    assert {155, 156} >= set(screen.greys(1)[200, 20:280])
    assert (screen.greys(1)[2] == 0).all()
    screen.does("zoomBy(4)")
    assert {155, 156} >= set(screen.greys(1)[2])  # it grew as well
    screen.does("compareWith(null)")
    screen.until(lambda: screen.seen().shape[1] > 500)
    assert screen.state["compared"] is None


def test_films_that_are_not_linked_move_alone(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen("2d")
    films.films["one"], films.films["two"] = (ramp(300, 300), 255), (ramp(200, 200, 4095), 4095)
    screen.does("load('one')")
    screen.does("compareWith('two')")
    screen.does("link(false)")
    beside = screen.greys(1)

    screen.does("invert()")

    assert np.array_equal(beside, screen.greys(1))
    screen.does("link(true)")
    assert not np.array_equal(beside, screen.greys(1))


def test_the_controls_do_what_the_methods_do(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm, heat_map: Array
) -> None:
    screen = open_screen("2d")
    films.films["film"], films.heat["film"] = (ramp(300, 300, 4095), 4095), heat_map
    assert screen.page.get_by_role("button", name="Invert").is_disabled()
    screen.does("load('film')")
    screen.until(lambda: screen.page.get_by_role("button", name="Heat map").is_enabled())

    for name in ("Invert", "Heat map", "1:1", "Larger"):
        screen.page.get_by_role("button", name=name).click()
    screen.page.get_by_title("Window width").get_by_role("spinbutton").fill("1000")
    screen.page.keyboard.press("Enter")
    screen.page.get_by_label("Opacity of the heat map").fill("30")

    state = screen.state
    assert (True, True, 0.3) == (state["inverted"], state["heat"]["isShown"], state["heat"]["opacity"])
    assert state["window"]["width"] == 1000
    assert state["magnification"] == pytest.approx(1.25)
    assert screen.page.get_by_role("button", name="Invert").get_attribute("aria-pressed") == "true"
    screen.page.get_by_role("button", name="Reset").click()
    assert {"centre": 2047.5, "width": 4095} == screen.state["window"]
