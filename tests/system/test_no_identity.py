"""Who a patient is stands on the page and in exports, and nowhere else: canary names are looked for everywhere."""

import contextlib
import hashlib
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from tests.system.conftest import Enter, Served, Start, Visit

pytestmark = pytest.mark.slow

# In a DICOM header: name, birth date, ID; and in names of files and folders, and in what is searched for.
HEADER = (b"QUILLFEATHER", b"19470401", b"SECRET-4711")
WRITTEN = (b"Canary", b"Nightingale", b"Wintergreen")


def canaries_in(told: bytes, canaries: tuple[bytes, ...]) -> list[bytes]:
    return [canary for canary in canaries if canary.lower() in told.lower()]


@pytest.fixture
def ward(tmp_path: Path, dicom_film: Callable[..., bytes]) -> Path:
    """Return a folder that is called by a patient: a film that holds one, under two names, and one that is no film."""
    folder = tmp_path / "Canary" / "Nightingale"
    folder.mkdir(parents=True)
    film = dicom_film("SECRET-4711", name="QUILLFEATHER^JANE")
    for name in ("Canary^Nightingale.dcm", "Wintergreen.dcm"):
        (folder / name).write_bytes(film)
    (folder / "Nightingale.png").write_bytes(b"no picture")
    return tmp_path / "Canary"


def visited(enter: "Enter", served: "Served", ward: Path) -> tuple["Visit", list[str]]:
    """Do what a reader does, and return every address that the browser asked for."""
    from playwright.sync_api import expect

    visit = enter(served.url)
    addresses: list[str] = []
    visit.page.context.on("request", lambda request: addresses.append(request.url))
    # The second time every name is told in the place of its file.
    for _ in range(2):
        visit.page.locator("#folder-picker").set_input_files(ward)
        expect(visit.page.locator("#upload-title")).to_have_text("Done: 3 files")
    served.until_done(2)
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("Nightingale")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".film:not([hidden])")).to_have_count(2)
    visit.page.locator("#folder").select_option("Canary/Nightingale")
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Home")
    visit.until_shown()
    visit.page.keyboard.press("1")
    visit.page.keyboard.press("e")
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="Worklist as CSV").click()
    visit.page.keyboard.press("r")
    visit.page.wait_for_timeout(1000)
    visit.page.keyboard.press("Shift+D")
    visit.page.wait_for_timeout(500)
    return visit, [*addresses, saved.value.url, saved.value.suggested_filename]


@pytest.mark.browser
def test_names_stand_where_readers_read_and_nowhere_else(
    start: "Start", enter: "Enter", ward: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    served = start(log=log)
    _, addresses = visited(enter, served, ward)
    refused = served.client.post(
        "/api/v1/films/known", json={"films": ["Canary^Nightingale"], "Nightingale": "QUILLFEATHER"}
    )
    film = hashlib.sha256((ward / "Nightingale" / "Canary^Nightingale.dcm").read_bytes()).hexdigest()
    facts = served.client.get(f"/api/v1/films/{film}/facts").content
    metrics = served.client.get("/api/v1/metrics").content
    store = tmp_path / "store"
    files = repr(sorted(str(path.relative_to(store)) for path in store.rglob("*"))).encode()
    served.stop()
    command = [sys.executable, "-m", "firstread", "audit-log", "show", "--folder", str(store)]
    audit = subprocess.run(command, capture_output=True, check=True).stdout

    assert re.search(rb"film", audit)  # there is something in it
    assert b"MONOCHROME2" in facts
    for told in (
        log.read_bytes(),
        "\n".join(addresses).encode(),
        refused.content,
        facts,
        metrics,
        files,
        audit,
    ):
        assert [] == canaries_in(told, HEADER + WRITTEN)
    rows = b"".join(path.read_bytes() for path in store.glob("firstread.db*"))
    assert [] == canaries_in(rows, HEADER)
    assert list(WRITTEN) == canaries_in(rows, WRITTEN)  # else this test would look in the wrong place


# Logged when a database is held, a disk is full, a film's file is gone, a worker ends, and a client talks nonsense.
LINES = (
    "Answered 503: StoreBusyError",
    "Answered 507: StoreFullError",
    "1 films could not be opened on this machine",
    "a worker ended with code -9; another starts",
    "Invalid HTTP request received",
)


def talk_nonsense(served: "Served") -> None:
    host, port = served.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"Nightingale? QUILLFEATHER!\r\n\r\n")
        line.recv(4096)


def test_the_log_of_what_goes_wrong_names_nobody(start: "Start", ward: Path, tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store"
    paths = sorted(path for path in ward.rglob("*") if path.is_file())
    sent = {str(path.relative_to(tmp_path)): path.read_bytes() for path in paths}
    assert [*WRITTEN] == canaries_in("".join(sent).encode(), WRITTEN)
    served = start("--workers", "0", log=log, settings={"FIRSTREAD_STORE__PATIENCE_S": "0.2"})
    with contextlib.closing(sqlite3.connect(store / "firstread.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert 503 == served.send(sent).status_code
    assert 201 == served.send(sent).status_code
    served.stop()
    gone = hashlib.sha256(sent["Canary/Nightingale/Wintergreen.dcm"]).hexdigest()
    (store / "films" / gone[:2] / gone).unlink()

    served = start(log=log, settings={"FIRSTREAD_STORE__RESERVE_BYTES": str(2**60)})
    assert 507 == served.send(sent).status_code
    talk_nonsense(served)
    served.until(lambda _counts: LINES[2] in log.read_text())
    for child in psutil.Process(served.process.pid).children():
        if "worker" in child.cmdline():
            child.kill()
    served.until(lambda _counts: all(line in log.read_text() for line in LINES))
    served.stop()

    assert [] == canaries_in(log.read_bytes(), HEADER + WRITTEN)
