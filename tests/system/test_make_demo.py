"""The README's second command: it ends on the reading room, with films ranked by the model that ships."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
N_FILMS = 6


@pytest.fixture
def demo(tmp_path: Path) -> "Iterator[subprocess.Popen[str]]":
    """Run the demo in the environment that the tests run in, instead of one that is made for it."""
    command = ["make", "-f", str(REPOSITORY / "Makefile"), "-o", f"{sys.prefix}/.core", f"VENV={sys.prefix}"]
    command += ["demo", f"N={N_FILMS}", "SERVE=--no-open --port 0"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        yield process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does


def address(demo: "subprocess.Popen[str]") -> str:
    """Read what the demo prints until it says where the reading room is."""
    said: list[str] = []
    assert demo.stdout is not None
    for line in demo.stdout:
        said.append(line)
        if "http://" in line:
            return line.split("open: ")[1].strip()
    raise AssertionError("".join(said))


def ranked(url: str) -> list[dict[str, Any]]:
    """Return the worklist once every film is scored."""
    deadline = time.monotonic() + 60
    with httpx2.Client(base_url=url.split("/?", maxsplit=1)[0], timeout=60) as client:
        client.get(url)
        while True:
            page = client.get("/api/v1/worklist").json()
            if page["counts"]["all"] == N_FILMS and not page["counts"]["waiting"]:
                found: list[dict[str, Any]] = page["films"]
                return found
            assert time.monotonic() < deadline, page["counts"]
            time.sleep(0.1)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed: apt-get install make.")
def test_the_demo_ends_on_the_page_with_films_ranked(demo: "subprocess.Popen[str]", tmp_path: Path) -> None:
    rows = ranked(address(demo))

    assert list(range(1, N_FILMS + 1)) == [row["rank"] for row in rows]
    probabilities = [row["probability"] for row in rows]
    assert sorted(probabilities, reverse=True) == probabilities
    assert (tmp_path / "demo" / "worklist.html").exists()
