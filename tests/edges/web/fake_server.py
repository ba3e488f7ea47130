"""A server that keeps films in memory and answers as the web app does; the page is tested against it."""

import asyncio
import hashlib
import io
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from PIL import Image
from pydantic import BaseModel

from firstread.edges.web import reports, root_schemas, schemas
from firstread.edges.web.header_schemas import HeaderFactsOut
from firstread.edges.web.naming_schemas import NamedFilms, ReceivedNames
from firstread.edges.web.page import reading_room_page
from firstread.edges.web.reports import FilmReport, WorklistReport
from firstread.reading import reasons_for_rank
from firstread.reading.ranked_films import Selection

WEB = Path(__file__).resolve().parents[3] / "src" / "firstread" / "edges" / "web"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
BUNDLE = "b" * 64
THRESHOLDS = {"URGENT": 0.5, "REVIEW": 0.2}
LEVELS = {"URGENT": 2.0, "REVIEW": 1.0, "ROUTINE": 0.0}
READER = "Dr Weber"
FILE_FACTS = {
    "content": "DICOM",
    "bits": 12,
    "modality": "DX",
    "body_part": "CHEST",
    "view_position": "PA",
    "orientation": ["L", "FP"],
    "photometric": "MONOCHROME2",
    "transfer_syntax": "JPEG 2000 Image Compression",
    "lossy": True,
    "pixel_spacing_mm": [0.143, 0.143],
    "imager_pixel_spacing_mm": [0.15, 0.1525],
    "windows": [{"centre": 2048.0, "width": 4096.0}, {"centre": -600.0, "width": 1500.5}],
    "manufacturer": "<b>Maker</b>",
    "model": None,
    "tube_voltage_kv": 125.0,
    "exposure_mas": 2.5,
}
STARTED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


_T = TypeVar("_T")


