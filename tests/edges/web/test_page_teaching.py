"""In teaching, the reader's answers become a point against the model's flag, once there is one to draw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from firstread.evaluation import intervals

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

FLAGGED, NOT_FLAGGED = 0.9, 0.1
PRESENT, ABSENT, UNSURE = "1", "2", "3"


def teach(page: "Page", fake: "FakeServer", answers: Sequence[tuple[float, str]]) -> None:
    """Read the first films in teaching, each with this probability and this key."""
    from playwright.sync_api import expect

    for film, (probability, _) in zip(fake.films.values(), answers, strict=False):
        film.probability = probability
    fake.changed()
    page.keyboard.press("t")
    page.keyboard.press("Home")
    for film, (_, key) in zip(list(fake.films.values()), answers, strict=False):
        expect(page.locator("#film-name")).to_have_text(film.name)
        expect(page.locator("#facts")).to_contain_text("The score is hidden")
        expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
        page.keyboard.press(key)
        expect(page.locator("#compared")).to_contain_text("Model:")
        page.keyboard.press("j")
    following = list(fake.films.values())[len(answers)]
    expect(page.locator("#film-name")).to_have_text(following.name)
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    from playwright.sync_api import expect

    fake.populate(12)
    expect(page.locator("#film-place")).to_have_text("1 of 12")
    expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
    return page


ANSWERS = [
    (FLAGGED, PRESENT),
    (FLAGGED, PRESENT),
    (FLAGGED, ABSENT),
    (NOT_FLAGGED, PRESENT),
    (NOT_FLAGGED, ABSENT),
    (NOT_FLAGGED, ABSENT),
    (NOT_FLAGGED, ABSENT),
    (FLAGGED, UNSURE),
]


def test_before_both_kinds_were_read_it_says_what_is_missing(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    opened.keyboard.press("t")
    expect(opened.locator("#tally")).to_have_text("No film counted yet.")
    expect(opened.locator("#roc")).to_be_hidden()
    opened.keyboard.press("t")
    teach(opened, fake, [(FLAGGED, UNSURE)])
    figure = opened.locator("#roc-figure")
    expect(figure).to_contain_text(
        "No point yet. Still missing: 1 film that the model flags, and 1 film that it does not flag."
    )
    expect(figure).to_contain_text("Not counted: 1 film that you were unsure of.")
    expect(figure.locator("svg")).to_have_count(0)


def test_one_kind_alone_makes_no_point(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    teach(opened, fake, [(FLAGGED, PRESENT), (FLAGGED, ABSENT)])

    expect(opened.locator("#roc-figure")).to_contain_text(
        "No point yet. Still missing: 1 film that it does not flag."
    )


def test_the_point_stands_where_the_counts_put_it(opened: "Page", fake: "FakeServer") -> None:
    """2 of 3 flagged films and 1 of 4 others were called pneumonia; the interval is that of the evaluation."""
    from playwright.sync_api import expect

    teach(opened, fake, ANSWERS)
    figure = opened.locator("#roc-figure")
    expect(figure).to_contain_text("Not counted: 1 film that you were unsure of.")

    true_positive, false_positive = intervals.wilson(2, 3), intervals.wilson(1, 4)
    said = figure.locator("dd").all_text_contents()
    for words, interval, films in (
        (said[0], true_positive, "2 of 3 films flagged"),
        (said[1], false_positive, "1 of 4 films not flagged"),
    ):
        low, high = round(100 * interval.low), round(100 * interval.high)
        assert f"{round(100 * interval.estimate)} % ({low} % to {high} %): pneumonia of {films}" == words
    frame, dot = _frame(opened), _point(opened)
    assert pytest.approx(1 / 4, abs=0.01) == (dot[0] - frame["x"]) / frame["width"]
    assert pytest.approx(2 / 3, abs=0.01) == 1 - (dot[1] - frame["y"]) / frame["height"]
    across, up = (figure.locator(".interval").nth(i).bounding_box() for i in (0, 1))
    assert across is not None
    assert up is not None
    assert (
        pytest.approx(false_positive.high - false_positive.low, abs=0.01) == across["width"] / frame["width"]
    )
    assert pytest.approx(true_positive.high - true_positive.low, abs=0.01) == up["height"] / frame["height"]


def test_it_says_what_the_reference_is(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    teach(opened, fake, ANSWERS)

    expect(opened.locator("#roc-figure")).to_contain_text("Reference: the model's flag, not the truth.")
    expect(opened.locator("#roc-figure svg")).to_have_attribute(
        "aria-label",
        "Your point: false-positive rate 25 %, true-positive rate 67 %; n = 7 films. Reference: the model's flag.",
    )


def test_undo_and_a_new_count_take_it_back(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    teach(opened, fake, [(FLAGGED, PRESENT), (NOT_FLAGGED, ABSENT)])
    expect(opened.locator("#roc-figure svg")).to_have_count(1)
    opened.keyboard.press("z")
    expect(opened.locator("#roc-figure svg")).to_have_count(0)
    opened.locator("#tally-clear").click()
    expect(opened.locator("#roc")).to_be_hidden()


def test_it_is_folded_with_the_keyboard_and_stays_so(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    teach(opened, fake, [(FLAGGED, PRESENT), (NOT_FLAGGED, ABSENT)])
    expect(opened.locator("#roc-figure svg")).to_be_visible()
    opened.locator("#taught").focus()
    opened.keyboard.press("Tab")
    expect(opened.locator("#roc summary")).to_be_focused()
    opened.keyboard.press("Enter")
    expect(opened.locator("#roc-figure")).to_be_hidden()
    opened.reload()
    expect(opened.locator("#roc summary")).to_be_visible()
    expect(opened.locator("#roc-figure")).to_be_hidden()


def test_that_it_is_folded_is_kept_before_the_page_can_be_left(opened: "Page") -> None:
    kept = opened.evaluate("""async () => {
        document.getElementById("roc").open = false;
        await null;
        return localStorage.getItem("firstread-roc");
    }""")

    assert kept == '"closed"'


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_point_can_be_seen_on_either_ground(opened: "Page", fake: "FakeServer", theme: str) -> None:
    """A mark needs 3 : 1 against its ground (WCAG 2.2, 1.4.11); here as the browser paints it."""
    import io

    from PIL import Image

    teach(opened, fake, [(FLAGGED, PRESENT), (NOT_FLAGGED, ABSENT)])
    if theme == "light":
        opened.keyboard.press("l")
    opened.locator("#roc-figure .point").scroll_into_view_if_needed()
    picture = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    frame, (x, y) = _frame(opened), _point(opened)
    dot = picture.getpixel((round(x), round(y)))
    ground = picture.getpixel(
        (round(frame["x"] + 0.8 * frame["width"]), round(frame["y"] + 0.6 * frame["height"]))
    )

    assert _contrast(dot, ground) >= 3


@pytest.mark.parametrize("key", ["b", "t"])
def test_no_score_is_in_view_while_the_top_of_the_list_is_on_its_way(
    page: "Page", fake: "FakeServer", key: str
) -> None:
    """What comes next of a list is asked for at once with its top, and may be there earlier."""
    from playwright.sync_api import expect

    held: list[Any] = []

    def hold(route: Any) -> None:
        is_top = "blinded=true" in route.request.post_data and "offset=0&" in route.request.post_data
        (held.append if is_top else lambda kept: kept.continue_())(route)

    fake.populate(300)
    # In the order of arrival the most urgent film is on the first page too, out of view.
    fake.score(list(fake.films.values())[60], 0.9999)
    expect(page.locator("#film-name")).to_have_text(fake.ranked()[0].name)
    expect(page.locator("#film-place")).to_have_text("1 of 300")
    page.route("**/worklist/search", hold)
    page.keyboard.press(key)
    page.wait_for_timeout(1000)

    assert ["100", "200"] == sorted(query["offset"] for query in fake.queries if query["blinded"] == "true")
    expect(page.locator(".film:visible")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.locator(".film:visible").first).to_contain_text("score hidden")
    chosen = page.locator('.film[aria-selected="true"]')
    expect(chosen.locator(".name")).to_have_text(fake.ranked()[0].name)
    expect(chosen).to_be_in_viewport(ratio=0.9)


def _box(page: "Page", mark: str) -> dict[str, float]:
    box = page.locator(f"#roc-figure {mark}").bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def _frame(page: "Page") -> dict[str, float]:
    return _box(page, ".frame")


def _point(page: "Page") -> tuple[float, float]:
    box = _box(page, ".point")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _contrast(one: object, other: object) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    import numpy as np

    colours = np.array([one, other]) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return float((high + 0.05) / (low + 0.05))


def test_another_reader_in_the_same_window_begins_anew(opened: "Page", fake: "FakeServer") -> None:
    """What is kept for the visit outlasts a log-out: count, point, way of reading, and what can be taken back."""
    from playwright.sync_api import expect

    teach(opened, fake, [(FLAGGED, PRESENT), (NOT_FLAGGED, ABSENT)])
    expect(opened.locator("#who")).to_have_text("Dr Weber")
    session = '{"name": "Dr Curie", "role": "reader", "door": "account", "takes_folders": false}'
    opened.route("**/api/v1/session", lambda route: route.fulfill(body=session))
    opened.reload()
    expect(opened.locator("#who")).to_have_text("Dr Curie")
    expect(opened.locator("#teaching")).to_have_attribute("aria-pressed", "false")
    expect(opened.locator("#mode")).to_be_hidden()
    expect(opened.locator("#facts .headline b")).to_be_visible()
    opened.keyboard.press("z")
    expect(opened.locator("#said")).to_contain_text("There is no reading of this visit to take back.")
    opened.keyboard.press("t")
    expect(opened.locator("#tally")).to_have_text("No film counted yet.")
    expect(opened.locator("#roc")).to_be_hidden()
    opened.unroute("**/api/v1/session")
    opened.reload()

    expect(opened.locator("#who")).to_have_text("Dr Weber")
    opened.keyboard.press("t")
    expect(opened.locator(".tally p")).to_have_text("2 of 2 as the model")


def test_the_same_reader_goes_on_after_a_reload(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    teach(opened, fake, [(FLAGGED, PRESENT), (NOT_FLAGGED, ABSENT)])
    opened.reload()
    expect(opened.locator("#who")).to_have_text("Dr Weber")
    expect(opened.locator("#teaching")).to_have_attribute("aria-pressed", "true")
    expect(opened.locator(".tally p")).to_have_text("2 of 2 as the model")
    opened.keyboard.press("z")

    expect(opened.locator(".tally p")).to_have_text("1 of 1 as the model")
