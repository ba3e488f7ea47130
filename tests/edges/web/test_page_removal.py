"""An administrator removes the film that was asked about, and no other."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]


def test_the_question_whether_to_remove_a_film_is_accessible(
    opened: "Page", accessible: "Callable[[Page], list[str]]"
) -> None:
    from playwright.sync_api import expect

    opened.get_by_role("button", name="Remove this film…").click()
    expect(opened.locator("#removal")).to_be_visible()

    assert [] == accessible(opened)


def test_an_administrator_removes_a_film_after_being_asked(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    opened.get_by_role("button", name="Remove this film…").click()
    opened.get_by_role("button", name="Keep it").click()
    opened.get_by_role("button", name="Remove this film…").click()
    expect(opened.locator("#removal-name")).to_have_text(first.name)
    opened.get_by_role("button", name="Remove it").click()
    expect(opened.locator("#film-name")).to_have_text(second.name)

    assert first.film not in fake.films
    assert second.film in fake.films


def test_the_film_that_was_asked_about_is_the_one_that_goes(
    opened: "Page", fake: "FakeServer", until: Until
) -> None:
    """An answer that was on its way lets the page go on to the next film behind the question."""
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    fake.reading_delay_s = 1.0
    opened.keyboard.press("a")
    opened.get_by_role("button", name="Remove this film…").click()
    expect(opened.locator("#removal-name")).to_have_text(first.name)
    expect(opened.locator("#film-name")).to_have_text(second.name)
    opened.get_by_role("button", name="Remove it").click()
    until(lambda: first.film not in fake.films)

    assert second.film in fake.films


def test_a_film_that_is_not_listed_stands_beside_no_other_film_s_name(
    opened: "Page", fake: "FakeServer"
) -> None:
    from playwright.sync_api import expect

    first = fake.ranked()[0]
    opened.keyboard.press("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    opened.route(f"**/films/{first.film}?*", lambda _: None)  # it does not answer
    opened.keyboard.press("Backspace")
    expect(opened.locator("#film-name")).to_have_text("")

    expect(opened.locator("#facts")).to_be_empty()
    expect(opened.locator("#reading")).to_be_hidden()
    expect(opened.get_by_role("button", name="Remove this film…")).to_be_hidden()
