"""The web application, put together."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from govern.errors import ContestError, GovernError, InputError, MovedError
from govern.web import (
    pages_audit,
    pages_audit_cases,
    pages_board,
    pages_cases,
    pages_deciding,
    pages_door,
    pages_filing,
    pages_handling,
    pages_paper,
    pages_privacy,
    pages_represent,
    pages_reviews,
    pages_speakers,
    pages_statistics,
    pages_written,
)
from govern.web.asked import (
    SEE_OTHER,
    Asked,
    Page,
    Parts,
    RefusedError,
    SignInError,
    form_of,
    let_through,
    told,
)
from govern.web.guard import MACHINES, Guard, TooLargeError, log
from govern.web.limits import Buckets
from govern.web.machines import machine_app, problem
from govern.web.oidc import Provider
from govern.web.render import Renderer, url
from govern.web.routes import ROUTES, Route
from govern.web.services import Services
from govern.web.sessions import Cookies, Sessions
from govern.web.settings import Settings
from govern.web.texts import Texts
from govern.web.ways import Ways

PAGES: Mapping[str, Page] = {
    **pages_door.PAGES,
    **pages_board.PAGES,
    **pages_audit.PAGES,
    **pages_handling.PAGES,
    **pages_paper.PAGES,
    **pages_deciding.PAGES,
    **pages_reviews.PAGES,
    **pages_filing.PAGES,
    **pages_cases.PAGES,
    **pages_speakers.PAGES,
    **pages_represent.PAGES,
    **pages_written.PAGES,
    **pages_audit_cases.PAGES,
    **pages_privacy.PAGES,
    **pages_statistics.PAGES,
}
"""What answers on each route, by its name."""

# Spans would carry addresses, and an address may hold a one-time link.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(services: Services, settings: Settings) -> Guard:
    """The application over what ``services`` answer.

    Raises:
        InputError: a page is in the table of routes and has no handler, or the other way round.
    """
    app = FastAPI(
        title="govern", openapi_url=None, docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY
    )
    cookies = Cookies(settings)
    parts = Parts(
        services=services,
        settings=settings,
        sessions=Sessions(services.doors, settings),
        cookies=cookies,
        ways=Ways(settings, cookies),
        renderer=Renderer(Texts()),
        tries=Buckets(settings.limits.tries_per_address),
    )
    app.state.parts = parts
    app.state.provider = Provider(settings) if settings.oidc else None
    odd = {route.name for route in ROUTES} ^ set(PAGES)
    if odd:
        raise InputError(f"routes and pages differ in {', '.join(sorted(odd))}")
    app.router.routes.extend(_pages())
    errors = _Errors(parts)
    app.add_exception_handler(SignInError, errors.sign_in)
    app.add_exception_handler(RefusedError, errors.refused)
    app.add_exception_handler(HTTPException, errors.http)
    app.add_exception_handler(RequestValidationError, errors.unreadable)
    app.add_exception_handler(GovernError, errors.record)
    app.add_exception_handler(TooLargeError, errors.too_large)
    app.add_exception_handler(Exception, errors.defect)
    app.mount(MACHINES, machine_app(parts))
    return Guard(
        app,
        settings=settings,
        now=services.now,
        error=errors.plain,
        machine_error=problem,
    )


@cache
def _pages() -> tuple[BaseRoute, ...]:
    """All pages, which find what stands behind them in the application that they answer for."""
    router = APIRouter()
    for route in ROUTES:
        router.add_api_route(
            route.path,
            _answering(PAGES[route.name], route),
            methods=[route.method],
            name=route.name,
            response_class=HTMLResponse,
        )
    return tuple(router.routes)


def _answering(page: Callable[..., Any], route: Route) -> Callable[..., Any]:
    """``page`` with its first argument filled by the request that was let through.

    What a form sends is read before: no page can act on one that is not from our own pages.
    """

    async def asked(request: Request) -> Asked:
        parts: Parts = request.app.state.parts
        found = await run_in_threadpool(let_through, parts, route, request)
        if route.method == "GET":
            return found
        return replace(found, sent=await form_of(parts, request, found.session))

    signature = inspect.signature(page, eval_str=True)
    first, *others = signature.parameters.values()
    filled = first.replace(default=Depends(asked), kind=inspect.Parameter.KEYWORD_ONLY)
    keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in others]

    if inspect.iscoroutinefunction(page):

        async def answer(**given: Any) -> Response:
            return cast("Response", await page(given.pop(first.name), **given))
    else:

        def answer(**given: Any) -> Response:  # type: ignore[misc]
            return cast("Response", page(given.pop(first.name), **given))

    answer.__signature__ = signature.replace(parameters=[filled, *keyword])  # type: ignore[attr-defined]
    answer.__name__ = page.__name__
    return answer


class _Errors:
    """What people read where there is no page, in plain words and without the workings."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def plain(self, status: int, request_id: str) -> Response:
        return self._page(status, request_id)

    async def sign_in(self, request: Request, error: Exception) -> Response:
        response = RedirectResponse(url("sign-in"), SEE_OTHER)
        self._parts.ways.keep(request, cast("SignInError", error).route, response)
        return response

    async def refused(self, request: Request, error: Exception) -> Response:
        error = cast("RefusedError", error)
        return self._of(request, error.status, reason=error.reason)

    async def http(self, request: Request, error: Exception) -> Response:
        error = cast("HTTPException", error)
        response = self._of(request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def unreadable(self, request: Request, _error: Exception) -> Response:
        return self._of(request, 404 if request.method == "GET" else 422)

    async def record(self, request: Request, error: Exception) -> Response:
        error = cast("GovernError", error)
        request_id = request.state.request_id
        if isinstance(error, ContestError | MovedError):
            log.info("request %s: %r", request_id, str(error))
            return self._of(request, 409, detail=str(error))
        # What somebody sent may stand in it, and is to make no line of its own.
        level = logging.INFO if isinstance(error, InputError) else logging.ERROR
        log.log(level, "request %s: %r", request_id, str(error))
        session = getattr(request.state, "session", None)
        return self._of(request, 503, detail=told(error, session))

    async def too_large(self, request: Request, _error: Exception) -> Response:
        return self._of(request, 413)

    async def defect(self, request: Request, _error: Exception) -> Response:
        return self._of(request, 500)

    def _of(self, request: Request, status: int, **more: str) -> Response:
        session = getattr(request.state, "session", None)
        visitor = session.visitor if session else None
        return self._page(status, request.state.request_id, visitor=visitor, **more)

    def _page(self, status: int, request_id: str, **more: Any) -> Response:
        known = status if f"errors.{status}_title" in self._parts.renderer.texts else 400
        values = {"visitor": None, "reason": "", "detail": ""} | more
        html = self._parts.renderer.page(
            "error.html.j2",
            here="",
            form_token="",
            key=str(known),
            request_id=request_id,
            **values,
        )
        return HTMLResponse(html, status)
