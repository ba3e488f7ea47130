"""A running `firstread serve` and a browser before it."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import requests

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["Served", "chromium", "page", "serve"]

_POLL_S = 0.005


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers.

    Args:
        url: With the token that lets a browser in.
        process: Answers requests; its children open films and score them.
        ready_s: From before it was started until it answered.
        client: Let in already.
    """

    url: str
    process: psutil.Process
    ready_s: float
    client: requests.Session

    def get(self, path: str) -> Any:
        """Return the JSON of a path below /api/v1."""
        answer = self.client.get(f"{self.url.split('/?')[0]}/api/v1{path}", timeout=60)
        answer.raise_for_status()
        return json.loads(answer.content)

    def send(self, films: Sequence[Path]) -> None:
        """Send films of one drop; returns when they are acknowledged."""
        origin = self.url.split("/?")[0]
        answer = requests.post(
            f"{origin}/api/v1/films",
            data={"delivery": "drop"},
            files=[("films", (film.name, film.read_bytes())) for film in films],
            cookies=self.client.cookies,
            headers={"Origin": origin},
            timeout=60,
        )
        answer.raise_for_status()


@contextmanager
def serve(folder: Path, bundle: Path, *options: str) -> Iterator[Served]:
    """Start a server on a store as a user does, and stop it after the block."""
    command = [sys.executable, "-m", "firstread", "serve", "--no-open", "--port", "0"]
    command += ["--folder", str(folder), "--bundle", str(bundle), *options]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("The server must say where it is.")
        try:
            url = process.stdout.readline().split("open: ")[1].strip()
            client = requests.Session()
            client.get(url, timeout=60).raise_for_status()
            yield Served(url, psutil.Process(process.pid), time.perf_counter() - began, client)
        finally:
            process.terminate()


def chromium() -> str | None:
    """Return the browser of this machine; None without one."""
    known = ("chromium", "google-chrome", "chromium-headless-shell")
    return next(filter(None, map(shutil.which, known)), None)


@contextmanager
def page(url: str) -> "Iterator[Page]":
    """Open an address in a browser that nobody used before."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.set_default_timeout(600_000)
        # A reader's browser runs already; this one is still starting its processes.
        opened.wait_for_timeout(1000)
        opened.goto(url, wait_until="commit")
        yield opened
        browser.close()
