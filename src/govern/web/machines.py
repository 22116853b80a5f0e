"""What other systems bring: reviews, HR outcomes, and that the HR system heard.

A machine shows its token at every request, and has no session, cookie or page. All of a request
is kept or nothing of it; errors are problem documents (RFC 9457) with the lines that are wrong.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from govern.app.hr import acknowledge
from govern.app.intake import RowsError, Taken, keep, rows_of_array, rows_of_lines
from govern.domain.access import key_of
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.domain.sending import Acknowledgement
from govern.errors import ContestError, GovernError, InputError
from govern.strict_yaml import explain
from govern.web.asked import Parts
from govern.web.guard import TooLargeError, log
from govern.web.limits import Buckets
from govern.web.machines_openapi import ARRAY, LINES, PROBLEM, document
from govern.web.settings import Errand

SHORTEST_TOKEN = 32
MOST_ERRORS = 100
LONGEST_WHY = 500
"""Rows that are told to be wrong in one answer, and characters about each."""
SOURCE = "request"
Row = TypeVar("Row", IntakeReview, HrOutcome)


class ProblemError(Exception):
    """A request that is not answered as asked: its status, and what is wrong."""

    def __init__(self, status: int, detail: str = "", **more: Any) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.more = more


def machine_app(parts: Parts) -> Starlette:
    """The routes for machines, each under what a token may bring."""
    asked = _Machines(parts)
    routes: dict[str, tuple[Errand, Callable[[bytes, str], dict[str, Any]]]] = {
        "/intake/reviews": ("reviews", asked.reviews),
        "/intake/outcomes": ("outcomes", asked.outcomes),
        "/hr/acknowledgements": ("acknowledgements", asked.acknowledgements),
    }
    return Starlette(
        routes=[
            Route("/openapi.json", _described, methods=["GET"]),
            *(
                Route(path, asked.answering(errand, answer), methods=["POST"])
                for path, (errand, answer) in routes.items()
            ),
        ],
        exception_handlers={
            ProblemError: _told,
            HTTPException: _told_http,
            TooLargeError: _told_too_large,
            GovernError: _told_record,
            Exception: _told_defect,
        },
    )


def problem(status: int, request_id: str, detail: str = "", **more: Any) -> Response:
    """A problem document."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    said |= {"detail": detail} if detail else {}
    return JSONResponse(said | more | {"request_id": request_id}, status, media_type=PROBLEM)


class _Machines:
    """What machines may ask for, and whether they may."""

    def __init__(self, parts: Parts) -> None:
        self._services = parts.services
        self._machines = parts.settings.machines
        self._tries = parts.tries
        self._asked = Buckets(parts.settings.limits.per_machine)

    def answering(
        self, errand: Errand, answer: Callable[[bytes, str], dict[str, Any]]
    ) -> Callable[[Request], Any]:
        """``answer`` for those who may, given the body and its type."""

        async def answered(request: Request) -> Response:
            name = self._let_through(request, errand)
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            body = await request.body()
            found = await run_in_threadpool(answer, body, kind)
            log.info("request %s: %s: %s", request.state.request_id, name, errand)
            return JSONResponse(found)

        return answered

    def reviews(self, body: bytes, kind: str) -> dict[str, Any]:
        """Reviews as they were finalised."""
        rows = _rows(body, kind, IntakeReview)
        taken = self._keep(reviews=rows)
        return {
            "reviews": taken.reviews,
            "new_reviews": taken.new_reviews,
            "undisclosed": taken.undisclosed,
            "uncovered": [one.as_json() for one in taken.uncovered],
        }

    def outcomes(self, body: bytes, kind: str) -> dict[str, Any]:
        """What HR decided since."""
        rows = _rows(body, kind, HrOutcome)
        taken = self._keep(outcomes=rows)
        return {"outcomes": taken.outcomes, "new_outcomes": taken.new_outcomes}

    def acknowledgements(self, body: bytes, kind: str) -> dict[str, Any]:
        """The HR system heard that a rating may, or may not, be used."""
        if kind != ARRAY:
            raise ProblemError(415, f"expected {ARRAY}")
        try:
            said = Acknowledgement.model_validate(json.loads(_text(body)))
        except ValidationError as err:
            raise ProblemError(422, explain(err)) from err
        except (ValueError, RecursionError) as err:
            raise ProblemError(422, f"no JSON: {err}") from err
        services = self._services
        return {
            "new": acknowledge(
                services.contests, said.event_id, in_use=said.in_use, now=services.now()
            )
        }

    def _keep(self, **rows: Any) -> Taken:
        contests = self._services.contests
        try:
            return keep(contests.project, contests.store, **rows)
        except InputError as err:
            raise ProblemError(409, str(err)) from err

    def _let_through(self, request: Request, errand: Errand) -> str:
        """The name of the machine that asks.

        Raises:
            ProblemError: nobody has this token, it may not bring this, or it asks too often.
        """
        now = self._services.now()
        name = self._known(request.headers.get("authorization", ""))
        if name is None:
            address = request.client.host if request.client else "unknown"
            if wait := self._tries.wait(address, now):
                raise ProblemError(429, retry_after=wait)
            raise ProblemError(401, "expected Authorization: Bearer and a token that is known here")
        if wait := self._asked.wait(name, now):
            raise ProblemError(429, retry_after=wait)
        if errand not in self._machines[name].may:
            raise ProblemError(403, f"this token may not bring {errand}")
        return name

    def _known(self, header: str) -> str | None:
        """Whose token it is; every one is compared, so that the time tells nothing."""
        scheme, _, token = header.partition(" ")
        digest = key_of(token)
        same = [
            name
            for name, machine in self._machines.items()
            if hmac.compare_digest(machine.token_sha256, digest)
        ]
        told = scheme.lower() == "bearer" and len(token) >= SHORTEST_TOKEN
        return same[0] if same and told else None


def _rows(body: bytes, kind: str, row: type[Row]) -> tuple[Row, ...]:
    try:
        if kind == ARRAY:
            return rows_of_array(_text(body), row, source=SOURCE)
        if kind in LINES:
            return rows_of_lines(_text(body), row, source=SOURCE)
    except RowsError as err:
        shown = [
            {"line": line, "why": why[:LONGEST_WHY]} for line, why in err.problems[:MOST_ERRORS]
        ]
        detail = f"{len(err.problems)} rows cannot be used, so none was taken"
        raise ProblemError(422, detail, errors=shown) from err
    except InputError as err:
        raise ProblemError(422, str(err)) from err
    raise ProblemError(415, f"expected {ARRAY} or {LINES[0]}")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise ProblemError(422, f"expected UTF-8: {err}") from err


async def _described(_request: Request) -> Response:
    return JSONResponse(document())


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - for the type alone
    wait = error.more.pop("retry_after", None)
    response = problem(error.status, request.state.request_id, error.detail, **error.more)
    if wait:
        response.headers["retry-after"] = str(wait)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["www-authenticate"] = "Bearer"
    return response


async def _told_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type alone
    response = problem(error.status_code, request.state.request_id)
    response.headers.update(error.headers or {})
    return response


async def _told_too_large(request: Request, _error: Exception) -> Response:
    return problem(413, request.state.request_id)


async def _told_record(request: Request, error: Exception) -> Response:
    request_id = request.state.request_id
    if isinstance(error, ContestError):
        return problem(409, request_id, str(error))
    log.error("request %s: %r", request_id, str(error))
    return problem(503, request_id)


async def _told_defect(request: Request, _error: Exception) -> Response:
    return problem(500, request.state.request_id)
