"""An administrator takes in a folder of the server from the page, where the settings name one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]
OFFER = "A folder of the server…"


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    """Return the page of an administrator of a server with two roots."""
    fake.populate(5)
    fake.roots = {"archive": ["2026", "2026/ward 1", "2026/ward 2"], "new": ["today"]}
    page.reload()
    page.locator("#add").click()
    page.get_by_role("button", name=OFFER).click()
    return page


def test_the_panels_are_accessible(
    opened: "Page", fake: "FakeServer", accessible: "Callable[[Page], list[str]]"
) -> None:
    """The dialog, and what is shown of the folder while it is taken in and when films of it were left."""
    from playwright.sync_api import expect

    expect(opened.locator("#root-said")).to_contain_text("7 files")
    assert [] == accessible(opened)
    opened.get_by_role("button", name="Take in").click()
    expect(opened.locator("#taking")).to_be_visible()
    assert [] == accessible(opened)
    assert fake.taking is not None
    named = [{"path": "a.dcm", "why": "unreadable"}]
    fake.taking |= {"stage": "done", "n_found": 7, "n_ended": 7, "left": {"unreadable": 1}, "named": named}
    opened.get_by_text("What was left…").click()
    expect(opened.locator("#taking-named li")).to_have_count(1)

    assert [] == accessible(opened)


def test_without_roots_it_is_not_offered(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    expect(page.locator("#empty")).to_be_visible()
    expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()
    expect(page.get_by_role("button", name=OFFER)).to_have_count(0)
    fake.roots = {"archive": []}
    page.reload()
    expect(page.get_by_role("button", name=OFFER)).to_have_count(1)


def test_a_folder_is_found_by_going_from_folder_to_folder(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    folders = opened.locator("#root-folders button")
    expect(opened.locator("#root option")).to_have_text(["archive", "new"])
    expect(opened.locator("#root-said")).to_have_text("In it: 7 files and 1 folder.")
    expect(opened.locator("#root-up")).to_be_disabled()
    folders.get_by_text("2026").click()
    expect(folders).to_have_text(["ward 1", "ward 2"])
    folders.get_by_text("ward 2").click()
    expect(opened.locator("#root-path")).to_have_value("2026/ward 2")
    expect(folders).to_have_count(0)
    opened.locator("#root-up").click()
    expect(folders).to_have_text(["ward 1", "ward 2"])
    opened.locator("#root").select_option("new")
    expect(opened.locator("#root-path")).to_have_value("")
    expect(folders).to_have_text(["today"])

    assert fake.taking is None


def test_a_folder_is_typed_and_taken_in_with_the_keyboard(
    opened: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    expect(opened.locator("#root-path")).to_be_focused()
    opened.keyboard.type("2026/ward 3")
    expect(opened.locator("#root-said")).to_have_text(
        "There is no such folder here, or it may not be opened."
    )
    opened.keyboard.press("Backspace")
    opened.keyboard.type("1")
    expect(opened.locator("#root-said")).to_contain_text("7 files")
    opened.keyboard.press("Enter")
    expect(opened.locator("#roots")).to_be_hidden()
    expect(opened.locator("#taking-title")).to_have_text("archive/2026/ward 1: counting, 0 files so far")

    assert fake.taking is not None
    assert ("archive", "2026/ward 1") == (fake.taking["root"], fake.taking["path"])
    fake.taking |= {"stage": "running", "n_found": 40, "n_ended": 10, "new": 8, "known": 2}
    expect(opened.locator("#taking-title")).to_have_text("archive/2026/ward 1: 10 of 40 files")
    expect(opened.locator("#taking-ends")).to_have_text("8 received · 2 already here")
    expect(opened.locator("#taking-bar")).to_have_attribute("value", "0.25")
    named = [{"path": "2026/ward 1/a.dcm", "why": "unreadable"}]
    fake.taking |= {"stage": "done", "n_ended": 40, "new": 37, "left": {"unreadable": 1}, "named": named}
    expect(opened.locator("#taking-title")).to_have_text("Done: archive/2026/ward 1, 40 files")
    expect(opened.locator("#taking-ends")).to_contain_text("1 left out (1 could not be read)")
    opened.get_by_text("What was left…").click()
    expect(opened.locator("#taking-named li")).to_have_text(["2026/ward 1/a.dcm: could not be read"])
    until(lambda: opened.locator("#announcer").text_content() == "Done: archive/2026/ward 1, 40 files")
    expect(opened.locator("#taking-cancel")).to_be_hidden()


def test_it_is_shown_again_after_a_reload_until_it_is_closed(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.get_by_role("button", name="Take in").click()
    expect(opened.locator("#taking")).to_be_visible()
    opened.reload()
    expect(opened.locator("#taking-title")).to_contain_text("archive: counting")
    opened.get_by_role("button", name="Cancel").click()
    expect(opened.locator("#taking-title")).to_have_text("Cancelled: archive, 0 of 0 files")
    opened.locator("#taking-close").click()
    expect(opened.locator("#taking")).to_be_hidden()
    opened.reload()
    expect(opened.locator("#film-place")).to_have_text("1 of 5")
    opened.wait_for_timeout(300)
    expect(opened.locator("#taking")).to_be_hidden()

    assert fake.taking is not None
    assert "cancelled" == fake.taking["stage"]


def test_a_server_that_was_started_anew_does_not_leave_the_reader_waiting(
    opened: "Page", fake: "FakeServer"
) -> None:
    from playwright.sync_api import expect

    opened.get_by_role("button", name="Take in").click()
    expect(opened.locator("#taking")).to_be_visible()
    fake.taking = None
    expect(opened.locator("#taking-title")).to_contain_text("Cut short: archive")
    expect(opened.locator("#taking-trouble")).to_contain_text("Take the same folder in again")


def test_a_refusal_is_said_where_it_was_asked(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.get_by_role("button", name="Take in").click()
    expect(opened.locator("#taking")).to_be_visible()
    assert fake.taking is not None
    fake.taking["stage"] = "running"
    opened.locator("#add").click()
    opened.get_by_role("button", name=OFFER).click()
    opened.get_by_role("button", name="Take in").click()

    expect(opened.locator("#root-said")).to_contain_text("Another folder is being taken in")
    expect(opened.locator("#roots")).to_be_visible()
