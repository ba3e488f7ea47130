"""Films come in through the page of a real server: every file ends somewhere, and nothing is sent twice."""

import re
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.system.conftest import Enter, MakeFilm, Served, Start, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

N = 3000
N_COPIES = 20
N_REFUSED = 5


@pytest.fixture(scope="module")
def archive(
    tmp_path_factory: pytest.TempPathFactory, make_film: "MakeFilm", colour_photograph: bytes
) -> Path:
    """Return 3,000 files in folders of folders: films, copies of some, and files that cannot be scored."""
    root = tmp_path_factory.mktemp("picked") / "archive"
    contents = [make_film(60 + seed % 120, seed) for seed in range(N - N_COPIES - N_REFUSED)]
    contents += contents[:N_COPIES]
    contents += [
        b"",
        b"name,age\nnobody,0\n",
        make_film(110, 1)[:4000],
        make_film(110, 2, side=64),
        colour_photograph,
    ]
    for number, content in enumerate(contents):
        below = root / f"ward {number % 7}" / f"day {number % 31:02}"
        below.mkdir(parents=True, exist_ok=True)
        (below / f"film{number:04}.png").write_bytes(content)
    return root


class Taken:
    """What happened while a folder was taken in.

    Args:
        served: The server.
        visit: The page.
        titles: What the panel said on the way.
        shares: How far its bar came.
    """

    def __init__(self, served: "Served", visit: "Visit", told: list[tuple[str, float]]) -> None:
        self.served, self.visit = served, visit
        self.titles = [title for title, _ in told]
        self.shares = [share for _, share in told]


