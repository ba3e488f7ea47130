"""Pages of the reading worklist are its own, and hide what must be hidden."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from tests.edges.web.routes.conftest import Clock

Send = Callable[..., list[str]]
Film = Callable[..., bytes]


@pytest.fixture
def room_url(database_url: str) -> str:
    return database_url


@pytest.fixture
def listed(client: TestClient, send: Send, film: Film, score: Callable[[], None]) -> Callable[..., list[str]]:
    """Return a function that lists the names of a ward's films."""
    send(
        {
            "ward/a.png": film(60, seed=1),
            "ward/b.png": film(190, seed=2),
            "ward/x/c.png": film(120, seed=3),
            "desk/d.png": b"no picture",
        }
    )
    score()

    def names(query: str = "") -> list[str]:
        return [row["name"] for row in client.get(f"/api/v1/worklist?{query}").json()["films"]]

    return names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["b.png", "c.png", "a.png", "d.png"]),
        ("offset=1&limit=2", ["c.png", "a.png"]),
        ("offset=9", []),
        ("folder=ward", ["b.png", "c.png", "a.png"]),
        ("folder=ward/x", ["c.png"]),
        ("q=WARD/B", ["b.png"]),
        ("state=not_scored", ["d.png"]),
        ("state=read", []),
        ("band=URGENT", ["b.png"]),
        ("band=URGENT&band=ROUTINE", ["b.png", "a.png"]),
        ("sort=name&descending=true", ["d.png", "c.png", "b.png", "a.png"]),
        ("blinded=true", ["a.png", "b.png", "c.png", "d.png"]),
        ("sort=folder", ["d.png", "b.png", "a.png", "c.png"]),
        ("blinded=true&sort=folder", ["d.png", "a.png", "b.png", "c.png"]),
        ("blinded=true&sort=probability&band=URGENT", ["a.png", "b.png", "c.png", "d.png"]),
    ],
)
def test_films_are_listed_as_asked(listed: Callable[..., list[str]], query: str, names: list[str]) -> None:
    assert names == listed(query)


def test_films_stand_in_the_order_in_which_they_came_also_when_the_clock_was_set_back(
    clock: "Clock", client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    first = send({"first.png": film(60, seed=1)}, delivery="one")
    clock.now -= 3600
    second = send({"second.png": film(60, seed=1) + b"\0"}, delivery="two")
    score()

    page = client.get("/api/v1/worklist").json()["films"]
    places = [client.get(f"/api/v1/films/{sent}/place").json() for sent in (*first, *second)]
    assert [("first.png", 1), ("second.png", 2)] == [(row["name"], row["rank"]) for row in page]
    assert [(1, 1), (2, 2)] == [(place["arrival"], place["rank"]) for place in places]


def test_a_page_says_how_many_films_there_are_of_each_kind(
    client: TestClient, listed: Callable[..., list[str]]
) -> None:
    listed()

    page = client.get("/api/v1/worklist?limit=1").json()

    assert 4 == page["total"]
    assert {
        "URGENT": 1,
        "REVIEW": 1,
        "ROUTINE": 1,
        "unread": 4,
        "waiting": 0,
        "not_scored": 1,
        "read": 0,
        "all": 4,
    } == page["counts"]


def test_a_blinded_list_holds_no_score(client: TestClient, listed: Callable[..., list[str]]) -> None:
    listed()

    page = client.get("/api/v1/worklist?blinded=true").json()

    hidden = ("rank", "band", "probability", "flagged", "shift")
    assert all(row[name] is None for row in page["films"] for name in hidden)
    assert {"URGENT": None, "REVIEW": None, "ROUTINE": None, "unread": 4}.items() <= page["counts"].items()


def test_a_search_can_be_asked_for_in_a_body(client: TestClient, listed: Callable[..., list[str]]) -> None:
    """Addresses are kept in histories and logs, and what is searched for may be a name."""
    listed()
    asked: dict[str, str | int | list[str]] = {
        "q": "ward/",
        "band": ["URGENT", "ROUTINE"],
        "sort": "name",
        "offset": 1,
        "limit": 1,
    }

    found = client.post("/api/v1/worklist/search", data=asked).json()

    assert (2, 1, ["b.png"]) == (found["total"], found["offset"], [film["name"] for film in found["films"]])
    assert found == client.get("/api/v1/worklist", params=asked).json()
    assert 422 == client.post("/api/v1/worklist/search", data={"limit": 501}).status_code


def test_folders_are_listed(client: TestClient, listed: Callable[..., list[str]]) -> None:
    listed()

    assert {
        "folders": [
            {"folder": "desk", "films": 1},
            {"folder": "ward", "films": 2},
            {"folder": "ward/x", "films": 1},
        ]
    } == client.get("/api/v1/worklist/folders").json()


@pytest.mark.parametrize(
    "query", ["limit=501", "limit=0", "offset=-1", "state=gone", "band=RED", "q=" + "x" * 201]
)
def test_a_query_that_does_not_fit_is_a_problem(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/worklist?{query}")

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_a_film_is_found_by_the_name_of_a_copy(
    client: TestClient, send: Send, film: Film, score: Callable[[], None]
) -> None:
    send({"ward/a.png": film(60), "desk/again.png": film(60), "b.png": film(190)})
    score()

    (found,) = client.get("/api/v1/worklist?q=DESK/again").json()["films"]

    assert ("ward", "a.png", 1) == (found["folder"], found["name"], found["n_copies"])
    (searched,) = client.post("/api/v1/worklist/search", data={"q": "again"}).json()["films"]
    assert found == searched
    assert [0, 1] == [row["n_copies"] for row in client.get("/api/v1/worklist").json()["films"]]
