"""Coming in and going out."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Path, Response

from govern.domain.access import key_of
from govern.web.asked import Asked, Page, RefusedError
from govern.web.guard import log
from govern.web.oidc import FLOW_SECONDS, Provider, ProviderError
from govern.web.render import STATIC

Token = Annotated[str, Path(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


def health(_asked: Asked) -> Response:
    """That it runs."""
    return Response("ok", media_type="text/plain")


def static(asked: Asked, name: Annotated[str, Path(max_length=40)]) -> Response:
    """The stylesheet, the script and the icon, which change their address with their bytes."""
    if name not in STATIC:
        raise RefusedError(404)
    data = asked.parts.renderer.static[name]
    version = asked.request.query_params.get("v", "")
    fresh = version and hashlib.sha256(data).hexdigest().startswith(version)
    keep = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return Response(data, media_type=STATIC[name], headers={"cache-control": keep})


def start(asked: Asked) -> Response:
    """What there is for whoever signed in."""
    return asked.page("start.html.j2")


def sign_in(asked: Asked) -> Response:
    """How to get in."""
    if asked.session is not None:
        return asked.to("start")
    return asked.page("sign_in.html.j2", single=asked.parts.settings.oidc is not None)


async def sign_in_go(asked: Asked) -> Response:
    """On to the company's provider."""
    response, flow = await _provider(asked).lead_away(asked.request)
    cookies = asked.parts.cookies
    cookies.put(response, cookies.flow, flow, seconds=FLOW_SECONDS)
    return response


async def sign_in_back(asked: Asked) -> Response:
    """Back from the company's provider."""
    provider, cookies = _provider(asked), asked.parts.cookies
    try:
        visitor = await provider.who_came_back(
            asked.request, asked.request.cookies.get(cookies.flow)
        )
    except ProviderError as err:
        log.warning("request %s: sign-in refused: %r", asked.request.state.request_id, str(err))
        response = asked.page("sign_in.html.j2", single=True, failed=True, status=403)
        cookies.drop(response, cookies.flow)
        return response
    if not visitor.roles:
        raise RefusedError(403, "no_role")
    response = asked.let_in(visitor)
    cookies.drop(response, cookies.flow)
    return response


def enter(asked: Asked, token: Token) -> Response:
    """What a one-time link shows before it is used: programs that look at links use none up."""
    visitor = asked.services.doors.offered(key_of(token), now=asked.now)
    if visitor is None:
        return asked.page("link_over.html.j2", status=404)
    return asked.page("enter.html.j2", who=visitor, token=token)


def enter_now(asked: Asked, token: Token) -> Response:
    """Use a one-time link."""
    visitor = asked.services.doors.take(key_of(token), now=asked.now)
    if visitor is None:
        return asked.page("link_over.html.j2", status=404)
    return asked.let_in(visitor)


def sign_out(asked: Asked) -> Response:
    """End the session, here and in the browser."""
    cookies = asked.parts.cookies
    asked.parts.sessions.sign_out(asked.request.cookies[cookies.session])
    response = asked.to("sign-in")
    for name in (cookies.session, cookies.way):
        cookies.drop(response, name)
    return response


def _provider(asked: Asked) -> Provider:
    provider = asked.request.app.state.provider
    if not isinstance(provider, Provider):
        raise RefusedError(404)
    return provider


PAGES: dict[str, Page] = {
    "health": health,
    "static": static,
    "start": start,
    "sign-in": sign_in,
    "sign-in-go": sign_in_go,
    "sign-in-back": sign_in_back,
    "enter": enter,
    "enter-now": enter_now,
    "sign-out": sign_out,
}