WATCH = """() => {
    window.told = [];
    const note = () => window.told.push([
        document.getElementById("upload-title").textContent, document.getElementById("upload-bar").value]);
    new MutationObserver(note).observe(document.getElementById("uploads"), { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def taken(start_for_all: "Start", enter_for_all: "Enter", archive: Path) -> Taken:
    """Return the page after a folder of 3,000 files was picked, sent and scored."""
    served = start_for_all()
    visit = enter_for_all(served.url)
    visit.page.evaluate(WATCH)
    pick(visit, archive)
    expect_title(visit, f"Done: {N:,} files", seconds=120)
    served.until_done(N - N_COPIES, patience_s=180)
    return Taken(served, visit, visit.page.evaluate("window.told"))


def pick(visit: "Visit", folder: Path) -> None:
    visit.page.locator("#folder-picker").set_input_files(folder)


def expect_title(visit: "Visit", words: str, seconds: float = 30) -> None:
    from playwright.sync_api import expect

    expect(visit.page.locator("#upload-title")).to_contain_text(words, timeout=1000 * seconds)


def ends(visit: "Visit") -> str:
    return visit.page.locator("#upload-ends").inner_text()


def listed(visit: "Visit") -> int:
    """Return how many films the page says are in its list."""
    return int(visit.page.locator(".film").first.get_attribute("aria-setsize") or 0)


def test_every_file_of_a_folder_ends_in_the_list_or_is_called_a_copy(taken: Taken, archive: Path) -> None:
    """Scored with a band, or not scored with a reason; a copy is one film, under the name that came first."""
    rows = taken.served.rows()

    same = defaultdict(set)
    for path in archive.rglob("*.png"):
        same[path.read_bytes()].add(path.name)
    names = Counter(row["name"] for row in rows)
    assert f"{N - N_COPIES:,} received · {N_COPIES} copies" == ends(taken.visit)
    assert N - N_COPIES == len(same)
    assert {1} == {sum(names[name] for name in copies) for copies in same.values()}
    states = Counter(row["state"] for row in rows)
    assert {"scored": N - N_COPIES - N_REFUSED, "not_scored": N_REFUSED} == states
    assert all(row["band"] for row in rows if row["state"] == "scored")
    refused = {row["name"]: row["reason"]["message"] for row in rows if row["state"] == "not_scored"}
    assert {f"film{number}.png" for number in range(N - N_REFUSED, N)} == set(refused)
    assert all(refused.values())
    assert "colour picture" in refused[f"film{N - 1}.png"]


def test_a_folder_keeps_its_folders(taken: Taken) -> None:
    rows = taken.served.rows()

    assert {f"archive/ward {number % 7}/day {number % 31:02}" for number in range(7 * 31)} == {
        row["folder"] for row in rows
    }


def test_on_the_way_the_panel_tells_how_far_it_is(taken: Taken) -> None:
    counted = [
        int(found[1].replace(",", ""))
        for title in taken.titles
        if (found := re.match(r"([\d,]+) of [\d,]+", title))
    ]

    assert len(set(counted)) > 5
    assert sorted(counted) == counted
    assert sorted(taken.shares) == taken.shares
    assert 0.1 < np.median(sorted(set(taken.shares))) < 0.9


def test_nothing_was_sent_twice(taken: Taken) -> None:
    # An empty file is sent as well: the server says what is wrong with it.
    assert N == taken.visit.sent.total() == len(taken.visit.sent)


SCROLL = """async (share) => {
    const list = document.getElementById("list");
    list.scrollTop = share * (list.scrollHeight - list.clientHeight);
    const drawn = () => [...list.querySelectorAll(".film:not([hidden])")]
        .sort((a, b) => a.dataset.index - b.dataset.index);
    const isSettled = () => Number(drawn()[0]?.dataset.index) === Math.floor(list.scrollTop / 48);
    while (!isSettled()) await new Promise(requestAnimationFrame);
    const box = list.getBoundingClientRect();
    const rows = drawn();
    const boxes = rows.map((row) => row.getBoundingClientRect());
    return {
        isCovered: boxes[0].top <= box.top + 1 && boxes.at(-1).bottom >= box.bottom - 1,
        gap: Math.max(...boxes.slice(1).map((row, i) => Math.abs(row.top - boxes[i].bottom))),
        names: rows.map((row) => row.querySelector(".name").textContent),
        words: rows.map((row) => row.querySelector(".band").textContent),
    };
}"""


def test_a_list_of_thousands_shows_no_blank_row(taken: Taken) -> None:
    """Scrolled to many places; when the list has settled every row in view holds a film, in the server's order."""
    taken.visit.until(lambda: listed(taken.visit) == N - N_COPIES)
    order = [row["name"] for row in taken.served.rows(state="unread")]
    for share in (0.1, 0.5, 0.9, 0.3, 1.0, 0.7, 0.0):
        found: dict[str, Any] = {}

        def is_ordered(share: float = share, found: dict[str, Any] = found) -> bool:
            # What changed last may still be on its way to the page.
            found |= taken.visit.page.evaluate(SCROLL, share)
            at = order.index(found["names"][0])
            names: list[str] = found["names"]
            return order[at : at + len(names)] == names

        taken.visit.until(is_ordered)
        assert found["isCovered"], share
        assert found["gap"] < 1
        assert all(found["words"])
        assert share * (N - N_COPIES) == pytest.approx(order.index(found["names"][0]), abs=20)


def test_the_panel_lists_each_file_with_its_end(taken: Taken) -> None:
    from playwright.sync_api import expect

    page = taken.visit.page
    page.get_by_role("button", name="Each file…").click()
    expect(page.locator("#ledger-count")).to_have_text(f"{N:,} files")
    page.locator("#ledger-end").select_option("copy")
    expect(page.locator("#ledger-count")).to_have_text(f"{N_COPIES} files")
    expect(page.locator(".entry:not([hidden])").first).to_contain_text("Copy of archive/ward")
    page.keyboard.press("Escape")


