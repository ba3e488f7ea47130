"""The page can be used by everybody: on the keyboard alone, in the dark and in the light, on a phone."""

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route
    from tests.edges.web.fake_server import FakeServer, Running

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]
DISCLAIMER = "Research software, not a medical device: a radiologist reads every film."


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    """Return the page with 30 films, the first chosen."""
    from playwright.sync_api import expect

    fake.populate(30)
    fake.ranked()[0].synthetic = True
    fake.ranked()[0].warnings = ["unlike the films the model learned from"]
    fake.changed()
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    expect(page.locator("#facts")).to_contain_text("Why is this here?")
    return page


# What each key that moves among films does, from the second of 30 films.
PLACES = {
    "j": "3", "ArrowDown": "3", "k": "1", "ArrowUp": "1", "Home": "1", "End": "30", "PageUp": "1", "Backspace": "1",
}  # fmt: skip
# What each key asks of the viewer.
VIEWED: dict[str, list[Any]] = {
    "+": ["zoomBy", 1.25], "=": ["zoomBy", 1.25], "-": ["zoomBy", 0.8],
    "Shift+ArrowLeft": ["panBy", 0.1, 0], "Shift+ArrowRight": ["panBy", -0.1, 0],
    "Shift+ArrowUp": ["panBy", 0, 0.1], "Shift+ArrowDown": ["panBy", 0, -0.1],
    "<": ["widthBy", 1 / 1.1], ">": ["widthBy", 1.1], ",": ["levelBy", -0.05], ".": ["levelBy", 0.05],
    "i": ["invert"], "h": ["toggleHeat"], "[": ["setHeatOpacity", 0.4], "]": ["setHeatOpacity", 0.6],
    "c": ["toggleCompare"], "w": ["fit"], "x": ["actualSize"], "0": ["reset"],
}  # fmt: skip
# Those that have a test of their own, here or beside the reading.
OTHERS = {
    "PageDown", "a", "d", "u", "1", "2", "3", "n", "z", "b", "t", "g", "/", "o", "e", "r",
    "Shift+d", "Shift+f", "f", "l", "Escape", "?",
}  # fmt: skip


def test_modules_are_named_once_each_however_deep_they_are_imported() -> None:
    from firstread.edges.web import page as pages

    static = Path(pages.__file__).with_name("static")
    for html, deep in ((pages.reading_room_page(), "virtual-rows.js"), (pages.dashboard_page(), "chart.js")):
        named = re.findall(r'rel="modulepreload" href="/static/([^"]+)"', html)
        assert len(set(named)) == len(named)
        assert deep in named
        assert all((static / name).is_file() for name in named)


def test_keys_move_among_the_films(opened: "Page") -> None:
    from playwright.sync_api import expect

    for key, place in PLACES.items():
        opened.keyboard.press("Home")
        opened.keyboard.press("j")
        expect(opened.locator("#film-place")).to_have_text("2 of 30")
        opened.keyboard.press(key)
        expect(opened.locator("#film-place"), key).to_have_text(f"{place} of 30")


def test_keys_reach_the_viewer(opened: "Page", until: Until) -> None:
    for key, call in VIEWED.items():
        opened.evaluate("window.viewerCalls.length = 0")
        opened.keyboard.press(key)
        until(partial(_called, opened, call))


def _called(page: "Page", call: list[Any]) -> bool:
    return call in page.evaluate("window.viewerCalls")


def test_page_down_goes_on_by_what_is_in_view(opened: "Page") -> None:
    from playwright.sync_api import expect

    in_view = opened.evaluate("Math.floor(document.getElementById('list').clientHeight / 48)")
    opened.keyboard.press("PageDown")
    expect(opened.locator("#film-place")).to_have_text(f"{in_view + 1} of 30")


