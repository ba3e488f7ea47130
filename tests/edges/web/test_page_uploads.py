"""Films come in once each, whatever happens on the way."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], object]], None]
N = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of folders with 300 files, among them one that no film is."""
    root = tmp_path / "archive"
    for i in range(N):
        below = root / f"ward {i % 5}" / f"series {i % 3}"
        below.mkdir(parents=True, exist_ok=True)
        (below / f"film{i:03}.dcm").write_bytes(f"film {i}".encode() * 50)
    return root


def pick(page: "Page", folder: Path) -> None:
    page.locator("#folder-picker").set_input_files(folder)


def ends(page: "Page", title: str, *parts: str) -> None:
    """Expect that the panel says how the files ended."""
    from playwright.sync_api import expect

    expect(page.locator("#upload-title")).to_contain_text(title, timeout=30_000)
    for part in parts:
        expect(page.locator("#upload-ends")).to_contain_text(part)


def test_every_file_of_a_folder_is_sent_once(page: "Page", fake: "FakeServer", folder: Path) -> None:
    pick(page, folder)
    ends(page, f"Done: {N} files", f"{N} received")

    assert {f"archive/{path.relative_to(folder)}" for path in folder.rglob("*.dcm")} == set(fake.sent)
    assert {1} == set(fake.sent.values())
    assert fake.most_at_once <= 4
    assert 32 < fake.most_files <= 64


def test_a_slow_line_has_less_on_its_way(page: "Page", fake: "FakeServer", folder: Path) -> None:
    """What is on its way cannot be taken back when somebody cancels."""
    fake.delay_s = 1.1
    pick(page, folder)
    ends(page, f"Done: {N} files", f"{N} received")

    assert 32 == fake.most_files


def test_the_same_folder_again_sends_nothing(page: "Page", fake: "FakeServer", folder: Path) -> None:
    pick(page, folder)
    ends(page, "Done", f"{N} received")
    pick(page, folder)
    ends(page, "Done", f"{N} already here")

    assert N == fake.sent.total()


def test_after_a_reload_only_the_rest_is_sent(
    page: "Page", fake: "FakeServer", folder: Path, until: Until
) -> None:
    """What was acknowledged is known by its SHA-256."""
    fake.delay_s = 1.1
    pick(page, folder)
    until(lambda: 30 < len(fake.films))
    page.reload()
    here = len(fake.films)
    ends(page, f"of {N} files had come", "only the rest is sent")
    # What was on its way may have arrived.
    ends(page, "Cut short: at least ")
    fake.delay_s = 0
    # Whatever was on its way when the page left may still arrive.
    until(lambda: fake.at_once == 0)
    pick(page, folder)
    ends(page, "Done", "already here")

    assert 30 < here < N
    assert N == len(fake.films)
    assert N == fake.sent.total()


def test_what_was_cut_short_can_be_put_away(
    page: "Page", fake: "FakeServer", folder: Path, until: Until
) -> None:
    from playwright.sync_api import expect

    fake.delay_s = 1.1
    pick(page, folder)
    until(lambda: 30 < len(fake.films))
    page.reload()
    ends(page, "Cut short")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#uploads")).to_be_hidden()
    page.reload()
    expect(page.locator("#film-name")).not_to_be_empty(timeout=10_000)

    expect(page.locator("#uploads")).to_be_hidden()


def test_cancelling_lets_what_is_on_its_way_arrive_and_counts_it(
    page: "Page", fake: "FakeServer", folder: Path, until: Until
) -> None:
    from playwright.sync_api import expect

    # The list is in view before the first file is sent: where there is none, it does not get the focus.
    fake.populate(1)
    expect(page.locator("#list")).to_be_visible(timeout=10_000)
    fake.delay_s = 1.1
    pick(page, folder)
    until(lambda: 30 < fake.sent.total() and fake.at_once == 4)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#upload-title")).to_have_text("Cancelling…")
    ends(page, "Cancelled", "cancelled", "received", "Add the same folder again: only the rest is sent.")
    page.wait_for_timeout(1000)

    here = fake.sent.total()
    assert 30 < here < N
    ends(page, f"Cancelled: {N - here} of {N} files not sent", f"{here} received · {N - here} cancelled")
    expect(page.locator("#list")).to_be_focused()


