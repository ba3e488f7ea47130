import pytest
from starlette.testclient import TestClient

from firstread.edges.web.routes import events


def test_a_stream_ends_after_a_while_so_that_who_listens_is_asked_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that was closed meanwhile hears no more; what a stream tells before is not lost."""
    monkeypatch.setattr(events, "_LIFE_S", 0.0)

    told = [line for line in client.get("/api/v1/events").text.splitlines() if line.startswith("event:")]
    client.cookies.clear()

    assert ["event: change", "event: again"] == told
    assert 401 == client.get("/api/v1/events").status_code
