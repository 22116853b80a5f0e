"""Services by their OpenAPI description."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from http_pipelines import drafted, pipeline, request
from misbehaving import Reply, serving

from govern.domain.pipeline import Draft
from govern.errors import ManifestError
from govern.pipelines.http import Http

ASK, GOT = ({"$ref": f"#/components/schemas/{name}"} for name in ("Ask", "Got"))
SERVICE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Drafts", "version": "1"},
    "servers": [
        {
            "url": "https://{site}.drafts.example/api/",
            "variables": {"site": {"default": "eu"}},
        }
    ],
    "paths": {
        "/tenants/{tenant}/drafts": {
            "parameters": [{"$ref": "#/components/parameters/tenant"}],
            "post": {
                "operationId": "createDraft",
                "parameters": [
                    {"name": "tone", "in": "query", "schema": {"enum": ["plain", "warm"]}},
                    {"name": "X-Case", "in": "header", "required": True},
                    {"name": "Idempotency-Key", "in": "header", "required": True},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": ASK}},
                },
                "responses": {
                    200: {"$ref": "#/components/responses/Drafted"},
                    "default": {"description": "Wrong."},
                },
            },
            "get": {"operationId": "listDrafts", "responses": {}},
        }
    },
    "components": {
        "parameters": {
            "tenant": {
                "name": "tenant", "in": "path", "required": True,
                "schema": {"type": "string", "maxLength": 12},
            }
        },
        "responses": {
            "Drafted": {
                "description": "Done.",
                "content": {"application/json; charset=utf-8": {"schema": GOT}},
            }
        },
        "schemas": {
            "Ask": {
                "type": "object",
                "required": ["id", "facts"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "facts": {"type": "array", "items": {"type": "string"}},
                },
                "additionalProperties": False,
            },
            "Got": {
                "type": "object",
                "required": ["draft"],
                "properties": {"draft": {"$ref": "#/components/schemas/Draft"}},
            },
            "Draft": {
                "type": "object",
                "required": ["text", "rating"],
                "properties": {
                    "text": {"type": "string"},
                    "rating": {"type": ["number", "null"], "exclusiveMaximum": 6},
                    "more": {"type": "array", "items": {"$ref": "#/components/schemas/Draft"}},
                },
            },
        },
    },
}  # fmt: skip
TOLD: dict[str, Any] = {
    "openapi": "service.json",
    "operation": "createDraft",
    "path": {"tenant": "acme/eu"},
    "query": {"tone": "plain"},
    "headers": {"x-case": "{{ packet.case_id }}"},
    "body": {"facts": "{{ packet.evidence | map(attribute='text') | list }}"},
}


def changed(path: str, value: Any, service: dict[str, Any] = SERVICE) -> dict[str, Any]:
    """A description with something else at a path; ``/`` separates."""
    made = copy.deepcopy(service)
    *steps, last = path.replace("DRAFTS", "/tenants/{tenant}/drafts").split("|")
    part = made
    for step in steps:
        part = part[int(step)] if isinstance(part, list) else part[step]
    part[last] = value
    return made


@pytest.fixture
def opened(tmp_path):
    """What opens a pipeline over a description."""

    def open_it(service: Any = SERVICE, *, name: str = "service.json", **told: Any) -> Http:
        text = service if isinstance(service, str) else json.dumps(service)
        (tmp_path / name).write_text(text)
        return pipeline(tmp_path, **TOLD | {"openapi": name} | told)

    return open_it


def outcome(made: Http) -> Draft:
    [draft] = drafted(made)
    assert isinstance(draft, Draft)
    return draft


def test_an_operation_says_method_address_and_what_comes_back(opened):
    reply = Reply(body={"draft": {"text": "fine", "rating": 4, "more": []}})
    with serving(lambda _asked: reply) as service:
        base = service.url.replace("/draft", "/api/")
        draft = outcome(opened(url=base))

    [asked] = service.asked
    assert "ok" == draft.status
    assert ("POST", "/api/tenants/acme%2Feu/drafts") == (asked.method, asked.path)
    assert {"tone": ["plain"]} == asked.query
    assert {"facts": ["Closed 42 requests."]} == asked.body


def test_the_server_is_the_one_described_unless_the_manifest_has_another(opened):
    assert ("the service at eu.drafts.example",) == opened().manifest.declared_only
    other = opened(url="https://staging.example/v2").manifest
    assert ("the service at staging.example",) == other.declared_only
    with pytest.raises(ManifestError, match="names no server's address, found '/api'"):
        opened(changed("servers", [{"url": "/api"}]))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"draft": {"text": 5, "rating": 1}}, "$.draft.text: 5 is not of type 'string'"),
        ({"draft": {"text": "fine", "rating": 6}}, "$.draft.rating: 6 is greater than or equal"),
        ({"draft": {"text": "fine"}}, "$.draft: 'rating' is a required property"),
        (
            {"draft": {"text": "a", "rating": 1, "more": [{"text": "a"}]}},
            "$.draft.more[0]: 'rating' is a required property",
        ),
        ([], "$: [] is not of type 'object'"),
    ],
)
def test_an_answer_against_the_description_is_a_failed_draft(opened, answer, fault):
    with serving(lambda _asked: Reply(body=answer)) as service:
        draft = outcome(opened(url=service.url))

    assert "failed" == draft.status
    assert f"the answer is not what operation createDraft returns: {fault}" in str(draft.error)


def test_an_answer_nested_too_deeply_to_be_checked_is_a_failed_draft(opened):
    nested = {"text": "t", "rating": 3}
    for _ in range(300):
        nested = {"text": "t", "rating": 3, "more": [nested]}
    with serving(lambda _asked: Reply(body={"draft": nested})) as service:
        draft = outcome(opened(url=service.url))

    assert "failed" == draft.status
    assert "nested too deeply" in draft.error


def test_an_answer_that_the_description_does_not_know_is_a_failed_draft(opened):
    bare = changed("paths|DRAFTS|post|responses", {"2XX": {"description": "Fine."}})
    reply = Reply(body={"draft": {"text": "fine", "rating": 4}})
    with serving(lambda _asked: reply) as service:
        assert "ok" == outcome(opened(bare, url=service.url)).status

        never = changed("paths|DRAFTS|post|responses", {"202": {"description": "Later."}})
        assert "describes no answer 200" in str(outcome(opened(never, url=service.url)).error)


def test_nullable_and_exclusive_bounds_of_3_0_mean_what_they_meant_there(opened):
    old = changed("openapi", "3.0.3")
    rating = {"type": "number", "nullable": True, "maximum": 6, "exclusiveMaximum": True}
    old = changed("components|schemas|Draft|properties|rating", rating, old)
    for given, status in ((None, "ok"), (5, "ok"), (6, "failed"), ("5", "failed")):
        answer = {"draft": {"text": "fine", "rating": given}}
        with serving(lambda _asked, answer=answer: Reply(body=answer)) as service:
            assert status == outcome(opened(old, url=service.url)).status


def test_yaml_is_read_as_well_and_the_file_enters_the_fingerprint(opened):
    yaml = """
