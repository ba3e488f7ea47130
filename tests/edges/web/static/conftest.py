"""A page with a viewer, and a server of made-up films under the addresses of the contract."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI, Response
    from playwright.sync_api import Browser, ConsoleMessage, Page

Array = npt.NDArray[Any]
STATIC = Path(__file__).resolve().parents[4] / "src/firstread/edges/web/static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html><html lang="en"><title>Viewer</title><meta charset="utf-8">
<link rel="stylesheet" href="/static/viewer.css"><link rel="stylesheet" href="/page.css">
<main id="viewer"></main><script type="module" src="/page.js"></script></html>"""
STYLE = "body { margin: 0; background: #0b0d10; } #viewer { width: 600px; height: 460px; }"
SCRIPT = """
import { Viewer } from "/static/viewer.js";
const asked = new URLSearchParams(location.search);
const viewer = new Viewer(document.getElementById("viewer"), {
  cacheBytes: Number(asked.get("bytes") ?? 2 ** 28), hasControls: !asked.has("bare"),
});
Object.assign(window, { viewer, seen(pane = 0) {
  const { width, height, data } = viewer.snapshot(pane);
  let letters = "";
  for (let at = 0; at < data.length; at += 8192) letters += String.fromCharCode(...data.subarray(at, at + 8192));
  return [width, height, btoa(letters)];
} });
"""


@dataclass
class FilmServer:
    """Films under the contract's addresses, and what was asked for."""

    films: dict[str, tuple[Array, int]] = field(default_factory=dict)
    heat: dict[str, Array] = field(default_factory=dict)
    more: dict[str, dict[str, object]] = field(default_factory=dict)
    refusals: dict[str, list[Response]] = field(default_factory=dict)
    delay_s: dict[str, float] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def refuse(
        self, film: str, status: int, detail: str | None = None, *, headers: dict[str, str] | None = None
    ) -> None:
        """Answer so when the film is asked for next."""
        self.refusals.setdefault(film, []).append(_answer(status, detail, headers))

    def pixels(self, film: str) -> Response:
        from fastapi import Response

        self.asked[f"{film} pixels"] += 1
        time.sleep(self.delay_s.get(film, 0))
        if self.refusals.get(film):
            return self.refusals[film].pop(0)
        if film not in self.films:
            return _answer(404, "No such film.")
        pixels, white = self.films[film]
        height, width = pixels.shape
        said: dict[str, object] = {
            "Width": width,
            "Height": height,
            "Bits": 8 * pixels.itemsize,
            "White": white,
        }
        said |= {"Stored-Width": width, "Stored-Height": height} | self.more.get(film, {})
        return Response(
            pixels.astype(pixels.dtype.newbyteorder("<")).tobytes(),
            media_type="application/octet-stream",
            headers={f"Film-{name}": str(value) for name, value in said.items()},
        )

    def heat_map(self, film: str) -> Response:
        from fastapi import Response
        from PIL import Image

        self.asked[f"{film} heat"] += 1
        if film not in self.heat:
            return _answer(404, "No heat map.")
        stream = io.BytesIO()
        Image.fromarray(self.heat[film], "RGBA").save(stream, "PNG")
        return Response(stream.getvalue(), media_type="image/png")

    def app(self) -> FastAPI:
        """Return the page, the viewer and the films as a web app."""
        from fastapi import FastAPI, Response
        from fastapi.staticfiles import StaticFiles

        app = FastAPI()
        app.mount("/static", StaticFiles(directory=STATIC))
        app.add_api_route("/api/v1/films/{film}/pixels", self.pixels, response_model=None)
        app.add_api_route("/api/v1/films/{film}/heat-map.png", self.heat_map, response_model=None)
        for path, text, kind in (
            ("/", PAGE, "html"),
            ("/page.js", SCRIPT, "javascript"),
            ("/page.css", STYLE, "css"),
        ):
            headers = {"Content-Security-Policy": POLICY}
            answer = Response(text, media_type=f"text/{kind}", headers=headers)
            app.add_route(path, answer)  # type: ignore[arg-type]  # a response is an app of its own
        return app