def test_the_same_folder_again_is_known_and_not_sent(taken: Taken, archive: Path) -> None:
    """Runs last of those that share the page."""
    before = taken.visit.sent.total()
    pick(taken.visit, archive)
    taken.visit.until(lambda: f"{N:,} already here" in ends(taken.visit), seconds=60)

    assert before == taken.visit.sent.total()
    assert N - N_COPIES == taken.served.counts()["all"]


@pytest.fixture
def ward(tmp_path: Path, make_film: "MakeFilm") -> Path:
    """Return a folder of 300 films."""
    root = tmp_path / "ward"
    root.mkdir()
    for seed in range(300):
        (root / f"{seed:03}.png").write_bytes(make_film(60 + seed % 100, 10_000 + seed))
    return root


# A slow line keeps the server waiting, and is not a rude client.
PATIENT = {"FIRSTREAD_WEB__BODY_TIMEOUT_S": "30"}


def test_an_urgent_film_that_comes_later_is_listed_first(
    start: "Start", enter: "Enter", make_film: "MakeFilm", tmp_path: Path
) -> None:
    """The page moves it there by itself, and the film that is being read stays where it is."""
    from playwright.sync_api import expect

    served = start()
    visit = enter(served.url)
    served.send({f"calm-{seed}.png": make_film(70, seed) for seed in range(20)})
    served.until_done(20)
    visit.until(lambda: len(visit.names()) > 5)
    expect(visit.page.locator("#film-name")).to_have_text(re.compile("calm"))
    chosen = visit.page.locator("#film-name").inner_text()
    late = tmp_path / "late.png"
    late.write_bytes(make_film(210, 99))
    visit.page.locator("#files").set_input_files(late)
    visit.until(lambda: visit.names()[0] == "late.png")

    expect(visit.page.locator(".film", has_text="late.png")).to_contain_text("URGENT")
    expect(visit.page.locator(".film", has_text="late.png").locator(".rank")).to_have_text("1")
    expect(visit.page.locator("#film-name")).to_have_text(chosen)
    assert "late.png" == served.rows()[0]["name"]


def test_what_was_cancelled_is_sent_later_and_nothing_twice(
    start: "Start", enter: "Enter", ward: Path
) -> None:
    served = start(settings=PATIENT)
    visit = enter(served.url)
    visit.slow_line(600_000)
    pick(visit, ward)
    visit.until(lambda: served.counts()["all"] >= 32)
    visit.page.get_by_role("button", name="Cancel").click()
    expect_title(visit, "Cancelled")
    here = served.counts()["all"]
    assert 32 <= here < 300
    assert re.search(r"\d+ cancelled", ends(visit))
    visit.slow_line(-1)
    visit.sent.clear()
    pick(visit, ward)
    expect_title(visit, "Done: 300 files")
    served.until_done(300)

    # What was on its way when it was cancelled may have arrived after all.
    assert visit.sent.total() <= 300 - here
    assert f"{300 - visit.sent.total()} already here" in ends(visit)
    assert {1} == set(visit.sent.values())


def test_a_reload_half_way_costs_nothing(start_on_each: "Start", enter: "Enter", ward: Path) -> None:
    served = start_on_each(settings=PATIENT)
    visit = enter(served.url)
    visit.slow_line(600_000)
    pick(visit, ward)
    visit.until(lambda: served.counts()["all"] >= 64)
    visit.page.reload()
    expect_title(visit, "of 300 files had come")
    visit.slow_line(-1)
    visit.page.wait_for_timeout(500)
    here = served.counts()["all"]
    visit.sent.clear()
    pick(visit, ward)
    expect_title(visit, "Done: 300 files")
    served.until_done(300)

    assert 64 <= here < 300
    # What was on its way when the page was left may have arrived after all.
    assert visit.sent.total() <= 300 - here
    assert f"{300 - visit.sent.total()} already here" in ends(visit)
    assert {1} == set(visit.sent.values())


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def add_account(store: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "firstread", "account", "add", "weber", "--password-stdin", "--folder", store],
        input="a long enough password\n",
        text=True,
        check=True,
        capture_output=True,
    )


