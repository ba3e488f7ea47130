"""The dashboard shows what happened in the room, follows it, and can be used by everybody."""

import io
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from firstread.config import Config, Web, Workers
from firstread.edges.web.app import create_app
from firstread.edges.web.doors.launch import draw_launch
from firstread.edges.web.room import Room
from firstread.imaging.display import Reduction
from firstread.imaging.display_pool import DisplayPool
from firstread.inference.bundle import Bundle
from firstread.reading import current_bundle, intake, opinions
from firstread.reading.intake import SentFile
from firstread.reading.opinions import Opinion
from firstread.reading.standing_worklist import StandingWorklist
from firstread.records import FilmFacts, NotScored, Outcome, Reason, Scored
from firstread.store import changes, films, outcomes, schema
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.outcomes import NewOutcome
from firstread.store.store import Store
from firstread.terms import Band, Change, LabelState, Refusal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CONFIG = Config(workers=Workers(processes=1), web=Web(requests_per_s=1e6, burst=1_000_000))
FACTS = FilmFacts("c" * 64, 10, 2048, 1024)


@dataclass
class ServedRoom:
    """A room that a server serves, in which things happen."""

    room: Room
    address: str
    n_sent: int = field(default=0)

    def put(self, *found: Outcome, ago_s: float = 60) -> list[str]:
        """Let films come and get these outcomes; return what they are called."""
        store, bundle_id, scored_at = self.room.store, self.room.bundle.bundle_id, time.time() - ago_s
        sent = [SentFile(io.BytesIO(f"{self.n_sent + i}".encode()), f"{i}.png") for i in range(len(found))]
        self.n_sent += len(found)
        received = intake.receive(
            store, sent, delivery=f"{self.n_sent}", sender="me", bundle_id=bundle_id, now=scored_at - 60
        )
        with store.database.write() as connection:
            kept = [films.by_sha256(connection, each.sha256) for each in received]
            ids = [film.film_id for film in kept if film is not None]
            new = [NewOutcome(film_id, outcome) for film_id, outcome in zip(ids, found, strict=True)]
            outcomes.record(connection, new, bundle_id=bundle_id, now=scored_at)
            changes.append(connection, ids, Change.SCORED, now=scored_at)
        return [each.sha256 for each in received]

    def read(self, *sha256s: str, finding: LabelState, reader: str = "Dr Weber") -> None:
        """Let a reader read films."""
        for sha256 in sha256s:
            opinion = Opinion(finding=finding, blinded=True)
            opinions.record(self.room.store, sha256, opinion, reader=reader, now=time.time())


def scored(band: Band = Band.ROUTINE, *, shift: float = 40.0) -> Scored:
    probability = {Band.URGENT: 0.9, Band.REVIEW: 0.3, Band.ROUTINE: 0.1}[band]
    return Scored(Path("x"), FACTS, 0.0, probability, flagged=band is Band.URGENT, band=band, shift=shift)


