"""What a server needs is asked for before it starts."""

import importlib.util

import pytest

from firstread.config import Config, Doors
from firstread.edges.cli import serve_run
from firstread.errors import ConfigError


@pytest.mark.parametrize("missing", ["authlib", "httpx", "joserfc"])
def test_openid_connect_says_how_to_install_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    settings = Config(doors=Doors(oidc_issuer="https://login.example.org", oidc_client_id="firstread"))

    with pytest.raises(ConfigError, match=rf"doors.oidc_issuer needs {missing}.*'firstread\[oidc\]'"):
        serve_run.run((), settings, bundle=None, n_workers=0, browser=False)
