"""Films are sent, shown and removed over HTTP, and nothing that was answered for is lost."""

import asyncio
import errno
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from starlette.testclient import TestClient
from starlette.types import Message

from firstread.edges.web import schemas
from firstread.edges.web.room import Room
from firstread.store import audit_log, films
from firstread.store.film_folder import FilmFolder
from firstread.store.scopes import Scope

Send = Callable[..., list[str]]
Film = Callable[..., bytes]
NOBODY = "f" * 64


@pytest.fixture
def room_url(database_url: str) -> str:
    return database_url


def problem(answer: object) -> tuple[int, str]:
    assert "application/problem+json" == answer.headers["content-type"]  # type: ignore[attr-defined]
    body = answer.json()  # type: ignore[attr-defined]
    return body["status"], body["detail"]


def test_a_film_is_called_by_its_hash_and_keeps_folder_and_name(
    client: TestClient, send: Send, film: Film
) -> None:
    content = film(190)

    (sha256,) = send({"ward/3/a.png": content})

    assert hashlib.sha256(content).hexdigest() == sha256
    shown = client.get(f"/api/v1/films/{sha256}").json()
    assert ("ward/3", "a.png", "waiting", False, len(content)) == tuple(
        shown[key] for key in ("folder", "name", "state", "read", "file_bytes")
    )
    assert content == client.get(f"/api/v1/films/{sha256}/file").content


def test_a_saved_film_ends_as_what_it_is_and_is_called_by_its_hash(
    client: TestClient, send: Send, film: Film
) -> None:
    """So that it can be opened; the name it came under may tell whose it is."""
    png, words = send({"Jane Roe.dcm": film(190), "Jane Roe.txt": b"no film"})

    for sha256, end in ((png, "png"), (words, "film")):
        saved = client.get(f"/api/v1/films/{sha256}/file").headers["Content-Disposition"]
        assert f'attachment; filename="{sha256[:16]}.{end}"' == saved


def test_who_scores_beside_the_server_hears_of_every_load(
    room: Room, client: TestClient, send: Send, film: Film
) -> None:
    heard: list[str] = []

    @contextmanager
    def make_way() -> Iterator[None]:
        heard.append("comes")
        yield
        heard.append("over")

    room.make_way = make_way
    send({"a.png": film(190), "b.png": film(60)})
    assert ["comes", "over"] == heard
    send({"c.png": film(100)})
    assert 4 == len(heard)
    client.get("/api/v1/worklist")
    assert 4 == len(heard)


def test_sending_again_changes_nothing_and_says_so(client: TestClient, send: Send, film: Film) -> None:
    send({"a.png": film(190)})

    answer = client.post(
        "/api/v1/films",
        files=[("films", ("a.png", film(190))), ("films", ("b.png", film(190)))],
        data={"delivery": "two"},
    ).json()

    assert [("known", None), ("copy", "a.png")] == [
        (each["receipt"], each["first"]) for each in answer["films"]
    ]


def test_known_films_need_not_be_sent(client: TestClient, send: Send, film: Film) -> None:
    (here,) = send({"a.png": film(190)})

    assert {"known": [here]} == client.post("/api/v1/films/known", json={"films": [NOBODY, here]}).json()


def test_a_film_that_is_here_need_only_be_named(client: TestClient, send: Send, film: Film) -> None:
    (here,) = send({"a.png": film(190)})
    files = [{"film": NOBODY, "path": "b.png"}, {"film": here, "path": "../ward/x/c.png"}]

    answer = client.post("/api/v1/films/names", json={"files": files}).json()

    assert [None, {"film": here, "receipt": "copy", "first": "a.png"}] == answer["films"]
    shown = client.get(f"/api/v1/films/{here}").json()
    assert ([{"name": "c.png", "folder": "ward/x"}], 1) == (shown["copies"], shown["n_copies"])


def test_whoever_may_only_send_is_not_told_what_others_called_a_film(
    client: TestClient, send: Send, film: Film, token: Callable[[Scope], dict[str, str]]
) -> None:
    (here,) = send({"DOE^JANE.png": film(190)})
    asked = {"files": [{"film": here, "path": "guess.png"}]}

    answer = client.post("/api/v1/films/names", json=asked, headers=token(Scope.FILMS_WRITE)).json()

    assert [{"film": here, "receipt": "copy", "first": None}] == answer["films"]


