"""Films are read on the page of a real server: every key does what the help says, and every answer is kept."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.system.conftest import Enter, MakeFilm, Served, Start, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

N = 30


class Desk:
    """A reader before a page, with the server that it came from."""

    def __init__(self, served: "Served", visit: "Visit") -> None:
        self.served, self.visit, self.page = served, visit, visit.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def answer(self, key: str) -> None:
        """Answer about a film that is in view: before that no answer counts."""
        self.visit.until_shown()
        self.press(key)

    def sees(self, selector: str, words: "str | re.Pattern[str]") -> None:
        """Expect that an element is there and says this."""
        from playwright.sync_api import expect

        expect(self.page.locator(selector)).to_be_visible()
        expect(self.page.locator(selector)).to_contain_text(words)

    def stands_at(self, place: int, of: int = N) -> None:
        self.sees("#film-place", re.compile(rf"^{place} of {of}$"))

    def second_film(self) -> None:
        """Choose the second film of all, with everything as it was at first."""
        self.press("Home", "j")
        self.stands_at(2)
        self.visit.until_shown()

    def is_pressed(self, button: str) -> bool:
        found = self.page.get_by_role("button", name=button, exact=True)
        return found.get_attribute("aria-pressed") == "true"

    def readings(self) -> list[dict[str, Any]]:
        """Return what is recorded of all films, the newest last."""
        found = []
        for row in self.served.rows():
            said = self.served.client.get(f"/api/v1/films/{row['film']}/readings").json()["readings"]
            found += [reading | {"name": row["name"]} for reading in said]
        return sorted(found, key=lambda reading: reading["reading"])


@pytest.fixture
def desk(start: "Start", enter: "Enter", make_film: "MakeFilm") -> Desk:
    """Return a page with 30 films in two folders, all scored, the first one chosen."""
    served = start()
    films = {f"ward {n % 2}/{n:02}.png": make_film(60 + 5 * n, n, side=160) for n in range(N)}
    served.send(films)
    served.until_done(N)
    opened = Desk(served, enter(served.url))
    opened.stands_at(1)
    opened.visit.until_shown()
    return opened


def moves_to(place: int, key: str) -> Callable[[Desk], None]:
    def check(desk: Desk) -> None:
        desk.press(key)
        desk.stands_at(place)

    return check


def one_page_on(desk: Desk) -> None:
    in_view = desk.page.evaluate("Math.floor(document.getElementById('list').clientHeight / 48)")
    desk.press("PageDown")
    desk.stands_at(2 + in_view)


def goes_back(desk: Desk) -> None:
    desk.press("End")
    desk.stands_at(N)
    desk.press("Backspace")
    desk.stands_at(2)


def searches(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("/")
    expect(desk.page.locator("#search")).to_be_focused()
    desk.page.keyboard.type("07.png")
    desk.visit.until(lambda: desk.visit.names() == ["07.png"])
    desk.press("Control+a", "Delete", "Escape")
    expect(desk.page.locator("#list")).to_be_focused()
    desk.visit.until(lambda: len(desk.visit.names()) > 1)


def groups(desk: Desk) -> None:
    desk.press("g")
    desk.sees("#folder-now", "ward 0")
    desk.press("g")
    desk.visit.until(lambda: not desk.page.locator("#folder-now").is_visible())
    desk.stands_at(2)


def saves(desk: Desk) -> None:
    with desk.page.expect_download() as saved:
        desk.press("o")
    film = desk.served.rows()[1]["film"]
    assert desk.served.client.get(f"/api/v1/films/{film}/file").content == saved.value.path().read_bytes()


def reports(desk: Desk) -> None:
    with desk.page.context.expect_page() as opened:
        desk.press("r")
    opened.value.wait_for_load_state()
    assert desk.page.locator("#film-name").inner_text() in opened.value.locator("body").inner_text()
    opened.value.close()


def exports(desk: Desk) -> None:
    desk.press("e")
    with desk.page.expect_download() as saved:
        desk.page.get_by_role("button", name="Worklist as CSV").press("Enter")
    assert N == len(saved.value.path().read_text().splitlines()) - 1
    desk.press("Escape")


def adds(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("Shift+F")
    expect(desk.page.get_by_role("button", name="Files…")).to_be_focused()
    desk.press("Escape")
    expect(desk.page.locator("#add")).to_be_focused()


def records(key: str, words: str, **expected: str) -> Callable[[Desk], None]:
    """Return a check that a key records this of the second film, says so in words, and that it can be taken back."""

    def check(desk: Desk) -> None:
        name = desk.page.locator("#film-name").inner_text()
        desk.press(key)
        desk.sees("#said", f"Recorded: {words}, {name}.")
        desk.stands_at(2, of=N - 1)
        assert desk.readings()[-1].items() >= {"name": name, "note": "", "blinded": False, **expected}.items()
        desk.press("z")
        desk.sees("#said", "Taken back: ")
        desk.stands_at(2)

    return check


def undoes(desk: Desk) -> None:
    before = len(desk.readings())
    desk.press("a")
    desk.sees("#said", "Recorded")
    desk.press("z")
    desk.sees("#said", "Taken back: ")
    assert before == len(desk.readings())
    desk.stands_at(2)


def notes(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("n")
    expect(desk.page.locator("#note")).to_be_focused()
    desk.page.keyboard.type("adz")
    desk.press("Escape")
    expect(desk.page.locator("#note")).to_have_value("adz")
    desk.press("n", "Control+a", "Delete", "Escape")
    assert [] == desk.readings()


def hides(key: str, mode: str) -> Callable[[Desk], None]:
    def check(desk: Desk) -> None:
        desk.press(key)
        desk.sees("#mode", mode)
        desk.sees("#facts", "The score is hidden")
        assert "%" not in desk.page.locator("#list").inner_text()
        desk.press(key)
        desk.visit.until(lambda: not desk.page.locator("#mode").is_visible())
        desk.sees("#facts", "%")
        desk.stands_at(2)

    return check


def magnification(desk: Desk) -> float:
    found = re.search(r"([\d,]+) %|1:1", desk.visit.facts())
    assert found is not None
    return float(found[1] or 100)


def magnifies(key: str, factor: float) -> Callable[[Desk], None]:
    def check(desk: Desk) -> None:
        before = magnification(desk)
        desk.press(key)
        desk.visit.until(lambda: magnification(desk) == pytest.approx(factor * before, rel=0.02))

    return check


def corner(desk: Desk) -> tuple[int, int]:
    """Return where the film begins on its pane, from the left and from the top, in pixels."""
    lit = desk.visit.pixels().max(axis=2) > 30
    lit[-60:] = False  # words about the film stand there
    lit[:40] = False
    columns, rows = np.flatnonzero(lit.any(axis=0)), np.flatnonzero(lit.any(axis=1))
    return int(columns[0]), int(rows[0])


def pans(key: str, right: int, down: int) -> Callable[[Desk], None]:
    """Return a check that the film moves so: 1 is to the right or down, -1 to the left or up."""

    def check(desk: Desk) -> None:
        desk.press("-", "-", "-")  # smaller than its pane, so that its corner is seen
        desk.page.wait_for_timeout(100)
        before = corner(desk)
        desk.press(key)
        desk.visit.until(lambda: corner(desk) != before)
        after = corner(desk)
        moved = np.sign([after[0] - before[0], after[1] - before[1]])
        assert [right, down] == moved.tolist()

    return check


def windows(key: str, *, width: float = 1, level: float = 0) -> Callable[[Desk], None]:
    """Return a check that the window gets so many times as wide, and rises by this share of its width."""

    def window(desk: Desk) -> tuple[float, float]:
        found = re.search(r"W (\d+) L (\d+)", desk.visit.facts())
        assert found is not None
        return float(found[1]), float(found[2])

    def check(desk: Desk) -> None:
        before = window(desk)
        after = width * before[0], before[1] + level * before[0]
        desk.press(key)
        desk.visit.until(lambda: window(desk) == pytest.approx(after, abs=1))

    return check


def inverts(desk: Desk) -> None:
    desk.press("i")
    desk.visit.until(lambda: desk.is_pressed("Invert"))
    assert "inverted" in desk.visit.facts()


def warms(desk: Desk) -> None:
    desk.press("h")
    desk.visit.until(lambda: desk.is_pressed("Heat map"))
    desk.press("h")
    desk.visit.until(lambda: not desk.is_pressed("Heat map"))


def opacity(key: str, change: int) -> Callable[[Desk], None]:
    def check(desk: Desk) -> None:
        slider = desk.page.get_by_label("Opacity of the heat map")
        before = int(slider.input_value())
        desk.press(key)
        desk.visit.until(lambda: int(slider.input_value()) == before + change)

    return check


def compares(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("c")
    expect(desk.page.locator(".film-pane")).to_have_count(2)
    desk.press("c")
    expect(desk.page.locator(".film-pane")).to_have_count(1)


def returns_to_fit(key: str) -> Callable[[Desk], None]:
    def check(desk: Desk) -> None:
        before = magnification(desk)
        desk.press("+", "Shift+ArrowLeft")
        desk.visit.until(lambda: magnification(desk) != before)
        desk.press(key)
        desk.visit.until(lambda: magnification(desk) == before)

    return check


def is_pixel_for_pixel(desk: Desk) -> None:
    desk.press("x")
    desk.visit.until(lambda: "1:1" in desk.visit.facts())


def shows_the_film_alone(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("f")
    expect(desk.page.locator("#films")).to_be_hidden()
    desk.press("f")
    expect(desk.page.locator("#films")).to_be_visible()


def changes_the_light(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("l")
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "light")
    desk.press("l")
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "dark")


def goes_to_the_list(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("f", "Escape")
    expect(desk.page.locator("#films")).to_be_visible()
    expect(desk.page.locator("#list")).to_be_focused()


def looks_back(desk: Desk) -> None:
    desk.press("Shift+D")
    desk.page.wait_for_url("**/dashboard")
    desk.page.go_back()
    desk.stands_at(1)


def helps(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.press("?")
    expect(desk.page.locator("#help")).to_be_visible()
    desk.press("?")
    expect(desk.page.locator("#help")).to_be_hidden()


# What each key does to the second of 30 films, which the model flags; by the name that the help has for it.
CHECKS: dict[str, Callable[[Desk], None]] = {
    "J": moves_to(3, "j"),
    "↓": moves_to(3, "ArrowDown"),
    "K": moves_to(1, "k"),
    "↑": moves_to(1, "ArrowUp"),
    "Page ↓": one_page_on,
    "Page ↑": moves_to(1, "PageUp"),
    "Home": moves_to(1, "Home"),
    "End": moves_to(N, "End"),
    "Backspace": goes_back,
    "/": searches,
    "G": groups,
    "O": saves,
    "R": reports,
    "E": exports,
    "Shift + F": adds,
    "A": records("a", "agree", verdict="agree"),
    "D": records("d", "disagree", verdict="disagree"),
    "U": records("u", "unsure", verdict="unsure"),
    "1": records("1", "agree", finding="present"),
    "2": records("2", "disagree", finding="absent"),
    "3": records("3", "unsure", finding="uncertain"),
    "N": notes,
    "Z": undoes,
    "B": hides("b", "Blinded"),
    "T": hides("t", "Teaching"),
    "+": magnifies("+", 1.25),
    "=": magnifies("=", 1.25),
    "-": magnifies("-", 0.8),
    "Shift + ←": pans("Shift+ArrowLeft", 1, 0),
    "Shift + →": pans("Shift+ArrowRight", -1, 0),
    "Shift + ↑": pans("Shift+ArrowUp", 0, 1),
    "Shift + ↓": pans("Shift+ArrowDown", 0, -1),
    "<": windows("<", width=1 / 1.1),
    ">": windows(">", width=1.1),
    ",": windows(",", level=-0.05),
    ".": windows(".", level=0.05),
    "I": inverts,
    "H": warms,
    "[": opacity("[", -10),
    "]": opacity("]", 10),
    "C": compares,
    "W": returns_to_fit("w"),
    "X": is_pixel_for_pixel,
    "0": returns_to_fit("0"),
    "F": shows_the_film_alone,
    "Shift + D": looks_back,
    "L": changes_the_light,
    "Escape": goes_to_the_list,
    "?": helps,
}


def test_every_key_of_the_help_does_what_it_says(desk: Desk) -> None:
    desk.press("?")
    listed = desk.page.locator("#commands kbd").all_inner_texts()
    desk.press("?")

    assert set(CHECKS) == set(listed)
    for key in listed:
        desk.second_film()
        try:
            CHECKS[key](desk)
        except AssertionError as error:
            raise AssertionError(f"{key}: {error}") from error
        desk.press("Escape", "0")


def read_by(desk: Desk) -> list[tuple[str, str, bool]]:
    """Return name, finding and whether it was blinded of every reading, the oldest first."""
    return [(said["name"], said["finding"], said["blinded"]) for said in desk.readings()]


def test_a_blinded_reader_learns_the_score_after_the_answer(desk: Desk) -> None:
    """In the order of arrival, without rank, band, percentage or heat map; and the server says none of them."""
    told: list[dict[str, Any]] = []
    desk.page.on(
        "response", lambda answer: told.append(answer.json()) if "/worklist/search" in answer.url else None
    )
    desk.press("b", "Home")
    desk.sees("#film-name", "00.png")
    desk.sees("#facts", "The score is hidden")
    shown = desk.page.locator("#room").inner_text()
    assert "%" not in shown.replace(desk.visit.facts(), "")
    assert not re.search("URGENT|REVIEW|ROUTINE", shown)
    assert {None} == {row["probability"] for row in told[-1]["films"]}
    desk.press("h")
    desk.sees("#announcer", "The heat map is hidden until you have read the film.")
    assert not desk.is_pressed("Heat map")

    desk.answer("2")
    desk.sees("#said", "Recorded: no pneumonia, 00.png.")
    desk.sees("#film-name", "01.png")
    desk.answer("3")
    desk.sees("#film-name", "02.png")
    desk.press("Backspace")
    desk.sees("#film-name", "01.png")
    desk.sees("#facts .headline", "%")

    assert [("00.png", "absent", True), ("01.png", "uncertain", True)] == read_by(desk)
    desk.page.reload()
    desk.sees("#mode", "Blinded")
    desk.stands_at(1, of=N - 2)


def test_teaching_compares_with_the_model_and_counts(desk: Desk) -> None:
    from playwright.sync_api import expect

    order = sorted(desk.served.rows(), key=lambda row: row["name"])
    desk.press("t", "Home")
    desk.sees("#film-name", order[0]["name"])
    agreed = 0
    for count, row in enumerate(order[:6], start=1):
        desk.sees("#film-name", row["name"])
        desk.sees("#facts", "The score is hidden")
        desk.answer("1" if count % 2 else "2")
        agrees = row["flagged"] == bool(count % 2)
        agreed += agrees
        desk.sees("#compared", "You agree." if agrees else "You differ.")
        desk.sees("#compared", "flagged" if row["flagged"] else "not flagged")
        desk.sees("#tally", f"{agreed} of {count} as the model")
        desk.press("j")
    last = order[5]["flagged"]
    desk.press("z")
    desk.sees("#tally", f"{agreed - (not last)} of 5 as the model")
    expect(desk.page.locator("#film-name")).to_have_text(order[5]["name"])

    assert 5 == len(desk.readings())
    desk.page.reload()
    desk.sees("#tally", f"{agreed - (not last)} of 5 as the model")


def test_a_note_is_kept_with_the_reading_and_shown(desk: Desk) -> None:
    from playwright.sync_api import expect

    name = desk.page.locator("#film-name").inner_text()
    desk.press("n")
    desk.page.keyboard.type("left base; ask for a <b>lateral</b> view")
    desk.press("Escape", "j", "k")
    expect(desk.page.locator("#note")).to_have_value("left base; ask for a <b>lateral</b> view")
    desk.answer("d")
    desk.sees("#said", "Recorded: disagree")
    expect(desk.page.locator("#note")).to_have_value("")
    desk.press("Backspace")
    desk.sees("#film-name", name)
    desk.sees(".readings", "left base; ask for a <b>lateral</b> view")

    assert "left base; ask for a <b>lateral</b> view" == desk.readings()[0]["note"]


def test_a_reading_that_the_server_did_not_hear_is_not_called_recorded(desk: Desk) -> None:
    name = desk.page.locator("#film-name").inner_text()
    desk.served.kill()
    desk.press("a")
    desk.sees("#said", "It is not known whether this was recorded. The server cannot be reached.")

    assert name == desk.page.locator("#film-name").inner_text()


def tab_to(visit: "Visit", selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}.")


def test_the_keyboard_alone_reads_every_film_from_the_first_visit(start: "Start", enter: "Enter") -> None:
    """From "try with synthetic films" to "every film is read": no pointer is ever pressed."""
    served = start()
    visit = enter(served.url)
    desk = Desk(served, visit)
    visit.page.evaluate("addEventListener('pointerdown', () => { window.pointed = true }, { capture: true })")
    desk.sees("#empty", "No films yet")
    tab_to(visit, "#try-synthetic")
    desk.press("Enter")
    served.until(lambda counts: counts["all"] > 20 and counts["waiting"] == 0)
    # Until most films are scored the page has chosen none.
    desk.sees("#film-synthetic", "SYNTHETIC")
    n = served.counts()["all"]
    # The page knows it too: what is chosen before may still move down.
    desk.sees("#film-place", f"of {n}")
    desk.sees("#live", "Up to date")
    desk.press("Home")
    for left in range(n, 0, -1):
        desk.stands_at(1, of=left)
        visit.until_shown()
        desk.sees("#question", "The model")
        if left == n:
            desk.press("+", "Shift+ArrowLeft", "i", "h", "n")
            visit.page.keyboard.type("first")
            desk.press("Escape")
        desk.press("adu"[left % 3])
    desk.sees("#nothing", "Every film is read.")
    desk.press("z")
    desk.stands_at(1, of=1)
    desk.answer("u")
    desk.sees("#nothing", "Every film is read.")

    assert n == len({said["film"] for said in desk.readings()}) == len(desk.readings())
    assert {"agree", "disagree", "unsure"} == {said["verdict"] for said in desk.readings()}
    assert "first" == desk.readings()[0]["note"]
    assert not visit.page.evaluate("window.pointed ?? false")


def test_answers_are_recorded_by_buttons_and_a_finger(
    start: "Start", enter: "Enter", make_film: "MakeFilm"
) -> None:
    """On a phone: the list, the film, an answer, and back."""
    from playwright.sync_api import expect

    served = start()
    served.send({f"{n}.png": make_film(100 + 40 * n, n) for n in range(3)})
    served.until_done(3)
    visit = enter(served.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit.until(lambda: len(visit.names()) == 3)
    name = visit.names()[1]
    visit.page.locator(".film", has_text=name).tap()
    expect(visit.page.locator("#film-name")).to_have_text(name)
    expect(visit.page.locator("#films")).to_be_hidden()
    visit.until_shown()
    visit.page.get_by_role("button", name="Disagree").tap()
    expect(visit.page.locator("#said")).to_contain_text(f"Recorded: disagree, {name}.")
    visit.page.get_by_role("button", name="← Worklist").tap()
    visit.until(lambda: len(visit.names()) == 2)

    assert name not in visit.names()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_film_is_read_at_200_percent(start: "Start", enter: "Enter", make_film: "MakeFilm") -> None:
    """1280 × 800 at 200 % is 640 × 400: controls and answers stand below the film, and each is reached."""
    served = start()
    served.send({f"{n}.png": make_film(100 + 40 * n, n) for n in range(3)})
    served.until_done(3)
    visit = enter(served.url, viewport={"width": 640, "height": 400})
    visit.until(lambda: len(visit.names()) == 3)
    visit.page.locator(".film").first.click()
    visit.until_shown()
    parts = (".film-panes", ".film-controls", "#question", "#answers", "#note")
    boxes = [visit.page.locator(part).bounding_box() for part in parts]
    ends = [edge for box in boxes if box for edge in (box["y"], box["y"] + box["height"])]

    assert 2 * len(parts) == len(ends)
    assert sorted(ends) == ends
    visit.page.get_by_role("button", name="Agree", exact=True).click()
    visit.until(lambda: served.counts()["read"] == 1)
