"""Films and labels are taken out over HTTP as they were filtered, and it is written down."""

import csv
import io
import json
from collections.abc import Callable

import httpx2
import pytest
from starlette.testclient import TestClient

from firstread.edges.web.export_schemas import WorklistExport
from firstread.edges.web.room import Room
from firstread.inference.bundle import Bundle
from firstread.reading import opinions
from firstread.reading.opinions import Opinion
from firstread.store import audit_log
from firstread.store.scopes import Scope
from firstread.terms import LabelState

Send = Callable[..., list[str]]
Film = Callable[..., bytes]
CANARIES = ("SECRET", "4711", "DOE^JANE", "19470401")
CSV, JSON, LABELS = "/api/v1/export/worklist.csv", "/api/v1/export/worklist.json", "/api/v1/export/labels.csv"


def rows(answer: httpx2.Response) -> list[dict[str, str]]:
    assert 200 == answer.status_code, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def events(room: Room) -> list[tuple[str, str, object]]:
    with room.store.database.read() as connection:
        return [(event.actor, event.action, event.detail) for event in audit_log.events(connection)]


@pytest.fixture(scope="session")
def tiny_bundle(bundle_with_intervals: Bundle) -> Bundle:
    """Let every score have an interval: compared are numbers, and not what is missing on either side."""
    return bundle_with_intervals


@pytest.fixture
def say(client: TestClient, room: Room) -> Callable[..., None]:
    """Return a function that records what the caller finds."""

    def said(film: str, **opinion: object) -> None:
        answer = client.post(f"/api/v1/films/{film}/readings", json=opinion)
        assert 201 == answer.status_code, answer.text
        room.worklist.refresh()

    return said


Say = Callable[..., None]


@pytest.mark.usefixtures("ward")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["b.png", "c.png", "a.png", "d.png"]),
        ("folder=ward&band=URGENT&band=ROUTINE", ["b.png", "a.png"]),
        ("state=not_scored", ["d.png"]),
        ("q=WARD/B", ["b.png"]),
        ("sort=name&descending=true", ["d.png", "c.png", "b.png", "a.png"]),
        ("state=read", []),
        ("blinded=true&sort=probability&band=URGENT", ["a.png", "b.png", "c.png", "d.png"]),
    ],
)
def test_the_films_are_those_of_the_list(client: TestClient, query: str, names: list[str]) -> None:
    listed = [row["name"] for row in client.get(f"/api/v1/worklist?{query}").json()["films"]]

    assert names == listed
    assert names == [row["name"] for row in rows(client.get(f"{CSV}?{query}"))]
    assert names == [film["name"] for film in client.get(f"{JSON}?{query}").json()["films"]]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert names == [row["name"] for row in rows(client.post(CSV, content=query, headers=form))]
    assert names == [film["name"] for film in client.post(JSON, content=query, headers=form).json()["films"]]


@pytest.mark.usefixtures("database_url")
def test_a_row_of_csv_says_what_the_api_says(client: TestClient, ward: list[str], say: Say) -> None:
    say(ward[1], verdict="agree", note="right base;\nsee 2024")

    row = rows(client.get(f"{CSV}?state=read"))[0]

    told = client.get(f"/api/v1/films/{ward[1]}").json()
    for name in (
        "probability",
        "probability_low",
        "probability_high",
        "shift",
        "width",
        "height",
        "file_bytes",
    ):
        assert str(told[name]) == row[name], name
    assert 0 < float(row["probability_low"]) < float(row["probability"]) < float(row["probability_high"]) < 1
    assert ("", "URGENT", "scored", "true", "true") == tuple(
        row[name] for name in ("rank", "band", "state", "read", "flagged")
    )
    assert ("this computer", "present", "agree", "false", "right base, see 2024") == tuple(
        row[name] for name in ("reader", "finding", "verdict", "blinded", "note")
    )


def test_a_film_that_was_not_scored_says_why(client: TestClient, ward: list[str]) -> None:
    (row,) = rows(client.get(f"{CSV}?state=not_scored"))

    assert ("", "", "not_scored", "not_an_image", ward[3]) == tuple(
        row[name] for name in ("band", "probability", "state", "reason_code", "film")
    )
    assert row["reason"].startswith("The file is not a picture")