def test_what_may_have_arrived_after_cancelling_is_told_as_such(
    page: "Page", fake: "FakeServer", folder: Path, until: Until
) -> None:
    """A server that does not answer for a while may store the films yet."""
    from playwright.sync_api import expect

    fake.delay_s = 30
    pick(page, folder)
    until(lambda: fake.at_once == 4)
    page.get_by_role("button", name="Cancel").click()
    ends(page, "Cancelled", "not known whether received")
    told = page.locator("#upload-ends").inner_text()
    cancelled, unknown = (int(number) for number in re.findall(r"\d+", told))
    assert N == cancelled + unknown
    assert 4 <= unknown <= 4 * 32
    page.get_by_role("button", name="Each file…").click()
    page.locator("#ledger-end").select_option("unknown")

    expect(page.locator("#ledger-count")).to_have_text(f"{unknown} files")
    expect(page.locator(".entry:not([hidden])").first).to_contain_text("not known whether received")


def test_the_last_minute_is_told_in_whole_words(page: "Page") -> None:
    left = page.evaluate("""async () => {
        const { timeLeft } = await import("/static/upload-panel.js");
        return [5, 59, 61, 600].map(timeLeft);
    }""")

    assert ["", ", less than a minute left", ", about 1 min left", ", about 10 min left"] == left


def test_the_focus_goes_on_where_a_menu_or_a_button_is_gone(page: "Page", folder: Path) -> None:
    """Else it falls to the beginning of the page."""
    from playwright.sync_api import expect

    with page.expect_file_chooser() as first:
        page.get_by_role("button", name="Choose a folder").press("Enter")
    first.value.set_files(folder)
    ends(page, "Done")
    expect(page.locator("#list")).to_be_focused()
    page.get_by_role("button", name="Close", exact=True).press("Enter")
    expect(page.locator("#list")).to_be_focused()
    page.keyboard.press("Shift+F")
    with page.expect_file_chooser() as second:
        page.get_by_role("button", name="A folder…", exact=True).press("Enter")
    second.value.set_files(folder)
    ends(page, "Done", "already here")

    expect(page.locator("#add")).to_be_focused()


def test_a_busy_server_is_asked_again(page: "Page", fake: "FakeServer", folder: Path) -> None:
    fake.refusals = [(503, "1", "The store is busy.")] * 6
    pick(page, folder)
    ends(page, "Done", f"{N} received")

    assert N == fake.sent.total()


def test_a_full_disk_waits_for_the_reader(page: "Page", fake: "FakeServer", folder: Path) -> None:
    """Time alone does not mend it; nothing is refused, and nothing is lost."""
    from playwright.sync_api import expect

    fake.refusals = [(507, None, "The disk is nearly full.")] * 4
    pick(page, folder)
    expect(page.locator("#upload-trouble")).to_have_text("The disk is nearly full.")
    # What was on its way by then may have been refused later.
    fake.refusals.clear()
    page.locator("#upload-again").click()
    ends(page, "Done", f"{N} received")
    expect(page.locator("#upload-trouble")).to_have_text("")


def test_one_refused_file_does_not_take_others_with_it(
    page: "Page", fake: "FakeServer", folder: Path
) -> None:
    """A load that is refused is sent by halves, until the file that is to blame stands alone."""
    from playwright.sync_api import expect

    fake.too_large = "film042.dcm"
    pick(page, folder)
    ends(page, "Done", f"{N - 1} received", "1 refused")
    page.get_by_role("button", name="Each file…").click()
    page.locator("#ledger-end").select_option("refused")

    expect(page.locator("#ledger-count")).to_have_text("1 file")
    expect(page.locator(".entry:not([hidden])")).to_have_count(1)
    expect(page.locator(".entry:not([hidden])")).to_contain_text("A file may be 2 GB at most.")


