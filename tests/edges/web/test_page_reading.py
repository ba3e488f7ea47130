"""A reader's answers are recorded one by one, with the score in view or hidden until then."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    """Return the page with 30 films, the first chosen."""
    from playwright.sync_api import expect

    fake.populate(30, waiting=2)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    return page


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
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text("This film has no score")
    opened.keyboard.press(key)
    until(lambda: fake.said)

    assert [{"finding": finding, "note": "", "blinded": False}] == fake.said


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
    page.keyboard.press("a")
    expect(page.locator("#nothing")).to_contain_text("Every film is read.")

    expect(page.locator("#note")).to_have_value("")
    assert "the last one" == fake.said[0]["note"]


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
    opened: "Page", fake: "FakeServer"
) -> None:
    """It is said that the film is shown again while a slow server lists it anew."""
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    opened.keyboard.press("a")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    fake.page_delay_s = 1.5
    opened.keyboard.press("z")
    expect(opened.locator("#said")).to_contain_text("The film is shown again.")
    opened.keyboard.press("d")
    expect(opened.locator("#film-name")).not_to_have_text(second.name)
    fake.page_delay_s = 0.0
    expect(opened.locator("#film-name")).to_have_text(first.name)
    opened.wait_for_timeout(300)

    assert not second.is_read


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


def test_what_the_server_does_not_record_is_not_called_recorded(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    first = fake.ranked()[0]
    opened.route("**/readings", lambda route: route.abort())
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_have_text(
        "It is not known whether this was recorded. The server cannot be reached."
    )
    expect(opened.locator("#film-name")).to_have_text(first.name)

    assert [] == fake.said


def test_an_answer_that_the_server_recorded_and_called_busy_is_recorded_once(
    opened: "Page", fake: "FakeServer"
) -> None:
    """The second of two readings of one film would be no blinded one."""
    from playwright.sync_api import expect

    first = fake.ranked()[0]
    fake.loses_answers = 1
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text(f"Recorded: agree, {first.name}.")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")
    assert 1 == len(first.readings)
    opened.keyboard.press("z")
    expect(opened.locator("#said")).to_contain_text("Taken back: agree.")

    assert not first.is_read


def lose(route: "Route") -> None:
    """Let the server hear what is said, and the page not what it answers."""
    if route.request.method == "POST":
        route.fetch()
    route.abort()


def test_what_was_taken_back_is_the_reading_that_was_in_doubt(opened: "Page", fake: "FakeServer") -> None:
    """The one before stays, and the reader is told so as long as the server does not tell."""
    from playwright.sync_api import expect

    first, second, third = fake.ranked()[:3]
    said = opened.locator("#said")
    opened.keyboard.press("a")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    opened.route(f"**/films/{second.film}/readings", lose)
    opened.keyboard.press("d")
    expect(said).to_contain_text("It is not known whether this was recorded.")
    opened.keyboard.press("z")
    expect(said).to_have_text(
        "Nothing was taken back: it is not known yet whether the last answer was recorded."
    )
    assert first.is_read
    opened.keyboard.press("d")
    expect(said).to_have_text("Not recorded: it is not known yet whether the answer before was.")
    opened.unroute(f"**/films/{second.film}/readings")
    expect(said).to_contain_text(f"Recorded: disagree, {second.name}.")
    expect(opened.locator("#film-name")).to_have_text(third.name)
    opened.keyboard.press("z")
    expect(said).to_contain_text("Taken back: disagree.")

    assert first.is_read
    assert not second.is_read
    assert 2 == len(fake.said)


def test_an_answer_that_was_not_heard_may_be_given_again(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    first, second = fake.ranked()[:2]
    opened.route(
        f"**/films/{first.film}/readings",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text("It is not known whether this was recorded.")
    opened.unroute(f"**/films/{first.film}/readings")
    opened.keyboard.press("d")
    expect(opened.locator("#film-name")).to_have_text(second.name)

    assert ["disagree"] == [reading["verdict"] for reading in first.readings]


def test_a_reading_of_before_is_not_taken_for_the_answer_of_a_busy_server(
    opened: "Page", fake: "FakeServer"
) -> None:
    from playwright.sync_api import expect

    first = fake.ranked()[0]
    early = fake.read(first, {"verdict": "unsure"}) | {"read_at": "2026-01-01T00:00:00Z"}
    first.readings[:] = [early]
    expect(opened.locator("#film-place")).to_contain_text("not listed")
    refused = list[int]()

    def refuse_once(route: "Route") -> None:
        if route.request.method == "POST" and not refused:
            refused.append(1)
            route.fulfill(status=503, headers={"Retry-After": "0"}, body="{}")
        else:
            route.continue_()

    opened.route(f"**/films/{first.film}/readings", refuse_once)
    opened.keyboard.press("d")
    expect(opened.locator("#said")).to_contain_text("Recorded: disagree")

    assert ["unsure", "disagree"] == [reading["verdict"] for reading in first.readings]


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


REFUSED_STORAGE = """
for (const method of ["getItem", "setItem"])
  Storage.prototype[method] = () => { throw new DOMException("refused", "SecurityError"); };
