"""The settings of a server."""

import ipaddress
from typing import Any

import pytest

from firstread import config
from firstread.config import Config, Doors, Web
from firstread.errors import ConfigError


@pytest.mark.parametrize(
    ("section", "changed"),
    [
        ("web", {"host": " "}),
        ("web", {"port": 65536}),
        ("web", {"port": -1}),
        ("web", {"public_url": "films.example"}),
        ("web", {"public_url": "ftp://films.example"}),
        ("web", {"public_url": "https://films.example/path"}),
        ("web", {"public_url": "https://anna@films.example"}),
        ("web", {"public_url": "https://films.example:port"}),
        ("web", {"public_url": "https://"}),
        ("web", {"max_request_bytes": 1000}),
        ("web", {"max_films_per_request": 1001}),
        ("web", {"requests_per_s": 0.0}),
        ("web", {"burst": 0}),
        ("web", {"body_timeout_s": 0.0}),
        ("web", {"roots": ("films",)}),
        ("web", {"roots": ("/",)}),
        ("web", {"roots": ("/mnt/a/films", "/mnt/b/films")}),
        ("doors", {"oidc_issuer": "http://id.example"}),
        ("doors", {"oidc_issuer": "id.example"}),
        ("doors", {"oidc_issuer": "https://id.example?x"}),
        ("doors", {"oidc_scope": "profile"}),
        ("doors", {"oidc_name_claim": ""}),
        ("doors", {"proxy_header": "X-Remote-User:"}),
        ("doors", {"proxy_header": ""}),
        ("doors", {"proxy_addresses": "10.0.0.5, proxy.example"}),
        ("doors", {"proxy_addresses": "10.0.0.5/24"}),
        ("doors", {"proxy_addresses": "0.0.0.0/0"}),
        ("doors", {"proxy_addresses": "::/0"}),
        ("doors", {"session_hours": 0.0}),
        ("doors", {"session_hours": 1000.0}),
    ],
)
def test_a_value_outside_its_range_is_refused(section: str, changed: dict[str, Any]) -> None:
    name = next(iter(changed))

    with pytest.raises(ConfigError, match=rf"{section}\.{name} must .*; received"):
        config.with_changes(Config(), section, changed)


@pytest.mark.parametrize("url", ["https://films.example", "https://films.example:8443/", "http://[::1]:8321"])
def test_an_address_for_browsers_is_a_scheme_a_name_and_a_port(url: str) -> None:
    assert url == Web(public_url=url).public_url


@pytest.mark.parametrize("issuer", ["https://id.example/realms/films", "http://127.0.0.1:9000"])
def test_a_provider_is_reached_over_https_or_on_this_computer(issuer: str) -> None:
    assert issuer == Doors(oidc_issuer=issuer).oidc_issuer


def test_proxies_are_addresses_and_networks() -> None:
    doors = Doors(proxy_addresses=" 10.0.0.5, 10.1.0.0/24,fd00::/64 ,")

    assert (
        tuple(map(ipaddress.ip_network, ("10.0.0.5", "10.1.0.0/24", "fd00::/64"))) == doors.proxy_networks()
    )
    assert () == Doors().proxy_networks()


def test_a_secret_is_taken_from_the_environment_and_shown_nowhere() -> None:
    loaded = config.load(environment={"FIRSTREAD_DOORS__OIDC_CLIENT_SECRET": "hush-hush"})

    assert "hush-hush" == loaded.doors.oidc_client_secret
    assert "hush" not in repr(loaded)


def test_a_secret_that_is_a_number_is_not_part_of_the_error() -> None:
    with pytest.raises(ConfigError, match="received a int") as raised:
        config.load(environment={"FIRSTREAD_DOORS__OIDC_CLIENT_SECRET": "123456"})

    assert "123456" not in str(raised.value)


def test_half_a_door_may_come_from_one_layer_and_half_from_another(tmp_path: Any) -> None:
    """What they must be together is asked when a server starts."""
    file = tmp_path / "firstread.toml"
    file.write_text('[doors]\noidc_issuer = "https://id.example"\noidc_client_id = "films"\n')
    loaded = config.load(file, environment={"FIRSTREAD_DOORS__OIDC_CLIENT_SECRET": "hush-hush"})

    assert ("https://id.example", "hush-hush") == (loaded.doors.oidc_issuer, loaded.doors.oidc_client_secret)
