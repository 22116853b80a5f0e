"""Ways into and around the pages that once were open, tried in a browser for each role."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from govern.web.guard import log
from govern.web.ways import page_at

OTHER = "invented-employee-2"


def multipart(charset: str, **fields: bytes) -> tuple[bytes, dict[str, str]]:
    """A form as no browser of ours sends it."""
    parts = [
        b'--X\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ]
    kind = f"multipart/form-data; boundary=X; charset={charset}"
    return b"".join(parts) + b"--X--\r\n", {"content-type": kind}


# forms


@pytest.mark.parametrize("charset", ["undefined", "punycode", "utf-7", "unicode_escape", "utf-16"])
def test_a_form_in_letters_that_no_page_of_ours_is_in_is_refused(site, charset):
    """Python has codecs that fail in odd ways, and some that make half letters."""
    client = site.signed_in("employee", person=OTHER)
    path = f"/mine/{site.case_of(OTHER)}"
    html = client.get(path).text
    token = site.token(html).encode()
    half = {"evidence_title": rb"\ud800", "evidence_text": b"+2AA-"}
    content, headers = multipart(charset, form_token=token, seen=b"2", **half)
    sent = client.post(f"{path}/evidence", content=content, headers=headers)

    assert 415 == sent.status_code
    content, headers = multipart("UTF-8", form_token=token, seen=b"9", **half)
    assert 409 == client.post(f"{path}/evidence", content=content, headers=headers).status_code


@pytest.mark.parametrize("letter", ["ж", "語", "🙂"])
def test_as_much_as_a_field_takes_can_be_sent_in_every_script(site, letter):
    """In a form of a browser every such letter would be sent as up to twelve."""
    client = site.signed_in("case-handler", person="invented-case-handler")
    path = f"/handling/{site.case_of('invented-employee-3')}"
    html = client.get(path).text
    kinds = set(re.findall(r'<form method="post"( enctype="multipart/form-data")? action', html))
    text = letter * 15_000
    fields = {
        "form_token": site.token(html),
        "seen": re.search(r'name="seen" value="(\d+)"', html)[1],
        "step": "paused",
        "paused_reason": text,
    }
    content, headers = multipart("utf-8", **{k: v.encode() for k, v in fields.items()})
    sent = client.post(path, content=content, headers=headers)

    assert ' enctype="multipart/form-data"' in kinds
    assert 303 == sent.status_code
    assert text in client.get(path).text


def test_a_length_of_thousands_of_digits_is_too_much_and_no_error_of_ours(site):
    answer = site.client().get("/sign-in", headers={"content-length": "9" * 5_000})
    assert 413 == answer.status_code


class Lines(logging.Handler):
    """What a log would hold, a line each."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler = Lines()
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.INFO)
    yield handler.lines
    log.removeHandler(handler)
    log.setLevel(level)


def test_what_somebody_sends_begins_no_line_of_its_own_in_the_log(site, lines):
    officer = site.signed_in("data-protection-officer", person="invented-officer")
    name = "nobody\nrequest 0123456789abcdef: all is well\x1b[2J"
    to = "/privacy/people/forget"
    assert 409 == site.send(officer, "/privacy/people", to=to, person=name, ground="-").status_code

    assert any("nobody" in line for line in lines)
    assert not any("\n" in line or "\x1b" in line for line in lines)


# the way back after signing in


def entered(site, client, *roles, person="p-1"):
    """Where somebody is led who signs in by a one-time link."""
    path = site.link(*roles, person=person)
    token = site.token(client.get(path).text)
    return client.post(path, data={"form_token": token}).headers["location"]


def test_who_follows_a_notice_is_led_to_its_case_once_they_signed_in(site):
    client, path = site.client(), f"/cases/{site.case_of(OTHER)}"
    assert "/sign-in" == client.get(path).headers["location"]

    assert path == entered(site, client, "employee", person=OTHER)
    assert path.replace("cases", "mine") == client.get(path).headers["location"]


def test_the_way_back_serves_once_and_ends_with_signing_out(site):
    client = site.client()
    client.get("/board/acts")
    assert "/board/acts" == entered(site, client, "board")
    assert "/" == entered(site, client, "board")
    site.send(client, "/", to="/sign-out")
    client.get("/board/acts")
    assert "/board/acts" == entered(site, client, "board")


def test_nobody_is_led_to_a_page_of_another_role(site):
    client = site.client()
    client.get("/board/acts")
    assert "/" == entered(site, client, "employee")


@pytest.mark.parametrize(
    "path",
    [
        *("//elsewhere.example", "/cases//elsewhere.example", "/\\elsewhere.example", "/cases/.."),
        *("https://elsewhere.example", "/sign-out", "/static/govern.css", "/enter/" + "a" * 43),
        *("/cases/a%0d%0ax", "/cases/a?next=b", "/nowhere", "", "/api/openapi.json"),
    ],
)
def test_a_way_that_is_no_page_is_none(path):
    assert not page_at(path, ("employee", "board"))


@pytest.mark.parametrize("path", ["/cases/../../x", "/cases/a@b", "//cases/x", "/cases/%5cx"])
def test_an_odd_address_is_not_kept_as_a_way(site, path):
    client = site.client()
    client.get(path)
    assert "govern-way" not in client.cookies


def test_a_way_that_somebody_made_up_leads_to_the_start(site):
    client = site.client()
    for value in ("/board", "IjovL2V2aWwi.aaaa.bbbb", '"//elsewhere.example"'):
        client.cookies.set("govern-way", value)
        assert "/" == entered(site, client, "board")


def test_a_form_sent_after_the_session_ended_is_no_way_back(site):
    client = site.client()
    assert "/sign-in" == client.post(f"/mine/{site.case_of(OTHER)}/withdraw").headers["location"]
    assert "/" == entered(site, client, "employee", person=OTHER)


# links that a handler makes


def test_a_person_sees_in_their_case_that_somebody_made_a_link_to_come_in_as_them(site):
    handler = site.signed_in("case-handler", person="invented-case-handler")
    sent = {"person": OTHER, "guest": f"employee {OTHER}", "link_days": "3"}
    own, path = site.signed_in("employee", person=OTHER), f"/mine/{site.case_of(OTHER)}"
    assert "one-time link" not in own.get(path).text
    site.send(handler, f"/paper?person={OTHER}", "/paper/link", **sent)

    assert "invented-case-handler made a one-time link on" in own.get(path).text