def test_keys_of_the_page(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("f")
    expect(opened.locator("#films")).to_be_hidden()
    opened.keyboard.press("Escape")
    expect(opened.locator("#films")).to_be_visible()
    expect(opened.locator("#list")).to_be_focused()
    opened.keyboard.press("/")
    expect(opened.locator("#search")).to_be_focused()
    opened.keyboard.type("jabz")  # a search, no commands
    expect(opened.locator("#nothing")).to_be_visible()
    opened.keyboard.press("Escape")
    opened.keyboard.press("Shift+F")
    expect(opened.get_by_role("button", name="Files…")).to_be_focused()
    opened.keyboard.press("Escape")
    expect(opened.locator("#add")).to_be_focused()
    with opened.expect_download() as saved:
        opened.keyboard.press("o")

    assert saved.value.suggested_filename.endswith(".dcm")


def test_the_help_lists_every_key(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("?")
    expect(opened.locator("#help")).to_be_visible()
    listed = opened.evaluate("""async () => {
        const { commands } = await import("/static/commands.js");
        return commands({}).flatMap((command) => command.keys);
    }""")
    shown = opened.locator("#commands kbd").count()
    opened.keyboard.press("j")  # not while a dialog is open
    opened.keyboard.press("?")
    expect(opened.locator("#help")).to_be_hidden()
    expect(opened.locator("#film-place")).to_have_text("1 of 30")

    assert len(listed) == len(set(listed)) == shown
    assert set(listed) == PLACES.keys() | VIEWED.keys() | OTHERS


def test_a_film_says_every_name_that_it_came_under(opened: "Page", fake: "FakeServer") -> None:
    """Few names stand there, more unfold; what is unfolded stays so when the film has changed."""
    from playwright.sync_api import expect

    chosen = fake.ranked()[0]
    told, folded = opened.locator("#facts .copies li:visible"), opened.locator("#other-names")
    expect(told).to_have_count(0)
    chosen.copies = ["desk/a.dcm", "b.dcm", "c.dcm"]
    fake.changed()
    expect(told).to_have_text(["a.dcm in desk", "b.dcm", "c.dcm"])
    expect(opened.locator(".film[aria-selected=true] .names")).to_have_text("4 names")
    expect(opened.locator("#facts")).to_contain_text("Also came as")
    expect(folded).to_have_count(0)

    chosen.copies += ["<i>d.dcm", "e.dcm"]
    fake.changed()
    expect(folded).to_have_text("2 more names")
    folded.press("Enter")
    expect(told).to_have_text(["a.dcm in desk", "b.dcm", "c.dcm", "<i>d.dcm", "e.dcm"])

    chosen.copies += [f"{i}.dcm" for i in range(100)]
    fake.changed()
    expect(folded).to_have_text("102 more names")
    expect(folded).to_be_focused()
    expect(told).to_have_count(100)
    expect(opened.locator("#facts .facts details")).to_contain_text("The first 100 of 105 are listed.")
    opened.keyboard.press("j")
    expect(opened.locator("#film-place")).to_have_text("2 of 30")
    expect(told).to_have_count(0)


def test_copies_are_accessible(
    opened: "Page", fake: "FakeServer", accessible: "Callable[[Page], list[str]]"
) -> None:
    from playwright.sync_api import expect

    for film in fake.films.values():
        film.copies = [f"ward/{i}.dcm" for i in range(5)]
    fake.changed()
    opened.locator("#other-names").click()
    expect(opened.locator("#facts .copies li:visible")).to_have_count(5)

    assert [] == accessible(opened)


@pytest.mark.parametrize("width", [390, 900, 1440])
def test_the_help_shows_its_keys_and_gestures_in_every_window(opened: "Page", width: int) -> None:
    from playwright.sync_api import expect

    opened.set_viewport_size({"width": width, "height": 844})
    opened.keyboard.press("?")

    for key in opened.locator("#commands kbd").all():
        expect(key).to_be_visible()
    expect(opened.locator("#commands")).to_contain_text("Mouse and touch")
    assert 0 == opened.locator("#help").evaluate("help => Math.max(0, help.scrollWidth - help.clientWidth)")


def test_single_keys_can_be_turned_off(opened: "Page", fake: "FakeServer") -> None:
    """Who speaks to the computer would record readings by talking (WCAG 2.1, 2.1.4)."""
    from playwright.sync_api import expect

    opened.keyboard.press("?")
    opened.locator("#keys-on").uncheck()
    opened.keyboard.press("Escape")
    opened.keyboard.press("a")
    opened.keyboard.press("j")
    expect(opened.locator("#film-place")).to_have_text("1 of 30")

    assert [] == fake.said
    opened.keyboard.press("?")
    expect(opened.locator("#help")).to_be_hidden()
    opened.keyboard.press("ArrowDown")  # nobody speaks an arrow
    expect(opened.locator("#film-place")).to_have_text("2 of 30")
    opened.keyboard.press("Home")
    opened.locator("#open-help").press("Enter")
    opened.locator("#keys-on").check()
    opened.keyboard.press("Escape")
    opened.keyboard.press("j")
    expect(opened.locator("#film-place")).to_have_text("2 of 30")


def test_the_keyboard_alone_is_enough(page: "Page", fake: "FakeServer", until: Until) -> None:
    """From the empty page to a reading that was taken back, without a pointer."""
    from playwright.sync_api import expect

    expect(page.locator("#empty")).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "try-synthetic":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#film-place")).to_have_text("1 of 12")
    expect(page.locator("#film-synthetic")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#film-place")).to_have_text("2 of 12")
    page.keyboard.press("n")
    page.keyboard.type("left base")
    page.keyboard.press("Escape")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    until(lambda: fake.said)
    expect(page.locator("#film-place")).to_have_text("2 of 11")
    page.keyboard.press("z")
    expect(page.locator("#film-place")).to_have_text("2 of 12")

    assert "left base" == fake.said[0]["note"]


def test_the_film_is_said_to_who_listens(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("j")
    expect(opened.locator("#announcer")).to_contain_text("Film 2 of 30: ")
    chosen = opened.locator('.film[aria-selected="true"]')
    expect(chosen).to_have_attribute("aria-posinset", "2")
    assert chosen.get_attribute("id") == opened.locator("#list").get_attribute("aria-activedescendant")


def test_the_theme_is_dark_at_first_and_remembered(opened: "Page") -> None:
    from playwright.sync_api import expect

    expect(opened.locator("html")).to_have_attribute("data-theme", "dark")
    opened.keyboard.press("l")
    expect(opened.locator("html")).to_have_attribute("data-theme", "light")
    opened.reload()
    expect(opened.locator("html")).to_have_attribute("data-theme", "light")
    opened.locator("#theme").click()
    expect(opened.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_phone_shows_the_list_or_the_film(browser: "Browser", running: "Running", until: Until) -> None:
    from playwright.sync_api import expect

    running.server.populate(30)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    phone.goto(running.url)
    until(lambda: phone.locator(".film:not([hidden])").count() > 3)
    expect(phone.locator("#film")).to_be_hidden()
    phone.locator(".film").nth(2).click()
    expect(phone.locator("#film-name")).to_be_visible()
    expect(phone.locator("#films")).to_be_hidden()
    expect(phone.locator("#disclaimer")).to_be_visible()

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator("#to-list").click()
    expect(phone.locator("#films")).to_be_visible()
    phone.context.close()


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1024, 600), (970, 600), (640, 400), (320, 256)])
def test_nothing_is_cut_off_in_a_small_window(opened: "Page", width: int, height: int) -> None:
    """Down to 1280 × 1024 at 400 % (WCAG 2.1, 1.4.10), and with counts as a large room has them."""
    opened.set_viewport_size({"width": width, "height": height})
    opened.evaluate(
        "document.querySelectorAll('.chip b').forEach((count) => { count.textContent = '12,345'; })"
    )
    if width < 960:
        opened.locator("#to-list").click()
    _stand_within(opened, "#films", "#search, .chip, .selects > *")
    if width < 960:
        opened.locator(".film").nth(1).click()
    _stand_within(opened, "#detail", "#answers button:not([hidden]), #note")

    opened.locator("#note").fill("seen")
    assert opened.locator("#note").evaluate("note => note.getBoundingClientRect().bottom <= innerHeight")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _stand_within(page: "Page", panel: str, parts: str) -> None:
    around = page.locator(panel).bounding_box()
    assert around is not None
    for part in page.locator(parts).all():
        box = part.bounding_box()
        assert box is not None
        assert around["x"] <= box["x"]
        assert box["x"] + box["width"] <= around["x"] + around["width"]


def test_the_next_film_is_brought_into_view_where_the_page_scrolls(opened: "Page") -> None:
    """Or films would be answered for that nobody has seen."""
    from playwright.sync_api import expect

    opened.set_viewport_size({"width": 380, "height": 700})
    for key in ("a", "j"):
        name = opened.locator("#film-name").inner_text()
        opened.locator("#remove-film").scroll_into_view_if_needed()
        expect(opened.locator(".stage")).not_to_be_in_viewport()
        opened.keyboard.press(key)
        expect(opened.locator("#film-name")).not_to_have_text(name)
        expect(opened.locator(".stage")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_that_go_on_below_the_edge_end_in_a_shadow(opened: "Page", theme: str) -> None:
    if theme == "light":
        opened.keyboard.press("l")
    opened.set_viewport_size({"width": 1100, "height": 500})
    told = opened.locator("#told")

    cut = _lowest_row(told)
    told.evaluate("told => told.scrollTo(0, told.scrollHeight)")

    assert np.abs(cut - _lowest_row(told)).max() > 25


def _lowest_row(part: "Locator") -> npt.NDArray[np.int64]:
    """Return the colours near the lower edge of a part of the page, left of its words."""
    with Image.open(io.BytesIO(part.screenshot())) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)[-4, 3:9]


def test_a_film_that_the_server_tells_nothing_of_has_no_size(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.route("**/api/v1/films/*", lambda route: route.abort())
    opened.keyboard.press("j")
    expect(opened.locator("#facts")).to_contain_text(opened.locator("#film-name").inner_text())

    expect(opened.locator("#facts")).not_to_contain_text("NaN")
    expect(opened.locator("#facts dt", has_text="File")).to_have_count(0)


def test_the_page_says_that_synthetic_films_are_being_made(page: "Page") -> None:
    from playwright.sync_api import expect

    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    page.route("**/films/synthetic", hold)
    page.locator("#try-synthetic").click()
    expect(page.get_by_role("status").filter(has_text="films are being made")).to_be_visible()
    held[0].continue_()

    expect(page.locator("#film-place")).to_have_text("1 of 12")


def test_the_page_works_without_a_viewer(browser: "Browser", running: "Running") -> None:
    from playwright.sync_api import expect

    running.server.populate(3)
    page = browser.new_page()
    page.route("**/static/viewer.js", lambda route: route.fulfill(status=404))
    page.goto(running.url)
    expect(page.locator("#no-viewer")).to_contain_text("The film cannot be shown")
    for key in ("+", "h", "[", "c", "j"):
        page.keyboard.press(key)
    expect(page.locator("#film-place")).to_have_text("2 of 3")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Recorded: agree")
    page.close()


def test_names_are_text_and_nothing_else(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.populate(2)
    hostile = fake.ranked()[0]
    hostile.name = '<img src=x onerror="document.title=1">\u202egnp.dcm'
    hostile.warnings = ["<b>bold</b>"]
    fake.changed()
    shown = '<img src=x onerror="document.title=1">\ufffdgnp.dcm'
    expect(page.locator("#film-name")).to_have_text(shown)
    expect(page.locator(".film .name").first).to_have_text(shown)

    assert 0 == page.locator("main img, main b b").count()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_room_is_accessible(
    opened: "Page", theme: str, accessible: "Callable[[Page], list[str]]"
) -> None:
    if theme == "light":
        opened.keyboard.press("l")

    assert [] == accessible(opened)


@pytest.mark.parametrize("key", ["?", "b", "t", "g", "e"])
def test_dialogs_and_modes_are_accessible(
    opened: "Page", key: str, accessible: "Callable[[Page], list[str]]"
) -> None:
    opened.keyboard.press(key)
    opened.wait_for_timeout(600)

    assert [] == accessible(opened)


def test_the_empty_page_is_accessible_and_says_what_it_is(
    page: "Page", tmp_path: Path, accessible: "Callable[[Page], list[str]]"
) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#disclaimer")).to_have_text(DISCLAIMER)
    (tmp_path / "one.dcm").write_text("one")
    assert [] == accessible(page)
    page.locator("#files").set_input_files(tmp_path / "one.dcm")
    expect(page.locator("#upload-title")).to_have_text("Done: 1 file")
    # It is never scored here: the page chooses it after a while.
    expect(page.locator("#film-name")).to_have_text("one.dcm", timeout=20_000)
    assert [] == accessible(page)
