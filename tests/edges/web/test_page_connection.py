"""News of changes come, break off and come again."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]


def top(page: "Page") -> "Locator":
    """Return the name of the film that stands first."""
    return page.locator('.film[data-index="0"]:not([hidden]) .name')


def test_a_lost_connection_is_told_and_mended(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.populate(10)
    expect(top(page)).not_to_be_empty()
    fake.drops_streams = True
    expect(page.locator("#live")).to_have_text("No connection: trying again")
    late = fake.films[next(reversed(fake.films))]
    late.probability = 1.0
    fake.changed()
    fake.drops_streams = False
    expect(top(page)).to_have_text(late.name)

    expect(page.locator("#live")).to_have_text("Up to date")


def test_a_page_that_is_asked_to_listen_again_does_so_without_a_word(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(10)
    expect(top(page)).not_to_be_empty()
    page.evaluate("""() => {
      window.said = [];
      const live = document.getElementById("live");
      new MutationObserver(() => window.said.push(live.textContent)).observe(live, { childList: true, subtree: true });
    }""")
    fake.streams_ask_again = True
    until(lambda: fake.streams_opened == 2)
    late = fake.films[next(reversed(fake.films))]
    late.probability = 1.0
    fake.changed()
    expect(top(page)).to_have_text(late.name)

    assert not any("No connection" in said for said in page.evaluate("window.said"))


def test_two_pages_of_a_browser_share_one_stream_and_one_takes_it_over_from_the_other(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    """A browser opens six connections to a server at most, and keeps them for all its pages."""
    from playwright.sync_api import expect

    def has_come(name: str, probability: float, *pages: "Page") -> None:
        fake.add(name, probability)
        for each in pages:
            expect(top(each)).to_have_text(name)

    fake.populate(10)
    expect(top(page)).not_to_be_empty()
    other = page.context.new_page()
    other.goto(page.url)
    expect(top(other)).not_to_be_empty()
    has_come("late.dcm", 0.9998, page, other)
    assert 1 == fake.streams_opened

    page.close()
    until(lambda: fake.streams_opened == 2)
    has_come("later.dcm", 0.9999, other)
    other.close()


def test_whoever_is_logged_out_is_told(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.populate(10)
    expect(top(page)).not_to_be_empty()
    page.route("**/api/v1/worklist/search", lambda route: route.fulfill(status=401, body="{}"))
    fake.changed()

    expect(page.locator("#problem")).to_contain_text("You are logged out.")
    expect(page.get_by_role("button", name="Log in again")).to_be_visible()
