"""A provider lets readers in: with signed ID tokens of a provider that runs here, and with forged ones."""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.responses import JSONResponse, Response

from firstread.config import Doors, Web
from firstread.edges.web.doors.oidc import Arrival, arrival
from firstread.store import accounts
from firstread.store.store import Store
from firstread.terms import Role

NOW = 1_800_000_000.0
CANARY = "DOE^JANE"
SECRET = "the secret of the client"  # noqa: S105  # of nobody
Browse = Callable[..., Any]
Audited = Callable[[], Any]


@dataclass
class Issuer:
    """A provider: it says what a test lets it say.

    Args:
        claims: What it says beyond the usual, or else than the usual; None takes a claim away.
        metadata: What it says of itself beyond the usual.
        signed_with: The key it signs with; one of its own when None.
        algorithm: Of the signature.
        tampered: The token is changed after it was signed.
        publishes_private: It shows the world the whole key.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    signed_with: Any = None
    algorithm: str = "RS256"
    tampered: bool = False
    publishes_private: bool = False
    url: str = ""
    own_key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanged: list[str] = field(default_factory=list)

    def let_in(self, location: str) -> str:
        """Do what a browser and the provider do when somebody logs in there; return where the browser is sent."""
        assert location.startswith(f"{self.url}/authorize?")
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        code = f"code {len(self.asked)}"
        self.asked[code] = query
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': query['state']})}"

    def id_token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.url,
            "aud": asked["client_id"],
            "sub": "248289761001",
            "nonce": asked["nonce"],
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "preferred_username": "anna",
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        key = self.signed_with or self.own_key
        header = {"alg": self.algorithm, "kid": "one"}
        token = jwt.encode(header, said, key, algorithms=[self.algorithm])
        if self.tampered:
            head, _, signature = token.split(".")
            payload = base64.urlsafe_b64encode(b'{"sub": "somebody else"}').decode().rstrip("=")
            return f"{head}.{payload}.{signature}"
        return token

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def about() -> dict[str, Any]:
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
                **self.metadata,
            }

        @app.get("/jwks")
        async def keys() -> dict[str, Any]:
            return {"keys": [{**self.own_key.as_dict(private=self.publishes_private), "kid": "one"}]}

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = await request.form()
            asked = self.asked.pop(str(form["code"]), None)
            verifier = str(form.get("code_verifier", ""))
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
            client = base64.b64encode(f"films:{SECRET}".encode()).decode()
            if (
                asked is None
                or asked["code_challenge"] != challenge.rstrip("=")
                or request.headers["Authorization"] != f"Basic {client}"
            ):
                return JSONResponse({"error": "invalid_grant"}, status_code=400)
            self.exchanged.append(str(form["code"]))
            return JSONResponse(
                {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked)}
            )

        return app


@pytest.fixture
def issuer(serve: Callable[[Any], str]) -> Issuer:
    """Return a provider that runs."""
    made = Issuer()
    made.url = serve(made.app())
    return made


def doors_of(issuer: Issuer, **others: Any) -> Doors:
    return replace(Doors(oidc_issuer=issuer.url, oidc_client_id="films", oidc_client_secret=SECRET), **others)


def logged_in(browser: Any, issuer: Issuer) -> Any:
    sent = browser.get("/oidc/login")
    assert 302 == sent.status_code
    return browser.get(issuer.let_in(sent.headers["Location"]))


@pytest.mark.usefixtures("database_url")
def test_a_reader_of_the_provider_is_in(browse: Browse, issuer: Issuer, audited: Audited) -> None:
    browser = browse(doors_of(issuer))
    answer = logged_in(browser, issuer)

    assert (303, "/") == (answer.status_code, answer.headers["Location"])
    assert {"name": "anna", "role": "reader", "door": "oidc"} == browser.get("/api/v1/session").json()
    assert [("anna", "account.add", "oidc"), ("anna", "login", "oidc")] == [
        (event.actor, event.action, event.detail["door"]) for event in audited()
    ]


def test_a_session_ends_with_the_door_that_it_came_by(browse: Browse, issuer: Issuer) -> None:
    """Whoever closes a provider's door keeps out those whom it let in."""
    browser = browse(doors_of(issuer))
    logged_in(browser, issuer)
    assert 200 == browser.get("/api/v1/session").status_code

    later = browse(Doors(local_accounts=True))
    later.client.cookies = browser.client.cookies

    assert 401 == later.get("/api/v1/session").status_code


