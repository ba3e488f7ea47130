from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from firstread.edges.web.room import Room
from firstread.edges.web.routes import events


@pytest.fixture
def told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that listens to a stream until it ends, and returns the names of its events."""
    monkeypatch.setattr(events, "_LIFE_S", 0.0)

    def listened(**headers: str) -> list[str]:
        answer = client.get("/api/v1/events", headers=headers)
        assert 200 == answer.status_code, answer.text
        return [
            line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event:")
        ]

    return listened


def test_a_stream_ends_after_a_while_so_that_who_listens_is_asked_again(
    client: TestClient, told: Callable[..., list[str]]
) -> None:
    """An account that was closed meanwhile hears no more; what a stream tells before is not lost."""
    heard = told()
    client.cookies.clear()

    assert ["change", "again"] == heard
    assert 401 == client.get("/api/v1/events").status_code


def test_who_was_cut_off_is_told_at_once_what_was_missed_and_nothing_twice(
    room: Room, told: Callable[..., list[str]], send: Callable[..., list[str]]
) -> None:
    """By the event that came last; one that was made up says nothing of what was heard."""
    send({"a.png": b"a film"})
    room.worklist.refresh()
    heard = room.worklist.ranked.version
    assert ["again"] == told(**{"Last-Event-ID": f"{heard}"})

    send({"b.png": b"another film"}, delivery="two")
    room.worklist.refresh()
    assert ["change", "again"] == told(**{"Last-Event-ID": f"{heard}"})
    assert ["change", "again"] == told(**{"Last-Event-ID": "made up"})