def test_names_are_not_kept_on_a_full_disk(client: TestClient, room: Room, send: Send, film: Film) -> None:
    (here,) = send({"a.png": film(190)})
    full = FilmFolder(room.store.films.root, reserve_bytes=2**62)
    room.store = replace(room.store, films=full)

    answer = client.post("/api/v1/films/names", json={"files": [{"film": here, "path": "b.png"}]})

    assert 507 == answer.status_code


def test_who_saves_a_films_file_stands_in_the_log(
    client: TestClient, room: Room, send: Send, film: Film
) -> None:
    """It may hold a patient's name."""
    (here,) = send({"a.png": film(190)})
    client.get(f"/api/v1/films/{here}/file")

    with room.store.database.read() as connection:
        event = list(audit_log.events(connection))[-1]
    assert ("this computer", "film.file", here) == (event.actor, event.action, event.subject)


def test_a_film_says_every_name_that_it_came_under(client: TestClient, send: Send, film: Film) -> None:
    content = film(190)
    (sha256, *_) = send({"a.png": content, "ward/b.png": content})
    send({"c.png": content, "a.png": content})

    shown = client.get(f"/api/v1/films/{sha256}?blinded=true").json()

    assert ("a.png", 2) == (shown["name"], shown["n_copies"])
    assert [{"name": "b.png", "folder": "ward"}, {"name": "c.png", "folder": ""}] == shown["copies"]


def test_of_very_many_names_the_first_are_said_and_all_are_counted(
    client: TestClient, send: Send, film: Film
) -> None:
    (sha256,) = send({"a.png": film(190)})
    files = [{"film": sha256, "path": f"ward/{i}/empty"} for i in range(schemas.MOST_COPIES + 5)]
    client.post("/api/v1/films/names", json={"files": files})

    shown = client.get(f"/api/v1/films/{sha256}").json()

    assert (105, 100, "ward/99") == (shown["n_copies"], len(shown["copies"]), shown["copies"][-1]["folder"])


def test_a_scored_film_shows_its_score_and_where_it_stands(
    client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    dark, bright = send({"dark.png": film(60), "bright.png": film(190)})
    score()

    shown = client.get(f"/api/v1/films/{bright}").json()
    place = client.get(f"/api/v1/films/{bright}/place").json()

    assert ("scored", "URGENT", True, 1, True, 224, 224) == tuple(
        shown[key] for key in ("state", "band", "flagged", "rank", "has_heat_map", "height", "width")
    )
    assert (1, 2, 2) == (place["rank"], place["arrival"], place["unread"])
    assert "moved up 1 place" in place["why"]
    assert "No film stands more than 50 places below its order of arrival" in place["rule"]
    assert 2 == client.get(f"/api/v1/films/{dark}").json()["rank"]


def test_a_file_that_is_no_film_says_why(client: TestClient, send: Send, score: Callable[[], None]) -> None:
    (sha256,) = send({"a.png": b"not a picture"})
    score()

    shown = client.get(f"/api/v1/films/{sha256}").json()

    assert ("not_scored", "not_an_image", None, None) == (
        shown["state"],
        shown["reason"]["code"],
        shown["probability"],
        shown["band"],
    )
    assert 409 == problem(client.get(f"/api/v1/films/{sha256}/pixels"))[0]
    assert 404 == problem(client.get(f"/api/v1/films/{sha256}/heat-map.png"))[0]


def test_the_pixels_are_those_of_the_film(client: TestClient, send: Send) -> None:
    pixels = np.arange(300 * 200, dtype=np.uint16).reshape(300, 200)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    (sha256,) = send({"deep.png": stream.getvalue()})

    answer = client.get(f"/api/v1/films/{sha256}/pixels")

    assert ("200", "300", "16") == tuple(
        answer.headers[f"Film-{name}"] for name in ("Width", "Height", "Bits")
    )
    np.testing.assert_array_equal(pixels, np.frombuffer(answer.content, "<u2").reshape(300, 200))


class NeverOpening:
    """A pool of processes that has a slow film at hand."""

    def __init__(self) -> None:
        self.submitted: list[Future[object]] = []

    def submit(self, _path: Path) -> "Future[object]":
        self.submitted.append(Future())
        return self.submitted[-1]

    def close(self) -> None: ...


@pytest.mark.parametrize("of_it", ["pixels", "picture.png", "facts"])
def test_who_leaves_before_a_film_is_opened_leaves_nothing_to_open(
    client: TestClient, room: Room, send: Send, film: Film, of_it: str
) -> None:
    (sha256,) = send({"a.png": film(190)})
    pool = NeverOpening()
    vars(room).update(display=pool, headers=pool)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    coming: Iterator[Message] = iter([{"type": "http.request", "body": b"", "more_body": False}])
    answered: list[Message] = []

    async def receive() -> Message:
        return next(coming, {"type": "http.disconnect"})

    async def send_(message: Message) -> None:
        answered.append(message)

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/api/v1/films/{sha256}/{of_it}",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1:8321"), (b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 1),
        }
        await asyncio.wait_for(client.app(scope, receive, send_), 10)

    assert client.portal is not None
    client.portal.call(ask)

    assert [True] == [film.cancelled() for film in pool.submitted]
    assert [] == answered