@dataclass
class FakeFilm:
    """A film, as the server keeps it."""

    film: str
    name: str
    folder: str
    arrival: int
    probability: float | None = None
    reason: dict[str, str] | None = None
    warnings: list[str] = field(default_factory=list)
    synthetic: bool = False
    shift: float | None = None
    size: int = 482_113
    readings: list[dict[str, Any]] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Whether it was scored."""
        if self.reason:
            return "not_scored"
        return "waiting" if self.probability is None else "scored"

    @property
    def band(self) -> str | None:
        """How soon it should be read."""
        if self.probability is None:
            return None
        return next((band for band, edge in THRESHOLDS.items() if self.probability >= edge), "ROUTINE")

    @property
    def is_read(self) -> bool:
        """Whether somebody read it."""
        return bool(self.readings)


class FakeServer:
    """Films in memory behind the API; what is asked of it is counted.

    Attributes:
        names_told: How many names of files were told instead of the files.
        sent: How often a file of this path was sent.
        refusals: Answers that the next requests that send films get instead: status, Retry-After, detail.
        delay_s: Seconds that sending films takes.
        page_delay_s: Seconds that a page of the worklist takes.
        reading_delay_s: Seconds that an opinion takes to be recorded.
        loses_answers: So many of the next opinions are recorded, and answered 503: the server stops, say.
        lag_s: Seconds after a change until films are ranked anew; a film that was removed is missing at once.
        too_large: Files of this name and any load they are part of are refused with 413.
        queries: Every question for the worklist.
        said: Every opinion that was sent.
        most_at_once: Most requests with films that were answered at the same time.
        most_pages_at_once: Most pages of the worklist that were made at the same time.
        most_files: Most files in one request.
        drops_streams: Whether news end, and none are begun.
        roots: Folders of the server that films may be taken from, each with the folders in it.
        taking: How far one of them is taken in.
        taken_out: What was asked of every export and report: its path, and what it was told.
        facts_asked: Films whose files' facts were asked for.
        facts_refused: Why those facts cannot be had; else they can.
    """

    def __init__(self) -> None:
        self.films: dict[str, FakeFilm] = {}
        self.sent: Counter[str] = Counter()
        self.names_told = 0
        self.refusals: list[tuple[int, str | None, str]] = []
        self.delay_s = 0.0
        self.page_delay_s = 0.0
        self.reading_delay_s = 0.0
        self.loses_answers = 0
        self.lag_s = 0.0
        self.too_large = ""
        self.queries: list[dict[str, str]] = []
        self.said: list[dict[str, Any]] = []
        self.version = 1
        self.is_stopping = False
        self.most_at_once = 0
        self.most_files = 0
        self.at_once = 0
        self.most_pages_at_once = 0
        self.pages_at_once = 0
        self.drops_streams = False
        self.streams_ask_again = False
        self.streams_opened = 0
        self.roots: dict[str, list[str]] = {}
        self.taking: dict[str, Any] | None = None
        self.taken_out: list[tuple[str, list[tuple[str, str]]]] = []
        self.facts_asked: list[str] = []
        self.facts_refused = ""
        self._of_version = 0
        self._kept: dict[object, Any] = {}
        self._undoable: list[tuple[FakeFilm, dict[str, Any]]] = []

    # ── What happens

    def populate(self, n: int, *, folders: int = 4, waiting: int = 0) -> None:
        """Let so many films be there, scored but for the last few."""
        rng = np.random.default_rng(7)
        made: dict[str, FakeFilm] = {}
        for i, draw in enumerate(rng.beta(0.5, 1.1, n)):
            film = FakeFilm(
                hashlib.sha256(f"film {i}".encode()).hexdigest(),
                f"person{i:05}_chest.dcm",
                f"2026-03-01/ward {i % folders + 1}" if folders else "",
                arrival=len(self.films) + i,
                probability=None if i >= n - waiting else round(float(draw), 4),
                shift=round(float(rng.uniform(0, 100)), 1),
            )
            made[film.film] = film
        # All at once: a page may be asking meanwhile, and would choose the first of a few.
        self.films |= made
        self.changed()

    def add(self, name: str, probability: float) -> FakeFilm:
        """Let one more film come in, scored already."""
        folder = next(iter(self.films.values())).folder
        film = hashlib.sha256(name.encode()).hexdigest()
        self.films[film] = FakeFilm(film, name, folder, len(self.films), probability)
        self.changed()
        return self.films[film]

    def score(self, film: FakeFilm, probability: float) -> None:
        """Let a film be scored."""
        film.probability = probability
        self.changed()

    def changed(self) -> None:
        """Rank anew, and let everybody know."""
        if self.lag_s > 0:
            threading.Timer(self.lag_s, self._rank_anew).start()
        else:
            self._rank_anew()

    def _rank_anew(self) -> None:
        self.version += 1

    def once(self, name: object, made: Callable[[], _T]) -> _T:
        """Return a value that is made once for each version."""
        if self._of_version != self.version:
            self._of_version, self._kept = self.version, {}
        if name not in self._kept:
            self._kept[name] = made()
        value: _T = self._kept[name]
        return value

    def ranked(self) -> list[FakeFilm]:
        """Return the unread films, rank 1 first."""
        return self.once("ranked", self._rank)

    def rank(self, film: FakeFilm) -> int | None:
        """Return the place of a film; None when it was read."""
        ranks = self.once("ranks", lambda: {ranked.film: i + 1 for i, ranked in enumerate(self.ranked())})
        return ranks.get(film.film)

    def _rank(self) -> list[FakeFilm]:
        unread = [film for film in self.films.values() if not film.is_read]
        return sorted(
            unread, key=lambda f: (-LEVELS.get(f.band or "", 0.5), -(f.probability or 0), f.arrival)
        )

    # ── What is told

    def row(self, film: FakeFilm, *, blinded: bool = False) -> dict[str, Any]:
        """Return a film as the worklist tells it."""
        hides = blinded and not film.is_read
        return {
            "film": film.film,
            "rank": None if hides else self.rank(film),
            "name": film.name,
            "folder": film.folder,
            "n_copies": len(film.copies),
            "arrived_at": (STARTED + timedelta(seconds=film.arrival)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "state": film.state,
            "read": film.is_read,
            "band": None if hides else film.band,
            "probability": None if hides else film.probability,
            "flagged": None
            if hides or film.probability is None
            else film.probability >= THRESHOLDS["URGENT"],
            "shift": None if hides else film.shift,
            "reason": film.reason,
            "warnings": [] if hides else film.warnings,
            "synthetic": film.synthetic,
        }

    def told(self, film: FakeFilm, *, blinded: bool = False) -> dict[str, Any]:
        """Return everything that is known of a film."""
        row = self.row(film, blinded=blinded)
        at = row["probability"]
        low, high = (None, None) if at is None else (max(0.0, at - 0.06), min(1.0, at + 0.04))
        has_picture = film.state == "scored"
        return row | {
            "file_bytes": film.size,
            "height": 1024 if has_picture else None,
            "width": 1200 if has_picture else None,
            "view_position": "PA" if has_picture else None,
            "probability_low": low,
            "probability_high": high,
            "bundle": None if film.state == "waiting" else BUNDLE,
            "scored_at": None if film.state == "waiting" else row["arrived_at"],
            "has_heat_map": has_picture,
            "readings": film.readings,
            "copies": [
                {"name": name, "folder": folder}
                for folder, _, name in (path.rpartition("/") for path in film.copies[:100])
            ],
        }

    def counts(self) -> dict[str, int]:
        """Return how many films each band and state has."""
        return self.once("counts", self._counts)

    def _counts(self) -> dict[str, int]:
        unread = [film for film in self.films.values() if not film.is_read]
        bands = Counter(film.band for film in unread)
        states = Counter(film.state for film in unread)
        return {band: bands[band] for band in LEVELS} | {
            "unread": len(unread),
            "waiting": states["waiting"],
            "not_scored": states["not_scored"],
            "read": len(self.films) - len(unread),
            "all": len(self.films),
        }

    def selected(self, query: dict[str, str], bands: list[str]) -> list[FakeFilm]:
        """Return the films that a question is about, in their order."""
        state = query.get("state", "unread")
        films: Iterable[FakeFilm] = list(self.ranked())
        if state in ("read", "all"):
            read = [film for film in self.films.values() if film.is_read]
            films = read if state == "read" else [*films, *read]
        elif state != "unread":
            films = [film for film in films if film.state == state]
        words, folder = query.get("q", "").casefold(), query.get("folder", "")
        plain = not words and not folder and not bands
        films = [film for film in films if plain or _fits(film, words, folder, bands)]
        if query.get("blinded") == "true":
            films.sort(key=lambda film: film.arrival)
        else:
            _sort(films, query.get("sort", "rank"))
        return films[::-1] if query.get("descending") == "true" else films

    def page(self, query: dict[str, str], bands: list[str]) -> dict[str, Any]:
        """Return a page of the worklist."""
        self.queries.append(query)
        which = {name: value for name, value in query.items() if name not in ("offset", "limit")}
        films = self.once((str(which), *bands), lambda: self.selected(which, bands))
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
        blinded = query.get("blinded") == "true"
        here = [film for film in films[offset : offset + limit] if film.film in self.films]
        return {
            "version": self.version,
            "total": len(films),
            "offset": offset,
            "counts": self.counts() | (dict.fromkeys(LEVELS) if blinded else {}),
            "films": [self.row(film, blinded=blinded) for film in here],
        }

    # ── What is sent

    async def receive(self, request: Request) -> Response:
        """Take films in, or refuse them."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._receive(request)
        finally:
            self.at_once -= 1

    async def _receive(self, request: Request) -> Response:
        async with request.form(max_files=64) as form:
            await asyncio.sleep(self.delay_s)
            if self.refusals:
                status, after, detail = self.refusals.pop(0)
                return problem(status, detail, {"Retry-After": after} if after is not None else {})
            files: list[Any] = form.getlist("films")
            self.most_files = max(self.most_files, len(files))
            if self.too_large and any(file.filename.endswith(self.too_large) for file in files):
                return problem(413, "A file may be 2 GB at most.")
            answers = [self._keep(file.filename, await file.read()) for file in files]
        self.changed()
        return answer(schemas.ReceivedFilms, {"films": answers}, 201)

    def _keep(self, path: str, content: bytes) -> dict[str, Any]:
        self.sent[path] += 1
        film = hashlib.sha256(content).hexdigest()
        folder, _, name = path.rpartition("/")
        here = self.films.get(film)
        if here is None:
            self.films[film] = FakeFilm(film, name, folder, len(self.films), size=len(content))
            return {"film": film, "receipt": "new", "first": None}
        return self.named(here, path)

    def named(self, film: FakeFilm, path: str) -> dict[str, Any]:
        """Keep a name of a film, and say what became of it."""
        first = f"{film.folder}/{film.name}".lstrip("/")
        if path in (first, *film.copies):
            return {"film": film.film, "receipt": "known", "first": None}
        film.copies.append(path)
        self.changed()
        return {"film": film.film, "receipt": "copy", "first": first}

    def read(self, film: FakeFilm, said: dict[str, Any]) -> dict[str, Any]:
        """Record an opinion."""
        self.said.append(said)
        flagged = None if film.probability is None else film.probability >= THRESHOLDS["URGENT"]
        finding, verdict = said.get("finding"), said.get("verdict")
        if finding is None:
            agrees = {"agree": flagged, "disagree": not flagged}.get(str(verdict))
            finding = "uncertain" if agrees is None else "present" if agrees else "absent"
        elif flagged is not None:
            agree = "agree" if (finding == "present") == flagged else "disagree"
            verdict = "unsure" if finding == "uncertain" else agree
        reading = {
            "reading": len(self.said),
            "film": film.film,
            "reader": READER,
            "finding": finding,
            "verdict": verdict,
            "note": said.get("note", ""),
            "blinded": said.get("blinded", False),
            "read_at": datetime.now(UTC).isoformat(),
        }
        film.readings.append(reading)
        self._undoable.append((film, reading))
        self.changed()
        return reading

    def standing(self, film: FakeFilm) -> list[dict[str, Any]]:
        """Return the newest reading of each reader."""
        return list({reading["reader"]: reading for reading in film.readings}.values())

    def undo(self) -> dict[str, Any] | None:
        """Take the last opinion back."""
        if not self._undoable:
            return None
        film, reading = self._undoable.pop()
        film.readings.remove(reading)
        self.changed()
        return {"film": film.film, "reading": reading}


