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

FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def client(site):
    return site.signed_in(*(role for role in ROLES))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_page_breaks_over_what_its_schema_allows_or_just_not(route, client, site):
    api = schemathesis.openapi.from_dict(site.app.app.openapi())
    operation = api[route.path][route.method]
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]

    for mode in modes if "{" in route.path else modes[:1]:

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case):
            asked = case.as_transport_kwargs(base_url=site.settings.origin)
            parts = {name: asked[name] for name in ("params", "headers") if asked.get(name)}
            answer = client.request(asked["method"], asked["url"], **parts)
            assert answer.status_code < 500, answer.text

        holds()


ANYTHING = st.text(max_size=80)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_page_breaks_over_anything_in_its_address_or_form(route, client):
    @FEW
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
