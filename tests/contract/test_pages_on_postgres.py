"""The employee's and representative's pages where the database itself says who reads what."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from govern.app.contests import open_contests
from govern.app.explaining import ref_of
from govern.app.served import ProjectRecords
from govern.app.served_demo import seed_demo
from govern.domain.access import Visitor
from govern.web.app import create_app
from govern.web.services import Services
from govern.web.sessions import offer_link
from govern.web.settings import Limits, Settings

NOW = datetime(2076, 11, 25, 12, 0, tzinfo=UTC)
"""PostgreSQL goes by its own clock, and sessions of these tests outlive them."""
MANY = Limits(per_session=100_000, per_address=100_000, tries_per_address=100_000)
OTHER, SPOKEN_FOR = "invented-employee-2", "invented-employee-3"


@pytest.fixture
def signed_in(logins, tmp_path, monkeypatch):
    """A browser in which somebody is signed in."""
    monkeypatch.setenv("GOVERN_STORE_URL", logins.app)
    monkeypatch.setenv("GOVERN_STORE_READER_URL", logins.reader)
    monkeypatch.setenv("GOVERN_VAULT_KEY", "ab" * 32)
    project = seed_demo(tmp_path / "project", now=NOW)
    contests = open_contests(project)
    settings = Settings(secret=b"a secret of the tests, long enough", limits=MANY)
    app = create_app(Services(ProjectRecords(project), contests, lambda: NOW), settings)

    def sign(person, *roles):
        visitor = Visitor(person=person, name=person, roles=roles, by="one-time link")
        until = NOW.replace(day=26)
        path = offer_link(contests.store.doors, visitor, origin="", until=until)
        client = TestClient(app, base_url=settings.origin, follow_redirects=False)
        assert 303 == client.post(path, data=hidden(client.get(path).text)).status_code
        return client

    yield sign
    contests.store.close()


def hidden(html):
    return dict(re.findall(r'type="hidden" name="(form_token|seen)" value="(\w+)"', html))


def send(client, page, **fields):
    answer = client.post(page, data=hidden(client.get(page).text) | fields)
    assert 303 == answer.status_code, answer.text
    return answer.headers["location"]


def test_a_contest_goes_from_the_first_click_to_sent_and_nobody_else_sees_it(signed_in):
    own, other = signed_in("invented-employee", "employee"), signed_in(OTHER, "employee")
    rep = signed_in("invented-representative", "representative")
    review = f"/reviews/{ref_of('review-of-invented-employee')}"
    to = send(own, f"{review}/contest")
    draft = to.removesuffix("/ask/grounds")
    to = send(own, to, grounds="process")
    send(own, to, statement_process="No talk took place.")
    case = send(own, draft)

    assert "No talk took place." in own.get(case).text
    places = [case.replace("/mine/", place) for place in ("/mine/", "/cases/", "/represent/cases/")]
    for client in (other, rep):
        for path in (*places, draft, review):
            assert client.get(path).status_code in {403, 404}
    mine = re.findall(r"/represent/cases/(\w+)", rep.get("/represent").text)
    assert 1 == len(mine)
    assert SPOKEN_FOR in rep.get(f"/represent/cases/{mine[0]}").text
    assert 200 == rep.get(f"/represent/reviews/{ref_of(f'review-of-{SPOKEN_FOR}')}").status_code


def test_who_wrote_a_review_reads_the_facts_and_by_their_session_nothing_of_the_case(signed_in):
    author = signed_in("invented-author", "employee")
    written = re.findall(r"/written/(\w+)", author.get("/written").text)

    assert written
    for case_id in written:
        assert 200 == author.get(f"/written/{case_id}").status_code
        assert 404 == author.get(f"/mine/{case_id}").status_code
    assert "You have contested nothing." in author.get("/mine").text