def test_the_pixels_hold_what_the_window_of_the_file_hides(
    client: TestClient, send: Send, dicom_film: Film
) -> None:
    """A reader widens the window to see it; the picture to print shows what is shown first."""
    dataset = pydicom.dcmread(io.BytesIO(dicom_film()))
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    dataset.Rows, dataset.Columns = stored.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.WindowCenter, dataset.WindowWidth = 2048, 600
    dataset.PixelData = stored.tobytes()
    dataset["PixelData"].VR = "OW"
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    (sha256,) = send({"a.dcm": stream.getvalue()})

    answer = client.get(f"/api/v1/films/{sha256}/pixels")
    picture = client.get(f"/api/v1/films/{sha256}/picture.png").content

    told = {name: answer.headers[f"Film-{name}"] for name in ("White", "Window-Function", "Value-Intercept")}
    assert {"White": "65535", "Window-Function": "LINEAR", "Value-Intercept": "0.0"} == told
    pixels = np.frombuffer(answer.content, "<u2").reshape(64, 64)
    slope, centre, width = (
        float(answer.headers[f"Film-{name}"]) for name in ("Value-Slope", "Window-Centre", "Window-Width")
    )
    np.testing.assert_allclose(stored, pixels * slope, atol=0.05)
    assert [2047.5, 599] == pytest.approx([centre * slope, width * slope])
    expected = np.clip((stored - 2047.5) / 599 + 0.5, 0, 1) * 255  # PS3.3 C.11.2.1.2.1
    assert np.abs(np.asarray(Image.open(io.BytesIO(picture))) - expected).max() <= 1


def test_the_facts_of_a_file_are_its_headers_and_name_nobody(
    client: TestClient, send: Send, dicom_film: Film
) -> None:
    (sha256,) = send({"a.dcm": dicom_film("SECRET-4711", name="QUILLFEATHER^JANE")})

    answer = client.get(f"/api/v1/films/{sha256}/facts")

    told = {name: value for name, value in answer.json().items() if value not in (None, [])}
    assert {
        "content": "DICOM",
        "bits": 8,
        "modality": "DX",
        "body_part": "CHEST",
        "view_position": "PA",
        "photometric": "MONOCHROME2",
        "transfer_syntax": "Explicit VR Little Endian",
    } == told
    assert [] == [word for word in ("QUILLFEATHER", "SECRET", "1947") if word in answer.text]


def test_a_header_that_cannot_be_read_is_a_problem(client: TestClient, send: Send, dicom_film: Film) -> None:
    (sha256,) = send({"a.dcm": dicom_film()[:400]})

    answer = client.get(f"/api/v1/films/{sha256}/facts")

    assert (409, "The DICOM file holds no picture, or ends before it.") == problem(answer)


