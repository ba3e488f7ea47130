"""The door for local accounts: a page with a form, and the way out."""

import anyio
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from firstread.edges.web.doors import cookies, logins
from firstread.edges.web.doors.entrance import Entrance
from firstread.edges.web.doors.login_page import login_page
from firstread.edges.web.doors.rate_limit import seconds_to_say
from firstread.edges.web.problems import Problem
from firstread.store import accounts

__all__ = ["login_router", "welcome"]

_WRONG = "The name or the password is wrong, or the account is closed."
_TOO_OFTEN = "Too many tries. Wait a little, then try again."
_HOUR_S = 3600


def login_router(entrance: Entrance) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def show() -> Response:
        return login_page(entrance)

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        if not entrance.doors.local_accounts:
            raise Problem(404, detail="Nobody logs in here with a password (doors.local_accounts).")
        async with request.form(max_files=0, max_fields=4) as form:
            name, password = form.get("name"), form.get("password")
        return await _logged_in(entrance, request, str(name or ""), str(password or ""))

    @router.post("/logout")
    async def log_out(request: Request) -> Response:
        await end_session(entrance, request)
        response = RedirectResponse("/login", status_code=303)
        for kind in (cookies.SESSION, cookies.LAUNCH):
            cookies.clear(response, kind, connection=request, web=entrance.web)
        return response

    return router


async def _logged_in(entrance: Entrance, request: Request, typed: str, password: str) -> Response:
    address, now = entrance.address_of(request), entrance.now()
    try:
        name = accounts.fit_name(typed)
    except ValueError:
        name = ""  # nobody's; tried all the same, so that it takes as long
    wait_s = entrance.guesses.take(name, address, now=now)
    if wait_s > 0:
        await entrance.refusals.record("login.failed", reason="too many tries", address=address)
        again = {"Retry-After": seconds_to_say(wait_s)}
        return login_page(entrance, said=_TOO_OFTEN, status=429, headers=again)
    outcome = await anyio.to_thread.run_sync(
        lambda: logins.log_in(entrance.store, name, password, hours=entrance.doors.session_hours, now=now),
        limiter=entrance.hashing,
    )
    if not isinstance(outcome, str):
        known = "" if outcome is None else outcome.name
        await entrance.refusals.record(
            "login.failed", reason="name or password", address=address, subject=known
        )
        return login_page(entrance, said=_WRONG, status=401)
    entrance.guesses.was_right(name, address)
    return await welcome(entrance, request, outcome)


async def welcome(entrance: Entrance, request: Request, secret: str) -> Response:
    """Return the answer to somebody whose session has begun; the one before it, in the same browser, ends."""
    await end_session(entrance, request)
    response = RedirectResponse("/", status_code=303)
    cookies.give(
        response,
        cookies.SESSION,
        secret,
        connection=request,
        web=entrance.web,
        max_age_s=int(entrance.doors.session_hours * _HOUR_S),
    )
    return response


async def end_session(entrance: Entrance, request: Request) -> None:
    """End the session that a browser holds, where it holds one."""
    secret = cookies.held(cookies.SESSION, request, entrance.web)
    if secret is not None:
        await run_in_threadpool(logins.log_out, entrance.store, secret, now=entrance.now())