@pytest.fixture
def served(tmp_path: Path, tiny_bundle: Bundle) -> Iterator[ServedRoom]:
    """Serve an empty room."""
    database = Database(f"sqlite:///{tmp_path / 'firstread.db'}")
    schema.upgrade(database)
    with (
        Store(database, FilmFolder(tmp_path / "films")) as store,
        DisplayPool(Reduction(), limits=CONFIG.read, workers=CONFIG.workers) as display,
        socket.socket() as listener,
    ):
        current = current_bundle.register(store, tiny_bundle, now=0.0)
        room = Room(store, StandingWorklist(database, 50), current, CONFIG, display)
        launch = draw_launch(CONFIG.web)
        assert launch is not None
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        settings = uvicorn.Config(
            create_app(room, launch=launch), log_level="error", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(settings)
        running = threading.Thread(target=server.run, args=([listener],))
        running.start()
        yield ServedRoom(room, f"http://127.0.0.1:{listener.getsockname()[1]}/?launch={launch.token}")
        room.closing.set()
        server.should_exit = True
        running.join()


@pytest.fixture
def visit(browser: "Browser", served: ServedRoom) -> "Iterator[Callable[..., Page]]":
    """Return a function that opens the dashboard; what the page does wrong, or its policy forbids, fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    mistakes: list[str] = []

    def opened(path: str = "/dashboard") -> "Page":
        page = context.new_page()
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on(
            "console",
            lambda message: (
                mistakes.append(message.text)
                # The films of these tests are no pictures, which the reading room is told.
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        page.goto(served.address)
        page.goto(served.address.split("/?")[0] + path)
        return page

    yield opened
    context.close()
    assert [] == mistakes


@pytest.fixture
def busy(served: ServedRoom) -> ServedRoom:
    """Return a room in which 38 films came, most were scored, and some read."""
    urgent = served.put(*[scored(Band.URGENT)] * 12)
    served.put(*[scored(Band.REVIEW)] * 4)
    routine = served.put(*[scored()] * 20)
    served.put(NotScored(Path("x"), Reason(Refusal.BLANK, "Blank.")))
    served.put(NotScored(Path("x"), Reason(Refusal.NOT_AN_IMAGE, "No image.")))
    served.read(*urgent[:11], finding=LabelState.PRESENT)
    served.read(*routine[:5], finding=LabelState.ABSENT)
    return served


def rows(page: "Page", table: str) -> list[list[str]]:
    found: list[list[str]] = page.locator(f"{table} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return found


def test_an_empty_room_says_so_kindly(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()

    expect(page.locator("#nothing-yet")).to_contain_text("No film came in this time")
    expect(page.locator("#sections")).to_be_hidden()
    page.locator("#nothing-yet a").click()
    expect(page.locator("#empty")).to_be_visible()


@pytest.mark.usefixtures("busy")
def test_every_figure_says_of_how_many_films_it_is(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()

    expect(page.locator("#arrived-words")).to_contain_text("38 films, ")
    expect(page.locator("#mix-words")).to_have_text("36 films: 12 URGENT, 4 REVIEW, 20 ROUTINE")
    expect(page.locator("#shift-words")).to_contain_text("Median 40 %")
    expect(page.locator("#shift-words")).to_contain_text("(n = 36)")
    expect(page.locator("#unlike-words")).to_have_text("0 of 36: 0 % (0–16) at 99 % confidence")
    expect(page.locator("#refused")).to_contain_text("2 of 38 films")
    assert [["blank", "1"], ["not an image", "1"]] == sorted(rows(page, "#refused"))
    assert [
        ["URGENT", "12", "60 s", "60 s"],
        ["REVIEW", "4", "–", "–"],
        ["ROUTINE", "20", "60 s", "60 s"],
        ["not scored", "2", "–", "–"],
    ] == rows(page, "#waits-for-model")
    assert [["URGENT", "11"], ["ROUTINE", "5"]] == [row[:2] for row in rows(page, "#waits-for-reader")]
    assert ["Dr Weber", "score hidden", "100 % (74–100)", "11 / 11", "–", "5 / 5", "0", "0"] == rows(
        page, "#agreement"
    )[1]
    expect(page.locator("#agreement")).to_contain_text("11 of 12 flagged and 5 of 24 others have been read")
    expect(page.locator("#agreement")).to_contain_text("Flagged films were read more often")
    expect(page.locator("#drift")).to_be_hidden()


@pytest.mark.usefixtures("busy")
def test_every_chart_has_a_table_that_says_the_same(visit: "Callable[..., Page]") -> None:
    page = visit()
    page.locator("#mix .plot canvas").wait_for()

    assert 4 == page.locator(".chart .plot[role=img]").count()
    for summary in page.locator(".chart summary").all():
        summary.click()
    assert 38 == sum(int(row[1]) for row in rows(page, "#arrived"))
    assert [12, 4, 20] == [sum(int(row[place]) for row in rows(page, "#mix")) for place in (1, 2, 3)]
    assert ["36", "40 %"] == next(row[1:] for row in rows(page, "#shift") if row[1] != "0")
    assert ["36", "0.0 %"] == next(row[1:] for row in rows(page, "#unlike") if row[1] != "0")


@pytest.mark.usefixtures("busy")
def test_charts_are_drawn_in_the_colours_of_the_page(visit: "Callable[..., Page]") -> None:
    page = visit()
    page.locator("#mix .plot canvas").wait_for()
    page.wait_for_timeout(300)

    def has(colour: str) -> bool:
        found: bool = page.evaluate(
            """colour => {
                const canvas = document.querySelector("#mix canvas");
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const wanted = [1, 3, 5].map(place => parseInt(colour.slice(place, place + 2), 16));
                for (let i = 0; i < data.length; i += 4) {
                    if (wanted.every((value, j) => data[i + j] === value) && data[i + 3] === 255) return true;
                }
                return false;
            }""",
            colour,
        )
        return found

    assert (True, True, True, False) == tuple(map(has, ("#ff8a80", "#ffcc66", "#7fd19b", "#b3140b")))
    page.keyboard.press("l")
    page.wait_for_timeout(300)
    assert (False, True) == (has("#ff8a80"), has("#b3140b"))


@pytest.mark.usefixtures("busy")
def test_a_chart_tells_the_part_that_is_pointed_at(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()
    page.locator("#mix .plot canvas").wait_for()
    page.wait_for_timeout(300)
    plot = page.locator("#mix .u-over")
    box = plot.bounding_box()
    assert box is not None

    told = []
    for part in range(24):
        plot.hover(position={"x": (part + 0.5) * box["width"] / 24, "y": box["height"] / 2})
        told.append(page.locator("#mix .readout").text_content() or "")

    assert all(re.search(r"\d\d:00–\d\d:00: URGENT \d+, REVIEW \d+, ROUTINE \d+$", words) for words in told)
    assert 1 == sum(words.endswith(": URGENT 12, REVIEW 4, ROUTINE 20") for words in told)
    page.mouse.move(0, 0)
    expect(page.locator("#mix .readout")).to_have_text("")


def test_films_that_differ_raise_a_warning_that_says_its_rule(
    served: ServedRoom, visit: "Callable[..., Page]", accessible: "Callable[[Page], list[str]]"
) -> None:
    from playwright.sync_api import expect

    served.put(*[scored(shift=99.5)] * 10, *[scored()] * 20)
    page = visit()

    alarm = page.get_by_role("status").filter(has_text="The films have drifted")
    expect(alarm).to_be_visible()
    expect(alarm).to_contain_text(
        "10 of 30 films are unlike the training films: 33 % (16–57) at 99 % confidence."
    )
    expect(alarm).to_contain_text("more than 2.0 % of the scored films")
    assert [] == accessible(page)


def test_the_warning_is_whole_again_after_a_stretch_without_one(
    served: ServedRoom, visit: "Callable[..., Page]"
) -> None:
    from playwright.sync_api import expect

    served.put(*[scored(shift=99.5)] * 10, *[scored()] * 20, ago_s=2 * 3600)
    page = visit()
    expect(page.locator("#drift h3")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#drift")).to_be_hidden()
    page.keyboard.press("2")

    expect(page.locator("#drift h3")).to_be_visible()


def test_it_follows_what_happens(served: ServedRoom, visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()
    expect(page.locator("#nothing-yet")).to_be_visible()

    served.put(scored(), scored())
    expect(page.locator("#mix-words")).to_have_text("2 films: 0 URGENT, 0 REVIEW, 2 ROUTINE")
    served.put(scored(Band.URGENT))
    expect(page.locator("#mix-words")).to_have_text("3 films: 1 URGENT, 0 REVIEW, 2 ROUTINE")


@pytest.mark.usefixtures("busy")
def test_the_stretch_is_chosen_and_remembered(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()
    pressed = page.locator("#periods [aria-pressed=true]")
    expect(pressed).to_have_text("Day")
    for key, words in {"1": "Hour", "2": "Day", "3": "Week", "4": "30 days", "5": "90 days"}.items():
        with page.expect_response(re.compile(r"/dashboard\?period=")) as answered:
            page.keyboard.press(key)
        expect(pressed).to_have_text(words)
        assert 200 == answered.value.status
        expect(page.locator("#mix-words")).to_contain_text("36 films")
    page.reload()
    expect(pressed).to_have_text("90 days")
    page.get_by_role("button", name="Week").click()
    expect(pressed).to_have_text("Week")


@pytest.mark.usefixtures("busy")
def test_one_goes_there_and_back_by_a_key_or_a_link(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit("/")
    for there, back in (("Shift+d", "Escape"), ("Shift+d", "Shift+d")):
        expect(page.locator("#film-place")).to_contain_text(" of ")
        page.keyboard.press(there)
        page.locator("#mix canvas").wait_for()
        page.keyboard.press(back)
    expect(page.locator("#film-place")).to_contain_text(" of ")
    page.get_by_role("link", name="Dashboard").click()
    page.locator("#mix canvas").wait_for()
    page.get_by_role("link", name="Reading room").click()
    expect(page.locator("#film-place")).to_contain_text(" of ")


@pytest.mark.usefixtures("busy")
def test_the_help_tells_every_key(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()
    page.keyboard.press("?")

    expect(page.locator("#commands dd")).to_have_count(8)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page).to_have_title("Dashboard · firstread")


@pytest.mark.usefixtures("busy")
def test_a_server_that_fails_is_asked_again(visit: "Callable[..., Page]") -> None:
    from playwright.sync_api import expect

    page = visit()
    page.locator("#mix canvas").wait_for()
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    page.keyboard.press("3")

    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    expect(page.locator("#sections")).to_be_visible()


@pytest.mark.usefixtures("busy")
def test_keys_scroll_it_before_anything_on_it_was_chosen(
    visit: "Callable[..., Page]", until: Callable[[Callable[[], object]], None]
) -> None:
    page = visit()
    page.set_viewport_size({"width": 1000, "height": 600})
    page.locator("#mix canvas").wait_for()
    for key in ("PageDown", "Space", "End"):
        before = page.evaluate("scrollY")
        page.keyboard.press(key)
        until(partial(_is_below, page, before))
        page.wait_for_timeout(300)

    assert page.locator("#disclaimer").evaluate(
        "words => words.getBoundingClientRect().bottom <= innerHeight"
    )


def _is_below(page: "Page", before: float) -> bool:
    return bool(page.evaluate("before => scrollY > before", before))


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1440, 800, 380])
def test_everybody_can_use_it(
    visit: "Callable[..., Page]", theme: str, width: int, accessible: "Callable[[Page], list[str]]"
) -> None:
    page = visit()
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("#mix canvas").wait_for()
    if theme == "light":
        page.keyboard.press("l")
    page.locator("#arrived summary").click()

    assert [] == accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
