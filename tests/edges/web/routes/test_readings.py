"""Readers agree, disagree and take it back."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from firstread.edges.web.room import Room

Send = Callable[..., list[str]]


@pytest.fixture
def room_url(database_url: str) -> str:
    return database_url


@pytest.fixture
def flagged(send: Send, film: Callable[..., bytes], score: Callable[[], None]) -> str:
    """Return a film that the model flags."""
    (sha256,) = send({"a.png": film(190)})
    score()
    return sha256


def test_a_letter_that_no_database_keeps_is_left_out_of_a_note(client: TestClient, flagged: str) -> None:
    answer = client.post(f"/api/v1/films/{flagged}/readings", json={"finding": "present", "note": "a\0 rib"})

    assert (201, "a rib") == (answer.status_code, answer.json()["note"])


def test_a_reading_is_recorded_with_reader_and_time(client: TestClient, room: Room, flagged: str) -> None:
    answer = client.post(f"/api/v1/films/{flagged}/readings", json={"verdict": "disagree", "note": "a rib"})

    assert 201 == answer.status_code
    assert {
        "reading": 1,
        "film": flagged,
        "reader": "this computer",
        "finding": "absent",
        "verdict": "disagree",
        "note": "a rib",
        "blinded": False,
        "read_at": "2027-01-15T08:00:00Z",
    } == answer.json()
    assert [answer.json()] == client.get(f"/api/v1/films/{flagged}/readings").json()["readings"]
    room.worklist.refresh()
    assert 0 == client.get("/api/v1/worklist").json()["total"]


def test_the_last_reading_can_be_taken_back(client: TestClient, room: Room, flagged: str) -> None:
    said = client.post(f"/api/v1/films/{flagged}/readings", json={"verdict": "agree"}).json()

    assert {"film": flagged, "reading": said} == client.post("/api/v1/readings/undo").json()

    room.worklist.refresh()
    assert 1 == client.get("/api/v1/worklist").json()["total"]
    assert 404 == client.post("/api/v1/readings/undo").status_code


def test_a_reading_that_is_named_is_taken_back_and_no_other(client: TestClient, flagged: str) -> None:
    """A page takes back what was said on it, not what was said on another one meanwhile."""
    first, second = (
        client.post(f"/api/v1/films/{flagged}/readings", json={"finding": finding}).json()
        for finding in ("present", "absent")
    )

    undone = client.post("/api/v1/readings/undo", json={"reading": first["reading"]})

    assert {"film": flagged, "reading": first} == undone.json()
    assert [second] == client.get(f"/api/v1/films/{flagged}/readings").json()["readings"]
    for number in (first["reading"], 99):
        assert 404 == client.post("/api/v1/readings/undo", json={"reading": number}).status_code


@pytest.mark.parametrize("number", [True, "1", 0, 2**63])
def test_what_is_no_number_takes_nothing_back(client: TestClient, flagged: str, number: object) -> None:
    client.post(f"/api/v1/films/{flagged}/readings", json={"finding": "present"})

    assert 422 == client.post("/api/v1/readings/undo", json={"reading": number}).status_code
    assert 1 == len(client.get(f"/api/v1/films/{flagged}/readings").json()["readings"])


def test_who_has_read_a_film_is_not_blinded_any_more(client: TestClient, flagged: str) -> None:
    """After the first reading the score is shown."""
    said = {"finding": "present", "blinded": True}

    told = [client.post(f"/api/v1/films/{flagged}/readings", json=said).json() for _ in range(2)]

    assert [True, False] == [reading["blinded"] for reading in told]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"verdict": "agree", "finding": "present"},
        {"verdict": "agree", "blinded": True},
        {"verdict": "perhaps"},
        {"finding": "not stated"},
        {"finding": "present", "note": "x" * 4001},
        {"finding": "present", "blinded": "yes"},
        {"finding": "present", "reader": "somebody else"},
    ],
)
def test_what_does_not_fit_is_not_recorded(client: TestClient, flagged: str, said: dict[str, object]) -> None:
    answer = client.post(f"/api/v1/films/{flagged}/readings", json=said)

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert [] == client.get(f"/api/v1/films/{flagged}/readings").json()["readings"]


def test_there_is_no_flag_to_agree_with_before_the_score(
    client: TestClient, send: Send, film: Callable[..., bytes]
) -> None:
    (waiting,) = send({"a.png": film(190)})

    answer = client.post(f"/api/v1/films/{waiting}/readings", json={"verdict": "agree"})

    assert 409 == answer.status_code
    assert "this film was not scored, so give the finding" in answer.json()["detail"]


def test_a_film_that_is_not_here_cannot_be_read(client: TestClient) -> None:
    assert 404 == client.post(f"/api/v1/films/{'f' * 64}/readings", json={"finding": "present"}).status_code
