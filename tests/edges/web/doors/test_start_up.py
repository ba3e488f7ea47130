"""No server starts that would let in whoever reaches it."""

from dataclasses import replace

import pytest

from firstread.config import Doors, Web
from firstread.edges.web.doors.start_up import cautions, is_loopback, public_origin, require_safe
from firstread.errors import ConfigError

HERE = Web()
EVERYWHERE = Web(host="0.0.0.0")  # noqa: S104  # a host for a test
BEHIND_PROXY = Web(public_url="https://films.example")
PUBLIC = Web(host="0.0.0.0", public_url="https://films.example")  # noqa: S104
OIDC = Doors(oidc_issuer="https://id.example", oidc_client_id="films", oidc_client_secret="s")  # noqa: S106
PROXY = Doors(proxy_header="X-Remote-User", proxy_addresses="10.0.0.5")
LOCAL = Doors(local_accounts=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LocalHost"])
def test_some_addresses_are_only_this_computers(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "10.0.0.5", "localhost.example", "films", "", "*", "2130706433"],  # noqa: S104
)
def test_others_are_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("web", "doors"),
    [
        *((HERE, doors) for doors in (Doors(), LOCAL, OIDC, PROXY)),
        *((EVERYWHERE, doors) for doors in (LOCAL, PROXY)),
        *((BEHIND_PROXY, doors) for doors in (LOCAL, OIDC, PROXY)),
        *((PUBLIC, doors) for doors in (LOCAL, OIDC, PROXY)),
    ],
)
def test_with_a_door_a_server_starts(web: Web, doors: Doors) -> None:
    require_safe(web, doors)


@pytest.mark.parametrize("web", [EVERYWHERE, BEHIND_PROXY, PUBLIC, Web(host="::"), Web(host="films")])
def test_without_a_door_no_server_starts_that_others_can_reach(web: Web) -> None:
    with pytest.raises(ConfigError, match=r"needs a door: set doors\.local_accounts = true .* and no door"):
        require_safe(web, Doors())


@pytest.mark.parametrize("web", [HERE, EVERYWHERE])
@pytest.mark.parametrize(
    ("doors", "message"),
    [
        (Doors(oidc_issuer="https://id.example"), "received 1 of the three"),
        (Doors(oidc_client_id="films", oidc_client_secret="s"), "received 2 of the three"),  # noqa: S106
        (Doors(proxy_header="X-Remote-User"), "needs doors.proxy_addresses beside doors.proxy_header"),
    ],
)
def test_half_a_door_is_none(web: Web, doors: Doors, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        require_safe(web, doors)


def test_a_proxy_that_only_adds_tls_names_nobody_and_opens_nothing() -> None:
    require_safe(HERE, Doors(proxy_addresses="10.0.0.5"))
    with pytest.raises(ConfigError, match="needs a door"):
        require_safe(EVERYWHERE, Doors(proxy_addresses="10.0.0.5"))


def test_a_provider_has_to_know_where_to_send_browsers_back_to() -> None:
    with pytest.raises(ConfigError, match=r"OpenID Connect needs web\.public_url"):
        require_safe(EVERYWHERE, OIDC)


def test_a_secret_is_not_part_of_an_error() -> None:
    with pytest.raises(ConfigError) as raised:
        require_safe(HERE, Doors(oidc_client_secret="hush"))  # noqa: S106

    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    ("web", "expected"),
    [
        (HERE, "http://127.0.0.1:8321"),
        (Web(host="::1", port=80), "http://[::1]:80"),
        (Web(public_url="https://films.example/"), "https://films.example"),
    ],
)
def test_where_browsers_find_the_app(web: Web, expected: str) -> None:
    assert expected == public_origin(web)


def test_what_should_be_said_is_said() -> None:
    assert () == cautions(HERE, Doors())
    assert () == cautions(PUBLIC, replace(LOCAL, proxy_addresses="10.0.0.5"))
    assert "set doors.proxy_addresses" in cautions(PUBLIC, LOCAL)[0]
    assert ["Films, readings and passwords can be read on their way"] == [
        said.split(":")[0] for said in cautions(EVERYWHERE, LOCAL)
    ]
    assert "doors.oidc_reader_group" in cautions(PUBLIC, OIDC)[-1]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5, ::1"])
def test_a_proxy_on_this_computer_is_cautioned_about(address: str) -> None:
    doors = Doors(proxy_header="X-Remote-User", proxy_addresses=address)

    assert "Every user of this computer can claim to be any reader" in cautions(PUBLIC, doors)[0]
    assert () == cautions(PUBLIC, replace(doors, proxy_addresses="10.0.0.5"))
