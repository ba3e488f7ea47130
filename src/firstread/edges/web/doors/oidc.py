"""The door of an OpenID Connect provider: authorization code with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636)."""

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]  # ships no types
from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from firstread.config import Doors
from firstread.edges.web.doors import cookies, logins
from firstread.edges.web.doors.entrance import Entrance
from firstread.edges.web.doors.identity import Door
from firstread.edges.web.doors.login_page import login_page
from firstread.edges.web.doors.pages import welcome
from firstread.edges.web.doors.start_up import public_origin
from firstread.edges.web.problems import place_of
from firstread.store import accounts
from firstread.terms import Role

__all__ = ["Arrival", "arrival", "oidc_router"]

log = logging.getLogger(__name__)

_NO_ANSWER = "The provider does not answer. Try again; if it stays so, tell your administrator."
_REFUSED = (
    "The provider did not let you in, or you may not come in here. Try again, or ask your administrator."
)
_TIMEOUT_S = 10.0
_STATE_S = 600
# Signatures that only the provider can make: not "none", and no HMAC.
_SIGNATURES = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)


class _RefusedError(Exception):
    """Somebody whom the provider knows, or claims to know, is not let in; its message is one of our own words."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom the provider has let in.

    Args:
        name: As the provider knows this one.
        role: By the provider's groups; None when the account here decides.
    """

    name: str
    role: Role | None


def arrival(claims: Mapping[str, Any], doors: Doors) -> Arrival | None:
    """Return who arrives by the claims of a verified ID token; None when nobody may."""
    name = claims.get(doors.oidc_name_claim)
    said = claims.get(doors.oidc_group_claim) or ()
    groups = (
        {said} if isinstance(said, str) else set(filter(_is_text, said if isinstance(said, list) else ()))
    )
    is_admin = doors.oidc_admin_group is not None and doors.oidc_admin_group in groups
    is_reader = doors.oidc_reader_group is None or doors.oidc_reader_group in groups
    if not isinstance(name, str) or not (is_admin or is_reader):
        return None
    try:
        fit = accounts.fit_name(name)
    except ValueError:
        return None
    role = None if doors.oidc_admin_group is None else Role.ADMIN if is_admin else Role.READER
    return Arrival(fit, role)


def oidc_router(entrance: Entrance) -> APIRouter:
    """Return the routes that lead to the provider and back."""
    router = APIRouter(prefix="/oidc", include_in_schema=False)
    provider = _Provider(entrance)

    @router.get("/login")
    async def go(request: Request) -> Response:
        try:
            return await provider.send(request)
        except Exception as error:  # anything can come of a network and another program
            log.warning("The OpenID Connect provider does not answer as it must: %s", place_of(error))
            return login_page(entrance, said=_NO_ANSWER, status=502)

    @router.get("/callback")
    async def come_back(request: Request) -> Response:
        try:
            arrived = await provider.welcome_back(request)
        except Exception as error:  # as above, and whatever somebody sends here
            log.warning("A login by OpenID Connect failed: %s", place_of(error))
            arrived = None
        response = await _let_in(entrance, request, arrived)
        cookies.clear(response, cookies.OIDC, connection=request, web=entrance.web)
        return response

    return router


async def _let_in(entrance: Entrance, request: Request, arrived: Arrival | None) -> Response:
    outcome = None
    if arrived is not None:
        outcome = await run_in_threadpool(
            logins.open_by_other_door,
            entrance.store,
            arrived.name,
            role=arrived.role,
            door=Door.OIDC,
            hours=entrance.doors.session_hours,
            now=entrance.now(),
        )
    if isinstance(outcome, str):
        return await welcome(entrance, request, outcome)
    await entrance.refusals.record(
        "login.failed",
        reason="provider",
        address=entrance.address_of(request),
        subject="" if outcome is None else outcome.name,
    )
    return login_page(entrance, said=_REFUSED, status=403)


class _Provider:
    """Authlib's client, and the cookie that binds an answer of the provider to the browser that asked."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        doors = entrance.doors
        self._issuer = (doors.oidc_issuer or "").rstrip("/")
        secret = doors.oidc_client_secret or ""
        self._client: Any = OAuth().register(
            "provider",
            client_id=doors.oidc_client_id,
            client_secret=secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": doors.oidc_scope,
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
            },
        )
        # The same on every server of one client, so that the answer may reach another one than the question left.
        key = hmac.digest(secret.encode(), b"firstread: the state of a login", "sha256")
        self._key = OctKey.import_key(key)

    async def send(self, request: Request) -> Response:
        """Return the answer that leads to the provider."""
        await self._require_fit_provider()
        request.scope["session"] = {}
        back = f"{public_origin(self._entrance.web)}/oidc/callback"
        response: Response = await self._client.authorize_redirect(request, back)
        claims = {"state": request.session, "exp": int(self._entrance.now()) + _STATE_S}
        cookies.give(
            response,
            cookies.OIDC,
            jwt.encode({"alg": "HS256"}, claims, self._key),
            connection=request,
            web=self._entrance.web,
            max_age_s=_STATE_S,
        )
        return response

    async def welcome_back(self, request: Request) -> Arrival | None:
        """Return who comes back from the provider; None when this one may not come in.

        Raises:
            Exception: If what comes back is not what must.
        """
        await self._require_fit_provider()
        request.scope["session"] = self._state(request)
        doors = self._entrance.doors
        token = await self._client.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "value": self._issuer_said()},
                # Authlib checks it only when it is asked to.
                "aud": {"essential": True, "value": doors.oidc_client_id},
            },
        )
        if "userinfo" not in token:
            raise _RefusedError("The provider must send an ID token.")
        return arrival(token["userinfo"], doors)

    def _state(self, request: Request) -> dict[str, Any]:
        cookie = cookies.held(cookies.OIDC, request, self._entrance.web)
        try:
            token = jwt.decode(cookie or "", self._key, algorithms=["HS256"])
            jwt.JWTClaimsRegistry(now=int(self._entrance.now()), exp={"essential": True}).validate(
                token.claims
            )
        except (JoseError, ValueError) as error:
            raise _RefusedError("The browser must be the one that was sent to the provider.") from error
        state: dict[str, Any] = token.claims["state"]
        return state

    async def _require_fit_provider(self) -> None:
        metadata = await self._client.load_server_metadata()
        # Who speaks for another provider could let anybody in (OpenID Connect Discovery 1.0, 4.3).
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise _RefusedError("The provider must say that it is the one that the settings name.")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in _SIGNATURES]

    def _issuer_said(self) -> str:
        return str(self._client.server_metadata["issuer"])


def _is_text(value: object) -> bool:
    return isinstance(value, str)
