"""What axe-core finds on the pages of a real server: nothing serious, in the dark and in the light."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.system.conftest import Enter, MakeFilm, Served, Start, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Accessible to the letter of WCAG 2.2 AA, and what axe's makers hold to be good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def accessible(visit: "Visit") -> list[str]:
    """Return what axe-core finds that is serious or critical."""
    axe: Any = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(visit.page, options={"runOnly": RULES})
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def test_a_finding_would_be_found(start: "Start", enter: "Enter") -> None:
    """The rules are read, and the page is looked at: faint grey on grey and a button without a name are told."""
    visit = enter(start().url)
    visit.page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("afterbegin",
        '<p id="faint">hardly to be seen</p><button></button>')""")
    visit.page.evaluate(
        "Object.assign(document.getElementById('faint').style, { color: '#555', background: '#444' })"
    )

    found = accessible(visit)

    assert {"color-contrast", "button-name"} <= {finding.split(":")[0] for finding in found}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_before_the_first_film(start: "Start", enter: "Enter", theme: str) -> None:
    from playwright.sync_api import expect

    visit = enter(start().url)
    expect(visit.page.locator("#empty")).to_be_visible()
    light(visit, theme)

    assert [] == accessible(visit)


def light(visit: "Visit", theme: str) -> None:
    if theme == "light":
        visit.page.keyboard.press("l")
    assert theme == visit.page.evaluate("document.documentElement.dataset.theme")


@pytest.fixture(scope="module")
def room(start_for_all: "Start", make_film: "MakeFilm") -> "Served":
    """Return a server with films of every band, some of them read, and two that are not scored."""
    served = start_for_all()
    films = {f"ward {n % 2}/{n:02}.png": make_film(60 + 6 * n, n, side=160) for n in range(24)}
    served.send(films | {"notes.txt": b"no film", "small.png": make_film(100, 99, side=50)})
    served.until_done(26)
    for row in served.rows()[:2]:
        answer = {"verdict": "agree", "note": "a note"}
        assert 201 == served.client.post(f"/api/v1/films/{row['film']}/readings", json=answer).status_code
    # Else the first of the list may be one of those, of which less is said.
    served.until(lambda counts: counts["unread"] == 24)
    return served


# Each with what ends it: heat map, two films, blinded, teaching, by folder, both menus, the help.
MODES = {"h": "h", "c": "c", "b": "b", "t": "t", "g": "g", "e": "Escape", "Shift+F": "Escape", "?": "?"}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_list_with_a_film_chosen(room: "Served", enter: "Enter", theme: str) -> None:
    visit = enter(room.url)
    light(visit, theme)
    visit.page.keyboard.press("j")
    visit.until_shown()
    assert [] == accessible(visit)
    visit.page.locator("#rank-rule").click()
    assert [] == accessible(visit), "how films are ranked"
    for begins, ends in MODES.items():
        visit.page.keyboard.press(begins)
        visit.page.wait_for_timeout(300)
        assert [] == accessible(visit), begins
        visit.page.keyboard.press(ends)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_films_that_were_read_and_films_that_were_not_scored(
    room: "Served", enter: "Enter", theme: str
) -> None:
    visit = enter(room.url)
    light(visit, theme)
    for state in ("not_scored", "read"):
        visit.page.locator("#state").select_option(state)
        visit.until(lambda: len(visit.names()) == 2)
        visit.page.locator(".film:not([hidden])").first.click()
        visit.page.wait_for_timeout(300)

        assert [] == accessible(visit)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_films_on_their_way_in(
    start: "Start", enter: "Enter", make_film: "MakeFilm", tmp_path: Path, theme: str
) -> None:
    """The panel while they are sent, when they are here, and with each file listed."""
    from playwright.sync_api import expect

    folder = tmp_path / "ward"
    folder.mkdir()
    for seed in range(80):
        (folder / f"{seed}.png").write_bytes(make_film(80 + seed, seed))
    (folder / "copy.png").write_bytes(make_film(80, 0))
    visit = enter(start().url)
    light(visit, theme)
    visit.slow_line(300_000)
    visit.page.locator("#folder-picker").set_input_files(folder)
    expect(visit.page.locator("#upload-title")).to_contain_text("of 81")
    assert [] == accessible(visit)
    visit.slow_line(-1)
    expect(visit.page.locator("#upload-title")).to_contain_text("Done: 81 files")
    assert [] == accessible(visit)
    visit.page.get_by_role("button", name="Each file…").click()

    assert [] == accessible(visit)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_phone(room: "Served", enter: "Enter", theme: str) -> None:
    visit = enter(room.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit.until(lambda: len(visit.names()) > 3)
    light(visit, theme)
    assert [] == accessible(visit)
    visit.page.locator(".film").nth(1).tap()
    visit.until_shown()

    assert [] == accessible(visit)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_login_page_with_a_form_and_a_refusal(start: "Start", enter: "Enter", theme: str) -> None:
    served = start(settings={"FIRSTREAD_DOORS__LOCAL_ACCOUNTS": "true"})
    visit = enter(f"{served.origin}/login")
    # As the reading room leaves it.
    visit.page.evaluate("theme => localStorage.setItem('firstread-theme', JSON.stringify(theme))", theme)
    visit.page.reload()
    visit.page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
    assert [] == accessible(visit)
    visit.page.get_by_label("Name").fill("nobody")
    visit.page.get_by_label("Password").fill("this is not it")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("alert").wait_for()

    assert [] == accessible(visit)