def test_copies_are_told_and_leftovers_are_left_out(page: "Page", fake: "FakeServer", tmp_path: Path) -> None:
    root = tmp_path / "few"
    root.mkdir()
    for name, content in (("a.dcm", "one"), ("b.dcm", "one"), ("c.dcm", "other"), (".DS_Store", "x")):
        (root / name).write_text(content)
    pick(page, root)
    ends(page, "Done: 4 files", "2 received", "1 copy", "1 left out")
    pick(page, root)
    ends(page, "Done: 4 files", "3 already here", "1 left out")

    assert 3 == fake.sent.total()


def test_a_film_under_another_name_is_named_and_not_sent(
    page: "Page", fake: "FakeServer", tmp_path: Path
) -> None:
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.dcm").write_text("one")
    pick(page, tmp_path / "before")
    ends(page, "Done: 1 file", "1 received")
    pick(page, tmp_path / "after")
    ends(page, "Done: 1 file", "1 copy")

    assert ["before/a.dcm"] == list(fake.sent)
    assert [["after/a.dcm"]] == [film.copies for film in fake.films.values()]


def test_without_fingerprints_the_server_finds_what_it_knows(
    page: "Page", fake: "FakeServer", folder: Path
) -> None:
    """Browsers make none on a page that came over plain HTTP from another computer."""
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page.reload()
    pick(page, folder)
    ends(page, "Done", f"{N} received")
    pick(page, folder)
    ends(page, "Done", f"{N} already here")

    assert 2 * N == fake.sent.total()
    assert 0 == fake.names_told


