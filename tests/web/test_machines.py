"""What other systems bring: who may, what is taken, and that nothing breaks or is half kept."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from itertools import product

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from govern.app.hr import tell
from govern.domain.contest import FlagAcknowledged
from govern.domain.review_intake import HrOutcome
from govern.errors import RunError
from govern.testing.contests import review
from govern.web.machines import LONGEST_WHY, MOST_ERRORS
from govern.web.machines_openapi import document
from govern.web.settings import Limits, Machine, Settings

TOKENS = {name: name[0] * 40 for name in ("people", "HR", "everything")}
MAY = {
    "people": ("reviews",),
    "HR": ("outcomes", "acknowledgements"),
    "everything": ("reviews", "outcomes", "acknowledgements"),
}
MANY = Limits(per_address=100_000, tries_per_address=100_000, per_machine=100_000)
MACHINES = {
    name: Machine(token_sha256=sha256(TOKENS[name].encode()).hexdigest(), may=MAY[name])
    for name in TOKENS
}
PATHS = {
    "/api/intake/reviews": "reviews",
    "/api/intake/outcomes": "outcomes",
    "/api/hr/acknowledgements": "acknowledgements",
}
PROBLEM = "application/problem+json"
FEW = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def site(make_site):
    return make_site(machines=MACHINES, limits=MANY)


@pytest.fixture
def client(site) -> TestClient:
    return site.client()


def as_machine(name: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {TOKENS[name]}", **more}


def a_review(**changes: object) -> dict[str, object]:
    return review(**{"review_id": "new-1", "ai_role": "none", **changes}).as_json()


def outcome(**changes: object) -> dict[str, object]:
    said = {"employee": "emp", "kind": "pay", "on": "2026-10-01", "value": 2.5, **changes}
    return HrOutcome.model_validate(said).as_json()


def post(client: TestClient, what: str, body: object, machine: str = "everything"):
    path = next(path for path, errand in PATHS.items() if errand == what)
    return client.post(path, json=body, headers=as_machine(machine))


def test_a_token_brings_what_it_is_for_and_nothing_else(client):
    for path, machine in product(PATHS, MACHINES):
        answer = client.post(path, json=[], headers=as_machine(machine))
        assert (answer.status_code == 403) == (PATHS[path] not in MAY[machine])
        assert answer.status_code in (200, 403, 422)


NO_TOKENS = (
    *("", "Bearer", "Bearer ", f"Bearer {'x' * 40}", f"Basic {TOKENS['everything']}"),
    *(TOKENS["everything"], f"Bearer {TOKENS['everything']}x", f"Bearer  {TOKENS['people']}"),
    f"Bearer {sha256(TOKENS['everything'].encode()).hexdigest()}",
    "Bearer \xe9" + "x" * 40,
)


def test_without_a_token_that_is_known_nothing_is_read(client):
    for path, header in product(PATHS, NO_TOKENS):
        headers = {"authorization": header.encode("latin-1")} if header else {}
        answer = client.post(path, content=b"[", headers=headers)
        assert (401, PROBLEM) == (answer.status_code, answer.headers["content-type"])
        assert "Bearer" == answer.headers["www-authenticate"]


def test_a_session_of_a_person_is_no_token(site):
    signed_in = site.signed_in("case-handler", "auditor", "board")
    for path in PATHS:
        assert 401 == signed_in.post(path, json=[]).status_code


def test_a_token_is_no_session_and_opens_no_page(client):
    assert 303 == client.get("/board", headers=as_machine("everything")).status_code


def test_whoever_guesses_tokens_has_to_wait(make_site):
    client = make_site(machines=MACHINES, limits=Limits(tries_per_address=3)).client()
    tries = [client.post("/api/intake/reviews", json=[]).status_code for _ in range(4)]
    assert [401, 401, 401, 429] == tries


def test_a_machine_that_asks_too_often_has_to_wait(make_site):
    site = make_site(machines=MACHINES, limits=Limits(per_machine=2))
    asked = [post(site.client(), "reviews", []) for _ in range(3)]
    assert [200, 200, 429] == [answer.status_code for answer in asked]
    assert 30 <= int(asked[-1].headers["retry-after"]) <= 31
    site.now += timedelta(seconds=31)
    assert 200 == post(site.client(), "reviews", []).status_code


def test_a_token_too_short_to_be_chance_is_taken_for_none(make_site):
    short = Machine(token_sha256=sha256(b"secret").hexdigest(), may=("reviews",))
    client = make_site(machines={"short": short}).client()
    headers = {"authorization": "Bearer secret"}
    assert 401 == client.post("/api/intake/reviews", json=[], headers=headers).status_code


def test_two_machines_have_no_token_in_common():
    one = {"token_sha256": "0" * 64, "may": ["reviews"]}
    with pytest.raises(ValidationError, match="each its own"):
        Settings.model_validate({"secret": b"s" * 32, "machines": {"a": one, "b": one}})
    for wrong in ({**one, "may": []}, {**one, "token_sha256": "x"}, {**one, "token": "x"}):
        with pytest.raises(ValidationError):
            Settings.model_validate({"secret": b"s" * 32, "machines": {"a": wrong}})


# what is taken


def test_reviews_come_as_an_array_or_as_lines_and_the_same_again_changes_nothing(site, client):
    rows = [a_review(), a_review(review_id="new-2", ai_role="drafted")]
    answer = post(client, "reviews", rows)
    assert 200 == answer.status_code
    said = answer.json()
    assert (2, 2, 1) == (said["reviews"], said["new_reviews"], said["undisclosed"])
    assert 1 == len(said["uncovered"])
    lines = "\n".join(json.dumps(row) for row in rows) + "\n\n"
    for kind in ("application/x-ndjson", "application/jsonl; charset=utf-8"):
        headers = as_machine("people", **{"content-type": kind})
        again = client.post("/api/intake/reviews", content=lines, headers=headers)
        assert (200, 0) == (again.status_code, again.json()["new_reviews"])
    assert site.contests.store.review("new-1")


def test_outcomes_come_in_the_same_way(site, client):
    answer = post(client, "outcomes", [outcome(), outcome(kind="leaver", value="left")])
    assert {"outcomes": 2, "new_outcomes": 2} == answer.json()
    assert 2 == len(site.contests.store.intake.outcomes("emp"))


def test_rows_that_cannot_be_used_are_told_by_their_lines_and_none_is_kept(site, client):
    good, bad = json.dumps(a_review()), json.dumps({**a_review(), "version": 0})
    lines = "\n".join((good, bad, "", "{", '"text"', '{"version": 1, "version": 1}'))
    headers = as_machine("people", **{"content-type": "application/x-ndjson"})
    answer = client.post("/api/intake/reviews", content=lines, headers=headers)

    assert (422, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    said = answer.json()
    assert [2, 4, 5, 6] == [one["line"] for one in said["errors"]]
    assert "version" in said["errors"][0]["why"]
    assert "4 rows" in said["detail"]
    assert None is site.contests.store.review("new-1")
    elements = post(client, "reviews", [a_review(), "text", 1, None, [], {}]).json()
    assert [2, 3, 4, 5, 6] == [one["line"] for one in elements["errors"]]


def test_one_review_that_contradicts_what_is_there_keeps_all_out(site, client):
    assert 200 == post(client, "reviews", [a_review()]).status_code
    answer = post(client, "reviews", [a_review(review_id="new-2"), a_review(final="Another text.")])
    assert (409, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert None is site.contests.store.review("new-2")


def test_an_answer_tells_of_so_many_wrong_rows_and_no_more(client):
    answer = post(client, "outcomes", [{"x" * 1000: 1}] * (MOST_ERRORS + 1)).json()
    assert MOST_ERRORS == len(answer["errors"])
    assert LONGEST_WHY == len(answer["errors"][0]["why"])
    assert f"{MOST_ERRORS + 1} rows" in answer["detail"]


UNREADABLE = (
    (b"{}", "application/json", 422),
    (b"", "application/json", 422),
    (b"[", "application/json", 422),
    (b"[NaN]", "application/json", 422),
    (b"[" * 60_000, "application/json", 422),
    (b"\xff", "application/json", 422),
    (b'[{"\\ud800": 1}]', "application/json", 422),
    (b'[{"review_id": "\\ud800"}]', "application/json", 422),
    (b'[{"version": 1' + b"0" * 5000 + b"}]", "application/json", 422),
    (b"[]", "text/plain", 415),
    (b"[]", "", 415),
    (b"a,b", "text/csv", 415),
    (b"", "application/x-ndjson", 200),
)


def test_what_cannot_be_read_is_a_problem_and_no_defect(client):
    for body, kind, status in UNREADABLE:
        headers = as_machine("people", **({"content-type": kind} if kind else {}))
        answer = client.post("/api/intake/reviews", content=body, headers=headers)
        assert status == answer.status_code, answer.text


def test_machines_may_send_more_at_once_than_people_and_no_more_than_that(make_site):
    site = make_site(machines=MACHINES, limits=Limits(machine_bytes=100_000))
    client, headers = site.client(), as_machine("people", **{"content-type": "application/json"})
    long = json.dumps([a_review(final="x" * 80_000)])
    assert 200 == client.post("/api/intake/reviews", content=long, headers=headers).status_code
    longer = json.dumps([a_review(final="x" * 100_000)])
    for content in (longer, iter([longer.encode()])):
        answer = client.post("/api/intake/reviews", content=content, headers=headers)
        assert (413, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert 413 == client.post("/sign-out", content="x" * 80_000).status_code


def test_a_host_that_is_not_ours_and_a_path_that_is_not_there_are_problems(client):
    for path, headers, status in (
        ("/api/intake/reviews", {"host": "evil.example"}, 421),
        ("/api/nothing", {}, 404),
        ("/api/", {}, 404),
        ("/api/intake/outcomes", {}, 405),
    ):
        answer = client.get(path, headers=headers)
        assert (status, PROBLEM) == (answer.status_code, answer.headers["content-type"])
        assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_a_store_out_of_reach_is_told_without_its_workings(site, client, monkeypatch):
    def gone(*_: object) -> int:
        raise RunError("postgresql://secret@db: gone")

    monkeypatch.setattr(site.contests.store.intake, "put_reviews", gone)
    answer = post(client, "reviews", [a_review()])
    assert (503, True) == (answer.status_code, "secret" not in answer.text)

    def broken(*_: object) -> int:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(site.contests.store.intake, "put_reviews", broken)
    answer = post(client, "reviews", [a_review()])
    assert (500, True) == (answer.status_code, "secret" not in answer.text)


# the HR system heard


def test_the_hr_system_acknowledges_once_what_it_was_last_told(site, client):
    told = []

    class Quiet:
        def tell(self, flag) -> bool:
            told.append(flag)
            return False

    tell(site.contests, Quiet(), now=lambda: site.now)
    first = told[0]
    said = {"event_id": first.event_id, "in_use": first.in_use}

    assert {"new": True} == post(client, "acknowledgements", said, "HR").json()
    assert {"new": False} == post(client, "acknowledgements", said, "HR").json()
    [event] = [
        event
        for event in site.contests.store.events(first.event_id[:32])
        if isinstance(event.payload, FlagAcknowledged)
    ][-1:]
    assert ("hr-system", first.in_use) == (event.actor.role, event.payload.in_use)
    for wrong in ({**said, "in_use": not first.in_use}, {**said, "event_id": f"{'0' * 32}-1"}):
        answer = post(client, "acknowledgements", wrong, "HR")
        assert (409, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert 422 == post(client, "acknowledgements", {"event_id": "x"}, "HR").status_code
    assert 422 == post(client, "acknowledgements", [said], "HR").status_code


# the document


def test_the_document_describes_these_routes_and_no_other(client):
    answer = client.get("/api/openapi.json")
    assert document() == answer.json()
    assert set(PATHS) == {f"/api{path}" for path in answer.json()["paths"]}
    for schema in answer.json()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_breaks_over_what_the_document_allows_or_just_not(path, site, client):
    """Every answer is one that the document names, with a body of the form that it names."""
    api = schemathesis.openapi.from_dict(document())
    operation = api[path.removeprefix("/api")]["POST"]

    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case):
            asked = case.as_transport_kwargs(base_url=f"{site.settings.origin}/api")
            parts = {k: asked[k] for k in ("params", "json") if k in asked}
            parts |= {"content": asked["data"]} if "data" in asked else {}
            said = {name.lower(): value for name, value in asked.get("headers", {}).items()}
            headers = {**said, **as_machine("everything")}
            answer = client.request(asked["method"], asked["url"], headers=headers, **parts)
            named = document()["paths"][path.removeprefix("/api")]["post"]["responses"]
            assert answer.status_code < 500, answer.text
            if str(answer.status_code) in named:
                content = named[str(answer.status_code)]["content"]
                [(kind, form)] = content.items()
                assert kind == answer.headers["content-type"]
                schema = {**form["schema"], "components": document()["components"]}
                Draft202012Validator(schema).validate(answer.json())

        holds()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_breaks_over_any_bytes(path, client):
    @FEW
    @given(
        body=st.one_of(
            st.binary(max_size=200),
            st.recursive(
                st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            ).map(lambda value: json.dumps(value).encode()),
        ),
        kind=st.sampled_from(["application/json", "application/x-ndjson", "text/plain"]),
    )
    def holds(body, kind):
        headers = as_machine("everything", **{"content-type": kind})
        answer = client.post(path, content=body, headers=headers)
        assert answer.status_code < 500, answer.text

    holds()
