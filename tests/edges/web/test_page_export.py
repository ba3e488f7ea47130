"""What is listed can be taken out, as a file or on paper, on the keyboard alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]
PLAIN = {"state": "unread", "sort": "rank", "descending": "false", "blinded": "false", "named": "true"}


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    """Return the page with 30 films, the first chosen."""
    from playwright.sync_api import expect

    fake.populate(30)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    return page


def save(page: "Page", item: str) -> str:
    """Open the menu, take what an item offers, and return what it was saved as; the menu closes by itself."""
    from playwright.sync_api import expect

    page.keyboard.press("e")
    with page.expect_download() as saved:
        page.locator("#export-menu").get_by_text(item).click()
    name: str = saved.value.suggested_filename
    expect(page.locator("#export-menu")).not_to_have_attribute("open", "")
    expect(page.locator("#export")).to_be_focused()
    return name


def test_the_menu_is_used_on_the_keyboard_alone(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("e")
    expect(opened.get_by_role("button", name="Worklist as CSV")).to_be_focused()
    opened.keyboard.press("Tab")
    expect(opened.get_by_role("button", name="Worklist as JSON")).to_be_focused()
    with opened.expect_download():
        opened.keyboard.press("Enter")
    expect(opened.locator("#export-menu")).not_to_have_attribute("open", "")
    opened.keyboard.press("e")
    expect(opened.get_by_role("button", name="Worklist as CSV")).to_be_focused()
    opened.keyboard.press("Escape")
    expect(opened.locator("#export")).to_be_focused()
    opened.keyboard.press("e")
    expect(opened.get_by_role("button", name="Worklist as CSV")).to_be_focused()
    for _ in range(6):
        opened.keyboard.press("Tab")  # out of it
    expect(opened.locator("#export-menu")).not_to_have_attribute("open", "")

    assert [("worklist.json", list(PLAIN.items()))] == fake.taken_out


def test_no_film_is_read_while_a_menu_is_open(opened: "Page", fake: "FakeServer", until: Until) -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("e")
    expect(opened.get_by_role("button", name="Worklist as CSV")).to_be_focused()
    for key in ("a", "j", "e"):
        opened.keyboard.press(key)
    expect(opened.locator("#export-menu")).to_have_attribute("open", "")
    expect(opened.locator("#film-place")).to_have_text("1 of 30")
    opened.keyboard.press("Escape")
    opened.keyboard.press("a")
    until(lambda: fake.said)

    assert 1 == len(fake.said)


@pytest.mark.parametrize(
    ("item", "name"), [("Worklist as CSV", "worklist.csv"), ("Worklist as JSON", "worklist.json")]
)
def test_a_download_has_the_films_that_are_listed(
    opened: "Page", fake: "FakeServer", until: Until, item: str, name: str
) -> None:
    """Whatever keeps films off the list keeps them out of the file, and the order is the same."""
    opened.locator("#state").select_option("all")
    opened.locator("#sort").select_option("probability")
    opened.get_by_role("button", name="URGENT").click()
    opened.locator("#folder").select_option("2026-03-01/ward 2")
    opened.locator("#search").fill("person000")
    opened.keyboard.press("Enter")
    until(lambda: any(query.get("q") == "person000" for query in fake.queries))

    assert name == save(opened, item)
    (asked,) = fake.taken_out
    listed = next(query for query in fake.queries if query.get("q") == "person000") | {"named": "true"}
    listed = {key: value for key, value in listed.items() if key not in ("offset", "limit")}
    assert (name, listed) == (asked[0], dict(asked[1]))
    assert {
        "q": "person000",
        "band": "URGENT",
        "folder": "2026-03-01/ward 2",
        "descending": "true",
    }.items() <= dict(asked[1]).items()


def test_filters_that_change_change_the_next_download(opened: "Page", fake: "FakeServer") -> None:
    save(opened, "Worklist as CSV")
    opened.locator("#state").select_option("read")
    save(opened, "Worklist as CSV")

    assert ["unread", "read"] == [dict(asked)["state"] for _, asked in fake.taken_out]


def test_labels_are_taken_out(opened: "Page", fake: "FakeServer") -> None:
    """No command learns from that table; the menu names the one that writes what others learn from."""
    assert "firstread labels" in (opened.locator("#export-menu").text_content() or "")
    assert "labels.csv" == save(opened, "Labels as CSV")
    assert [("labels.csv", [("blinded", "false")])] == fake.taken_out


def test_what_is_hidden_on_the_page_is_hidden_in_every_export(
    opened: "Page", fake: "FakeServer", until: Until
) -> None:
    opened.keyboard.press("b")
    until(lambda: fake.queries[-1]["blinded"] == "true")

    for item in ("Worklist as CSV", "Worklist as JSON", "Labels as CSV"):
        save(opened, item)
    with opened.expect_popup():
        opened.keyboard.press("r")
    opened.keyboard.press("e")
    with opened.expect_popup():
        opened.get_by_role("button", name="Worklist to print…").click()
    until(lambda: len(fake.taken_out) == 5)

    assert ["true"] * 5 == [dict(asked)["blinded"] for _, asked in fake.taken_out]


def test_the_list_is_printed_from_a_page_whose_address_says_nothing(
    opened: "Page", fake: "FakeServer"
) -> None:
    """The filters go in the form's body: browsers keep addresses, and print them."""
    opened.locator("#search").fill("person000")
    opened.keyboard.press("Enter")
    opened.keyboard.press("e")
    with opened.expect_popup() as shown:
        opened.get_by_role("button", name="Worklist to print…").click()
    report = shown.value
    report.wait_for_load_state()

    assert "/worklist/report" == report.evaluate("location.pathname + location.search")
    assert [("report", PLAIN | {"q": "person000"})] == [(name, dict(asked)) for name, asked in fake.taken_out]
    assert "Only the first 30 of 35 films stand here." in report.locator("main").inner_text()