def test_files_can_be_dropped_anywhere(page: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    dropped = page.evaluate_handle("""() => {
        const carried = new DataTransfer();
        carried.items.add(new File(["one"], "one.dcm"));
        carried.items.add(new File(["two"], "two.dcm"));
        return carried;
    }""")
    page.dispatch_event("body", "dragenter", {"dataTransfer": dropped})
    expect(page.locator("#drop-here")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": dropped})
    expect(page.locator("#drop-here")).to_be_hidden()
    ends(page, "Done: 2 files", "2 received")

    assert {"one.dcm", "two.dcm"} == set(fake.sent)


FAKE_ITEMS = """async () => {
    const { walkItems } = await import("/static/walker.js");
    const file = (path) => ({
        isFile: true, isDirectory: false, fullPath: path,
        file: (good, bad) => {
            if (path.includes("locked")) bad(new Error());
            else good(new File([path], path.split("/").pop()));
        },
    });
    const folder = (path, entries) => ({
        isFile: false, isDirectory: true, fullPath: path,
        createReader: () => {
            let at = 0;
            return { readEntries: (good, bad) => {
                if (path.includes("forbidden")) return bad(new Error());
                at += 100;
                return setTimeout(() => good(entries.slice(at - 100, at)));
            } };
        },
    });
    const many = Array.from({ length: 250 }, (_, i) => file(`/top/many/${i}.dcm`));
    const top = folder("/top", [
        folder("/top/many", many), folder("/top/forbidden", []), folder("/top/empty", []),
        folder("/top/deep", [folder("/top/deep/er", [file("/top/deep/er/last.dcm")])]),
        file("/top/locked.dcm"), file("/top/.DS_Store"),
    ]);
    let isDropped = true;
    const item = (kind, entry) => ({ kind, webkitGetAsEntry: () => (isDropped ? entry : null) });
    const walked = walkItems([item("file", top), item("string", null), item("file", file("/alone.dcm"))]);
    isDropped = false; // a browser forgets what was dropped
    const found = [];
    for await (const { path, file, problem, isLeftover } of walked) {
        found.push({ path, name: file?.name ?? null, problem: problem ?? null, isLeftover: Boolean(isLeftover) });
    }
    return found;
}"""


def test_dropped_folders_are_walked_to_their_last_file(page: "Page") -> None:
    """Entries come 100 at a time, and a folder that cannot be read does not end the walk."""
    found = {entry["path"]: entry for entry in page.evaluate(FAKE_ITEMS)}

    files = {path for path, entry in found.items() if entry["name"]}
    expected = {"top/.DS_Store", "alone.dcm", "top/deep/er/last.dcm"} | {
        f"top/many/{i}.dcm" for i in range(250)
    }
    assert expected == files
    assert found["top/.DS_Store"]["isLeftover"]
    assert "This folder could not be read." == found["top/forbidden"]["problem"]
    assert "This file could not be read." == found["top/locked.dcm"]["problem"]
    assert len(found) == len(expected) + 2


POSTED = """async (how) => {
  const { postForm } = await import("/static/posted-form.js");
  const body = new FormData();
  body.append("delivery", "d");
  const film = new File(["--x\\r\\n", new Uint8Array([0, 255])], "a.png", { type: "image/png" });
  body.append("films", film, 'ward "3"/ä\\nβ 胸.png');
  body.append("films", new File([], "b"), "b");
  const headers = { Accept: "application/json" };
  const told = async (answer) => [answer.status, answer.ok, answer.headers.get("Retry-After"), await answer.text()];
  const aborter = new AbortController();
  if (how.aborted) aborter.abort(new Error("before"));
  else if (how.abort) setTimeout(() => aborter.abort(new Error("meanwhile")), 100);
  try {
    const posted = await told(await postForm(how.url, { method: "POST", headers, body, signal: aborter.signal }));
    return [posted, await told(await fetch(how.url, { method: "POST", headers, body }))];
  } catch (error) {
    return error instanceof TypeError ? "TypeError" : error.message;
  }
}"""


@pytest.mark.parametrize(("status", "body"), [(201, '{"ä": 1}'), (429, "slower"), (204, "")])
def test_a_form_is_posted_and_answered_as_by_fetch(page: "Page", status: int, body: str) -> None:
    """Names with quotes, new lines and letters beyond ASCII; no file, an empty one, one with a dividing line."""
    from playwright.sync_api import Route

    sent: list[list[bytes]] = []

    def answer(route: Route) -> None:
        boundary = route.request.headers["content-type"].partition("boundary=")[2].encode()
        sent.append((route.request.post_data_buffer or b"").split(boundary))
        assert "application/json" == route.request.headers["accept"]
        route.fulfill(status=status, body=body, headers={"Retry-After": "7"})

    page.route("**/posted", answer)
    posted, fetched = page.evaluate(POSTED, {"url": "/posted"})

    assert [status, status < 400, "7", body] == posted
    assert fetched == posted
    assert 5 == len(sent[0])
    assert sent[1] == sent[0]


def test_a_form_that_cannot_be_sent_or_is_called_back_fails_as_with_fetch(page: "Page") -> None:
    page.route("**/gone", lambda route: route.abort())
    page.route("**/silent", lambda _route: None)

    assert "TypeError" == page.evaluate(POSTED, {"url": "/gone"})
    assert "meanwhile" == page.evaluate(POSTED, {"url": "/silent", "abort": True})
    assert "before" == page.evaluate(POSTED, {"url": "/silent", "aborted": True})


def test_how_many_files_are_listed_is_told_now_and_then(
    page: "Page", fake: "FakeServer", folder: Path, until: Until
) -> None:
    """Who listens would hear nothing else while thousands of files end one after the other."""
    from playwright.sync_api import expect

    # Loads with such a file are sent by halves: the count goes up in many small steps.
    fake.too_large, n_refused = "5.dcm", N // 10
    fake.delay_s = 0.1
    pick(page, folder)
    until(lambda: fake.sent.total() > 0)
    page.get_by_role("button", name="Each file…").click()
    page.evaluate("""() => {
        Object.assign(window, { told: [], since: performance.now() });
        for (const status of document.querySelectorAll("#ledger [role=status]"))
            new MutationObserver(() => window.told.push(status.textContent)).observe(status, { childList: true });
    }""")
    page.locator("#ledger-end").select_option("new")
    expect(page.locator("#upload-title")).to_have_text(f"Done: {N} files")
    for count in ("#ledger-count", "#ledger [role=status]"):
        expect(page.locator(count)).to_have_text(f"{N - n_refused} files")

    took_s = page.evaluate("(performance.now() - window.since) / 1000")
    # When it was asked for, once in five seconds, and at the end.
    assert len(page.evaluate("window.told")) <= 2 + took_s / 5
