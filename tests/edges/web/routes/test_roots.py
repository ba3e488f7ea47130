"""An administrator takes in folders of the server: those that the settings name, and nothing beside them."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from firstread.edges.web.app import create_app
from firstread.edges.web.doors.identity import Door, person
from firstread.edges.web.doors.launch import draw_launch
from firstread.edges.web.room import Room
from firstread.terms import Role

pytestmark = pytest.mark.skipif(
    os.open not in os.supports_dir_fd, reason="Roots need a system that opens by folder."
)
FOLDER, TAKE_IN = "/api/v1/roots/folder", "/api/v1/roots/take-in"


@pytest.fixture
def archive(tmp_path_factory: pytest.TempPathFactory, film: Callable[..., bytes]) -> Path:
    disk = tmp_path_factory.mktemp("disk")
    folder = disk / "archive"
    for i in range(40):
        file = folder / f"ward {i % 2}" / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(film(100 + i))
    (disk / "outside").mkdir()
    (disk / "outside" / "secret.png").write_bytes(film(3))
    return folder


@pytest.fixture
def room(room: Room, archive: Path) -> Room:
    """Return the room, with a root."""
    config = replace(room.config, web=replace(room.config.web, roots=(str(archive),)))
    return replace(room, config=config)


def ended(client: TestClient) -> dict[str, object]:
    end = time.monotonic() + 60
    while (now := client.get(TAKE_IN).json()["take_in"]) is None or now["stage"] in ("counting", "running"):
        assert time.monotonic() < end
        time.sleep(0.02)
    found: dict[str, object] = now
    return found


def test_roots_and_the_folders_in_them_are_told(client: TestClient) -> None:
    assert {"roots": ["archive"]} == client.get("/api/v1/roots").json()
    assert client.get("/api/v1/session").json()["takes_folders"]
    listed = client.post(FOLDER, json={"root": "archive"}).json()
    assert (["ward 0", "ward 1"], 2, 0) == (listed["folders"], listed["n_folders"], listed["n_files"])
    ward = client.post(FOLDER, json={"root": "archive", "path": "ward 1"}).json()
    assert ([], 20) == (ward["folders"], ward["n_files"])
    assert ".png" not in str(ward)


@pytest.mark.usefixtures("database_url")
def test_a_folder_is_taken_in_although_nobody_waits_for_it(client: TestClient, room: Room) -> None:
    begun = client.post(TAKE_IN, json={"root": "archive", "path": "ward 1"})
    assert (202, "counting") == (begun.status_code, begun.json()["stage"])

    now = ended(client)

    assert ("done", 20, 20, 20, 0, {}) == tuple(
        now[key] for key in ("stage", "n_found", "n_ended", "new", "known", "left")
    )
    room.worklist.refresh()
    rows = client.get("/api/v1/worklist").json()["films"]
    assert {"archive/ward 1"} == {row["folder"] for row in rows}
    assert {f"{i}.png" for i in range(1, 40, 2)} == {row["name"] for row in rows}


def test_what_was_left_is_told_with_why(client: TestClient, archive: Path) -> None:
    (archive / "ward 0" / "link.png").symlink_to(archive.parent / "outside" / "secret.png")
    (archive / "all").symlink_to(archive.parent / "outside")
    os.mkfifo(archive / "pipe.dcm")
    os.close(os.open(os.fsencode(archive) + b"/caf\xe9.lnk", os.O_CREAT))
    (archive / ".DS_Store").touch()
    client.post(TAKE_IN, json={"root": "archive"})

    now = ended(client)

    assert {"link": 2, "no_file": 1, "hidden": 1} == now["left"]
    assert [
        {"path": "all", "why": "link"},
        {"path": "pipe.dcm", "why": "no_file"},
        {"path": "ward 0/link.png", "why": "link"},
    ] == now["named"]
    assert 41 == now["new"]  # the file whose name is no UTF-8 is one of them


def test_one_at_a_time_and_cancelling_ends_it(client: TestClient, archive: Path) -> None:
    many = archive / "many"
    many.mkdir()
    for i in range(5000):
        (many / f"{i}.dcm").write_bytes(f"film {i}".encode())
    assert 202 == client.post(TAKE_IN, json={"root": "archive", "path": "many"}).status_code

    assert 409 == client.post(TAKE_IN, json={"root": "archive"}).status_code
    assert 204 == client.delete(TAKE_IN).status_code
    assert "cancelled" == ended(client)["stage"]
    assert 409 == client.delete(TAKE_IN).status_code


@pytest.mark.parametrize("path", ["..", "../outside", "/etc", "ward 1/../../outside", "ward 1\0", "./ward 1"])
def test_a_path_that_leads_elsewhere_is_refused(client: TestClient, path: str) -> None:
    for answer in (
        client.post(FOLDER, json={"root": "archive", "path": path}),
        client.post(TAKE_IN, json={"root": "archive", "path": path}),
    ):
        assert 422 == answer.status_code
        assert "A folder must be named from its root on" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("root", "path"), [("archive", "absent"), ("archive", "door"), ("outside", ""), ("archive", "x" * 300)]
)
def test_what_lies_elsewhere_is_answered_like_what_is_nowhere(
    client: TestClient, archive: Path, root: str, path: str
) -> None:
    (archive / "door").symlink_to("../outside")
    for answer in (
        client.post(FOLDER, json={"root": root, "path": path}),
        client.post(TAKE_IN, json={"root": root, "path": path}),
    ):
        assert 404 == answer.status_code
        assert "There is no such folder here, or it may not be opened." == answer.json()["detail"]
    assert client.get(TAKE_IN).json()["take_in"] is None


def test_readers_are_told_of_no_root(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstread.edges.web.doors import identification

    launch = draw_launch(room.config.web)
    assert launch is not None
    monkeypatch.setattr(identification, "person", lambda name, _role, door: person(name, Role.READER, door))
    with TestClient(create_app(room, launch=launch), base_url="http://127.0.0.1:8321") as browser:
        browser.headers["Sec-Fetch-Site"] = "same-origin"
        browser.get(f"/?launch={launch.token}", follow_redirects=False)
        session = browser.get("/api/v1/session").json()
        answers = [
            browser.get("/api/v1/roots"),
            browser.post(FOLDER, json={"root": "archive"}),
            browser.get(TAKE_IN),
            browser.post(TAKE_IN, json={"root": "archive"}),
            browser.delete(TAKE_IN),
        ]

    assert (Door.LAUNCH.value, False) == (session["door"], session["takes_folders"])
    assert [403] * 5 == [answer.status_code for answer in answers]