def test_a_heat_map_is_a_transparent_picture(
    client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    (sha256,) = send({"a.png": film(190)})
    score()

    answer = client.get(f"/api/v1/films/{sha256}/heat-map.png")

    picture = Image.open(io.BytesIO(answer.content))
    assert ("image/png", "RGBA") == (answer.headers["content-type"], picture.mode)


def test_a_blinded_reader_is_sent_no_score(
    client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    """Not even where the page would hide it: what is not sent cannot be looked at."""
    (sha256,) = send({"a.png": film(190)})
    score()
    hidden = client.get(f"/api/v1/films/{sha256}?blinded=true").json()
    client.post(f"/api/v1/films/{sha256}/readings", json={"finding": "present", "blinded": True})
    shown = client.get(f"/api/v1/films/{sha256}?blinded=true").json()

    for name in ("probability", "band", "flagged", "rank", "shift"):
        assert hidden[name] is None
    assert ([], False) == (hidden["warnings"], hidden["has_heat_map"])
    assert ("URGENT", True) == (shown["band"], shown["has_heat_map"])


def test_a_removed_film_is_gone_with_its_file(client: TestClient, room: Room, send: Send, film: Film) -> None:
    (sha256,) = send({"a.png": film(190)})

    assert 204 == client.delete(f"/api/v1/films/{sha256}").status_code

    assert 404 == problem(client.get(f"/api/v1/films/{sha256}"))[0]
    assert 404 == problem(client.delete(f"/api/v1/films/{sha256}"))[0]
    assert not room.store.films.path(sha256).exists()


def test_a_film_that_is_removed_while_its_file_is_fetched_is_a_problem(
    client: TestClient, room: Room, send: Send, film: Film
) -> None:
    """Its row was there a moment ago."""
    (sha256,) = send({"a.png": film(190)})
    room.store.films.remove(sha256)

    answer = client.get(f"/api/v1/films/{sha256}/file")

    assert (404, "The film's file is not here (any more).") == problem(answer)


def test_a_film_that_is_removed_just_before_its_file_is_sent_is_a_problem(
    client: TestClient, room: Room, send: Send, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file was there a moment ago."""
    (sha256,) = send({"a.png": film(190)})

    def removed_once_it_was_read(_beginning: bytes) -> str:
        room.store.films.remove(sha256)
        return ".png"

    monkeypatch.setattr("firstread.imaging.content.file_end", removed_once_it_was_read)
    answer = client.get(f"/api/v1/films/{sha256}/file")

    assert (404, "The film's file is not here (any more).") == problem(answer)


@pytest.mark.parametrize("path", ["", "/file", "/pixels", "/facts", "/place", "/heat-map.png", "/readings"])
def test_a_film_that_is_not_here_is_a_problem(client: TestClient, path: str) -> None:
    assert (404, "There is no such film here.") == problem(client.get(f"/api/v1/films/{NOBODY}{path}"))


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "A" * 64, "a" * 63])
def test_a_film_is_asked_for_by_its_hash_alone(client: TestClient, name: str) -> None:
    assert client.get(f"/api/v1/films/{name}/file").status_code in (404, 422)


def test_too_many_films_at_once_are_refused_with_a_way_out(client: TestClient, room: Room) -> None:
    many = [("films", (f"{i}.png", b"x")) for i in range(1001)]

    answer = problem(client.post("/api/v1/films", files=many, data={"delivery": "one"}))

    assert (413, "A request may hold at most 64 films; more came. Send them in several.") == answer
    with room.store.database.read() as connection:
        assert 0 == films.count(connection)


@pytest.mark.parametrize(
    ("data", "files", "words"),
    [
        ({"delivery": "one"}, [], "multipart"),
        ({}, [("films", ("a.png", b"x"))], "delivery must be"),
        ({"delivery": "a/b"}, [("films", ("a.png", b"x"))], "delivery must be"),
        ({"delivery": "one"}, [("other", ("a.png", b"x"))], "at least one file"),
    ],
)
def test_a_form_that_does_not_fit_is_a_problem(
    client: TestClient, data: dict[str, str], files: list[tuple[str, tuple[str, bytes]]], words: str
) -> None:
    answer = client.post("/api/v1/films", data=data, files=files or None)

    assert answer.status_code in (400, 422)
    assert words in problem(answer)[1]


def test_a_disk_that_is_nearly_full_is_said_before_anything_is_written(
    client: TestClient, room: Room, film: Film
) -> None:
    object.__setattr__(room.store, "films", FilmFolder(room.store.films.root, reserve_bytes=2**60))

    answer = client.post("/api/v1/films", files=[("films", ("a.png", film(190)))], data={"delivery": "one"})

    assert 507 == problem(answer)[0]
    assert [] == list(room.store.films.stored())


def test_a_request_that_does_not_say_its_size_meets_a_disk_that_is_nearly_full(
    client: TestClient, room: Room
) -> None:
    free = shutil.disk_usage(room.store.films.root).free
    nearly_full = FilmFolder(room.store.films.root, reserve_bytes=free - 64 * 2**20)
    object.__setattr__(room.store, "films", nearly_full)
    form = b'--x\r\nContent-Disposition: form-data; name="films"; filename="a.png"\r\n\r\nfilm\r\n--x--\r\n'

    answer = client.post(
        "/api/v1/films",
        content=iter([form]),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )

    assert 507 == problem(answer)[0]


def test_a_disk_that_fills_up_while_films_come_is_said(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "write", full)

    answer = client.post("/api/v1/films", files=[("films", ("a.png", b"film"))], data={"delivery": "one"})

    assert (507, "There is no room left for more films; nothing was stored.") == problem(answer)


def test_synthetic_films_are_one_press_away(client: TestClient, score: Callable[[], None]) -> None:
    sent = client.post("/api/v1/films/synthetic").json()["films"]
    score()

    rows = client.get("/api/v1/worklist").json()["films"]
    assert 24 == len(sent) == len(rows)
    assert all(row["synthetic"] and row["folder"] == "synthetic" for row in rows)
    # None of their names tells a blinded reader what is on them.
    assert {f"synthetic-{n:02}.jpeg" for n in range(1, 25)} == {row["name"] for row in rows}


def test_a_picture_shows_the_film_in_8_bits_no_larger_than_asked(
    client: TestClient, send: Send, film: Film
) -> None:
    content = film(120)
    (sha256,) = send({"a.png": content})

    whole = client.get(f"/api/v1/films/{sha256}/picture.png")
    small = client.get(f"/api/v1/films/{sha256}/picture.png?max_side=56")

    stored = np.asarray(Image.open(io.BytesIO(content)))
    assert np.array_equal(stored, np.asarray(Image.open(io.BytesIO(whole.content))))
    assert (56, 56) == Image.open(io.BytesIO(small.content)).size
    assert "image/png" == whole.headers["content-type"]


@pytest.mark.parametrize("of_it", ["", "/place", "/file", "/pixels", "/picture.png", "/heat-map.png"])
def test_nothing_of_a_film_stays_in_the_browser(
    client: TestClient, send: Send, film: Film, of_it: str
) -> None:
    """The next reader at a workstation has other rights; and a film that was removed is gone."""
    (sha256,) = send({"a.png": film(120)})

    assert "no-store" == client.get(f"/api/v1/films/{sha256}{of_it}").headers["cache-control"]


@pytest.mark.parametrize("max_side", [15, 2049, "all"])
def test_a_picture_has_limits(client: TestClient, send: Send, film: Film, max_side: object) -> None:
    (sha256,) = send({"a.png": film(120)})

    assert 422 == problem(client.get(f"/api/v1/films/{sha256}/picture.png?max_side={max_side}"))[0]


def test_what_cannot_be_shown_has_no_picture(client: TestClient, send: Send) -> None:
    (sha256,) = send({"a.png": b"no picture at all"})

    assert (409, 404) == (
        problem(client.get(f"/api/v1/films/{sha256}/picture.png"))[0],
        problem(client.get(f"/api/v1/films/{NOBODY}/picture.png"))[0],
    )
