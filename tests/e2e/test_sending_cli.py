"""``govern contest send``, ``told`` and what ``stats`` says of it, as people and cron run them."""

from __future__ import annotations

import json
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
    [one] = done.json["stuck"]
    assert (14, 0) == (done.code, done.json["sent"])
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
    [one] = govern("contest", "send", "--json").json["stuck"]
    told = govern("contest", "told", one["notice_id"], "--person", "handler")
    assert (0, True) == (told.code, "emp was told by other means" in told.out)
    assert govern("contest", "send", "--json").json["waiting"] == 0
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
    assert (14, 1) == (done.code, done.json["waiting"])
    assert "cannot be written" in done.err