def test_the_question_is_bound_to_the_browser_and_to_the_answer(browse: Browse, issuer: Issuer) -> None:
    browser = browse(
        doors_of(issuer),
        web=Web(host="0.0.0.0", public_url="https://films.example"),  # noqa: S104  # a host for a test
        base_url="https://films.example",
    )
    sent = browser.get("/oidc/login")
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}

    assert "https://films.example/oidc/callback" == query["redirect_uri"]
    assert ("code", "S256", "openid profile email") == (
        query["response_type"],
        query["code_challenge_method"],
        query["scope"],
    )
    assert all(len(query[name]) >= 20 for name in ("state", "nonce", "code_challenge"))
    cookie = sent.headers["Set-Cookie"]
    assert cookie.startswith("__Host-firstread-oidc=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} == set(cookie.split("; ")[1:])


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["admins"], "admin"),
        (["readers"], "reader"),
        ("readers", "reader"),
        (["readers", "admins", "others"], "admin"),
        (["others"], None),
        ([], None),
        (None, None),
        ([["admins"]], None),
        ({"admins": True}, None),
        ("admins, readers", None),
    ],
)
def test_groups_decide_who_may_come_in_and_as_what(
    browse: Browse, issuer: Issuer, groups: Any, expected: str | None
) -> None:
    issuer.claims["groups"] = groups
    browser = browse(doors_of(issuer, oidc_reader_group="readers", oidc_admin_group="admins"))
    answer = logged_in(browser, issuer)

    if expected is None:
        assert 403 == answer.status_code
        assert "you may not come in here" in answer.text
    assert expected == browser.get("/api/v1/session").json().get("role")


@pytest.mark.usefixtures("database_url")
def test_who_leaves_a_group_loses_the_role(browse: Browse, issuer: Issuer) -> None:
    issuer.claims["groups"] = ["admins"]
    browser = browse(doors_of(issuer, oidc_admin_group="admins"))
    logged_in(browser, issuer)
    issuer.claims["groups"] = []
    logged_in(browser, issuer)

    assert "reader" == browser.get("/api/v1/session").json()["role"]


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"iss": None}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": "another client", "azp": "films"}},
        {"claims": {"aud": None}},
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1_000_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 9_000_000_000}},
        {"claims": {"preferred_username": None}},
        {"claims": {"preferred_username": ["anna"]}},
        {"claims": {"preferred_username": "an\x00na"}},
        {"claims": {"preferred_username": "this computer"}},
        {"signed_with": OTHER_KEY},
        {"tampered": True},
        {"signed_with": OctKey.import_key(SECRET), "algorithm": "HS256"},
        {
            "signed_with": OctKey.import_key(SECRET),
            "algorithm": "HS256",
            "metadata": {"id_token_signing_alg_values_supported": ["HS256", "RS256"]},
        },
        {"algorithm": "none", "metadata": {"id_token_signing_alg_values_supported": ["none", "RS256"]}},
        {"algorithm": "none", "metadata": {"id_token_signing_alg_values_supported": ["none"]}},
        {"signed_with": ECKey.generate_key("P-256", {"kid": "one"}), "algorithm": "ES256"},
    ],
)
def test_a_token_that_is_not_what_it_must_be_opens_nothing(
    browse: Browse, issuer: Issuer, wrong: dict[str, Any], audited: Audited
) -> None:
    for name, value in wrong.items():
        setattr(issuer, name, value)
    browser = browse(doors_of(issuer))
    answer = logged_in(browser, issuer)

    assert 403 == answer.status_code
    assert 401 == browser.get("/api/v1/session").status_code
    assert [("login.failed", "provider")] == [(e.action, e.detail["reason"]) for e in audited()]


def test_other_signatures_are_taken_when_the_provider_offers_them(browse: Browse, issuer: Issuer) -> None:
    issuer.own_key = ECKey.generate_key("P-256", {"kid": "one"})
    issuer.algorithm = "ES256"
    issuer.metadata["id_token_signing_alg_values_supported"] = ["RS256", "ES256"]

    assert 303 == logged_in(browse(doors_of(issuer)), issuer).status_code


def test_a_key_that_everybody_knows_signs_nothing(browse: Browse, issuer: Issuer) -> None:
    """A provider that publishes the key of an HMAC would let anybody sign."""
    issuer.own_key = OctKey.generate_key(256, {"kid": "one"})
    issuer.publishes_private = True
    issuer.algorithm = "HS256"
    issuer.metadata["id_token_signing_alg_values_supported"] = ["HS256"]

    assert 403 == logged_in(browse(doors_of(issuer)), issuer).status_code


