"""The worklist follows the ranking, and scrolls through many films without a gap."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]
MANY = 100_000
# When the first film of the server came.
STARTED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def rows(page: "Page") -> "Locator":
    """Return the films that are drawn, from the top."""
    return page.locator(".film:not([hidden])")


def names(page: "Page") -> list[str]:
    """Return the names in view, in the order in which they stand."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll(".film:not([hidden])")]
        .sort((a, b) => a.dataset.index - b.dataset.index).map((row) => row.querySelector(".name").textContent)""")
    return found


def test_the_first_film_is_chosen_and_films_stand_by_rank(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    fake.populate(40)
    until(lambda: len(names(page)) > 5)

    expected = [film.name for film in fake.ranked()][: len(names(page))]
    assert expected == names(page)
    assert fake.ranked()[0].name == page.locator("#film-name").text_content()
    assert "1 of 40" == page.locator("#film-place").text_content()


def test_a_film_says_how_long_it_waits_by_the_servers_clock_until_it_was_read(
    page: "Page", fake: "FakeServer"
) -> None:
    from playwright.sync_api import expect

    page.clock.set_fixed_time(STARTED + timedelta(minutes=20))  # the reader's clock, which is wrong
    page.reload()
    fake.populate(3)
    waited = (datetime.now(UTC) - STARTED - timedelta(seconds=3)).days
    first = rows(page).first.locator(".waits")
    expect(first).to_have_text(f"waiting {waited:,} d")
    expect(page.locator("#facts")).to_contain_text(f"Waiting{waited} days")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")

    page.keyboard.press("a")
    page.locator("#state").select_option("read")
    expect(rows(page)).to_have_count(1)
    expect(first).to_be_hidden()


def test_a_film_that_is_scored_moves_up_and_the_chosen_one_stays_chosen(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(60, waiting=5)
    until(lambda: names(page))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#film-place")).to_have_text("3 of 60")
    chosen = page.locator("#film-name").text_content() or ""
    late = list(fake.films.values())[-1]
    fake.score(late, 0.9999)
    until(lambda: names(page)[0] == late.name)

    expect(page.locator("#film-name")).to_have_text(chosen)
    expect(page.locator("#film-place")).to_have_text("4 of 60")
    expect(page.locator('.film[aria-selected="true"] .name')).to_have_text(chosen)


def test_rows_stay_under_a_pointer_that_moves_but_not_for_ever(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    fake.populate(40)
    until(lambda: len(names(page)) > 5)
    before = names(page)
    aimed = page.locator(".film[data-index='3']")
    # By the page's own clock: where the test is held up for a moment, the pointer does not rest.
    aimed.evaluate("""row => setInterval(
        () => row.dispatchEvent(new PointerEvent("pointermove", { bubbles: true })), 50)""")
    fake.add("late.png", 0.9999)
    page.wait_for_timeout(1000)
    assert before == names(page)
    aimed.click()

    assert before[3] == page.locator("#film-name").text_content()
    until(lambda: names(page)[0] == "late.png")


def test_films_that_come_in_above_are_told_to_a_reader_further_down(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(200, waiting=3)
    until(lambda: names(page))
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(page.locator("#above")).to_be_hidden()
    chosen = page.locator("#film-name").text_content() or ""
    place = page.locator('.film[aria-selected="true"]').bounding_box()
    for film in list(fake.films.values())[-3:]:
        fake.score(film, 0.9999)
    expect(page.locator("#above")).to_contain_text("3 more films stand above")

    assert place == page.locator('.film[aria-selected="true"]').bounding_box()
    assert chosen == page.locator('.film[aria-selected="true"] .name').text_content()
    page.keyboard.press("Home")
    expect(page.locator("#film-place")).to_have_text("1 of 200")
    expect(page.locator("#above")).to_be_hidden()


def test_films_that_are_scored_one_by_one_do_not_choose_the_first_of_them(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    """While all of them wait the order is that of arrival; the first by rank is known when most are scored."""
    from playwright.sync_api import expect

    fake.populate(24, waiting=24)
    until(lambda: names(page))
    page.wait_for_timeout(800)
    expect(page.locator("#film-place")).to_have_text("")
    for i, film in enumerate(list(fake.films.values())[:12]):
        film.probability = 0.01 + 0.05 * i
    fake.changed()
    expect(page.locator("#film-place")).to_have_text("1 of 24")

    assert fake.ranked()[0].name == page.locator("#film-name").text_content()


def test_the_first_choice_waits_for_no_slow_model_and_for_no_reader(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(24, waiting=24)
    until(lambda: names(page))
    page.keyboard.press("j")
    expect(page.locator("#film-place")).to_have_text("1 of 24", timeout=1500)
    page.reload()
    expect(page.locator("#film-place")).to_have_text("1 of 24", timeout=15_000)


SCROLL = """async ([step, frames]) => {
    const list = document.getElementById("list");
    const seen = { blank: 0, elsewhere: 0, at: 0 };
    for (let i = 0; i < frames; i += 1) {
        list.scrollTop += step;
        await new Promise(requestAnimationFrame);
        const box = list.getBoundingClientRect();
        const films = [...list.querySelectorAll(".film:not([hidden])")];
        const drawn = films.map((row) => row.getBoundingClientRect());
        const top = Math.min(...drawn.map((row) => row.top));
        const bottom = Math.max(...drawn.map((row) => row.bottom));
        if (top > box.top + 1 || bottom < box.bottom - 1) seen.blank += 1;
        const first = Math.min(...films.map((row) => row.dataset.index));
        const isThere = first === Math.floor(list.scrollTop / 48);
        if (list.getAttribute("aria-busy") !== "true" && !isThere) seen.elsewhere += 1;
    }
    seen.at = list.scrollTop;
    return seen;
}"""


@pytest.mark.parametrize(("step", "frames"), [(130, 120), (17_000, 120), (-45_000, 60)])
def test_many_films_scroll_without_blank_rows(
    page: "Page", fake: "FakeServer", until: Until, step: int, frames: int
) -> None:
    """Slowly, as a wheel does, and as fast as somebody drags the bar; pages take their time, and few are asked for.

    Rows that stay until others are known are not blank; the list says then that it is busy.
    """
    fake.populate(MANY)
    fake.page_delay_s = 0.05
    page.reload()
    until(lambda: names(page))
    if step < 0:
        page.keyboard.press("End")
        until(lambda: fake.ranked()[-1].name in names(page))
    seen = page.evaluate(SCROLL, [step, frames])

    assert (0, 0) == (seen["blank"], seen["elsewhere"])
    assert seen["at"] > 0
    # Three, and three anew where the server says meanwhile that something changed.
    assert fake.most_pages_at_once <= 6
    first = page.evaluate("Math.floor(document.getElementById('list').scrollTop / 48)")
    until(lambda: fake.ranked()[first].name in names(page))


def test_many_films_are_first_painted_after_one_page(page: "Page", fake: "FakeServer", until: Until) -> None:
    fake.populate(MANY)
    page.reload()
    until(lambda: fake.ranked()[0].name in names(page))
    asked = [query for query in fake.queries if query["offset"] != "0"]

    assert len(asked) <= 2  # what comes next is fetched ahead
    assert str(MANY) == rows(page).first.get_attribute("aria-setsize")
    assert rows(page).count() < 40


def test_old_films_stay_until_new_ones_come(page: "Page", fake: "FakeServer", until: Until) -> None:
    fake.populate(500)
    until(lambda: names(page))
    before = names(page)
    fake.page_delay_s = 0.6
    page.locator("#search").fill("person00007")
    page.wait_for_timeout(400)

    assert before == names(page)
    until(lambda: names(page) == ["person00007_chest.dcm"])


def test_filters_narrow_the_list_and_tell_when_nothing_is_left(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    fake.populate(120, waiting=7)
    until(lambda: names(page))
    counts = fake.counts()
    expect(page.locator('#bands button[value="URGENT"] b')).to_have_text(str(counts["URGENT"]))
    page.locator('#bands button[value="REVIEW"]').click()
    until(lambda: rows(page).first.get_attribute("aria-setsize") == str(counts["REVIEW"]))
    page.locator("#search").fill("nobody")
    expect(page.locator("#nothing")).to_contain_text("No film is like this.")
    page.locator("#show-all").click()
    until(lambda: rows(page).first.get_attribute("aria-setsize") == "120")
    page.locator("#state").select_option("waiting")
    until(lambda: rows(page).first.get_attribute("aria-setsize") == "7")
    expect(page.locator("#state option:checked")).to_have_text("Being scored (7)")


@pytest.mark.parametrize("n", [40, 300])
def test_escape_empties_the_search_and_lists_every_film_again(
    page: "Page", fake: "FakeServer", until: Until, n: int
) -> None:
    """The chosen film stays chosen and comes into view, however far down it stands."""
    from playwright.sync_api import expect

    fake.populate(n)
    until(lambda: names(page))
    page.keyboard.press("End")
    expect(page.locator("#film-place")).to_have_text(f"{n} of {n}")
    last = fake.ranked()[-1]
    page.keyboard.press("/")
    page.keyboard.type(fake.ranked()[0].name)
    until(lambda: names(page) == [fake.ranked()[0].name])
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_have_value("")
    until(lambda: rows(page).first.get_attribute("aria-setsize") == str(n))

    expect(page.locator("#film-name")).to_have_text(last.name)
    expect(page.locator("#film-place")).to_have_text(f"{n} of {n}")
    expect(page.locator('.film[aria-selected="true"] .name')).to_have_text(last.name)
    page.keyboard.press("k")
    expect(page.locator("#film-name")).to_have_text(fake.ranked()[-2].name)


# In its folder, the last of four, films stand by rank.
@pytest.mark.parametrize(("key", "place"), [("b", 40), ("t", 40), ("g", 31), ("sort", 40)])
def test_a_list_that_is_new_shows_the_row_of_the_chosen_film(
    page: "Page", fake: "FakeServer", until: Until, key: str, place: int
) -> None:
    from playwright.sync_api import expect

    fake.populate(40)
    # The most urgent film came last, and its name is the last.
    last = list(fake.films.values())[-1]
    fake.score(last, 0.9999)
    # As the list was before that, another film stands first.
    until(lambda: names(page)[:1] == [last.name])
    page.keyboard.press("Home")
    expect(page.locator("#film-name")).to_have_text(last.name)
    asked = len(fake.queries)
    if key == "sort":
        page.locator("#sort").select_option("name")
    else:
        page.keyboard.press(key)
    until(lambda: len(fake.queries) > asked)
    expect(page.locator("#film-place")).to_have_text(f"{place} of 40")

    expect(page.locator('.film[aria-selected="true"]')).to_be_visible()
    list_box, row = (
        page.locator("#list").bounding_box(),
        page.locator('[aria-selected="true"]').bounding_box(),
    )
    assert list_box is not None
    assert row is not None
    assert list_box["y"] <= row["y"] <= list_box["y"] + list_box["height"] - row["height"] + 1


def test_films_are_grouped_by_folder(page: "Page", fake: "FakeServer", until: Until) -> None:
    from playwright.sync_api import expect

    fake.populate(40, folders=3)
    until(lambda: names(page))
    page.keyboard.press("g")
    expect(page.locator("#folder-now")).to_have_text("2026-03-01/ward 1")
    expect(page.locator(".begins-folder")).to_have_count(1)
    page.locator("#folder").select_option("2026-03-01/ward 2")
    until(lambda: rows(page).first.get_attribute("aria-setsize") == "13")
    expect(page.locator("#folder option").nth(1)).to_have_text("2026-03-01 (40)")


def test_probabilities_are_sorted_from_the_highest(page: "Page", fake: "FakeServer", until: Until) -> None:
    def first() -> str:
        # A list that is new shows the chosen film, wherever that stands.
        page.locator("#list").evaluate("(list) => { list.scrollTop = 0; }")
        return names(page)[0]

    fake.populate(40)
    until(lambda: names(page))
    page.locator("#sort").select_option("name")
    until(lambda: first() == "person00000_chest.dcm")
    page.locator("#direction").click()
    until(lambda: first() == "person00039_chest.dcm")
    page.locator("#sort").select_option("probability")
    until(lambda: first() == max(fake.films.values(), key=lambda film: film.probability or 0).name)


def test_the_chosen_folder_stays_chosen_where_there_are_too_many_to_offer(
    page: "Page", fake: "FakeServer", until: Until
) -> None:
    """Of folders that lie equally deep, none is offered but the one that is chosen."""
    from playwright.sync_api import expect

    chosen = "2026-03-01/ward 2"
    fake.populate(12)
    until(lambda: names(page))
    page.locator("#folder").select_option(chosen)
    until(lambda: rows(page).first.get_attribute("aria-setsize") == "3")
    fake.populate(600, folders=600)
    expect(page.locator("#folder option").nth(1)).to_have_text("2026-03-01 (600)")

    expect(page.locator("#folder option")).to_have_count(3)
    expect(page.locator("#folder")).to_have_value(chosen)
    expect(rows(page)).to_have_count(1)
