"""A note goes with its reading, and one that was begun is not lost."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser


def test_a_note_goes_with_the_reading_and_keys_only_write_in_it(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("n")
    opened.keyboard.type("adjudicate")
    opened.keyboard.press("Escape")
    opened.keyboard.press("d")
    expect(opened.locator("#said")).to_contain_text("Recorded: disagree")
    expect(opened.locator("#note")).to_have_value("")

    assert [{"verdict": "disagree", "note": "adjudicate", "blinded": False}] == fake.said


def test_the_note_of_the_last_film_does_not_stay_in_its_field(page: "Page", fake: "FakeServer") -> None:
    """There is no next film that would empty it, and it would look as if it still had to be recorded."""
    from playwright.sync_api import expect

    fake.populate(1)
    expect(page.locator("#film-place")).to_have_text("1 of 1")
    page.keyboard.press("n")
    page.keyboard.type("the last one")
    page.keyboard.press("Escape")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    expect(page.locator("#nothing")).to_contain_text("Every film is read.")

    expect(page.locator("#note")).to_have_value("")
    assert "the last one" == fake.said[0]["note"]


def test_a_note_comes_back_with_the_reading_that_was_taken_back(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    first = fake.ranked()[0]
    opened.keyboard.press("n")
    opened.keyboard.type("left base")
    opened.keyboard.press("Escape")
    opened.keyboard.press("d")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    opened.keyboard.press("z")
    expect(opened.locator("#film-name")).to_have_text(first.name)
    expect(opened.locator("#note")).to_have_value("left base")
    expect(opened.locator("#said")).to_have_text("Taken back: disagree. The film is shown again.")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")

    assert ["left base", "left base"] == [said["note"] for said in fake.said]


def test_a_note_that_grows_while_the_answer_is_on_its_way_stays_with_its_film(
    opened: "Page", fake: "FakeServer"
) -> None:
    """It is neither lost nor written on the next film; what was recorded is what was there at the answer."""
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    fake.reading_delay_s = 1.0
    opened.keyboard.press("n")
    opened.keyboard.type("left base")
    opened.keyboard.press("Escape")
    opened.keyboard.press("d")
    opened.keyboard.press("n")
    opened.keyboard.press("End")
    opened.keyboard.type(", old")
    expect(opened.locator("#said")).to_contain_text("Recorded: disagree")
    expect(opened.locator("#film-place")).to_contain_text("not listed")
    opened.keyboard.type(" scar")
    opened.keyboard.press("Escape")

    expect(opened.locator("#film-name")).to_have_text(first.name)
    expect(opened.locator("#note")).to_have_value("left base, old scar")
    fake.reading_delay_s = 0.0
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("d")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    expect(opened.locator("#note")).to_have_value("")
    assert ["left base", "left base, old scar"] == [said["note"] for said in fake.said]


def test_a_note_that_is_left_as_it_was_recorded_is_not_begun_anew(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.reading_delay_s = 1.0
    opened.keyboard.press("n")
    opened.keyboard.type("left base")
    opened.keyboard.press("Escape")
    opened.keyboard.press("d")
    opened.keyboard.press("n")
    expect(opened.locator("#said")).to_contain_text("Recorded: disagree")
    expect(opened.locator("#note")).to_have_value("left base")
    opened.keyboard.press("Escape")

    expect(opened.locator("#note")).to_have_value("")


def test_a_note_that_was_begun_is_there_after_a_reload_until_it_is_recorded(
    opened: "Page", fake: "FakeServer"
) -> None:
    from playwright.sync_api import expect

    expect(opened.locator("#who")).to_have_text("Dr Weber")
    opened.keyboard.press("n")
    opened.keyboard.type("compare with May")
    opened.reload()
    expect(opened.locator("#note")).to_have_value("compare with May")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")

    assert "compare with May" == fake.said[0]["note"]
    kept = opened.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")
    assert "compare with May" not in kept


def test_a_note_that_was_begun_is_its_readers_alone(opened: "Page") -> None:
    """Several readers may use one window, one after the other."""
    from playwright.sync_api import expect

    expect(opened.locator("#who")).to_have_text("Dr Weber")
    opened.keyboard.press("n")
    opened.keyboard.type("mine")
    session = '{"name": "Dr Curie", "role": "reader", "door": "account", "takes_folders": false}'
    opened.route("**/api/v1/session", lambda route: route.fulfill(body=session))
    opened.reload()
    expect(opened.locator("#who")).to_have_text("Dr Curie")
    expect(opened.locator("#question")).to_be_visible()
    expect(opened.locator("#note")).to_have_value("")
    opened.unroute("**/api/v1/session")
    opened.reload()

    expect(opened.locator("#note")).to_have_value("mine")
