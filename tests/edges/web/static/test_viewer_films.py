"""Films on their way from the server, and at hand."""

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


def test_why_a_film_cannot_be_shown_is_said_and_nothing_else_is_shown(
    screen: Screen, films: FilmServer, ramp: MakeFilm
) -> None:
    films.films["film"] = ramp(200, 300), 255
    films.refuse("bad", 409, "The end of the file is missing.")
    screen.does("load('film')")

    assert screen.does("load('bad')") is False

    assert screen.page.locator(".film-message p").inner_text() == "The end of the file is missing."
    assert not screen.page.get_by_text("Try again").is_visible()
    link = screen.page.get_by_text("Save the original file")
    assert "/api/v1/films/bad/file" == link.get_attribute("href")
    assert 0 == screen.greys().max()
    assert ("bad", "failed") == (screen.state["film"], screen.state["status"])


def test_a_passing_failure_can_be_tried_again(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    screen = open_screen("2d")
    films.films["film"] = ramp(200, 300), 255
    films.refuse("film", 503, "The server is busy.")
    films.refuse("film", 500)

    assert screen.does("load('film')") is False
    assert "The server is busy." == screen.state["message"]
    screen.page.get_by_text("Try again").click()
    screen.until(lambda: "refused the film (500)" in screen.state["message"])
    screen.page.get_by_text("Try again").click()

    screen.until(lambda: screen.state["status"] == "shown")
    assert np.ptp(screen.greys()) > 200


def test_a_film_that_did_not_arrive_whole_is_not_shown(
    open_screen: Callable[..., Screen], films: FilmServer
) -> None:
    screen = open_screen("2d")
    size = {"Film-Width": "9", "Film-Height": "9", "Film-Bits": "8", "Film-White": "255"}
    films.refuse("film", 200, headers=size)

    assert screen.does("load('film')") is False
    assert "The film did not arrive whole." == screen.state["message"]


def test_of_films_in_quick_succession_the_last_is_shown(
    open_screen: Callable[..., Screen], films: FilmServer, ramp: MakeFilm
) -> None:
    """Also when an earlier one takes longer to arrive."""
    screen = open_screen("2d")
    films.films["slow"], films.films["fast"] = (ramp(200, 300), 255), (np.full((9, 9), 77, np.uint8), 255)
    films.delay_s["slow"] = 0.5

    answers = screen.page.evaluate("Promise.all([viewer.load('slow'), viewer.load('fast')])")
    screen.page.wait_for_timeout(700)

    assert [False, True] == answers
    assert 77 == screen.greys().max()


def test_films_stay_at_hand_up_to_so_many_bytes(
    open_screen: Callable[..., Screen], films: FilmServer
) -> None:
    """A film of 30,000 bytes takes 40,000 with its smaller copies: two have room in 90,000."""
    screen = open_screen("2d", query="&bytes=90000")
    for name in ("one", "two", "three"):
        films.films[name] = np.full((100, 300), 5, np.uint8), 255

    screen.does("load('one')")
    screen.does("prefetch('two')")
    screen.does("load('two')")
    screen.does("load('one')")
    assert 1 == films.asked["two pixels"] == films.asked["one pixels"]
    screen.does("load('three')")
    assert 80_000 == screen.state["cachedBytes"]
    screen.does("load('one')")
    screen.does("load('two')")

    assert (1, 2) == (films.asked["one pixels"], films.asked["two pixels"])
