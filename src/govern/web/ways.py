"""The page that somebody asked for before they signed in, to be led to it afterwards.

It stands in a cookie of ours, signed, for a few minutes: no address says where to go, so none can
be made up. Only pages in the table of routes are ever kept, by their path alone.
"""

from __future__ import annotations

import re

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from govern.domain.contest import Role
from govern.web.routes import ROUTES, Route
from govern.web.sessions import Cookies
from govern.web.settings import Settings

SECONDS = 600
_PLAIN = re.compile(r"(/[A-Za-z0-9_-]+){1,6}")
_PAGES = tuple(
    (re.compile(re.sub(r"\{\w+\}", "[A-Za-z0-9_-]+", route.path)), route)
    for route in ROUTES
    if route.method == "GET" and route.roles is not None
)


def page_at(path: str, roles: tuple[Role, ...]) -> bool:
    """Whether there is a page for these roles at a path, and nothing else."""
    if not _PLAIN.fullmatch(path):
        return False
    return any(form.fullmatch(path) and route.admits(roles) for form, route in _PAGES)


class Ways:
    """Keeps where somebody was going, in their browser."""

    def __init__(self, settings: Settings, cookies: Cookies) -> None:
        self._cookies = cookies
        self._signer = URLSafeTimedSerializer(settings.secret, salt="way")

    def keep(self, request: Request, route: Route | None, response: Response) -> None:
        """Have the browser remember the page that it asked for."""
        path = request.scope["path"]
        if route and route.method == "GET" and _PLAIN.fullmatch(path):
            self._cookies.put(
                response, self._cookies.way, self._signer.dumps(path), seconds=SECONDS
            )

    def back(self, request: Request, roles: tuple[Role, ...]) -> str | None:
        """The page that was kept, if there is one and it is for who signed in."""
        try:
            path = self._signer.loads(request.cookies.get(self._cookies.way, ""), max_age=SECONDS)
        except BadSignature:
            return None
        return path if page_at(path, roles) else None
