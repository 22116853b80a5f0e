"""``govern contest send``, ``told`` and what ``stats`` says of it, as people and cron run them."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.testing.contests import review

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AS_EMPLOYEE = ("--as", "employee", "--person", "emp")
TOML = """
[web]
public_url = "https://reviews.example"
[contests.notices]
sender = "contests@company.example"
people = "people.csv"
folder = "outbox"
"""


@pytest.fixture
def store(govern, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GOVERN_STORE_URL", "GOVERN_VAULT_KEY", "GOVERN_VAULT_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    (project / "govern.toml").write_text(TOML)
    (project / "people.csv").write_text("person,email\n")
    (project / "reviews.jsonl").write_text(json.dumps(review(ai_role="none").as_json()))
    said = {
        "review_id": "r1",
        "review_version": 1,
        "complaints": [{"ground": "wrong_fact", "statement": "It was not so."}],
        "remedy_sought": "Put it right.",
    }
    (project / "contest.json").write_text(json.dumps(said))
    assert govern("intake", "reviews.jsonl").code == 0
    assert govern("contest", "file", "contest.json", *AS_EMPLOYEE).code == 0
    return project


def test_a_notice_without_an_address_is_reported_and_goes_once_there_is_one(
    govern, store, monkeypatch
):
    done = govern("contest", "send", "--json")
    [one] = done.json["notices"]["stuck"]
    assert (14, 0) == (done.code, done.json["notices"]["sent"])
    assert one["why"] == "nobody knows a mail address of emp"
    assert govern("contest", "stats", "--json").json["notices_stuck"] == 1
    assert "Notices that reached nobody: 1" in govern("contest", "stats").out

    (store / "people.csv").write_text("person,email\nemp,emp@company.example\n")
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW + timedelta(minutes=15))
    done = govern("contest", "send")
    assert (0, "Notices sent: 1; in the queue: 0.") == (done.code, done.out.strip())
    [letter] = (store / "outbox").iterdir()
    assert "To: emp@company.example" in letter.read_text()


def test_whom_a_handler_told_on_paper_nobody_writes_to(govern, store):
    [one] = govern("contest", "send", "--json").json["notices"]["stuck"]
    told = govern("contest", "told", one["notice_id"], "--person", "handler")
    assert (0, True) == (told.code, "emp was told by other means" in told.out)
    assert govern("contest", "send", "--json").json["notices"]["waiting"] == 0
    again = govern("contest", "told", one["notice_id"], "--person", "handler", "--json")
    assert (2, True) == (again.code, "no notice" in again.err)


def test_what_stands_in_the_way_of_sending_is_said_in_one_line(govern, store):
    for text, said in (
        ("", "no table [contests.notices]"),
        (TOML.replace("https://reviews.example", "reviews"), "public_url"),
        (TOML.replace("people.csv", "nobody.csv"), "nobody.csv: cannot be read"),
        (TOML.replace('folder = "outbox"', ""), "a table smtp or a folder"),
    ):
        (store / "govern.toml").write_text(text)
        done = govern("contest", "send")
        assert (2, True, "") == (done.code, said in done.err, done.out), done.err


def test_a_folder_that_cannot_be_written_ends_the_pass_and_keeps_the_notice(govern, store):
    (store / "people.csv").write_text("person,email\nemp,emp@company.example\n")
    (store / "outbox").write_text("a file")
    done = govern("contest", "send", "--json")
    assert (14, 1) == (done.code, done.json["notices"]["waiting"])
    assert "cannot be written" in done.err


def test_the_hr_system_is_told_by_send_and_an_outage_is_an_exit_code(govern, store, monkeypatch):
    monkeypatch.setenv("GOVERN_HR_SECRET", "x" * 32)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        (store / "govern.toml").write_text(f'[contests.hr]\nurl = "{url}"\n')
        done = govern("contest", "send", "--json")
    assert (14, None, 0) == (done.code, done.json["notices"], done.json["hr"]["told"])
    assert "no answer" in done.err
    monkeypatch.delenv("GOVERN_HR_SECRET")
    assert (2, True) == ((done := govern("contest", "send")).code, "GOVERN_HR_SECRET" in done.err)


def test_an_hr_system_without_a_webhook_gets_a_file(govern, store):
    [one] = govern("contest", "flags", "--json").json
    assert (one["review_id"], one["in_use"]) == ("r1", False)
    ticked = govern("contest", "clock", "--json").json
    assert 1 == len(ticked["tell_hr"])
    out = govern("contest", "flags", "--out", "flags.csv").out
    assert "flags.csv: 1 reviews, 1 of them not to be used." in out
    assert [] == govern("contest", "clock", "--json").json["tell_hr"]
    assert "r1" in govern("contest", "flags").out
    assert 2 == govern("contest", "flags", "--out", "flags.txt").code
