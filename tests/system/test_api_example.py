"""The program in the documentation does what it says, with a real server and a real token."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "docs" / "serving.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Return the documented program as a file."""
    found = re.search(r"<!-- example: .*? -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    program = tmp_path / "send.py"
    program.write_text(found.group(1))
    return program


def firstread(*words: str | Path) -> str:
    command = [sys.executable, "-m", "firstread", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_films_are_sent_and_their_ranks_are_printed(
    example: Path, start: Callable[..., Any], make_film: Callable[..., bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "films"
    (folder / "ward").mkdir(parents=True)
    for seed, brightness in enumerate((80, 140, 110)):
        (folder / "ward" / f"{brightness}.png").write_bytes(make_film(brightness, seed))
    (folder / "letter.txt").write_text("no film")
    # The program asks more often than this, and has to wait.
    seldom = {"FIRSTREAD_WEB__REQUESTS_PER_S": "2", "FIRSTREAD_WEB__BURST": "3"}
    served = start(store=tmp_path / "store", settings=seldom)
    token = firstread(
        "token", "add", "archive", "--scope", "films:write", "--scope", "films:read",
        "--folder", tmp_path / "store",
    )  # fmt: skip

    ran = subprocess.run(
        [sys.executable, example, folder],
        env=os.environ | {"FIRSTREAD_ROOM": served.origin, "FIRSTREAD_TOKEN": token},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    lines = ran.stdout.splitlines()
    assert ["1", "2", "3", "4"] == [line.split()[0] for line in lines]
    assert {"140.png", "110.png", "80.png", "letter.txt"} == {line.split()[-1] for line in lines}
    assert "140.png" == lines[0].split()[-1]
