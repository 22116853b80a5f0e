"""A request as a page sees it: who asks, when, and how to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from python_multipart.multipart import parse_options_header

from govern.app.contests import Contests
from govern.domain.access import Session, Visitor
from govern.domain.contest import Actor
from govern.domain.contest_store import Read
from govern.errors import GovernError
from govern.web.forms import Sent
from govern.web.limits import Buckets
from govern.web.render import Renderer
from govern.web.routes import BY_NAME, Route
from govern.web.services import Services
from govern.web.sessions import Cookies, Sessions, fresh_token, same_origin
from govern.web.settings import Settings
from govern.web.ways import Ways

TOKEN = "form_token"  # noqa: S105 - the name of a field
SEE_OTHER = 303


Page = Callable[..., Response | Awaitable[Response]]
"""What answers a request that was let through."""


class RefusedError(Exception):
    """A page that is not shown: its status, and the key of the reason where there is one."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class SignInError(Exception):
    """The visitor has to sign in first, for the page of a route."""

    def __init__(self, route: Route | None = None) -> None:
        super().__init__(route)
        self.route = route


@dataclass(frozen=True)
class Parts:
    """What every request needs, made once."""

    services: Services
    settings: Settings
    sessions: Sessions
    cookies: Cookies
    ways: Ways
    renderer: Renderer
    tries: Buckets


@dataclass(frozen=True)
class Asked:
    """A request that was let through; ``sent`` are the fields of its form, where it is one."""

    request: Request
    route: Route
    parts: Parts
    session: Session | None
    now: datetime
    sent: Sent = field(default_factory=dict)

    @property
    def visitor(self) -> Visitor:
        """Who asks; only on pages for people who signed in."""
        if self.session is None:
            raise SignInError
        return self.session.visitor

    @property
    def actor(self) -> Actor:
        """As whom they act here: pages for people each have the one role they are made for."""
        [role, *_] = [role for role in self.visitor.roles if self.route.admits((role,))]
        return Actor(person=self.visitor.person, role=role)

    @property
    def services(self) -> Services:
        return self.parts.services

    @property
    def contests(self) -> Contests:
        """All cases, for pages on which the rules alone say who sees what."""
        return self.services.contests

    @property
    def own_contests(self) -> Contests:
        """The cases and reviews that this session opens, whatever a page asks for."""
        token = self.request.cookies[self.parts.cookies.session]
        return self.contests.seen_by(token, self.now)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page of ours, with a token for its forms."""
        cookies, jar = self.parts.cookies, self.request.cookies
        bound_to = jar.get(cookies.session) if self.session else jar.get(cookies.form)
        fresh = None if bound_to else fresh_token()
        token = self.parts.sessions.form_token(bound_to or fresh or "")
        html = self.parts.renderer.page(
            template,
            visitor=self.session.visitor if self.session else None,
            here=self.route.name,
            form_token=token,
            today=self.now.date(),
            **values,
        )
        response = HTMLResponse(html, status)
        if fresh:
            cookies.put(response, cookies.form, fresh)
        return response

    def to(self, name: str, /, **parts: str) -> Response:
        """Send the browser to another page of ours."""
        return RedirectResponse(BY_NAME[name].path.format_map(parts), SEE_OTHER)

    def let_in(self, visitor: Visitor) -> Response:
        """Start a session, and lead to the page that was asked for before, or to the start."""
        cookies = self.parts.cookies
        former = self.request.cookies.get(cookies.session)
        token = self.parts.sessions.sign_in(visitor, former=former, now=self.now)
        path = self.parts.ways.back(self.request, visitor.roles) or BY_NAME["start"].path
        response = RedirectResponse(path, SEE_OTHER)
        cookies.put(response, cookies.session, token)
        for name in (cookies.form, cookies.way):
            cookies.drop(response, name)
        return response


def _in_utf8(content_type: str | None) -> bool:
    """Whether a form says nothing of its letters, or what we serve our pages in.

    Python knows codecs that break, or make half letters that no text may hold.
    """
    _, options = parse_options_header(content_type)
    return options.get(b"charset", b"utf-8").lower() in {b"utf-8", b"utf8"}


def download(data: bytes, name: str, media: str) -> Response:
    """A file that the browser keeps."""
    told = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media, headers=told)


def let_through(parts: Parts, route: Route, request: Request) -> Asked:
    """The request, if its visitor may see the page; every such page is logged first.

    Raises:
        SignInError: nobody is signed in.
        RefusedError: somebody is who may not see it.
        GovernError: the log of reads cannot be written, so nothing is shown.
    """
    now = parts.services.now()
    session = parts.sessions.find(request.cookies.get(parts.cookies.session), now=now)
    request.state.session = session
    asked = Asked(request, route, parts, session, now)
    if route.door:
        address = request.client.host if request.client else "unknown"
        if parts.tries.wait(address, now):
            raise RefusedError(429)
    if route.roles is None:
        return asked
    if session is None:
        raise SignInError(route)
    if not route.admits(session.visitor.roles):
        raise RefusedError(404 if route.hidden else 403)
    if route.logged:
        about = tuple(str(value) for value in request.path_params.values())
        read = Read(at=now, actor=asked.actor, what=route.name, about=about)
        parts.services.contests.store.read_log.log(read)
    return asked


async def form_of(parts: Parts, request: Request, session: Session | None) -> Sent:
    """The fields of a form that was sent from one of our pages.

    Raises:
        RefusedError: it came from elsewhere, or its page is too old.
    """
    if not same_origin(request, parts.settings.origins):
        raise RefusedError(403, "foreign_form")
    if not _in_utf8(request.headers.get("content-type")):
        raise RefusedError(415)
    sent = await request.form(max_files=0, max_fields=200)
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            fields[name] = (*fields.get(name, ()), value)
    bound_to = request.cookies.get(parts.cookies.session if session else parts.cookies.form)
    told = "".join(fields.pop(TOKEN, ()))
    if not bound_to or not parts.sessions.is_form_token(told, bound_to):
        raise RefusedError(403, "old_form")
    return fields


def told(error: GovernError, session: Session | None) -> str:
    """What a failure of the record says; its paths and digests are for who looks after it."""
    roles = session.visitor.roles if session else ()
    return str(error) if {"board", "auditor"} & set(roles) else ""