def _answer(status: int, detail: str | None, headers: dict[str, str] | None = None) -> Response:
    from fastapi import Response

    if detail is None:
        return Response(b"", status, headers)
    words = json.dumps({"type": "about:blank", "title": "Refused", "status": status, "detail": detail})
    return Response(words, status, headers, media_type="application/problem+json")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, FilmServer]]:
    """Serve the page and made-up films on a free port; return its address and the films."""
    pytest.importorskip("fastapi", reason="FastAPI is not installed: no browser tests.")
    uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed: no browser tests.")
    films = FilmServer()
    how = {"host": "127.0.0.1", "port": 0, "log_level": "error", "ws": "none", "lifespan": "off"}
    running = uvicorn.Server(uvicorn.Config(films.app(), **how))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/", films
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def films(server: tuple[str, FilmServer]) -> FilmServer:
    """Return the server's films, none at first."""
    kept = server[1]
    for each in (kept.films, kept.heat, kept.more, kept.refusals, kept.delay_s, kept.asked):
        each.clear()
    return kept


class Screen:
    """A page with a viewer, and what a reader sees and does there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, said: ConsoleMessage) -> None:
        if "Policy" in said.text:
            self.errors.append(said.text)

    def does(self, call: str) -> Any:
        return self.page.evaluate(f"async () => await viewer.{call}")

    @property
    def state(self) -> dict[str, Any]:
        return dict(self.page.evaluate("viewer.state"))

    def seen(self, pane: int = 0) -> Array:
        """Return what a pane shows, shape (height, width, 3)."""
        width, height, letters = self.page.evaluate(f"seen({pane})")
        colours = np.frombuffer(base64.b64decode(letters), np.uint8).reshape(height, width, 4)
        assert (colours[..., 3] == 255).all()
        return colours[..., :3].astype(int)

    def greys(self, pane: int = 0) -> Array:
        """Return what a pane shows, shape (height, width); it must be grey."""
        colours = self.seen(pane)
        assert (np.ptp(colours, axis=2) == 0).all()
        return np.asarray(colours[..., 0])

    def middle(self, shape: tuple[int, ...], pane: int = 0) -> Array:
        """Return the part of a pane that a film of this shape covers at 1:1."""
        greys = self.greys(pane)
        top, left = ((have - want + 1) // 2 for have, want in zip(greys.shape, shape, strict=True))
        return greys[top : top + shape[0], left : left + shape[1]]

    def until(self, condition: Callable[[], bool], within_s: float = 20) -> None:
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, f"still {self.state}"
            self.page.wait_for_timeout(30)


@pytest.fixture
def open_screen(browser: Browser, server: tuple[str, FilmServer]) -> Iterator[Callable[..., Screen]]:
    """Return a function that opens the page with a renderer, "webgl2" or "2d", after a script."""
    contexts = []

    def opened(renderer: str = "webgl2", query: str = "", script: str = "", **options: Any) -> Screen:
        context = browser.new_context(viewport={"width": 640, "height": 480}, **options)
        contexts.append(context)
        context.add_init_script(script)
        screen = Screen(context.new_page())
        screen.page.goto(f"{server[0]}?renderer={renderer}{query}")
        screen.until(lambda: screen.page.evaluate("typeof viewer") == "object")
        return screen

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(params=["webgl2", "2d"])
def screen(request: pytest.FixtureRequest, open_screen: Callable[..., Screen]) -> Iterator[Screen]:
    """Return an open viewer, once for each renderer."""
    opened = open_screen(request.param)
    yield opened
    assert request.param == opened.state["renderer"]
    assert [] == opened.errors


@pytest.fixture
def ramp() -> Callable[..., Array]:
    """Return a function that makes grey levels that rise from left to right, and a little from top to bottom."""
    return _ramp


def _ramp(height: int = 256, width: int = 256, white: int = 255) -> Array:
    level = np.linspace(0, white - 1, width)[np.newaxis] + np.linspace(0, 1, height)[:, np.newaxis]
    return np.rint(level).astype(np.uint8 if white < 256 else np.uint16)


@pytest.fixture
def heat_map() -> Array:
    """Return a map whose right half is red, and whose left half is clear."""
    layer = np.zeros((60, 80, 4), np.uint8)
    layer[:, 40:] = (200, 30, 20, 153)
    return layer