def test_a_server_that_is_killed_while_films_come_is_waited_for(
    start: "Start", enter: "Enter", ward: Path, tmp_path: Path
) -> None:
    """The page says so, goes on by itself when the server is back, and every film arrives."""
    from playwright.sync_api import expect

    add_account(tmp_path / "store")
    where = ("--port", str(free_port()))
    doors = PATIENT | {"FIRSTREAD_DOORS__LOCAL_ACCOUNTS": "true"}
    served = start(*where, settings=doors)
    visit = enter(f"{served.origin}/login")
    visit.page.get_by_label("Name").fill("weber")
    visit.page.get_by_label("Password").fill("a long enough password")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#who")).to_have_text("weber", timeout=30_000)
    visit.slow_line(600_000)
    pick(visit, ward)
    visit.until(lambda: served.counts()["all"] >= 32)
    served.kill()
    expect(visit.page.locator("#live")).to_have_text("No connection: trying again")
    expect(visit.page.locator("#upload-trouble")).to_contain_text("The server cannot be reached.")
    visit.slow_line(-1)
    served = start(*where, settings=doors)
    expect_title(visit, "Done: 300 files")
    served.until_done(300)

    expect(visit.page.locator("#live")).to_have_text("Up to date")
    visit.until(lambda: listed(visit) == 300)
    expect(visit.page.locator("#problem")).to_be_hidden()
    expect(visit.page.locator("#upload-trouble")).to_have_text("")


def test_who_came_in_by_the_printed_address_is_told_to_come_in_again(start: "Start", enter: "Enter") -> None:
    """A new start has a new address; the page says so, and does not wait for ever."""
    from playwright.sync_api import expect

    where = ("--port", str(free_port()))
    served = start(*where)
    visit = enter(served.url)
    expect(visit.page.locator("#viewer.film-viewer")).to_be_attached()
    expect(visit.page.locator("#who")).to_have_text("this computer")
    served.kill()
    expect(visit.page.locator("#live")).to_have_text("No connection: trying again")
    start(*where)
    expect(visit.page.locator("#problem")).to_contain_text("You are logged out.")
    visit.page.get_by_role("button", name="Log in again").click()

    expect(visit.page.get_by_role("main")).to_contain_text("Open the address that firstread printed")


DROP = """() => { window.dropped = []; document.addEventListener("drop", (event) => {
    for (const item of event.dataTransfer.items) {
        const entry = item.webkitGetAsEntry();
        window.dropped.push([entry.name, entry.isDirectory]);
    }
}, { capture: true }) }"""


def drop(visit: "Visit", *paths: Path) -> None:
    """Drop files and folders as a file manager does, with the entries that the browser makes of them."""
    mouse = visit.page.context.new_cdp_session(visit.page)
    carried = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        mouse.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 400, "data": carried})


def test_files_and_folders_of_folders_are_dropped(
    start: "Start", enter: "Enter", make_film: "MakeFilm", tmp_path: Path
) -> None:
    """A browser hands out the entries of a folder a hundred at a time."""
    top = tmp_path / "top"
    for seed in range(250):
        file = top / "many" / f"{seed}.png" if seed < 240 else top / "deep" / "er" / f"{seed}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(make_film(100, seed))
    (top / "empty").mkdir()
    (top / ".DS_Store").write_bytes(b"x")
    (tmp_path / "alone.png").write_bytes(make_film(100, 999))
    served = start()
    visit = enter(served.url)
    visit.page.evaluate(DROP)
    drop(visit, top, tmp_path / "alone.png")
    expect_title(visit, "Done: 252 files")
    served.until_done(251)

    assert [["top", True], ["alone.png", False]] == visit.page.evaluate("window.dropped")
    assert "251 received · 1 left out" == ends(visit)
    folders = Counter(row["folder"] for row in served.rows())
    assert {"top/many": 240, "top/deep/er": 10, "": 1} == folders
