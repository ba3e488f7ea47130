"""What the tests of bundles share."""

import shutil
from pathlib import Path

import pytest

from firstread.inference.bundle import Bundle


@pytest.fixture
def folder(tiny_bundle: Bundle, tmp_path: Path) -> Path:
    """Return a bundle that a test may damage."""
    return Path(shutil.copytree(tiny_bundle.folder, tmp_path / "damaged"))
