import pytest

from firstread.edges.cli import extras
from firstread.errors import ConfigError


def test_what_is_installed_is_no_matter() -> None:
    extras.require("json", "--json")


def test_what_is_missing_is_named_with_the_way_to_it() -> None:
    with pytest.raises(
        ConfigError,
        match=r"--out needs crystalball, which is not installed: pip install 'firstread\[evaluate\]'",
    ):
        extras.require("crystalball", "--out")
