"""The door for who sits at this computer."""

import pytest

from firstread.config import Web
from firstread.edges.web.doors import launch as launch_module
from firstread.edges.web.doors.launch import Launch, draw_launch, launch_url


def test_every_start_has_secrets_of_its_own() -> None:
    drawn = [draw_launch(Web()) for _ in range(2)]

    assert 4 == len({secret for launch in drawn if launch for secret in (launch.token, launch.cookie)})


@pytest.mark.parametrize(
    "web",
    [
        Web(host="0.0.0.0"),  # noqa: S104  # a host for a test
        Web(host="::"),
        Web(host="films.example"),
        Web(public_url="https://films.example"),
    ],
)
def test_where_others_can_come_there_are_none(web: Web) -> None:
    assert draw_launch(web) is None


def test_the_secrets_are_not_shown() -> None:
    assert "Launch()" == repr(Launch("the token", "the cookie"))


def test_the_token_opens_and_the_cookie_holds_and_neither_is_the_other() -> None:
    launch = Launch("the token", "the cookie")

    assert ("the cookie", None) == (launch.opens("the token"), launch.opens("the cookie"))
    assert (True, False) == (launch.holds("the cookie"), launch.holds("the token"))
    assert launch.opens("\udcff") is None


def test_a_token_for_one_visit_opens_once() -> None:
    launch = Launch("the token", "the cookie")
    first, second = launch.for_one_visit(), launch.for_one_visit()

    assert 3 == len({"the token", first, second})
    opened = [launch.opens(token) for token in (second, first, first, second)]

    assert (4, [None, None]) == (len({"the cookie", *opened}), opened[2:])
    assert "the cookie" == launch.opens("the token")


def test_whoever_was_quicker_than_the_browser_is_out_when_that_comes() -> None:
    """Another user of this computer reads the address in the list of processes; whom the printed one let in stays."""
    launch = Launch("the token", "the cookie")
    token, other = launch.for_one_visit(), launch.for_one_visit()
    quicker, mine = launch.opens(token), launch.opens(other)
    assert quicker
    assert mine
    assert launch.holds(quicker)

    assert launch.opens(token) is None

    assert [False, True, True] == [launch.holds(cookie) for cookie in (quicker, mine, "the cookie")]


def test_tokens_are_compared_by_a_function_whose_time_tells_nothing() -> None:
    """Its time itself is not measured: on a busy machine that fails now and then."""
    assert "compare_digest" in launch_module._same.__code__.co_names
    for method in (Launch.opens, Launch.holds):
        assert "_same" in method.__code__.co_names


@pytest.mark.parametrize(
    ("web", "port", "expected"),
    [
        (Web(), None, "http://127.0.0.1:8321/?launch=t"),
        (Web(host="localhost", port=0), 40_001, "http://localhost:40001/?launch=t"),
        (Web(host="::1"), None, "http://[::1]:8321/?launch=t"),
    ],
)
def test_the_address_to_open(web: Web, port: int | None, expected: str) -> None:
    assert expected == launch_url(web, "t", port=port)
