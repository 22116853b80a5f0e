"""Whatever is asked, nothing of ours breaks: no page answers with a defect."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govern.domain.access import ROLES
from govern.web.routes import ROUTES

# A few in every run of the suite, and many in `make bench`.
examples = pytest.mark.parametrize("examples", [6, pytest.param(60, marks=pytest.mark.bench)])


def asked(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def client(site):
    return site.signed_in(*(role for role in ROLES))


@examples
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_page_breaks_over_what_its_schema_allows_or_just_not(route, client, site, examples):
    api = schemathesis.openapi.from_dict(site.app.app.openapi())
    operation = api[route.path][route.method]
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]

    for mode in modes if "{" in route.path else modes[:1]:

        @asked(examples)
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case):
            sent = case.as_transport_kwargs(base_url=site.settings.origin)
            parts = {name: sent[name] for name in ("params", "headers") if sent.get(name)}
            answer = client.request(sent["method"], sent["url"], **parts)
            assert answer.status_code < 500, answer.text

        holds()


ANYTHING = st.text(max_size=80)


@examples
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_page_breaks_over_anything_in_its_address_or_form(route, client, examples):
    @asked(examples)
    @given(
        part=ANYTHING,
        query=st.dictionaries(ANYTHING, ANYTHING, max_size=3),
        body=st.binary(max_size=200),
        kind=st.sampled_from(
            [
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/plain",
                "",
            ]
        ),
    )
    def holds(part, query, body, kind):
        told = quote(part.encode("utf-8", "surrogatepass"), safe="")
        path = re.sub(r"\{\w+\}", lambda _: told, route.path)
        answer = client.request(
            route.method,
            f"{path}?{urlencode(query, errors='surrogatepass')}",
            content=body if route.method == "POST" else None,
            headers={"content-type": kind} if kind and route.method == "POST" else {},
        )
        assert answer.status_code < 500, answer.text
        assert "x-request-id" in answer.headers

    holds()


FORMS = {
    "/handling/{sent}": ("case-handler", "invented-case-handler", "/handling"),
    "/paper/contest": ("case-handler", "invented-case-handler", "/paper"),
    "/paper/mandate": ("case-handler", "invented-case-handler", "/paper"),
    "/paper/link": ("case-handler", "invented-case-handler", "/paper"),
    "/deciding/{waiting}/open": ("decider", "invented-decider", "/deciding"),
    "/deciding/{opened}": ("decider", "invented-decider", "/deciding"),
    "/deciding/{opened}/decision": ("decider", "invented-decider", "/deciding"),
    "/appeals/{appealed}/open": ("appeal-decider", "invented-appeal-decider", "/appeals"),
}
SENSIBLE = (
    *(
        "yes",
        "no",
        "1",
        "2",
        "3.5",
        "nan",
        "inf",
        "upheld",
        "rejected",
        "partly",
        "unknown",
        "decision",
    ),
    *(
        "acknowledged",
        "evidence_added",
        "paused",
        "remedied",
        "gathering",
        "review_started",
        "flag_sent",
    ),
    *("invented-employee-2", "review-of-invented-employee-2", "employee invented-employee-2"),
)
FIELDS = (
    *(
        "step",
        "seen",
        "person",
        "review",
        "speaker",
        "case",
        "end",
        "guest",
        "link_days",
        "no_conflict",
    ),
    *("paused_reason", "evidence_title", "evidence_text", "remedied_version", "gathering_asked"),
    *(
        "ruling_wrong_fact",
        "ruling_reason_wrong_fact",
        "ruling_generic_text",
        "new_text",
        "new_rating",
    ),
    *("ruling_reason_generic_text", "reasons", "routes", "paper_paid", "paper_remedy"),
    *("paper_statement_process", "paper_about_process"),
)


@examples
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_case_breaks_over_what_is_put_into_it(form, site, examples):
    role, person, page = FORMS[form]
    cases = {"sent": 2, "waiting": 3, "opened": 4, "appealed": 6}
    ids = {name: site.case_of(f"invented-employee-{n}") for name, n in cases.items()}
    client = site.signed_in(role, person=person)
    token = site.token(client.get(page).text)
    value = st.one_of(st.sampled_from(SENSIBLE), ANYTHING.filter(lambda text: text.isprintable()))

    @asked(examples)
    @given(fields=st.dictionaries(st.sampled_from(FIELDS), value, max_size=12))
    def holds(fields):
        answer = client.post(
            form.format(**ids), data={"seen": "2"} | fields | {"form_token": token}
        )
        assert answer.status_code < 500, (fields, answer.text)
        assert answer.status_code != 403

    holds()
