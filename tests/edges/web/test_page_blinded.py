"""A blinded reader sees no score before the answer; a reading is called blinded only where that is known."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]

REFUSED_STORAGE = """
for (const method of ["getItem", "setItem"])
  Storage.prototype[method] = () => { throw new DOMException("refused", "SecurityError"); };
"""
# As many films as the page keeps; which others were seen is not known.
FULL_STORAGE = """
localStorage.setItem("firstread-seen-Dr Weber",
  JSON.stringify(Array.from({ length: 100_000 }, (_, i) => String(i).padStart(16, "0"))));
"""


def test_who_leaves_teaching_is_blinded_as_before(opened: "Page") -> None:
    from playwright.sync_api import expect

    blinded, teaching = opened.locator("#blinded"), opened.locator("#teaching")
    for key, is_blinded, is_teaching in (
        ("b", "true", "false"), ("t", "true", "true"), ("t", "true", "false"), ("b", "false", "false"),
        ("t", "true", "true"), ("t", "false", "false"),
    ):  # fmt: skip
        opened.keyboard.press(key)
        expect(blinded).to_have_attribute("aria-pressed", is_blinded)
        expect(teaching).to_have_attribute("aria-pressed", is_teaching)


def test_a_score_that_was_seen_is_not_called_hidden(opened: "Page", fake: "FakeServer", until: Until) -> None:
    from playwright.sync_api import expect

    seen = fake.ranked()[0]
    expect(opened.locator("#facts .headline b")).to_be_visible()
    opened.keyboard.press("b")
    until(lambda: fake.queries[-1]["blinded"] == "true")
    expect(opened.locator("#film-name")).to_have_text(seen.name)
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
    opened.keyboard.press("1")
    until(lambda: fake.said)

    assert [{"finding": "present", "note": "", "blinded": False}] == fake.said


def test_a_score_in_the_list_was_seen_too_in_every_window(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    """Rows on the screen tell scores; those that nobody scrolled to do not."""
    from playwright.sync_api import expect

    fake.populate(200)
    expect(page.locator("#film-place")).to_have_text("1 of 200")
    expect(page.locator("#who")).not_to_be_empty()
    *_, listed, unlisted = fake.ranked()
    page.locator("#search").fill(listed.name)
    expect(page.locator(f"#film-{listed.film} .percent")).to_contain_text("%")
    page.wait_for_timeout(700)

    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#film-place")).to_have_text("1 of 200")
    other.keyboard.press("b")
    for film, question in (
        (listed, "Do you see pneumonia? (You have seen its score before.)"),
        (unlisted, "Do you see pneumonia?"),
    ):
        other.locator("#search").fill(film.name)
        other.locator(f"#film-{film.film}").click()
        expect(other.locator("#film-name")).to_have_text(film.name)
        expect(other.locator("#question")).to_have_text(question)
        other.get_by_role("button", name="Yes 1").click()
        until(lambda film=film: film.is_read)  # type: ignore[misc]
    other.close()

    assert [False, True] == [said["blinded"] for said in fake.said]


@pytest.mark.parametrize("lacks", ["session", "storage", "room"])
def test_no_reading_is_called_blinded_while_it_is_not_known_what_was_seen(
    page: "Page", fake: "FakeServer", until: Until, lacks: str
) -> None:
    """The score may have been seen in another window, or on an earlier day."""
    from playwright.sync_api import expect

    if lacks == "session":
        page.route("**/api/v1/session", lambda _: None)  # it does not answer
    else:
        page.add_init_script(REFUSED_STORAGE if lacks == "storage" else FULL_STORAGE)
    page.reload()
    page.keyboard.press("b")
    expect(page.locator("#blinded")).to_have_attribute("aria-pressed", "true")
    fake.populate(30)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    if lacks != "session":
        expect(page.locator("#who")).to_have_text("Dr Weber")
    expect(page.locator("#mode")).to_contain_text("no reading is recorded as blinded")
    page.keyboard.press("1")
    until(lambda: fake.said)

    assert [{"finding": "present", "note": "", "blinded": False}] == fake.said


def test_a_blinded_page_tells_of_no_urgent_film_in_its_title(opened: "Page", until: Until) -> None:
    until(lambda: "urgent" in opened.title())
    opened.keyboard.press("b")
    until(lambda: opened.title() == "firstread")


def test_a_blinded_reader_sees_the_score_after_reading(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened = page
    expect(opened.locator("#who")).to_have_text("Dr Weber")
    opened.keyboard.press("b")
    fake.populate(30, waiting=2)
    expect(opened.locator("#mode")).to_contain_text("scores are hidden")
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
    opened.keyboard.press("Home")
    film = next(iter(fake.films.values()))
    expect(opened.locator("#film-name")).to_have_text(film.name)

    seen = opened.locator("#room").inner_text()
    assert "%" not in seen
    assert "URGENT" not in seen
    for kept_back in ("allowHeat", "allowHeatBefore"):
        assert [kept_back, False] in opened.evaluate("window.viewerCalls")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text("Blinded: answer")
    opened.keyboard.press("2")
    expect(opened.locator("#film-name")).not_to_have_text(film.name)

    assert [{"finding": "absent", "note": "", "blinded": True}] == fake.said
    opened.keyboard.press("Backspace")
    expect(opened.locator("#film-name")).to_have_text(film.name)
    expect(opened.locator("#facts .headline b")).to_be_visible()
    assert "true" == fake.queries[-1]["blinded"]


def test_the_heat_map_is_kept_from_a_blinded_reader(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("b")
    opened.keyboard.press("Home")
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
    opened.evaluate("window.viewerCalls.length = 0")
    for key in ("h", "[", "]"):
        opened.keyboard.press(key)
    opened.keyboard.press("j")
    expect(opened.locator("#film-place")).to_have_text("2 of 30")

    calls = opened.evaluate("window.viewerCalls")
    assert {"load", "entitle", "prefetch", "allowHeat", "allowHeatBefore"} >= {name for name, *_ in calls}
    assert [False] == [values[1]["heat"] for name, *values in calls if name == "load"]
