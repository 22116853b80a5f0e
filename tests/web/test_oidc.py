"""Signing in through a provider of our own making, over real HTTP, that can lie in each part."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from govern.web.oidc import roles_from
from govern.web.settings import Oidc

CLIENT, CLIENT_SECRET = "govern-tests", "the-client-secret-of-the-tests"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})


@dataclass
class Lying:
    """What the provider says otherwise than an honest one."""

    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    key: Any = None
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    token: dict[str, Any] = field(default_factory=dict)
    unsigned: bool = False


@dataclass
class Provider:
    """A small OpenID provider: one person, who always says yes."""

    issuer: str
    lying: Lying = field(default_factory=Lying)
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/.well-known/openid-configuration", self.metadata)
        app.add_api_route("/authorize", self.authorize)
        app.add_api_route("/token", self.token, methods=["POST"])
        app.add_api_route("/jwks", self.jwks)
        return app

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
        } | self.lying.metadata

    def jwks(self) -> dict[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        )
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {basic}"
            or challenge.decode().rstrip("=") != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {
                "access_token": "a",
                "token_type": "Bearer",
                "id_token": self.id_token(asked["nonce"]),
            }
            | self.lying.token
        )

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "e-17",
            "name": "Invented Person",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "groups": ["G-Board"],
        }
        claims = {k: v for k, v in (claims | self.lying.claims).items() if v is not None}
        if self.lying.unsigned:
            parts = ('{"alg":"none"}', json.dumps(claims), "")
            coded = [base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts]
            return ".".join(coded)
        return jwt.encode(
            self.lying.header, claims, self.lying.key or KEY, algorithms=["RS256", "HS256"]
        )


@pytest.fixture
def provider(listener, serve) -> Iterator[Provider]:
    made = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    with serve(made.app(), listener):
        yield made


@pytest.fixture
def site(make_site, provider):
    return make_site(
        oidc=Oidc(issuer=provider.issuer, client_id=CLIENT),
        client_secret=CLIENT_SECRET,
        roles={"board": ("G-Board",), "auditor": ("G-Audit",), "employee": ("*",)},
    )


def go(client) -> str:
    """To the provider and back: the path that the provider sends the browser to."""
    away = client.get("/sign-in/go")
    assert away.status_code == 302
    back = urlsplit(httpx.get(away.headers["location"]).headers["location"])
    return f"{back.path}?{back.query}"


def test_people_sign_in_with_their_work_account_and_get_their_roles(site, provider):
    client = site.client()
    assert "Sign in with your work account" in client.get("/sign-in").text
    answer = client.get(go(client))

    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert client.get("/board").status_code == 200
    assert client.get("/audit").status_code == 403
    assert "Signed in as Invented Person" in client.get("/").text
    assert "e-17" == site.reads[0].actor.person


def test_what_leaves_for_the_provider_has_no_secret_and_cannot_be_replayed(site):
    asked = parse_qs(urlsplit(site.client().get("/sign-in/go").headers["location"]).query)
    again = parse_qs(urlsplit(site.client().get("/sign-in/go").headers["location"]).query)

    assert CLIENT_SECRET not in str(asked)
    assert [f"{site.settings.origin}/sign-in/back"] == asked["redirect_uri"]
    for part in ("state", "nonce", "code_challenge"):
        assert asked[part] != again[part]


@pytest.mark.parametrize(
    "lying",
    [
        Lying(claims={"nonce": "another"}),
        Lying(claims={"nonce": None}),
        Lying(claims={"aud": "another-client"}),
        Lying(claims={"aud": "another-client", "azp": CLIENT}),
        Lying(claims={"aud": None}),
        Lying(claims={"iss": "http://another.example"}),
        Lying(claims={"sub": None}),
        Lying(claims={"sub": " "}),
        Lying(claims={"sub": "x" * 201}),
        Lying(claims={"exp": 1_000_000_000}),
        Lying(claims={"iat": 4_000_000_000}),
        Lying(key=OTHER_KEY),
        Lying(unsigned=True),
        Lying(unsigned=True, metadata={"id_token_signing_alg_values_supported": ["none", "RS256"]}),
        Lying(
            key=OctKey.import_key(CLIENT_SECRET),
            header={"alg": "HS256", "kid": "k1"},
            metadata={"id_token_signing_alg_values_supported": ["HS256", "RS256"]},
        ),
        Lying(token={"id_token": None}),
        Lying(token={"id_token": "a.b.c"}),
        Lying(token={"error": "access_denied"}),
    ],
)
def test_nothing_that_cannot_be_relied_on_lets_anybody_in(site, provider, lying):
    provider.lying = lying
    client = site.client()
    answer = client.get(go(client))

    assert answer.status_code == 403
    assert "We could not tell who you are" in answer.text
    assert client.get("/board").status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "http://another.example"},
        {"id_token_signing_alg_values_supported": ["none"]},
        {"id_token_signing_alg_values_supported": ["HS256"]},
    ],
)
def test_a_provider_that_says_odd_things_of_itself_is_not_gone_to(site, provider, metadata):
    provider.lying = Lying(metadata=metadata)

    assert site.client().get("/sign-in/go").status_code == 503


def test_a_way_back_serves_once_and_only_the_browser_that_left(site):
    client, other = site.client(), site.client()
    back = go(client)
    assert other.get(back).status_code == 403
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 403


def test_a_way_back_that_nobody_asked_for_is_refused(site):
    client = site.client()
    for path in ("/sign-in/back", "/sign-in/back?code=x&state=y", "/sign-in/back?error=e&state=z"):
        assert client.get(path).status_code == 403
    client.cookies.set("govern-flow", "e30.made.up")
    assert client.get("/sign-in/back?code=x&state=y").status_code == 403


def test_what_the_provider_says_of_an_error_is_not_shown(site):
    client = site.client()
    client.get("/sign-in/go")
    answer = client.get("/sign-in/back?error=x&error_description=<script>alert(1)</script>")

    assert "script>alert" not in answer.text


def test_signing_in_ends_the_session_of_before(site):
    client = site.signed_in("auditor")
    thief = site.client()
    thief.cookies.set("govern", client.cookies["govern"])
    client.get(go(client))

    assert thief.get("/audit").status_code == 303
    assert client.get("/board").status_code == 200


def test_somebody_known_without_a_role_is_told_so(make_site, provider):
    site = make_site(
        oidc=Oidc(issuer=provider.issuer, client_id=CLIENT),
        client_secret=CLIENT_SECRET,
        roles={"board": ("G-Other",)},
    )
    client = site.client()
    answer = client.get(go(client))

    assert answer.status_code == 403
    assert "no role here was given to you" in answer.text


def test_a_provider_out_of_reach_is_told_in_words(make_site):
    site = make_site(
        oidc=Oidc(issuer="http://127.0.0.1:9", client_id=CLIENT), client_secret=CLIENT_SECRET
    )
    answer = site.client().get("/sign-in/go")

    assert answer.status_code == 503
    assert "127.0.0.1:9" not in answer.text


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        (["G-Board"], ("board", "employee")),
        ("G-Board", ("board", "employee")),
        (["g-board", "G-Board2", " G-Board", "G-", "*"], ("employee",)),
        (None, ("employee",)),
        ({"G-Board": 1}, ("employee",)),
        ([["G-Board"], 7], ("employee",)),
    ],
)
def test_a_claim_gives_a_role_letter_by_letter(claim, roles):
    given = {"board": ("G-Board",), "auditor": ("G-Audit",), "employee": ("*",)}

    assert roles == roles_from(claim, given)
