"""Signing in with the company's own provider: OpenID Connect, code flow with PKCE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.integrations.starlette_client import OAuth
from fastapi import Request, Response
from itsdangerous import URLSafeTimedSerializer

from govern.domain.access import Visitor
from govern.domain.contest import Role
from govern.errors import InputError, RunError
from govern.web.settings import EVERYBODY, Oidc, Settings

FLOW_SECONDS = 600
SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
"""What a provider may sign identities with: never a shared secret, never nothing."""
_LONGEST = 200


class ProviderError(Exception):
    """The provider, or somebody in its place, did not tell us who this is."""


class Provider:
    """The one provider that ``[web.oidc]`` names."""

    def __init__(self, settings: Settings) -> None:
        if settings.oidc is None:
            raise InputError("expected [web.oidc], found none")
        self._oidc: Oidc = settings.oidc
        self._roles = settings.roles
        self._back = f"{settings.origin}/sign-in/back"
        self._signer = URLSafeTimedSerializer(settings.secret, salt="oidc-flow")
        self._client = OAuth().register(
            "provider",
            client_id=self._oidc.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{self._oidc.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": self._oidc.scope,
                "code_challenge_method": "S256",
                "timeout": 10,
            },
        )

    async def lead_away(self, request: Request) -> tuple[Response, str]:
        """The way to the provider, and what the browser has to bring back from there.

        Raises:
            RunError: the provider cannot be reached.
        """
        flow: dict[str, Any] = {}
        request.scope["session"] = flow
        try:
            await self._metadata()
            response = await self._client.authorize_redirect(request, self._back)
        except Exception as err:
            raise RunError(f"{self._oidc.issuer}: sign-in cannot begin: {err}") from err
        return response, self._signer.dumps(flow)

    async def who_came_back(self, request: Request, flow: str | None) -> Visitor:
        """Who the provider says that this is, with the roles that our settings give for it.

        Raises:
            ProviderError: it was not asked by this browser just now, or what it says cannot be
                relied on.
        """
        try:
            request.scope["session"] = self._signer.loads(flow or "", max_age=FLOW_SECONDS)
            await self._metadata()
            token = await self._client.authorize_access_token(
                request,
                claims_options={
                    "iss": {"essential": True, "value": self._oidc.issuer},
                    "aud": {"essential": True, "value": self._oidc.client_id},
                    "sub": {"essential": True},
                    "nonce": {"essential": True},
                },
            )
        # Whatever in an answer from elsewhere cannot be read, lets nobody in.
        except Exception as err:
            raise ProviderError(f"{type(err).__name__}: {err}") from err
        claims = token.get("userinfo")
        if not claims:
            raise ProviderError("no identity came with the token")
        return self._visitor(claims)

    async def _metadata(self) -> None:
        """What the provider says of itself, without what we would never accept of it."""
        told = await self._client.load_server_metadata()
        if told.get("issuer") != self._oidc.issuer:
            raise RuntimeError(f"calls itself {told.get('issuer')!r}, not {self._oidc.issuer!r}")
        asked = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        known = [name for name in asked if name in SIGNED_BY]
        if not known:
            raise RuntimeError(f"signs with {', '.join(asked)}; expected {', '.join(SIGNED_BY)}")
        told["id_token_signing_alg_values_supported"] = known

    def _visitor(self, claims: Mapping[str, Any]) -> Visitor:
        person = str(claims.get(self._oidc.person_claim) or "").strip()
        if not person or len(person) > _LONGEST:
            raise ProviderError(f"the claim {self._oidc.person_claim} names nobody")
        name = str(claims.get(self._oidc.name_claim) or person)[:_LONGEST]
        return Visitor(
            person=person,
            name=name,
            roles=roles_from(claims.get(self._oidc.roles_claim), self._roles),
            by="single sign-on",
        )


def roles_from(claim: object, given_by: Mapping[Role, tuple[str, ...]]) -> tuple[Role, ...]:
    """The roles that a claim gives; a value counts whole and letter by letter."""
    told = {claim} if isinstance(claim, str) else set()
    if isinstance(claim, list):
        told = {value for value in claim if isinstance(value, str)}
    return tuple(
        role for role, values in given_by.items() if EVERYBODY in values or told & set(values)
    )
