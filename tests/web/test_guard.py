"""What stands before every page: sizes, rates, names, headers, and errors that tell no workings."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.app.explaining import ref_of
from govern.domain.access import ROLES
from govern.web.guard import CONTENT
from govern.web.limits import Buckets
from govern.web.routes import ROUTES
from govern.web.settings import Limits

PATHS = [
    "/health",
    "/",
    "/sign-in",
    "/board",
    "/nowhere",
    "/static/govern.css",
    "/enter/" + "t" * 43,
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_what_keeps_browsers_careful(site, path):
    headers = site.client().get(path).headers

    assert CONTENT == headers["content-security-policy"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "same-origin" == headers["referrer-policy"]
    assert "same-origin" == headers["cross-origin-opener-policy"]
    assert "DENY" == headers["x-frame-options"]
    assert "no-cache" if "static" in path else "no-store" == headers["cache-control"]
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    assert "server" not in headers


def test_what_browsers_may_run_and_load_is_ours_alone():
    assert "default-src 'none'" in CONTENT
    assert "unsafe" not in CONTENT
    assert "http" not in CONTENT
    assert "frame-ancestors 'none'" in CONTENT


def test_no_page_has_a_script_a_style_or_a_handler_of_its_own(site):
    employee = "invented-employee-4"
    own = {"employee": employee, "representative": "invented-representative"}
    parts = {
        "decision_id": site.decision("acorn"),
        "case_id": site.case_of(employee),
        "review_ref": ref_of(f"review-of-{employee}"),
        "token": "t" * 43,
        "name": "",
        "step": "grounds",
        "kind": "json",
        "seq": "2",
    }
    query = {"person": employee, "review": f"review-of-{employee}"}
    for role in ROLES:
        client = site.signed_in(role, person=own.get(role, f"invented-{role}"))
        for route in ROUTES:
            if route.method == "GET" and not route.name.endswith(("-report", "-folder")):
                html = client.get(route.path.format_map(parts), params=query).text
                assert not re.search(
                    r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", html
                )


def test_the_report_runs_nothing_and_belongs_to_no_origin(site):
    path = f"/board/decisions/{site.decision('acorn')}/report"
    policy = site.signed_in("board").get(path).headers["content-security-policy"]

    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil"])
def test_other_names_for_this_machine_are_not_answered(site, host):
    """DNS rebinding: a page elsewhere gives its own name our address."""
    assert site.client().get("/sign-in", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["10.1.2.3:8770", "pages:8770"])
def test_what_watches_over_it_may_call_it_by_any_name_and_learns_that_it_runs_alone(site, host):
    client = site.signed_in("board")
    answer = client.get("/health", headers={"host": host})

    assert (200, "ok") == (answer.status_code, answer.text)
    assert 421 == client.get("/board", headers={"host": host}).status_code
    assert 421 == client.get("/health/", headers={"host": host}).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8770", "localhost:8770", "LOCALHOST", "[::1]:8770"])
def test_the_names_of_this_machine_are_answered(site, host):
    assert site.client().get("/sign-in", headers={"host": host}).status_code == 200


def test_too_much_at_once_is_refused_whatever_its_length_says(site):
    client = site.signed_in("board")
    much = b"form_token=" + b"x" * site.settings.limits.body_bytes

    def in_parts():
        for start in range(0, len(much), 1000):
            yield much[start : start + 1000]

    form = {"content-type": "application/x-www-form-urlencoded"}
    told = client.post("/sign-out", content=much, headers=form)
    untold = client.post("/sign-out", content=in_parts(), headers=form)
    odd = client.post("/sign-out", content=b"x", headers=form | {"content-length": "-1"})

    assert (413, 413, 413) == (told.status_code, untold.status_code, odd.status_code)
    assert "larger than we take" in untold.text
    assert untold.headers["content-security-policy"] == CONTENT


def test_a_form_of_a_thousand_fields_or_with_a_file_is_not_read(site):
    client = site.signed_in("board")
    fields = client.post("/sign-out", data={f"f{n}": "" for n in range(1000)})
    file = client.post("/sign-out", files={"form_token": ("a", b"x")})

    assert {fields.status_code, file.status_code} <= {400, 403}


def test_who_asks_too_often_waits(make_site):
    site = make_site(limits=Limits(per_session=5, per_address=1000, tries_per_address=1000))
    client = site.signed_in("board")
    answers = [client.get("/") for _ in range(6)]

    assert [200] * 5 + [429] == [answer.status_code for answer in answers]
    assert 13 >= int(answers[-1].headers["retry-after"]) >= 12
    assert site.signed_in("board").get("/").status_code == 200
    site.now += timedelta(seconds=13)
    assert client.get("/").status_code == 200


def test_one_address_cannot_flood_by_leaving_its_cookies_out(make_site):
    site = make_site(limits=Limits(per_session=5, per_address=10, tries_per_address=1000))
    answers = [site.client().get("/sign-in").status_code for _ in range(12)]

    assert [200] * 10 + [429] * 2 == answers


def test_links_cannot_be_guessed_in_numbers(make_site):
    site = make_site(limits=Limits(tries_per_address=3))
    answers = [site.client().get(f"/enter/{n:043}").status_code for n in range(5)]

    assert [404] * 3 + [429] * 2 == answers


@given(gaps=st.lists(st.floats(0, 90), max_size=200), size=st.integers(1, 30))
def test_no_rhythm_gets_more_than_the_rate_and_one_bucket(gaps, size):
    from datetime import UTC, datetime

    start = now = datetime(2026, 11, 25, tzinfo=UTC)
    buckets, let_in = Buckets(size), 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        let_in += buckets.wait("one", now) == 0

    assert let_in <= size + size * (now - start).total_seconds() / 60 + 1e-6


def test_a_clock_that_jumps_back_fills_no_bucket(site):
    buckets = Buckets(1)

    assert buckets.wait("one", site.now) == 0
    assert buckets.wait("one", site.now - timedelta(days=1)) > 0


def test_a_defect_of_ours_is_a_page_without_its_workings(site, monkeypatch):
    """The number on the page is the one in the log."""
    client = site.signed_in("board")

    def broken(*_args, **_more):
        raise ZeroDivisionError("secret workings in /home/somebody")

    monkeypatch.setattr(type(site.services.records), "decisions", broken)
    answer = client.get("/board")

    assert answer.status_code == 500
    assert "on our side" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["content-security-policy"] == CONTENT


def test_a_damaged_record_is_told_in_full_only_to_those_who_look_after_it(site, monkeypatch):
    from govern.errors import IntegrityError

    def damaged(*_args, **_more):
        raise IntegrityError("record/ledger.jsonl:7: <b>altered</b>")

    monkeypatch.setattr(type(site.services.records), "decisions", damaged)
    answer = site.signed_in("board").get("/board")

    assert answer.status_code == 503
    assert "ledger.jsonl:7: &lt;b&gt;altered" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/board/decisions/..%2f..%2fetc",
        "/board/decisions/../../etc/passwd",
        "/board/decisions/.hidden",
        "/board/decisions/nothing-here",
        "/board/decisions/" + "a" * 65,
        "/board/decisions/%00",
        "/board/decisions/a%0d%0aX-Evil:1",
        "/board/decisions/nothing-here/report",
        "/static/..%2fapp.py",
        "/static/app.py",
        "/enter/short",
    ],
)
def test_addresses_that_lead_elsewhere_lead_nowhere(site, path):
    answer = site.signed_in("board").get(path)

    assert answer.status_code == 404
    assert "x-evil" not in answer.headers


def test_a_folder_beside_the_record_is_no_decision(site, tmp_path, monkeypatch):
    """The command line takes folders; a page takes what stands in the record."""
    folder = site.project.record / "decisions" / site.decision("acorn")
    (tmp_path / "planted").symlink_to(folder)
    monkeypatch.chdir(tmp_path)

    assert site.signed_in("board").get("/board/decisions/planted").status_code == 404