def test_the_chosen_film_has_a_report(opened: "Page", fake: "FakeServer", until: Until) -> None:
    from playwright.sync_api import expect

    second = fake.ranked()[1]
    opened.keyboard.press("j")
    expect(opened.locator("#film-place")).to_have_text("2 of 30")
    with opened.expect_popup() as by_key:
        opened.keyboard.press("r")
    with opened.expect_popup():
        opened.get_by_role("link", name="Report to print").focus()
        opened.keyboard.press("Enter")
    until(lambda: len(fake.taken_out) == 2)

    told = [("blinded", "false"), ("named", "true")]
    assert [(second.film, told)] * 2 == fake.taken_out
    assert f"firstread-film-{second.film[:12]}" == by_key.value.title()


def test_names_can_be_left_out_of_all_and_stay_left_out(
    opened: "Page", fake: "FakeServer", until: Until
) -> None:
    """Who leaves them out once does not want them at the next visit either."""
    from playwright.sync_api import expect

    opened.keyboard.press("e")
    opened.get_by_label("With names and notes").click()
    with opened.expect_download():
        opened.get_by_role("button", name="Worklist as CSV").click()
    opened.reload()
    expect(opened.locator("#film-place")).to_have_text("1 of 30")
    save(opened, "Worklist as JSON")
    with opened.expect_popup():
        opened.keyboard.press("r")
    until(lambda: len(fake.taken_out) == 3)

    assert ["false"] * 3 == [dict(asked)["named"] for _, asked in fake.taken_out]


def test_without_a_chosen_film_there_is_no_report(page: "Page") -> None:
    from playwright.sync_api import expect

    expect(page.locator("#empty")).to_be_visible()
    page.keyboard.press("r")

    assert 1 == len(page.context.pages)


@pytest.mark.parametrize("which", ["film", "list"])
def test_a_report_is_accessible_and_goes_on_paper(opened: "Page", fake: "FakeServer", which: str) -> None:
    """The file is called by the film's hash or the moment; the button to print is not printed."""
    axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright")
    if which == "list":
        opened.keyboard.press("e")
    with opened.expect_popup() as shown:
        if which == "film":
            opened.keyboard.press("r")
        else:
            opened.get_by_role("button", name="Worklist to print…").click()
    report = shown.value
    report.wait_for_load_state("networkidle")

    assert report.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    assert [] == [found["id"] for found in axe.Axe().run(report).response["violations"]]
    printed = report.pdf()
    title = (
        f"firstread-film-{fake.ranked()[0].film[:12]}"
        if which == "film"
        else "firstread-worklist-20260301T120000Z"
    )
    assert f"/Title ({title})".encode() in printed
    assert fake.ranked()[0].name.encode() not in printed
    report.emulate_media(media="print")
    assert not report.locator("#print").is_visible()


def test_the_heat_map_lies_on_the_film_exactly(opened: "Page") -> None:
    with opened.expect_popup() as shown:
        opened.keyboard.press("r")
    report = shown.value
    report.wait_for_load_state("networkidle")

    film, heat = (report.locator(f".overlaid .{name}").bounding_box() for name in ("film", "heat"))
    assert film == heat