def _fits(film: FakeFilm, words: str, folder: str, bands: list[str]) -> bool:
    return (
        any(words in path.casefold() for path in (f"{film.folder}/{film.name}", *film.copies))
        and (not folder or f"{film.folder}/".startswith(f"{folder}/"))
        and (not bands or film.band in bands)
    )


def _sort(films: list[FakeFilm], by: str) -> None:
    if by == "name":
        films.sort(key=lambda film: film.name)
    elif by == "folder":
        films.sort(key=lambda film: film.folder)
    elif by == "arrived":
        films.sort(key=lambda film: film.arrival)
    elif by == "probability":
        films.sort(key=lambda film: -1 if film.probability is None else film.probability)


def answer(schema: type[BaseModel], told: dict[str, Any], status: int = 200) -> Response:
    """Return an answer as the API says it; one that the API would not give is a mistake of this server."""
    content = schema.model_validate(told).model_dump_json()
    return Response(content, status, media_type="application/json")


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return an answer that tells of a problem."""
    return JSONResponse(
        {"type": "about:blank", "title": "Refused", "status": status, "detail": detail},
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def picture() -> bytes:
    """Return something like a chest: two dark lungs beside a bright middle, 512 × 512."""
    y, x = np.mgrid[-1:1:512j, -1:1:512j]
    body = 190 * np.exp(-((np.abs(x) / 0.95) ** 6)) * (0.75 + 0.25 * y)
    for side in (-1, 1):
        lung = ((x - side * 0.42) / 0.32) ** 2 + ((y + 0.05) / 0.68) ** 2
        body -= 120 / (1 + np.exp(10 * (lung - 1)))
    heart = ((x - 0.12) / 0.34) ** 2 + ((y - 0.35) / 0.36) ** 2
    body += 45 / (1 + np.exp(10 * (heart - 1)))
    ribs = 8 * np.sin(26 * (y + 0.35 * x**2))
    return bytes(np.clip(body + ribs + 25, 0, 255).astype(np.uint8).tobytes())


def heat() -> bytes:
    """Return a heat map with one warm place."""
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    warmth = np.exp(-(((x + 0.4) / 0.3) ** 2) - ((y - 0.3) / 0.3) ** 2)
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 3] = 255, (160 * (1 - warmth)), 200 * warmth
    stream = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(stream, "PNG")
    return stream.getvalue()


def app(server: FakeServer) -> FastAPI:
    """Return the web app around a server."""
    made = FastAPI()
    _page(made)
    _films(made, server)
    _pictures(made, server)
    _worklist(made, server)
    _readings(made, server)
    _roots(made, server)
    _exports(made, server)
    _others(made, server)
    return made


def _page(made: FastAPI) -> None:
    made.mount("/static", StaticFiles(directory=WEB / "static"))

    @made.get("/")
    def page() -> Response:
        return HTMLResponse(reading_room_page(), headers={"Content-Security-Policy": CSP})


def _films(made: FastAPI, server: FakeServer) -> None:
    @made.post("/api/v1/films")
    async def receive(request: Request) -> Response:
        return await server.receive(request)

    @made.post("/api/v1/films/names")
    async def names(request: Request) -> Response:
        files = NamedFilms.model_validate(await request.json()).files
        server.names_told += len(files)
        here = [(server.films.get(file.film), file.path) for file in files]
        return answer(ReceivedNames, {"films": [film and server.named(film, path) for film, path in here]})

    @made.post("/api/v1/films/synthetic")
    def synthetic() -> Response:
        server.populate(12, folders=0)
        for film in server.films.values():
            film.synthetic = True
        return answer(schemas.ReceivedFilms, {"films": []}, 201)

    @made.get("/api/v1/films/{film}")
    def one(film: str, *, blinded: bool = False) -> Response:
        if film not in server.films:
            return problem(404, "There is no such film.")
        return answer(schemas.FilmOut, server.told(server.films[film], blinded=blinded))

    @made.delete("/api/v1/films/{film}")
    def remove(film: str) -> Response:
        del server.films[film]
        server.changed()
        return Response(status_code=204)


def _pictures(made: FastAPI, server: FakeServer) -> None:
    pixels, png = picture(), heat()

    @made.get("/api/v1/films/{film}/file")
    def file(film: str) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{film[:8]}.dcm"'}
        return Response(b"a film", media_type="application/octet-stream", headers=headers)

    @made.get("/api/v1/films/{film}/facts")
    def facts(film: str) -> Response:
        server.facts_asked.append(film)
        if server.facts_refused:
            return problem(409, server.facts_refused)
        return answer(HeaderFactsOut, FILE_FACTS)

    @made.get("/api/v1/films/{film}/pixels")
    def shown(film: str) -> Response:
        if server.films[film].state == "not_scored":
            return problem(409, "This file cannot be shown: it is not a picture.")
        headers = {
            "Film-Width": "512", "Film-Height": "512", "Film-Bits": "8", "Film-White": "255",
            "Film-Stored-Width": "512", "Film-Stored-Height": "512",
        }  # fmt: skip
        return Response(pixels, media_type="application/octet-stream", headers=headers)

    @made.get("/api/v1/films/{film}/heat-map.png")
    def heat_map(film: str) -> Response:
        if server.films[film].state != "scored":
            return problem(404, "There is no heat map.")
        return Response(png, media_type="image/png")


def _worklist(made: FastAPI, server: FakeServer) -> None:
    @made.post("/api/v1/worklist/search")
    async def worklist(request: Request) -> Response:
        async with request.form() as form:
            query = {name: str(value) for name, value in form.multi_items()}
            bands = [str(band) for band in form.getlist("band")]
        server.pages_at_once += 1
        server.most_pages_at_once = max(server.most_pages_at_once, server.pages_at_once)
        # Nobody tells a server that its answer is wanted no longer: it goes on.
        await asyncio.shield(asyncio.sleep(server.page_delay_s))
        server.pages_at_once -= 1
        return answer(schemas.WorklistPage, server.page(query, bands))

    @made.get("/api/v1/worklist/folders")
    def folders() -> Response:
        found = Counter(film.folder for film in server.films.values())
        return answer(
            schemas.FolderList,
            {"folders": [{"folder": name, "films": n} for name, n in sorted(found.items())]},
        )

    @made.get("/api/v1/films/{film}/place")
    def place(film: str) -> Response:
        kept = server.films[film]
        rank = server.rank(kept)
        unread = len(server.ranked())
        why = f"Its probability is higher than that of {unread - (rank or unread)} other films."
        told = {
            "rank": rank,
            "arrival": kept.arrival + 1,
            "latest": kept.arrival + 51,
            "unread": unread,
            "why": why,
            "rule": reasons_for_rank.rule(50),
        }
        return answer(schemas.PlaceOut, told)

    @made.get("/api/v1/events")
    async def events() -> Response:
        if server.drops_streams:
            return problem(503, "The server is busy.")
        return StreamingResponse(_events(server), media_type="text/event-stream")


async def _events(server: FakeServer) -> AsyncIterator[str]:
    told, quiet_s = server.version, 0.0
    server.streams_opened += 1
    yield ": hello\n\n"
    while not (server.is_stopping or server.drops_streams):
        if server.version != told:
            told = server.version
            change = schemas.ChangeOut(version=told, waiting=server.counts()["waiting"])
            yield f"id: {told}\nevent: change\ndata: {change.model_dump_json()}\n\n"
            await asyncio.sleep(0.25)
        elif server.streams_ask_again:
            server.streams_ask_again = False
            yield f'event: again\ndata: {{"version": {told}, "waiting": 0}}\n\n'
            return
        elif quiet_s > 10:
            yield f'event: beat\ndata: {{"version": {told}, "waiting": 0}}\n\n'
            quiet_s = 0.0
        await asyncio.sleep(0.02)
        quiet_s += 0.02


def _readings(made: FastAPI, server: FakeServer) -> None:
    @made.post("/api/v1/films/{film}/readings")
    async def read(film: str, request: Request) -> Response:
        said = await request.json()
        schemas.OpinionIn.model_validate(said)
        await asyncio.sleep(server.reading_delay_s)
        recorded = server.read(server.films[film], said)
        if server.loses_answers:
            server.loses_answers -= 1
            return problem(503, "The store does not answer.", {"Retry-After": "0"})
        return answer(schemas.ReadingOut, recorded, 201)

    @made.get("/api/v1/films/{film}/readings")
    def readings(film: str) -> Response:
        return answer(schemas.ReadingList, {"readings": server.standing(server.films[film])})

    @made.post("/api/v1/readings/undo")
    def undo() -> Response:
        undone = server.undo()
        if undone is None:
            return problem(404, "There is no such reading of yours to take back.")
        return answer(schemas.Undone, undone)


def _roots(made: FastAPI, server: FakeServer) -> None:
    @made.get("/api/v1/roots")
    def roots() -> Response:
        return answer(root_schemas.RootList, {"roots": list(server.roots)})

    @made.post("/api/v1/roots/folder")
    async def folder(request: Request) -> Response:
        asked = root_schemas.FolderAsked.model_validate(await request.json())
        root, path = asked.root, asked.path
        below = server.roots[root]
        if path and path not in below:
            return problem(404, "There is no such folder here, or it may not be opened.")
        inside = [name.rpartition("/")[2] for name in below if name.rpartition("/")[0] == path]
        told = {"root": root, "path": path, "folders": inside, "n_folders": len(inside), "n_files": 7}
        return answer(root_schemas.RootFolderOut, told)

    @made.post("/api/v1/roots/take-in")
    async def take_in(request: Request) -> Response:
        asked = root_schemas.FolderAsked.model_validate(await request.json())
        if server.taking and server.taking["stage"] == "running":
            return problem(409, "Another folder is being taken in; wait for its end, or cancel it.")
        server.taking = asked.model_dump() | {
            "sender": READER, "stage": "counting", "began_at": "2026-03-01T13:00:00Z", "n_found": 0, "n_ended": 0,
            "new": 0, "known": 0, "copies": 0, "left": {}, "named": [], "problem": None,
        }  # fmt: skip
        return answer(root_schemas.TakeInOut, server.taking, 202)

    @made.get("/api/v1/roots/take-in")
    def now() -> Response:
        return answer(root_schemas.TakeInNow, {"take_in": server.taking})

    @made.delete("/api/v1/roots/take-in")
    def cancel() -> Response:
        if server.taking is None:
            return problem(409, "No folder is being taken in.")
        server.taking["stage"] = "cancelled"
        return Response(status_code=204)


def _exports(made: FastAPI, server: FakeServer) -> None:
    @made.get("/api/v1/export/{name}")
    @made.post("/api/v1/export/{name}")
    async def export(name: str, request: Request) -> Response:
        asked = request.query_params.multi_items()
        async with request.form() as form:
            asked += [(field, str(value)) for field, value in form.multi_items()]
        server.taken_out.append((name, asked))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response("rank", media_type="text/csv", headers=headers)

    @made.post("/worklist/report")
    async def printed(request: Request) -> Response:
        async with request.form() as form:
            server.taken_out.append(("report", [(name, str(value)) for name, value in form.multi_items()]))
        told = [schemas.FilmOut(**server.told(film)) for film in server.ranked()]
        counts, bundle, at = server.counts(), _bundle(), STARTED
        page = WorklistReport(
            told,
            len(told) + 5,
            counts,
            Selection(),
            False,
            bundle,
            wait_cap=50,
            named=True,
            reader=READER,
            made_at=at,
        )
        return HTMLResponse(reports.worklist_report(page), headers={"Content-Security-Policy": CSP})

    @made.get("/films/{film}/report")
    def report(film: str, request: Request) -> Response:
        server.taken_out.append((film, request.query_params.multi_items()))
        told = schemas.FilmOut(**server.told(server.films[film]))
        page = FilmReport(told, None, _bundle(), named=True, reader=READER, made_at=STARTED)
        return HTMLResponse(reports.film_report(page), headers={"Content-Security-Policy": CSP})

    @made.get("/api/v1/films/{_film}/picture.png")
    def shown(_film: str) -> Response:
        stream = io.BytesIO()
        Image.frombytes("L", (512, 512), picture()).save(stream, "PNG")
        return Response(stream.getvalue(), media_type="image/png")


def _bundle() -> schemas.BundleOut:
    points = {
        "screening": schemas.OperatingPointOut(
            threshold=THRESHOLDS["URGENT"], sensitivity=0.95, specificity=0.9
        ),
        "rule_out": schemas.OperatingPointOut(
            threshold=THRESHOLDS["REVIEW"], sensitivity=0.99, specificity=0.7
        ),
    }
    return schemas.BundleOut(
        sha256=BUNDLE, name="firstread-mobilenet-v2", operating_points=points, prevalence=0.85, current=True
    )


def _others(made: FastAPI, server: FakeServer) -> None:
    @made.get("/api/v1/bundles")
    def bundles() -> Response:
        return answer(schemas.BundleList, {"bundles": [_bundle()]})

    @made.get("/api/v1/health")
    def health() -> Response:
        waiting = server.counts()["waiting"]
        return answer(schemas.Health, {"status": "ok", "version": "0.1.0", "waiting": waiting, "leased": 0})

    @made.get("/api/v1/session")
    def session() -> Response:
        told = {"name": READER, "role": "admin", "door": "account", "takes_folders": bool(server.roots)}
        return answer(schemas.SessionOut, told)


class Running:
    """A fake server that runs in a thread, on a port of its own."""

    def __init__(self) -> None:
        self.server = FakeServer()
        settings = uvicorn.Config(
            app(self.server), port=0, log_level="error", timeout_graceful_shutdown=1, lifespan="off"
        )
        self._uvicorn = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._uvicorn.run, daemon=True)
        self._thread.start()
        while not self._uvicorn.started:
            time.sleep(0.01)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._uvicorn.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Stop, and let go of every open stream."""
        self.server.is_stopping = True
        self._uvicorn.should_exit = True
        self._thread.join(10)


__all__ = ["FakeFilm", "FakeServer", "Running"]
