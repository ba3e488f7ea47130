"""An answer that the server did not hear, or of which nobody knows whether it did, is recorded once or not at all."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser


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