"""


@pytest.mark.parametrize("lacks", ["session", "storage"])
def test_no_reading_is_called_blinded_while_it_is_not_known_what_was_seen(
    page: "Page", fake: "FakeServer", until: Until, lacks: str
) -> None:
    """The score may have been seen in another window, or on an earlier day."""
    from playwright.sync_api import expect

    if lacks == "session":
        page.route("**/api/v1/session", lambda _: None)  # it does not answer
    else:
        page.add_init_script(REFUSED_STORAGE)
    page.reload()
    page.keyboard.press("b")
    expect(page.locator("#blinded")).to_have_attribute("aria-pressed", "true")
    fake.populate(30)
    expect(page.locator("#film-place")).to_have_text("1 of 30")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    if lacks == "storage":
        expect(page.locator("#who")).to_have_text("Dr Weber")
    expect(page.locator("#mode")).to_contain_text("no reading is recorded as blinded")
    page.keyboard.press("1")
    until(lambda: fake.said)

    assert [{"finding": "present", "note": "", "blinded": False}] == fake.said


def test_a_blinded_page_tells_of_no_urgent_film_in_its_title(opened: "Page", until: Until) -> None:
    until(lambda: "urgent" in opened.title())
    opened.keyboard.press("b")
    until(lambda: opened.title() == "firstread")


def test_the_film_alone_is_read_with_the_question_in_view(opened: "Page") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("f")
    expect(opened.locator("#films")).to_be_hidden()
    expect(opened.locator("#facts")).to_be_hidden()
    expect(opened.locator("#question")).to_be_visible()
    opened.keyboard.press("a")
    expect(opened.locator("#said")).to_contain_text("Recorded: agree")
    expect(opened.locator("#said")).to_be_visible()


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


def test_teaching_shows_the_score_after_the_answer_and_counts(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("t")
    opened.keyboard.press("Home")
    first, second = list(fake.films.values())[:2]
    first.probability, second.probability = 0.9, 0.1
    expect(opened.locator("#film-name")).to_have_text(first.name)
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
    opened.keyboard.press("1")
    expect(opened.locator("#compared")).to_have_text("You: pneumonia. Model: 90 %, flagged. You agree.")
    expect(opened.locator("#film-name")).to_have_text(first.name)
    opened.keyboard.press("j")
    expect(opened.locator("#film-name")).to_have_text(second.name)
    expect(opened.locator("#facts")).to_contain_text("The score is hidden")
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
    opened.keyboard.press("d")
    expect(opened.locator("#said")).to_contain_text(f"Recorded: disagree, {second.name}.")

    expect(opened.locator("#film-name")).to_have_text(third.name)


def test_at_the_end_of_the_list_the_first_unread_film_is_next(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("End")
    expect(opened.locator("#film-place")).to_have_text("30 of 30")
    opened.keyboard.press("1")
    expect(opened.locator("#film-place")).to_have_text("1 of 29")

    assert fake.ranked()[0].name == opened.locator("#film-name").text_content()


def test_when_every_film_is_read_the_page_says_so(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.populate(2)
    expect(page.locator("#film-place")).to_have_text("1 of 2")
    page.keyboard.press("a")
    expect(page.locator("#film-place")).to_have_text("1 of 1")
    page.keyboard.press("a")

    expect(page.locator("#nothing")).to_contain_text("Every film is read.")


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
