"""A reader's answers are recorded one by one, with the score in view or hidden until then."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]


@pytest.mark.parametrize(("key", "verdict"), [("a", "agree"), ("d", "disagree"), ("u", "unsure")])
def test_a_key_records_the_verdict_and_goes_on(
    opened: "Page", fake: "FakeServer", key: str, verdict: str
) -> None:
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    opened.keyboard.press(key)
    expect(opened.locator("#film-name")).to_have_text(second.name)
    expect(opened.locator("#film-place")).to_have_text("1 of 29")

    assert [{"verdict": verdict, "note": "", "blinded": False}] == fake.said
    assert first.is_read
    expect(opened.locator("#said")).to_contain_text(f"Recorded: {verdict}, {first.name}.")


@pytest.mark.parametrize(("key", "finding"), [("1", "present"), ("2", "absent"), ("3", "uncertain")])
def test_a_film_without_a_score_is_asked_about_itself(
    opened: "Page", fake: "FakeServer", until: Until, key: str, finding: str
) -> None:
    from playwright.sync_api import expect

    opened.locator("#state").select_option("waiting")
    until(lambda: opened.locator(".film:not([hidden])").count() == 2)
    opened.locator(".film").first.click()
    expect(opened.locator("#question")).to_have_text("Do you see pneumonia?")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text("This film has no score")
    opened.keyboard.press(key)
    until(lambda: fake.said)

    assert [{"finding": finding, "note": "", "blinded": False}] == fake.said


def test_undo_takes_the_reading_back_and_shows_its_film(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    first = fake.ranked()[0]
    opened.keyboard.press("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    opened.keyboard.press("z")
    expect(opened.locator("#film-name")).to_have_text(first.name)
    expect(opened.locator("#film-place")).to_have_text("1 of 30")

    assert not first.is_read
    opened.keyboard.press("z")
    expect(opened.locator("#said")).to_contain_text("There is no reading of this visit to take back.")


def test_after_undo_an_answer_is_never_about_the_film_that_was_on_the_screen(
    opened: "Page", fake: "FakeServer", until: Until
) -> None:
    """It is said that the film is shown again while a slow server lists it anew."""
    from playwright.sync_api import expect

    held: list[Route] = []
    first, second = fake.ranked()[:2]
    opened.keyboard.press("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    opened.route("**/api/v1/worklist/search", partial(list.append, held))
    opened.keyboard.press("z")
    expect(opened.locator("#said")).to_contain_text("The film is shown again.")
    opened.keyboard.press("d")
    expect(opened.locator("#film-name")).to_have_text(first.name)
    until(lambda: held)
    for route in held:
        route.continue_()
    opened.wait_for_timeout(300)

    assert not second.is_read


@pytest.mark.parametrize("end", ["shown", "failed"])
def test_no_answer_is_recorded_before_the_film_can_be_seen(
    opened: "Page", fake: "FakeServer", until: Until, end: str
) -> None:
    """The second of two quick answers would be about a film whose pixels are on their way."""
    from playwright.sync_api import expect

    first, second, third = fake.ranked()[:3]
    opened.evaluate("film => window.heldFilms.add(film)", second.film)
    opened.keyboard.press("a")
    until(lambda: first.is_read)
    expect(opened.locator("#film-name")).to_have_text(second.name)
    agree = opened.locator('#answers button[value="agree"]')
    expect(agree).to_have_attribute("aria-disabled", "true")
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_have_text("Not recorded: wait until the film is shown.")
    opened.evaluate("film => window.viewerSays(film, 'shown')", first.film)
    opened.keyboard.press("a")
    opened.evaluate("([film, end]) => window.viewerSays(film, end)", [second.film, end])
    expect(agree).to_have_attribute("aria-disabled", "false")
    assert 1 == len(fake.said)
    opened.keyboard.press("d")
    expect(opened.locator("#film-name")).to_have_text(third.name)

    assert ["agree", "disagree"] == [said["verdict"] for said in fake.said]
    assert second.is_read


def test_the_focus_is_never_on_what_is_hidden(opened: "Page", fake: "FakeServer") -> None:
    """Else it falls to the beginning of the page, and the next key scrolls it."""
    from playwright.sync_api import expect

    undo = opened.locator("#undo")
    opened.keyboard.press("a")
    expect(undo).to_be_visible()
    undo.focus()
    opened.keyboard.press("Enter")
    expect(undo).to_be_hidden()
    expect(opened.locator("#list")).to_be_focused()
    expect(opened.locator("#film-place")).to_have_text("1 of 30")
    last = next(film for film in fake.ranked() if film.state == "waiting")
    opened.locator("#search").fill(last.name)
    opened.locator(f"#film-{last.film}").click()
    opened.locator("#search").fill("")
    before = fake.ranked()[fake.ranked().index(last) - 1]
    opened.locator(f"#film-{before.film}").click()
    expect(opened.locator("#film-name")).to_have_text(before.name)
    agree = opened.locator('#answers button[value="agree"]')
    expect(agree).to_have_attribute("aria-disabled", "false")
    agree.focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("#film-name")).to_have_text(last.name)

    expect(agree).to_be_hidden()
    expect(opened.locator("#list")).to_be_focused()


def test_a_film_to_come_back_to_is_seen_again_first(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    opened.evaluate("films => films.forEach((film) => window.heldFilms.add(film))", [first.film, second.film])
    opened.keyboard.press("j")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    opened.keyboard.press("k")
    expect(opened.locator("#film-name")).to_have_text(first.name)
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_have_text("Not recorded: wait until the film is shown.")

    assert [] == fake.said


def test_a_key_that_is_held_down_answers_for_one_film(opened: "Page", fake: "FakeServer") -> None:
    """Whoever rests a finger on it has not looked at the others."""
    from playwright.sync_api import expect

    for _ in range(5):
        opened.keyboard.down("a")  # of these all but the first are repeats
        opened.wait_for_timeout(200)
    opened.keyboard.up("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    for _ in range(3):
        opened.keyboard.down("j")
    opened.keyboard.up("j")
    expect(opened.locator("#film-place")).to_have_text("4 of 29")

    assert 1 == len(fake.said)


def test_who_has_moved_on_before_the_answer_is_recorded_stays_there(
    opened: "Page", fake: "FakeServer", until: Until
) -> None:
    from playwright.sync_api import expect

    first, second, _ = fake.ranked()[:3]
    fake.reading_delay_s = 2.0
    opened.keyboard.press("a")
    opened.keyboard.press("j")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    opened.keyboard.press("d")
    expect(opened.locator("#said")).to_have_text("Not recorded: the answer before is still on its way.")
    opened.keyboard.press("z")
    expect(opened.locator("#said")).to_have_text(
        "Nothing was taken back: the answer before is still on its way."
    )
    until(lambda: first.is_read)
    expect(opened.locator("#said")).to_contain_text("Recorded: agree")
    opened.wait_for_timeout(300)

    expect(opened.locator("#film-name")).to_have_text(second.name)
    assert not second.is_read


def test_only_keys_that_work_are_offered(opened: "Page") -> None:
    from playwright.sync_api import expect

    keys = opened.locator("footer .keys")
    expect(keys).to_contain_text("A agree", use_inner_text=True)
    opened.keyboard.press("b")
    expect(keys).not_to_contain_text("agree", use_inner_text=True)
    expect(keys).to_contain_text("1 pneumonia", use_inner_text=True)
    opened.keyboard.press("?")
    help_text = opened.locator("#commands")
    expect(help_text).to_contain_text("No pneumonia")
    expect(help_text).not_to_contain_text("with the model")
    opened.keyboard.press("?")
    opened.keyboard.press("b")
    opened.keyboard.press("?")
    expect(help_text).to_contain_text("Agree with the model")


def test_the_latest_place_is_told_where_it_says_something(page: "Page", fake: "FakeServer") -> None:
    """The fake lets 50 films pass each: of 60, only those that came first are read earlier than last."""
    from playwright.sync_api import expect

    fake.populate(60)
    first, *_, last = fake.films.values()
    for film, told in (
        (first, "came as number 1; is read as number 51 at the latest."),
        (last, "number 60."),
    ):
        page.locator("#search").fill(film.name)
        page.locator(f"#film-{film.film}").click()
        expect(page.locator("#film-name")).to_have_text(film.name)
        expect(page.locator("#facts")).to_contain_text(told)


def test_the_film_alone_is_read_with_the_question_in_view(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("f")
    expect(opened.locator("#films")).to_be_hidden()
    expect(opened.locator("#facts")).to_be_hidden()
    expect(opened.locator("#question")).to_be_visible()
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text("Recorded: agree")
    expect(opened.locator("#said")).to_be_visible()


def test_teaching_shows_the_score_after_the_answer_and_counts(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("t")
    opened.keyboard.press("Home")
    first, second = list(fake.films.values())[:2]
    first.probability, second.probability = 0.9, 0.1
    expect(opened.locator("#film-name")).to_have_text(first.name)
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("1")
    expect(opened.locator("#compared")).to_have_text("You: pneumonia. Model: 90 %, flagged. You agree.")
    expect(opened.locator("#film-name")).to_have_text(first.name)
    opened.keyboard.press("j")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("1")
    expect(opened.locator("#compared")).to_have_text("You: pneumonia. Model: 10 %, not flagged. You differ.")

    expect(opened.locator(".tally p")).to_have_text("1 of 2 as the model")
    expect(opened.locator(".tally tbody tr").first).to_contain_text("You: pneumonia11")
    opened.keyboard.press("z")
    expect(opened.locator(".tally p")).to_have_text("1 of 1 as the model")


def test_a_reader_who_is_faster_than_the_list_misses_no_film(opened: "Page", fake: "FakeServer") -> None:
    """Two films leave the list between two answers of a slow server; the next one is still the next."""
    from playwright.sync_api import expect

    opened.keyboard.press("t")
    opened.keyboard.press("Home")
    films = list(fake.films.values())
    expect(opened.locator("#film-name")).to_have_text(films[0].name)
    fake.page_delay_s = 1.5
    for film in films[:2]:
        expect(opened.locator("#film-name")).to_have_text(film.name)
        expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
        opened.keyboard.press("1")
        expect(opened.locator("#said")).to_contain_text(film.name)
        if film is films[0]:
            opened.keyboard.press("j")
    expect(opened.locator(".film:not([hidden]) .name").first).to_have_text(films[2].name)
    opened.keyboard.press("j")

    expect(opened.locator("#film-name")).to_have_text(films[2].name)


def test_no_film_is_left_out_when_another_reader_was_faster(opened: "Page", fake: "FakeServer") -> None:
    """The chosen film has left the list of both; the one that took its place is the next."""
    from playwright.sync_api import expect

    _, second, third = fake.ranked()[:3]
    opened.keyboard.press("j")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    fake.read(second, {"verdict": "agree"})
    expect(opened.locator("#film-place")).to_have_text("not listed: read, or filtered out")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("d")
    expect(opened.locator("#said")).to_contain_text(f"Recorded: disagree, {second.name}.")

    expect(opened.locator("#film-name")).to_have_text(third.name)


def test_at_the_end_of_the_list_the_first_unread_film_is_next(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("End")
    expect(opened.locator("#film-place")).to_have_text("30 of 30")
    expect(opened.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    opened.keyboard.press("1")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")

    assert fake.ranked()[0].name == opened.locator("#film-name").text_content()


def test_when_every_film_is_read_the_page_says_so(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.populate(2)
    expect(page.locator("#film-place")).to_have_text("1 of 2")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")
    expect(page.locator("#film-place")).to_have_text("1 of 1")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("a")

    expect(page.locator("#nothing")).to_contain_text("Every film is read.")
