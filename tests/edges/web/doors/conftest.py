"""A small app behind the doors, and browsers and programs that call it."""

import asyncio
import importlib
import importlib.util
import shutil
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel

from firstread.config import Doors, Web
from firstread.edges.web import problems
from firstread.edges.web.doors import passwords
from firstread.edges.web.doors.dependencies import Admin, Anybody, Reader, scope
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.doors.launch import Launch
from firstread.edges.web.doors.opening import set_doors
from firstread.errors import ImageReadError, StoreBusyError, StoreFullError
from firstread.store import accounts, api_tokens, audit_log
from firstread.store.audit_log import AuditEvent
from firstread.store.database import Database
from firstread.store.film_folder import FilmFolder
from firstread.store.scopes import Scope
from firstread.store.store import Store
from firstread.terms import Refusal, Role

NOW = 1_800_000_000.0
PASSWORD = "a long enough password"  # noqa: S105  # of nobody
CANARY = "DOE^JANE"

# The one that Starlette and Authlib use where both are installed.
httpx: Any = importlib.import_module("httpx2" if importlib.util.find_spec("httpx2") else "httpx")


@dataclass
class Clock:
    """A moment that tests set."""

    at: float = NOW

    def __call__(self) -> float:
        return self.at


class Loop:
    """An event loop on a thread of its own, so that tests need not be coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class Browser:
    """A caller of the app: it keeps cookies and follows no redirect."""

    app: Any
    loop: Loop
    base_url: str
    peer: str
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        transport = httpx.ASGITransport(app=self.app, client=(self.peer, 50_000))
        self.client = httpx.AsyncClient(transport=transport, base_url=self.base_url, headers=self.headers)

    def request(self, method: str, path: str, **options: Any) -> Any:
        return self.loop.run(self.client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> Any:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        """Post as our own page does."""
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        return self.request("POST", path, headers=headers, **options)

    def log_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.post("/login", data={"name": name, "password": password})


class Said(BaseModel):
    """What a test posts."""

    finding: int


def small_app() -> FastAPI:
    """Return an app with a route of each kind."""
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def page() -> dict[str, str]:
        return {"page": "worklist"}

    @app.get("/static/page.css")
    async def style() -> dict[str, str]:
        return {}

    @app.get("/api/v1/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/api/v1/session")
    async def session(who: Anybody) -> dict[str, str]:
        return {"name": who.name, "role": who.role.value, "door": who.door.value}

    @app.get("/api/v1/worklist")
    async def worklist(who: Reader) -> dict[str, str]:
        return {"reader": who.name}

    @app.post("/api/v1/films")
    async def films(
        request: Request, who: Annotated[Identity, Depends(scope("films:write"))]
    ) -> dict[str, Any]:
        return {"bytes": len(await request.body()), "sender": who.name}

    @app.post("/api/v1/said")
    async def say(_who: Reader, said: Said) -> dict[str, int]:
        return {"finding": said.finding}

    @app.delete("/api/v1/films/{film}")
    async def remove(film: str, _who: Admin) -> dict[str, str]:
        return {"removed": film}

    @app.get("/api/v1/fails/{how}")
    async def fail(how: str) -> None:
        raise {
            "badly": ValueError(f"{CANARY} has no film"),
            "busy": StoreBusyError(f"{CANARY}"),
            "full": StoreFullError(f"{CANARY}"),
            "image": ImageReadError(Refusal.TRUNCATED, f"{CANARY}.dcm: the file ends early."),
        }[how]

    return app


@pytest.fixture
def store(request: pytest.FixtureRequest, empty_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store: on SQLite, or on each kind of database for a test that uses `database_url`."""
    if "database_url" in request.fixturenames:
        url = request.getfixturevalue("database_url")
    else:
        url = f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'firstread.db')}"
    with Store(Database(url), FilmFolder(tmp_path / "films")) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """Return a moment that stands still until it is set."""
    return Clock()


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    """Keep one event loop for all tests."""
    opened = Loop()
    yield opened
    opened.close()


Browse = Callable[..., Browser]


@pytest.fixture
def browse(store: Store, clock: Clock, loop: Loop) -> Iterator[Browse]:
    """Return a maker of browsers on apps with these doors; browsers with one app share it."""
    with ExitStack() as stack:

        def make(
            doors: Doors | None = None,
            *,
            web: Web | None = None,
            launch: Launch | None = None,
            app: Any = None,
            base_url: str = "http://127.0.0.1:8321",
            peer: str = "127.0.0.1",
            headers: dict[str, str] | None = None,
        ) -> Browser:
            if app is None:
                app = small_app()
                set_doors(app, store, web=web or Web(), doors=doors or Doors(), launch=launch, now=clock)
            browser = Browser(app, loop, base_url, peer, headers or {})
            stack.callback(lambda: loop.run(browser.client.aclose()))
            return browser

        yield make


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Return the hash of PASSWORD, made once."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def add_account(store: Store, password_hash: str) -> Callable[..., None]:
    """Return a function that adds an account with PASSWORD."""

    def add(name: str, role: Role = Role.READER, *, by_password: bool = True) -> None:
        with store.database.write() as connection:
            accounts.add(
                connection, name, role, password_hash=password_hash if by_password else None, now=NOW
            )

    return add


@pytest.fixture
def add_token(store: Store) -> Callable[..., str]:
    """Return a function that adds a token for a day and returns its secret."""

    def add(name: str, *scopes: str, owner: str | None = None, days: float = 1) -> str:
        with store.database.write() as connection:
            secret = api_tokens.add(
                connection,
                name,
                map(Scope, scopes),
                owner=owner or name,
                expires_at=NOW + days * 86_400,
                now=NOW,
            )
        assert secret is not None
        return secret

    return add


@pytest.fixture
def audited(store: Store) -> Callable[[], list[AuditEvent]]:
    """Return a function that returns the audit log."""

    def read() -> list[AuditEvent]:
        with store.database.read() as connection:
            return list(audit_log.events(connection))

    return read


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Return a function that serves an app on a real port of this computer, and returns its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: Any) -> str:
        settings = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", proxy_headers=False)
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        began = time.monotonic()
        while not server.started:
            assert time.monotonic() < began + 30
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(30)
