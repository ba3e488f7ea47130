"""The film that is chosen, and the next and the last one, while the list changes around it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]


def test_who_has_chosen_another_film_is_not_taken_to_one_that_comes_late(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(400)
    expect(page.locator("#film-place")).to_have_text("1 of 400")
    second = fake.ranked()[1]
    fake.page_delay_s = 1.0
    page.keyboard.press("End")
    page.locator(f"#film-{second.film}").click()
    until(lambda: any(query["offset"] == "300" for query in fake.queries))
    page.wait_for_timeout(300)

    expect(page.locator("#film-name")).to_have_text(second.name)


def test_who_has_gone_back_stays_there_when_a_film_is_removed(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    """A film that was read is not listed: the place of the removed one is none of its own."""
    from playwright.sync_api import expect

    fake.populate(30)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    first, second = fake.ranked()[:2]
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    expect(page.locator("#film-place")).to_have_text("1 of 29")
    fake.page_delay_s = 1.0
    page.get_by_role("button", name="Remove this film…").click()
    page.get_by_role("button", name="Remove it").click()
    until(lambda: second.film not in fake.films)
    asked = len(fake.queries)
    page.keyboard.press("Backspace")
    expect(page.locator("#film-name")).to_have_text(first.name)
    until(lambda: len(fake.queries) >= asked + 2)
    page.wait_for_timeout(300)

    expect(page.locator("#film-name")).to_have_text(first.name)


def test_a_removed_film_gives_way_to_the_next_also_while_the_list_changes_without_an_end(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    """While films are scored, something has changed again before a slow server has told of the change before."""
    from playwright.sync_api import expect

    fake.populate(30)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    first, second = fake.ranked()[:2]
    fake.page_delay_s = 0.6
    page.get_by_role("button", name="Remove this film…").click()
    page.get_by_role("button", name="Remove it").click()

    def has_come_to(holds: bool) -> bool:
        fake.changed()
        return holds

    until(lambda: has_come_to(first.film not in fake.films))

    until(lambda: has_come_to(page.locator("#film-name").text_content() == second.name))


@pytest.mark.parametrize("way", ["Home", "above", "answer"])
def test_the_first_film_is_the_one_that_stands_first_now(page: "Page", fake: "FakeServer", way: str) -> None:
    """What was fetched of the top of the list may be out of date for whoever reads far below; so it is at its end."""
    from playwright.sync_api import expect

    fake.populate(180)
    expect(page.locator("#film-place")).to_have_text("1 of 180")
    page.keyboard.press("End")
    expect(page.locator("#film-place")).to_have_text("180 of 180")
    fake.add("urgent.dcm", 0.9999)
    expect(page.locator("#film-place")).to_have_text("181 of 181")
    expect(page.locator("#above")).to_contain_text("1 more film stands above")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    if way == "above":
        page.locator("#above").click()
    else:
        page.keyboard.press("a" if way == "answer" else "Home")

    expect(page.locator("#film-name")).to_have_text("urgent.dcm")


def test_the_last_film_is_still_listed_when_it_moves_to_a_page_of_its_own(
    page: "Page", fake: "FakeServer"
) -> None:
    from playwright.sync_api import expect

    fake.populate(200)
    expect(page.locator("#film-place")).to_have_text("1 of 200")
    page.keyboard.press("End")
    expect(page.locator("#film-place")).to_have_text("200 of 200")
    fake.add("urgent.dcm", 0.9999)

    expect(page.locator("#film-place")).to_have_text("201 of 201")


def test_the_last_film_is_the_one_that_stands_last_now(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.populate(150)
    expect(page.locator("#film-place")).to_have_text("1 of 150")
    page.keyboard.press("End")
    expect(page.locator("#film-place")).to_have_text("150 of 150")
    page.keyboard.press("Home")
    expect(page.locator("#film-place")).to_have_text("1 of 150")
    fake.read(fake.ranked()[1], {"verdict": "agree"})  # by somebody else
    expect(page.locator("#film-place")).to_have_text("1 of 149")
    page.keyboard.press("End")

    expect(page.locator("#film-place")).to_have_text("149 of 149")
    expect(page.locator("#film-name")).to_have_text(fake.ranked()[-1].name)


@pytest.mark.parametrize(("place", "keys"), [(100, "j"), (100, "a"), (99, "ja")])
def test_the_next_film_is_the_one_that_stands_next_now_where_it_was_out_of_view(
    page: "Page", fake: "FakeServer", until: Until, place: int, keys: str
) -> None:
    """The list comes in pages of 100: what stands on the next one changes unseen."""
    from playwright.sync_api import expect

    fake.populate(150)
    expect(page.locator("#film-place")).to_have_text("1 of 150")
    # The hundredth film is the last in view.
    page.locator("#list").evaluate("(list) => { list.scrollTop = 100 * 48 - list.clientHeight; }")
    page.locator(f'.film[data-index="{place - 1}"]').click()
    expect(page.locator("#film-place")).to_have_text(f"{place} of 150")
    above, below = (film.probability or 0 for film in fake.ranked()[99:101])
    fake.add("late.dcm", (above + below) / 2)
    expect(page.locator("#film-place")).to_have_text(f"{place} of 151")
    for key in keys[:-1]:
        page.keyboard.press(key)
        until(lambda: fake.queries[-1]["offset"] == "100")
        page.wait_for_timeout(300)
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press(keys[-1])

    expect(page.locator("#film-name")).to_have_text("late.dcm")


@pytest.mark.parametrize(("key", "late_page"), [("a", 100), ("j", 0)])
def test_no_film_is_missed_while_two_pages_tell_two_rankings(
    page: "Page", fake: "FakeServer", until: Until, key: str, late_page: int
) -> None:
    """A film moves from one page to the other, and one of them is told as it was before."""
    from playwright.sync_api import expect

    held: list[Route] = []
    fake.populate(150)
    expect(page.locator("#film-place")).to_have_text("1 of 150")
    page.locator("#list").evaluate("(list) => { list.scrollTop = 100 * 48 - list.clientHeight; }")
    page.locator('.film[data-index="99"]').click()
    expect(page.locator("#film-place")).to_have_text("100 of 150")
    until(lambda: any(query["offset"] == "100" for query in fake.queries))
    page.wait_for_timeout(300)
    page.route(
        "**/api/v1/worklist/search",
        lambda route: (
            held.append(route)
            if f"offset={late_page}&" in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    above, below = fake.ranked()[99:101]
    if key == "a":
        below = fake.add("late.dcm", ((above.probability or 0) + (below.probability or 0)) / 2)
        expect(page.locator("#film-place")).to_have_text("100 of 151")
    else:
        fake.read(fake.ranked()[4], {"verdict": "agree"})  # by somebody else
        page.wait_for_timeout(600)
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press(key)
    page.wait_for_timeout(300)
    for route in held:
        route.continue_()
    page.unroute("**/api/v1/worklist/search")

    expect(page.locator("#film-name")).to_have_text(below.name)


def test_keys_that_come_while_the_list_is_fetched_anew_count_together(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(30)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    fake.page_delay_s = 1.0
    fake.changed()
    until(lambda: fake.pages_at_once == 1)
    for key in "jjjk":
        page.keyboard.press(key)

    expect(page.locator("#film-place")).to_have_text("3 of 30")


@pytest.mark.parametrize(("key", "shown"), [("Home", 1), ("End", -2)])
def test_a_removed_film_gives_way_before_the_server_ranks_anew(
    page: "Page", fake: "FakeServer", key: str, shown: int
) -> None:
    """Until then it says how many films there were, and the last place is empty."""
    from playwright.sync_api import expect

    fake.populate(12)
    expect(page.locator("#film-place")).to_have_text("1 of 12")
    films = fake.ranked()
    page.keyboard.press(key)
    expect(page.locator("#film-name")).to_have_text(films[0 if key == "Home" else -1].name)
    fake.lag_s = 5.0
    page.get_by_role("button", name="Remove this film…").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("#film-name")).to_have_text(films[shown].name)
    expect(page.locator(".film:not([hidden])")).to_have_count(11)
    page.locator(f"#film-{films[5].film}").click()
    expect(page.locator("#film-place")).to_contain_text("of 12")  # not yet ranked anew
    expect(page.locator("#film-name")).to_have_text(films[5].name)
    expect(page.locator("#film-place")).to_contain_text("of 11")

    assert films[5].film == [call[1] for call in page.evaluate("viewerCalls") if call[0] == "load"][-1]


def test_what_is_told_of_a_film_stands_beside_its_own_pixels(page: "Page") -> None:
    told = page.evaluate("""async () => {
      const { FilmStage } = await import("/static/film-stage.js");
      const stage = new FilmStage(document.createElement("div"), () => {});
      await stage.show("one", { name: "one.dcm", state: "scored", probability: 0.5 });
      window.viewerCalls = [];
      stage.follow({ film: "other", name: "other.dcm", state: "scored", probability: null });
      await stage.call("retry");
      return window.viewerCalls;
    }""")

    assert ["load", "other", {"title": "other.dcm", "heat": False}] == told[0]
