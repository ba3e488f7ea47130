"""Requests that change something come from our own page."""

import pytest

from firstread.edges.web.doors.csrf import why_refused

ORIGIN = "https://films.example"
HOST = {"host": "films.example"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("site", ["same-origin", "cross-site", None])
def test_what_changes_nothing_may_come_from_anywhere(method: str, site: str | None) -> None:
    headers = HOST if site is None else {**HOST, "sec-fetch-site": site}

    assert why_refused(method, headers, origin=ORIGIN) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "WHATEVER"])
@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"sec-fetch-site": "Same-Origin"}, False),
        # What the browser says of the site goes before Origin.
        ({"sec-fetch-site": "cross-site", "origin": "https://films.example"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, True),
        ({"origin": "https://films.example"}, True),
        ({"origin": "HTTPS://FILMS.EXAMPLE"}, True),
        ({"origin": "https://films.example:444"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://films.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({}, False),
    ],
)
def test_what_changes_something_comes_from_our_own_page(
    method: str, headers: dict[str, str], allowed: bool
) -> None:
    why = why_refused(method, {**HOST, **headers}, origin=ORIGIN)

    assert allowed == (why is None)


def test_without_a_host_no_origin_is_our_own() -> None:
    assert why_refused("POST", {"origin": "http://"}, origin="http://127.0.0.1:8321") is not None


def test_behind_a_proxy_that_names_itself_in_host_the_public_origin_is_our_own() -> None:
    headers = {"host": "127.0.0.1:8321", "origin": "https://films.example"}

    assert why_refused("POST", headers, origin=ORIGIN) is None


def test_a_program_is_told_what_to_do() -> None:
    assert "a program uses an API token" in (why_refused("POST", HOST, origin=ORIGIN) or "")
