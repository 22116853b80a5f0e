"""The HR system hears of contested ratings: over a real socket, out of a file, and back."""

from __future__ import annotations

import csv
import hmac
import json
import socket
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import ValidationError

from govern.app import contests as app
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.hr import SECRET, acknowledge, hand_out, open_hr, standing, tell
from govern.domain.contest import Actor, Drafted
from govern.domain.sending import FlagNotice, Webhook
from govern.errors import ContestError, DeclinedError, InputError
from govern.sources.locate import Project
from govern.store.hr_webhook import LONGEST_ANSWER, HrWebhook
from govern.testing.contests import SAMPLES, asked, payload, review

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EMPLOYEE = Actor(person="emp", role="employee")
HANDLER = Actor(person="handler", role="case-handler")
DPO = Actor(person="dpo", role="data-protection-officer")
KEY_OF_BOTH = b"a secret that both systems know!"
HEARD = b'{"acknowledged": true}'


@dataclass
class Hr:
    """An HR system of its own: it checks who calls, and answers as it is told."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    calls: list[dict[str, object]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    new: list[dict[str, object]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    waits: threading.Event | None = None
    port: int = 0

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        time = headers["govern-timestamp"]
        mac = hmac.new(KEY_OF_BOTH, f"{time}.".encode() + body, sha256).hexdigest()
        if not hmac.compare_digest(headers["govern-signature"], f"sha256={mac}"):
            return 401, b""
        if abs(int(time) - NOW.timestamp()) > 300:
            return 401, b"too old"
        said = json.loads(body)
        self.calls.append(said)
        if headers["idempotency-key"] not in self.keys:
            self.keys.add(headers["idempotency-key"])
            self.new.append(said)
        if self.waits:
            self.waits.wait(10)
        return self.answers.pop(0) if self.answers else (200, HEARD)


@pytest.fixture
def hr() -> Iterator[Hr]:
    system = Hr()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = system.answer(headers, body)
            try:
                self.send_response(status)
                for name, value in system.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except (BrokenPipeError, ConnectionResetError):
                """The caller gave up."""

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield system
    if system.waits:
        system.waits.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def contests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[app.Contests]:
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = app.open_contests(Project(tmp_path, configured=False))
    opened.store.intake.put_reviews([review(ai_role="none")])
    yield opened
    opened.store.close()


@pytest.fixture
def case(contests: app.Contests) -> str:
    return filed(contests)


def filed(contests: app.Contests, *, hours: int = 0) -> str:
    said = Drafted.model_validate(SAMPLES["drafted"])
    return app.file(contests, EMPLOYEE, said, now=NOW + timedelta(hours=hours)).case_id


def webhook(port: int, *, slept: list[float] | None = None, timeout_s: float = 5, path: str = ""):
    settings = Webhook.model_validate(
        {"url": f"http://127.0.0.1:{port}/{path}", "timeout_s": timeout_s}
    )
    return HrWebhook(
        settings,
        secret=KEY_OF_BOTH,
        root=Path("/"),
        now=lambda: NOW,
        sleep=(slept if slept is not None else []).append,
    )


def told(contests: app.Contests, hr: Hr, **more: object):
    return tell(contests, webhook(hr.port, **more), now=lambda: NOW)


def kinds(contests: app.Contests, case: str) -> list[tuple[str, bool, str]]:
    return [
        (event.kind, event.payload.in_use, event.actor.role)
        for event in contests.store.events(case)
        if event.kind.startswith("flag_")
    ]


def test_a_contested_rating_is_flagged_until_the_contest_has_ended(contests, case, hr):
    done = told(contests, hr)

    assert (1, 1, None) == (done.told, done.acknowledged, done.why_stopped)
    assert [
        {
            "event_id": f"{case}-1",
            "review_id": "r1",
            "review_version": 1,
            "in_use": False,
            "since": "2026-03-02T09:00:00Z",
        }
    ] == hr.calls
    assert [
        ("flag_sent", False, "clock"),
        ("flag_acknowledged", False, "hr-system"),
    ] == kinds(contests, case)
    assert 0 == told(contests, hr).told

    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    told(contests, hr)
    assert (f"{case}-2", True) == (hr.calls[-1]["event_id"], hr.calls[-1]["in_use"])


def test_a_review_with_two_contests_may_be_used_once_both_have_ended(contests, case, hr):
    other = filed(contests, hours=1)
    assert 2 == told(contests, hr).told
    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    assert 0 == told(contests, hr).told
    [one] = standing(contests)
    assert (False, NOW + timedelta(hours=1)) == (one.in_use, one.since)

    app.act(contests, EMPLOYEE, other, payload("withdrawn"), now=NOW)
    assert 2 == told(contests, hr).told
    assert all(call["in_use"] for call in hr.calls[2:])


def test_an_outage_is_tried_again_after_growing_pauses_then_by_the_next_pass(contests, case, hr):
    hr.answers = [(500, b""), (503, b""), (429, b""), (200, HEARD)]
    slept: list[float] = []
    assert 1 == told(contests, hr, slept=slept).told
    assert [1, 5, 25] == slept
    assert 1 == len(hr.new)

    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    hr.answers = [(500, b"")] * 4
    failed = told(contests, hr)
    assert (0, True) == (failed.told, "answered 500" in str(failed.why_stopped))
    assert 1 == told(contests, hr).told


def test_an_hr_system_that_is_down_is_asked_about_one_case_and_not_about_all(contests, case):
    filed(contests)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        slept: list[float] = []
        system = webhook(nobody.getsockname()[1], slept=slept)
        done = tell(contests, system, now=lambda: NOW)
    assert (0, 3) == (done.told, len(slept))
    assert "no answer" in str(done.why_stopped)
    assert [] == kinds(contests, case)


def test_an_hr_system_that_is_slow_is_not_waited_for(contests, case, hr):
    hr.waits = threading.Event()
    done = told(contests, hr, timeout_s=0.05)
    assert (0, True) == (done.told, "Timeout" in str(done.why_stopped))
    assert [] == kinds(contests, case)


def test_a_redirect_is_refused_and_nothing_is_sent_on(contests, case, hr):
    hr.headers = {"location": f"http://127.0.0.1:{hr.port}/elsewhere"}
    hr.answers = [(307, b"")]
    done = told(contests, hr)
    [declined] = done.declined
    assert (0, 1, True) == (done.told, len(hr.calls), "a redirect" in declined)


def test_a_call_that_is_not_taken_keeps_no_other_back(contests, case, hr):
    filed(contests)
    hr.answers = [(400, b"")]
    done = told(contests, hr)
    assert (1, 1, None) == (done.told, len(done.declined), done.why_stopped)


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"no JSON", b"[]", b"true", b"{}", b"\xff\xfe", b"[" * 60_000),
        *(b'{"acknowledged": "true"}', b'{"acknowledged": 1}', b'{"acknowledged": false}'),
        b'{"acknowledged": true}' + b" " * LONGEST_ANSWER,
    ],
)
def test_any_other_answer_says_that_it_arrived_and_not_that_it_was_heard(
    contests, case, hr, answer
):
    hr.answers = [(200, answer)]
    done = told(contests, hr)
    assert (1, 0) == (done.told, done.acknowledged)
    assert [("flag_sent", False, "clock")] == kinds(contests, case)


def test_silence_of_the_hr_system_escalates(contests, case, hr):
    """Told on Monday 2 March; three working days end on 5 March."""
    hr.answers = [(202, b"")]
    told(contests, hr)

    def silence(day: int) -> list[str]:
        ticked = app.clock(contests, now=NOW + timedelta(days=day))
        return [e.payload.escalated_to for e in ticked.entered if e.payload.duty[:2] == "hr"]

    assert [] == silence(3)
    assert ["data-protection-officer"] == silence(4)


def test_killed_after_the_call_it_is_sent_again_and_counts_once(contests, case, hr, monkeypatch):
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(contests.store, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            told(contests, hr)
    assert [] == kinds(contests, case)
    assert 1 == told(contests, hr).told
    assert (2, 1) == (len(hr.calls), len(hr.new))


def test_a_call_with_another_secret_or_an_old_one_is_told_from_ours(hr):
    flag = FlagNotice(
        event_id=f"{'a' * 32}-1", review_id="r1", review_version=1, in_use=False, since=NOW
    )
    settings = Webhook.model_validate({"url": f"http://127.0.0.1:{hr.port}/"})
    for secret, at in ((b"x" * 32, NOW), (KEY_OF_BOTH, NOW - timedelta(hours=1))):
        system = HrWebhook(
            settings, secret=secret, root=Path("/"), now=lambda at=at: at, sleep=[].append
        )
        with pytest.raises(DeclinedError, match="answered 401"):
            system.tell(flag)
    assert [] == hr.calls


@pytest.mark.parametrize(
    "url", ["http://hr.example/flags", "ftp://localhost/", "https://a:b@hr.example/", "hr.example"]
)
def test_other_machines_are_told_over_https_alone(url):
    with pytest.raises(ValidationError):
        Webhook.model_validate({"url": url})
    assert Webhook.model_validate({"url": "https://hr.example/flags"})


def test_without_an_address_or_a_secret_nothing_is_told(contests, monkeypatch):
    from dataclasses import replace

    monkeypatch.setenv(SECRET, "short")
    with pytest.raises(InputError, match=r"no table \[contests.hr\]"):
        open_hr(contests, now=lambda: NOW, sleep=[].append)
    asked = Webhook.model_validate({"url": "https://hr.example/"})
    settings = contests.settings.model_copy(update={"hr": asked})
    with pytest.raises(InputError, match="at least 32 characters"):
        open_hr(replace(contests, settings=settings), now=lambda: NOW, sleep=[].append)


# what it says later


def test_an_acknowledgement_that_comes_later_counts_once(contests, case, hr):
    hr.answers = [(202, b"")]
    told(contests, hr)
    assert acknowledge(contests, f"{case}-1", in_use=False, now=NOW)
    assert not acknowledge(contests, f"{case}-1", in_use=False, now=NOW)
    assert [("flag_acknowledged", False, "hr-system")] == kinds(contests, case)[1:]


def test_an_old_acknowledgement_says_nothing_about_what_was_told_since(contests, case, hr):
    """Told not to use it, to use it, and not again: only the third is still to be heard of."""
    hr.answers = [(202, b"")] * 3
    told(contests, hr)
    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    told(contests, hr)
    app.act(contests, EMPLOYEE, case, payload("reopened"), now=NOW)
    told(contests, hr)

    for number, in_use in ((1, False), (2, True), (3, True), (4, False)):
        with pytest.raises(ContestError, match="not what the HR system was last told"):
            acknowledge(contests, f"{case}-{number}", in_use=in_use, now=NOW)
    assert acknowledge(contests, f"{case}-3", in_use=False, now=NOW)


@pytest.mark.parametrize(
    "event_id", ["", "x", f"{'0' * 32}-1", f"{'0' * 32}-0", f"{'0' * 32}-1\n", "../x-1", "é" * 32]
)
def test_nobody_acknowledges_what_was_never_told(contests, case, event_id):
    with pytest.raises(ContestError):
        acknowledge(contests, event_id, in_use=False, now=NOW)
    with pytest.raises(ContestError):
        acknowledge(contests, f"{case}-1", in_use=False, now=NOW)


def test_nothing_is_erased_while_the_hr_system_keeps_the_rating_back(contests, case, hr):
    """Afterwards nobody would know which review to let it use again."""
    told(contests, hr)
    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    wanted = asked("erased").payload
    assert wanted is not None
    with pytest.raises(ContestError, match="HR system still keeps"):
        app.act(contests, DPO, case, wanted, now=NOW)
    told(contests, hr)
    waits = app.act(contests, DPO, case, wanted, now=NOW)
    app.agree(contests, HANDLER, case, waits.seq, now=NOW)
    assert () == standing(contests)


# without a webhook


def test_a_file_says_all_that_holds_and_the_case_says_that_it_was_told(contests, case, tmp_path):
    out = tmp_path / "flags.csv"
    hand_out(contests, out, now=NOW)
    [row] = csv.DictReader(out.read_text().splitlines())

    assert row == {
        "review_id": "r1",
        "review_version": "1",
        "in_use": "false",
        "since": "2026-03-02T09:00:00+00:00",
    }
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [("flag_sent", False, "clock")] == kinds(contests, case)
    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    hand_out(contests, tmp_path / "flags.jsonl", now=NOW)
    [line] = (tmp_path / "flags.jsonl").read_text().splitlines()
    assert json.loads(line)["in_use"] is True
    assert 2 == len(kinds(contests, case))
    hand_out(contests, out, now=NOW)
    assert 2 == len(kinds(contests, case))


@pytest.mark.parametrize("name", ["flags.txt", "missing/flags.csv"])
def test_a_file_that_cannot_be_written_leaves_everything_to_be_told(contests, case, tmp_path, name):
    with pytest.raises(InputError):
        hand_out(contests, tmp_path / name, now=NOW)
    assert [] == kinds(contests, case)


def test_a_review_id_that_is_a_formula_is_text_in_the_file(contests, tmp_path):
    contests.store.intake.put_reviews([review(ai_role="none", review_id="=1+1")])
    said = Drafted.model_validate({**SAMPLES["drafted"], "review_id": "=1+1"})
    app.file(contests, EMPLOYEE, said, now=NOW)
    hand_out(contests, tmp_path / "flags.csv", now=NOW)
    assert '"\'=1+1"' in (tmp_path / "flags.csv").read_text()