def test_json_says_what_the_numbers_mean(client: TestClient, room: Room, ward: list[str]) -> None:
    told = client.get(f"{JSON}?folder=ward&q=b").json()

    assert (room.bundle.sha256, 1, "2027-01-15T08:00:00Z") == (
        told["bundle"]["sha256"],
        told["total"],
        told["exported_at"],
    )
    assert "Research software, not a medical device: a radiologist reads every film." == told["notice"]
    assert 0.5 == told["bundle"]["operating_points"]["screening"]["threshold"]
    assert [room.bundle.sha256] == [bundle["sha256"] for bundle in told["bundles"]]
    assert {"folder": "ward", "q": "b", "state": "unread"}.items() <= told["selection"].items()
    assert told["counts"] == client.get("/api/v1/worklist").json()["counts"]
    one = client.get(f"/api/v1/films/{ward[1]}").json()
    del one["has_heat_map"]
    assert [one] == told["films"]
    WorklistExport.model_validate(told)


@pytest.mark.usefixtures("ward")
def test_a_blinded_reader_sees_no_score_in_any_export(client: TestClient) -> None:
    table = rows(client.get(f"{CSV}?blinded=true"))
    told = client.get(f"{JSON}?blinded=true").json()

    hidden = (
        "rank",
        "band",
        "probability",
        "probability_low",
        "probability_high",
        "flagged",
        "shift",
        "warnings",
    )
    assert 4 == len(table) == len(told["films"])
    assert {""} == {row[name] for row in table for name in hidden}
    assert not any(film[name] for film in told["films"] for name in hidden)
    assert told["counts"] is None


def test_what_a_blinded_reader_has_read_is_shown(client: TestClient, ward: list[str], say: Say) -> None:
    say(ward[1], finding="present", blinded=True)

    table = rows(client.get(f"{CSV}?blinded=true&state=all"))

    assert [ward[1]] == [row["film"] for row in table if row["probability"]]


@pytest.mark.usefixtures("database_url", "ward")
def test_labels_are_what_readers_agree_on(client: TestClient, ward: list[str], say: Say) -> None:
    say(ward[0], finding="absent", blinded=True)
    say(ward[1], verdict="agree")
    say(ward[2], finding="uncertain")

    assert [
        {"film": ward[0], "label": "absent", "readers": "this computer", "blinded": "true"},
        {"film": ward[1], "label": "present", "readers": "this computer", "blinded": "false"},
    ] == rows(client.get(LABELS))
    assert [ward[0]] == [row["film"] for row in rows(client.get(f"{LABELS}?blinded_only=true"))]
    assert [] == rows(client.get(f"{LABELS}?reader=somebody+else"))


def test_a_blinded_reader_learns_no_label_of_a_film_to_be_read(
    client: TestClient, room: Room, ward: list[str], say: Say
) -> None:
    said = Opinion(finding=LabelState.PRESENT)
    for film in ward[:2]:
        opinions.record(room.store, film, said, reader="Dr Adams", now=room.clock())
    say(ward[0], finding="present", blinded=True)

    assert [ward[0]] == [row["film"] for row in rows(client.get(f"{LABELS}?blinded=true"))]
    assert ward[:2] == [row["film"] for row in rows(client.get(LABELS))]


@pytest.mark.usefixtures("ward")
@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        (f"{CSV}?q=jane", "worklist-20270115T080000Z.csv", "text/csv; charset=utf-8"),
        (f"{JSON}?q=jane", "worklist-20270115T080000Z.json", "application/json"),
        (LABELS, "labels-20270115T080000Z.csv", "text/csv; charset=utf-8"),
    ],
)
def test_a_download_is_saved_under_a_name_that_says_nothing_of_a_patient(
    client: TestClient, path: str, name: str, kind: str
) -> None:
    answer = client.get(path)

    assert f'attachment; filename="{name}"' == answer.headers["content-disposition"]
    assert (kind, "no-store") == (answer.headers["content-type"], answer.headers["cache-control"])


