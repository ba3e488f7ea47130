"""What is asked of every request before the app sees it, and added to every answer, errors included."""

import asyncio
import logging
import time

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firstread.config_sections import MIB
from firstread.edges.web import problems
from firstread.edges.web.doors import cookies, csrf
from firstread.edges.web.doors.api_token import bearer
from firstread.edges.web.doors.body_limits import LimitedBody
from firstread.edges.web.doors.dependencies import unknown
from firstread.edges.web.doors.entrance import Entrance
from firstread.edges.web.doors.identification import identify
from firstread.edges.web.doors.identity import Door, Identity
from firstread.edges.web.doors.own_hosts import is_own_host
from firstread.edges.web.doors.rate_limit import Buckets, seconds_to_say
from firstread.edges.web.doors.security_headers import Answer
from firstread.edges.web.doors.start_up import public_origin
from firstread.edges.web.problems import Problem
from firstread.store import audit_log
from firstread.store.accounts import THIS_COMPUTER

__all__ = ["DoorsMiddleware"]

log = logging.getLogger(__name__)

_API = "/api/"
_STATIC = "/static/"
_PUBLIC = ("/login", "/logout", "/api/v1/health")
_PUBLIC_BELOW = ("/oidc/", _STATIC)
_UPLOADS = ("/api/v1/films",)
_FORM_BYTES = 16 * 1024


class DoorsMiddleware:
    """Stands before the app; plain ASGI, so that streams pass as they come.

    Args:
        app: Behind the doors.
        entrance: The doors.
    """

    def __init__(self, app: ASGIApp, *, entrance: Entrance) -> None:
        self._app = app
        self._entrance = entrance
        self._buckets = Buckets(per_s=entrance.web.requests_per_s, burst=entrance.web.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:  # nothing here speaks another protocol
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        answer = Answer(send, is_static=scope["path"].startswith(_STATIC))
        body = LimitedBody(
            receive,
            connection.headers,
            most_bytes=self._most_bytes(scope),
            patience_s=self._entrance.web.body_timeout_s,
        )
        try:
            response = await self._before(scope, connection, body)
            if response is None:
                response = await self._pass_on(scope, body, answer)
        except ClientDisconnect:
            return  # nobody is left to answer
        except asyncio.CancelledError:
            # Only a server that stops gives requests up, and it has waited for them.
            if answer.has_begun:
                return
            response = problems.answer(_stopping())
        except Exception as error:
            if answer.has_begun:
                log.error("An answer broke off: %s", problems.place_of(error))
                # Without its message, which a server would log.
                raise RuntimeError("An answer broke off.") from None
            response = problems.answer(body.breach or error)
        if response is not None:
            await response(scope, receive, answer.send)

    async def _pass_on(self, scope: Scope, body: LimitedBody, answer: Answer) -> Response | None:
        async def send(message: Message) -> None:
            # What the app says of a body that it got only in part is not what happened.
            if body.breach is not None and not answer.has_begun:
                raise body.breach
            await answer.send(message)

        await self._app(scope, body.receive, send)
        return None if answer.has_begun or body.breach is None else problems.answer(body.breach)

    async def _before(self, scope: Scope, connection: HTTPConnection, body: LimitedBody) -> Response | None:
        """Return the answer when the request goes no further; None when it passes."""
        web = self._entrance.web
        if not is_own_host(connection.headers.get("host"), web):
            raise Problem(421, detail="The Host header must name this server (web.public_url).")
        launched = await self._launched(scope, connection)
        if launched is not None:
            return launched
        identity = await self._identified(connection)
        if bearer(connection.headers) is None:  # a browser adds no token by itself
            why = csrf.why_refused(scope["method"], connection.headers, origin=public_origin(web))
            if why is not None:
                raise Problem(403, detail=why)
        if identity is None and not _is_public(scope["path"]):
            return _shown_the_door(scope)
        body.require_short_type()
        body.require_small()
        scope.setdefault("state", {})["identity"] = identity
        return None

    async def _identified(self, connection: HTTPConnection) -> Identity | None:
        address = f"address {self._entrance.address_of(connection)}"
        try:
            identity = await identify(self._entrance, connection)
        except Problem:
            self._count(address)
            raise
        self._count(address if identity is None else identity.caller)
        return identity

    def _count(self, caller: str) -> None:
        # Not the moment that tests set: what is measured here is real.
        wait_s = self._buckets.take(caller, now=time.monotonic())
        if wait_s > 0:
            raise Problem(
                429,
                detail="There must be fewer requests a second (web.requests_per_s).",
                headers={"Retry-After": seconds_to_say(wait_s)},
            )

    async def _launched(self, scope: Scope, connection: HTTPConnection) -> Response | None:
        """Exchange the token of the printed address for a cookie, so that it leaves the address."""
        token = QueryParams(scope["query_string"]).get("launch")
        launch = self._entrance.launch
        if launch is None or token is None or scope["path"] != "/" or scope["method"] != "GET":
            return None
        self._count(f"address {self._entrance.address_of(connection)}")
        cookie = launch.opens(token)
        if cookie is None:
            await self._entrance.refusals.record(
                "login.failed",
                reason="launch token",
                address=self._entrance.address_of(connection),
            )
            return RedirectResponse("/login", status_code=303)
        await run_in_threadpool(self._record_launch)
        response = RedirectResponse("/", status_code=303)
        cookies.give(response, cookies.LAUNCH, cookie, connection=connection, web=self._entrance.web)
        return response

    def _record_launch(self) -> None:
        with self._entrance.store.database.write() as connection:
            audit_log.append(
                connection,
                actor=THIS_COMPUTER,
                action="login",
                subject=THIS_COMPUTER,
                detail={"door": Door.LAUNCH.value},
                now=self._entrance.now(),
            )

    def _most_bytes(self, scope: Scope) -> int:
        if scope["method"] == "POST" and scope["path"] in _UPLOADS:
            return self._entrance.web.max_request_bytes
        return MIB if scope["path"].startswith(_API) else _FORM_BYTES


def _stopping() -> Problem:
    return Problem(
        503,
        detail="The server stops; send this again when it is back.",
        headers={"Connection": "close", "Retry-After": "5"},
    )


def _is_public(path: str) -> bool:
    return path in _PUBLIC or path.startswith(_PUBLIC_BELOW)


def _shown_the_door(scope: Scope) -> Response:
    if scope["path"].startswith(_API) or scope["method"] not in ("GET", "HEAD"):
        raise unknown()
    return RedirectResponse("/login", status_code=303)
