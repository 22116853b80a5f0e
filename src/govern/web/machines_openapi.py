"""The routes for machines as an OpenAPI document, its schemas those of the nouns themselves."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from govern.domain.base import Noun
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.domain.sending import Acknowledgement

ARRAY = "application/json"
LINES = ("application/x-ndjson", "application/jsonl")
PROBLEM = "application/problem+json"
_REF = "#/components/schemas/"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "description": "Each row that cannot be used, counted from 1.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["line", "why"],
                "properties": {"line": {"type": "integer"}, "why": {"type": "string"}},
            },
        },
    },
}
_REFUSALS = {
    "401": "No token, or one that is not known.",
    "403": "The token may not bring this.",
    "409": "It contradicts what is there; nothing was taken.",
    "413": "More than is taken at once.",
    "415": "Neither of the types of content.",
    "422": "Some of it cannot be used; nothing was taken.",
    "429": "Too often; Retry-After says when again.",
    "503": "The record cannot be reached or is damaged; nothing is known to be taken.",
}


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1, for these routes only."""
    nouns: tuple[type[Noun], ...] = (IntakeReview, HrOutcome, Acknowledgement)
    _, schemas = models_json_schema(
        [(noun, "validation") for noun in nouns], ref_template=_REF + "{model}"
    )
    counts = {"type": "integer", "minimum": 0}
    uncovered = {"type": "array", "items": {"type": "object"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "govern: what other systems bring", "version": version("govern")},
        "servers": [{"url": "/api"}],
        "security": [{"token": []}],
        "paths": {
            "/intake/reviews": _post(
                "Reviews as they were finalised",
                _rows("IntakeReview"),
                {
                    "reviews": counts,
                    "new_reviews": counts,
                    "undisclosed": counts,
                    "uncovered": uncovered,
                },
            ),
            "/intake/outcomes": _post(
                "What HR decided since",
                _rows("HrOutcome"),
                {"outcomes": counts, "new_outcomes": counts},
            ),
            "/hr/acknowledgements": _post(
                "The HR system heard whether a rating may be used",
                {ARRAY: {"schema": {"$ref": f"{_REF}Acknowledgement"}}},
                {"new": {"type": "boolean"}},
            ),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas["$defs"], "Problem": _PROBLEM},
        },
    }


def _rows(noun: str) -> dict[str, Any]:
    one = {"$ref": f"{_REF}{noun}"}
    lines = {"type": "string", "description": f"One {noun} in JSON a line."}
    return {
        ARRAY: {"schema": {"type": "array", "items": one}},
        **{kind: {"schema": lines} for kind in LINES},
    }


def _post(summary: str, content: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    said = {"type": "object", "required": list(answer), "properties": answer}
    problem = {PROBLEM: {"schema": {"$ref": f"{_REF}Problem"}}}
    return {
        "post": {
            "summary": summary,
            "requestBody": {"required": True, "content": content},
            "responses": {
                "200": {
                    "description": "All of it is kept; the same again changes nothing.",
                    "content": {ARRAY: {"schema": said}},
                },
                **{
                    status: {"description": why, "content": problem}
                    for status, why in _REFUSALS.items()
                },
            },
        }
    }
