"""The package's front door."""

import subprocess
import sys

import pytest

import firstread
from firstread.triage.worklist import rank


def test_every_public_name_is_there() -> None:
    assert [] == [name for name in firstread.__all__ if not hasattr(firstread, name)]


def test_a_name_is_the_room_s_own() -> None:
    assert rank is firstread.rank


def test_names_are_listed_before_they_are_loaded() -> None:
    assert set(firstread.__all__) <= set(dir(firstread))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'firstread' has no attribute 'nonsense'"):
        firstread.nonsense  # noqa: B018 - the access is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, firstread; print([m for m in ('numpy', 'PIL', 'onnxruntime') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout
