"""Who is signed in: what the browser holds, how long it counts, and how it changes hands."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from fastapi import Request, Response

from govern.domain.access import Doors, Session, Visitor, key_of
from govern.web.settings import Settings

_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when somebody was last there; each time costs a write."""


class Cookies:
    """The names and flags of our cookies: as strict as the address allows."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.secure
        # A browser takes such a name only with Secure, for this very host and all of it.
        prefix = "__Host-" if self._secure else ""
        self.session = f"{prefix}govern"
        self.form = f"{prefix}govern-form"
        self.flow = f"{prefix}govern-flow"
        self.way = f"{prefix}govern-way"

    def put(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie; without ``seconds`` it ends with the browser."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            # Strict would keep the session from the page that single sign-on leads back to.
            samesite="lax",
        )

    def drop(self, response: Response, name: str) -> None:
        """Have the browser forget a cookie."""
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


class Sessions:
    """Sessions over the doors' memory; the browser's half is random and never kept here."""

    def __init__(self, doors: Doors, settings: Settings) -> None:
        self._doors = doors
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._longest = timedelta(hours=settings.longest_hours)
        self._secret = settings.secret

    def find(self, token: str | None, *, now: datetime) -> Session | None:
        """The session that a cookie stands for, if it has not run out."""
        if not token:
            return None
        key = key_of(token)
        session = self._doors.find(key)
        if session is None:
            return None
        if not self._lives(session, now):
            self._doors.end(key)
            return None
        if now - session.seen >= _SEEN_EVERY:
            self._doors.saw(key, now)
        return session

    def _lives(self, session: Session, now: datetime) -> bool:
        """A clock that jumped back ends no session, and one from the future is none."""
        return (
            session.started - _SEEN_EVERY <= now < session.ends and now - session.seen < self._idle
        )

    def sign_in(self, visitor: Visitor, *, former: str | None, now: datetime) -> str:
        """A new session, whatever the browser held before; returns what it is to hold."""
        if former:
            self._doors.end(key_of(former))
        token = fresh_token()
        session = Session(visitor=visitor, started=now, seen=now, ends=now + self._longest)
        self._doors.open(key_of(token), session)
        return token

    def sign_out(self, token: str) -> None:
        """End a session here, not only in the browser."""
        self._doors.end(key_of(token))

    def form_token(self, bound_to: str) -> str:
        """What a form must send back; it is of use with one cookie alone."""
        return hmac.new(self._secret, b"form\0" + bound_to.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, told: str, bound_to: str) -> bool:
        """Whether a form of ours was sent from the browser that holds that cookie."""
        return hmac.compare_digest(told.encode(), self.form_token(bound_to).encode())


def fresh_token() -> str:
    """256 random bits as text that may stand in an address."""
    return secrets.token_urlsafe(_BYTES)


def offer_link(doors: Doors, visitor: Visitor, *, origin: str, until: datetime) -> str:
    """The address of a one-time link that lets somebody in; it is shown once and not kept."""
    token = fresh_token()
    doors.offer(key_of(token), visitor, until=until)
    return f"{origin}/enter/{token}"


def same_origin(request: Request, origins: tuple[str, ...]) -> bool:
    """Whether a browser says that a form came from our own pages, as far as it says anything."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    told = request.headers.get("origin")
    return told is None or told in origins