openapi: 3.0.3
servers: [{url: "https://drafts.example"}]
paths:
  /d:
    post:
      operationId: createDraft
      requestBody: {content: {application/json: {}}}
      responses: {"200": {description: Done.}}
"""
    told = {"name": "s.yaml", "path": {}, "query": {}, "headers": {}}
    one, other = (opened(text, **told).manifest for text in (yaml, yaml + "# new\n"))

    assert {"s.yaml"} == set(one.digests)
    assert one.digests != other.digests


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"operation": "draft"}, "no operation 'draft'; there are: createDraft, listDrafts"),
        ({"path": {}}, "needs the path parameter 'tenant'; set it in settings.path"),
        ({"headers": {}}, "needs the header parameter 'X-Case'; set it in settings.headers"),
        ({"query": {"tome": "plain"}}, "has no query parameter 'tome'; it has tone"),
        ({"query": {"tone": "rude"}}, "tone: $: 'rude' is not one of ['plain', 'warm']"),
        ({"path": {"tenant": "a-very-long-tenant"}}, "is too long"),
        ({"body": {"fact": []}}, "the body: $: "),
        ({"body": {"facts": "{{ packet.name }}"}}, "the body: $.facts: 'Zoë' is not of type"),
        ({"body": None}, "needs a body"),
        ({"method": "POST"}, "the operation has its own"),
    ],
)
def test_a_manifest_that_asks_otherwise_than_described_is_refused(opened, told, said):
    with pytest.raises(ManifestError) as caught:
        opened(**told).prompt(request().packet)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (changed("openapi", "2.0"), "expected OpenAPI 3.0 or 3.1, found 2.0"),
        (changed("components|schemas|Ask", {"$ref": "more.yaml#/A"}), "expected one file without"),
        (
            changed("components|schemas|Ask", {"$ref": "https://drafts.example/s.json"}),
            "expected one file without references",
        ),
        (changed("components|schemas|Ask", {"$ref": "#/components/no"}), "stands for nothing"),
        (changed("components|schemas|Got|type", "objekt"), "objekt"),
        (
            changed("components|schemas|Ask", {"$ref": "#/components/schemas/Ask"}),
            "no OpenAPI description: RecursionError",
        ),
        (changed("paths", []), "no OpenAPI description"),
        (
            changed("servers", [{"url": "https://me:word@x.example"}]),
            "a user or password in a server",
        ),
        (changed("paths|DRAFTS|parameters", []), "tenant in its path is no parameter"),
        (
            changed("paths|DRAFTS|post|requestBody|content", {"multipart/form-data": {}}),
            "takes no JSON",
        ),
        ("[1", "no readable JSON"),
    ],
)
def test_a_description_that_cannot_be_used_is_one_message(opened, service, said):
    with pytest.raises(ManifestError) as caught:
        opened(service)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
