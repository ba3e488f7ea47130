"""Who makes a request: a program with a token, somebody whom a proxy names, or a browser with a cookie."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from firstread.edges.web.doors import cookies
from firstread.edges.web.doors.api_token import bearer, by_token
from firstread.edges.web.doors.entrance import Entrance, peer_of
from firstread.edges.web.doors.identity import Door, Identity, person
from firstread.edges.web.doors.logins import arrive
from firstread.edges.web.doors.proxy import named_by_proxy
from firstread.edges.web.doors.start_up import open_doors
from firstread.edges.web.problems import Problem
from firstread.store import accounts, sessions
from firstread.store.accounts import THIS_COMPUTER, Account
from firstread.terms import Role

__all__ = ["identify"]


async def identify(entrance: Entrance, connection: HTTPConnection) -> Identity | None:
    """Return who makes a request; None when it does not say.

    A request with a token is judged by the token alone: a wrong one is not made good by a cookie.

    Raises:
        Problem: If it says so and may not come in.
    """
    address = entrance.address_of(connection)
    token = bearer(connection.headers)
    if token is not None:
        return await by_token(entrance, token, address=address)
    name = _proxied(entrance, connection)
    if name is not None:
        return await _by_proxy(entrance, name, address=address)
    return _by_launch(entrance, connection) or await _by_session(entrance, connection)


def _by_launch(entrance: Entrance, connection: HTTPConnection) -> Identity | None:
    cookie = cookies.held(cookies.LAUNCH, connection, entrance.web)
    if entrance.launch is None or cookie is None or not entrance.launch.holds(cookie):
        return None
    return person(THIS_COMPUTER, Role.ADMIN, Door.LAUNCH)


async def _by_session(entrance: Entrance, connection: HTTPConnection) -> Identity | None:
    secret = cookies.held(cookies.SESSION, connection, entrance.web)
    return None if secret is None else await run_in_threadpool(_of_session, entrance, secret)


def _of_session(entrance: Entrance, secret: str) -> Identity | None:
    with entrance.store.database.read() as connection:
        session = sessions.by_secret(connection, secret, now=entrance.now())
    if session is None:
        return None
    door = Door.ACCOUNT if session.has_password else Door.OIDC
    # Whoever came in by a door that is closed since then stays out.
    return person(session.name, session.role, door) if door in open_doors(entrance.doors) else None


def _proxied(entrance: Entrance, connection: HTTPConnection) -> str | None:
    if entrance.doors.proxy_header is None:
        return None
    return named_by_proxy(
        peer_of(connection),
        connection.headers,
        header=entrance.doors.proxy_header,
        networks=entrance.doors.proxy_networks(),
    )


async def _by_proxy(entrance: Entrance, name: str, *, address: str) -> Identity:
    account = await run_in_threadpool(_of_proxy, entrance, name)
    if account is None or account.disabled_at is not None:
        await entrance.refusals.record(
            "proxy.refused",
            reason="disabled" if account is not None else "name not allowed here",
            address=address,
            subject="" if account is None else account.name,
        )
        raise Problem(403, detail="The account that the proxy names may not come in.")
    return person(account.name, account.role, Door.PROXY)


def _of_proxy(entrance: Entrance, text: str) -> Account | None:
    try:
        name = accounts.fit_name(text)
    except ValueError:
        return None
    with entrance.store.database.read() as connection:
        found = accounts.by_name(connection, name)
    if found is not None:
        # Who has a password here comes in by it alone: a proxy's names are not checked against it.
        return found if found.password_hash is None else None
    now = entrance.now()
    with entrance.store.database.write() as connection:
        return arrive(connection, name, role=None, door=Door.PROXY, now=now)