def test_an_answer_goes_to_the_browser_that_asked(browse: Browse, issuer: Issuer) -> None:
    """Somebody else's answer would log the reader in as somebody else (RFC 6749, 10.12)."""
    attacker = browse(doors_of(issuer))
    victim = browse(app=attacker.app)
    theirs = issuer.let_in(attacker.get("/oidc/login").headers["Location"])

    assert 403 == victim.get(theirs).status_code
    victim.get("/oidc/login")
    assert 403 == victim.get(theirs).status_code
    assert [] == issuer.exchanged


def test_an_answer_is_used_once(browse: Browse, issuer: Issuer) -> None:
    browser = browse(doors_of(issuer))
    back = issuer.let_in(browser.get("/oidc/login").headers["Location"])

    assert [303, 403] == [browser.get(back).status_code for _ in range(2)]


def test_an_answer_that_comes_late_is_none(browse: Browse, issuer: Issuer, clock: Any) -> None:
    browser = browse(doors_of(issuer))
    back = issuer.let_in(browser.get("/oidc/login").headers["Location"])
    clock.at += 601

    assert 403 == browser.get(back).status_code


def test_a_state_that_was_made_up_is_none(browse: Browse, issuer: Issuer) -> None:
    """The cookie is signed with a key that comes from the secret of the client."""
    state = {"_state_provider_x": {"data": {"nonce": "n", "redirect_uri": "/", "code_verifier": "v"}}}
    forged = jwt.encode(
        {"alg": "HS256"}, {"state": state, "exp": int(NOW) + 60}, OctKey.import_key(b"guessed" * 8)
    )
    for cookie in (forged, "x", "a.b.c", ""):
        browser = browse(doors_of(issuer), headers={"Cookie": f"firstread-oidc-8321={cookie}"})
        assert 403 == browser.get("/oidc/callback?code=c&state=x").status_code


@pytest.mark.parametrize(
    "query",
    ["", "?code=x", "?state=x", "?error=access_denied&error_description=DOE^JANE", "?code=x&state=%ff"],
)
def test_what_anybody_can_send_ends_at_the_page(
    browse: Browse, issuer: Issuer, query: str, audited: Audited, caplog: pytest.LogCaptureFixture
) -> None:
    browser = browse(doors_of(issuer))
    browser.get("/oidc/login")
    answer = browser.get(f"/oidc/callback{query}")

    assert 403 == answer.status_code
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("firstread")]
    assert "DOE" not in answer.text + repr(audited()) + repr(ours)


def test_a_provider_that_says_it_is_another_is_not_asked(browse: Browse, issuer: Issuer) -> None:
    """OpenID Connect Discovery 1.0, 4.3."""
    issuer.metadata["issuer"] = "https://evil.example"
    answer = browse(doors_of(issuer)).get("/oidc/login")

    assert 502 == answer.status_code
    assert "The provider does not answer." in answer.text


def test_a_provider_that_is_away_leaves_the_page(browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
    doors = Doors(oidc_issuer="http://127.0.0.1:9", oidc_client_id="films", oidc_client_secret=SECRET)
    answer = browse(doors).get("/oidc/login")

    assert 502 == answer.status_code
    assert "The OpenID Connect provider does not answer as it must: ConnectError" in caplog.text
    assert SECRET not in caplog.text


def test_a_provider_does_not_open_an_account_with_a_password(
    browse: Browse, issuer: Issuer, add_account: Callable[..., None]
) -> None:
    add_account("anna", Role.ADMIN)
    browser = browse(doors_of(issuer))

    assert 403 == logged_in(browser, issuer).status_code


def test_a_closed_account_stays_out(
    browse: Browse, issuer: Issuer, add_account: Callable[..., None], store: Store, audited: Audited
) -> None:
    add_account("anna", by_password=False)
    with store.database.write() as connection:
        accounts.disable(connection, "anna", now=NOW)
    browser = browse(doors_of(issuer))

    assert 403 == logged_in(browser, issuer).status_code
    assert "anna" == audited()[0].subject


def test_the_page_leads_to_the_provider(browse: Browse, issuer: Issuer) -> None:
    assert 'href="/oidc/login"' in browse(doors_of(issuer)).get("/login").text


def test_without_the_setting_there_is_no_such_door(browse: Browse) -> None:
    assert 404 == browse().get("/oidc/login").status_code


def test_the_account_decides_where_no_group_does() -> None:
    claims = {"preferred_username": "anna", "sub": "1"}

    assert Arrival("anna", None) == arrival(claims, Doors())
    assert Arrival("1", None) == arrival(claims, Doors(oidc_name_claim="sub"))