@pytest.mark.usefixtures("database_url", "ward")
def test_every_export_is_written_down_without_what_was_searched_for(client: TestClient, room: Room) -> None:
    client.get(f"{CSV}?q=jane&folder=ward")
    client.get(f"{JSON}?state=all&blinded=true&named=false")
    client.get(f"{LABELS}?reader=jane")

    assert [
        (
            "this computer",
            "worklist.export",
            {"format": "csv", "films": 0, "state": "unread", "blinded": False, "named": True},
        ),
        (
            "this computer",
            "worklist.export",
            {"format": "json", "films": 4, "state": "all", "blinded": True, "named": False},
        ),
        ("this computer", "labels.export", {"format": "csv", "one_reader": True, "blinded_only": False}),
    ] == events(room)[-3:]


@pytest.mark.usefixtures("database_url")
def test_exports_name_the_copies_of_a_film(client: TestClient, send: Send, room: Room, film: Film) -> None:
    """In the cells of a spreadsheet no name is a formula, whichever of several it is."""
    content = film(60)
    send({"ward/a.png": content, "desk/b; c.png": content, "=cmd|x.png": content, "@SUM(1).png": content})
    room.worklist.refresh()

    (row,) = rows(client.get(CSV))
    (told,) = client.get(JSON).json()["films"]
    unnamed = client.get(f"{CSV}?named=false"), client.get(f"{JSON}?named=false")

    assert ("3", "desk/b, c.png; '=cmd|x.png; '@SUM(1).png") == (row["n_copies"], row["copies"])
    assert {"name": "b; c.png", "folder": "desk"} == told["copies"][0]
    assert (3, 3) == (told["n_copies"], len(told["copies"]))
    assert ("3", "") == tuple(rows(unnamed[0])[0][name] for name in ("n_copies", "copies"))
    assert [] == unnamed[1].json()["films"][0]["copies"]


@pytest.mark.parametrize("path", [CSV, JSON])
def test_names_of_files_are_no_formulas_and_no_markup(
    client: TestClient, send: Send, room: Room, film: Film, path: str
) -> None:
    send({"=cmd|' /C calc'!A0/@SUM(1).png": film(60)})
    room.worklist.refresh()

    text = client.get(path).text

    if path is CSV:
        (row,) = csv.DictReader(io.StringIO(text, newline=""))
        assert row["folder"].startswith("'=")
        assert "'@SUM(1).png" == row["name"]
    else:
        assert "@SUM(1).png" == json.loads(text)["films"][0]["name"]


def test_no_export_holds_a_patient(
    client: TestClient,
    send: Send,
    say: Say,
    score: Callable[[], None],
    dicom_film: Film,
    room: Room,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The header of a DICOM file holds a name, an ID and a date of birth: none of it goes anywhere."""
    films = send({"a.dcm": dicom_film("SECRET-4711", name="DOE^JANE", brightness=190)})
    score()
    say(films[0], verdict="agree")

    told = ""
    for path in (f"{CSV}?state=all", f"{JSON}?state=all", LABELS):
        answer = client.get(path)
        told += answer.text + str(answer.headers)

    assert told.count(films[0]) == 4
    assert [] == [canary for canary in CANARIES if canary in told + repr(events(room)) + caplog.text]


def test_without_names_an_export_holds_nothing_that_somebody_wrote(
    client: TestClient, send: Send, say: Say, score: Callable[[], None], film: Film
) -> None:
    """What files and folders are called, what readers note and search for may be a name."""
    films = send({"DOE^JANE/4711.png": film(190)})
    score()
    say(films[0], verdict="agree", note="SECRET")

    query = "state=all&named=false&folder=DOE^JANE&q=4711"
    told = client.get(f"{CSV}?{query}").text + client.get(f"{JSON}?{query}").text

    assert 2 < told.count(films[0])
    assert [] == [canary for canary in CANARIES if canary in told]


def test_a_token_that_may_only_send_films_takes_nothing_out(
    client: TestClient, token: Callable[[Scope], dict[str, str]]
) -> None:
    """Reading needs the scope films:read, whichever way it is asked for."""
    sends, reads = token(Scope.FILMS_WRITE), token(Scope.FILMS_READ)

    def answers(headers: dict[str, str]) -> list[int]:
        return [client.get(path, headers=headers).status_code for path in (CSV, JSON, LABELS)]

    assert ([403] * 3, [200] * 3, [401] * 3) == (answers(sends), answers(reads), answers({}))
