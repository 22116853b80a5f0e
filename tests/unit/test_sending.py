"""Notices on their way out: what a letter says, and that a failure at any step loses none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.app import contests as app
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.contest_settings import NoticeSettings, read_public_url, read_settings
from govern.app.directory import Directory, read_people
from govern.app.sending import (
    MANY_ATTEMPTS,
    PASSWORD,
    PAUSES,
    Office,
    open_office,
    send,
    stuck,
    tell_otherwise,
)
from govern.domain.contest import Actor, Drafted, NoticeSent
from govern.domain.sending import Letter
from govern.errors import ContestError, DeclinedError, InputError, RunError
from govern.sources.locate import Project, find_project
from govern.testing.contests import SAMPLES, asked, payload, review

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://reviews.example"
EMPLOYEE = Actor(person="emp", role="employee")
HANDLER = Actor(person="handler", role="case-handler")
EVERYBODY = Directory(
    {"emp": "emp@company.example", "auth": "auth@company.example", "mgr": "mgr@company.example"},
    {"board": ("one@company.example", "two@company.example")},
)


class Bag:
    """A postman who keeps letters, and fails as he is told."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.closed = False
        self.unknown: set[str] = set()

    def hand_over(self, letter: Letter, *, now: datetime) -> None:
        if self.closed:
            raise RunError("mail server: takes no mail")
        if letter.to in self.unknown:
            raise DeclinedError("550 no such user")
        self.letters.append(letter)


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
    said = Drafted.model_validate(SAMPLES["drafted"])
    return app.file(contests, EMPLOYEE, said, now=NOW).case_id


def office(bag: Bag, directory: Directory = EVERYBODY) -> Office:
    return Office(bag, directory, URL)


def go(contests: app.Contests, bag: Bag, *, hours: float = 0, directory: Directory = EVERYBODY):
    return send(contests, office(bag, directory), now=lambda: NOW + timedelta(hours=hours))


def entered(contests: app.Contests, case: str) -> list[tuple[str, str, str]]:
    return [
        (event.payload.notice, event.payload.to, event.actor.role)
        for event in contests.store.events(case)
        if isinstance(event.payload, NoticeSent)
    ]


def test_a_notice_leaves_once_and_the_case_says_so(contests, case):
    bag = Bag()
    first = go(contests, bag)

    [letter] = bag.letters
    assert (letter.to, letter.subject) == ("emp@company.example", "How your review came about")
    assert f"{URL}/cases/{case}" in letter.body
    assert [("explanation", "emp", "clock")] == entered(contests, case)
    assert (1, (), 0, None) == (first.sent, first.stuck, first.waiting, first.why_not_in_ledger)
    assert 0 == go(contests, bag, hours=100).sent
    assert 1 == len(bag.letters)


def test_the_day_for_the_explanation_is_kept_once_it_was_sent(contests, case):
    def duties() -> set[str]:
        shown = app.show(contests, EMPLOYEE, case, now=NOW)
        return {due.duty for due in shown.due}

    assert "explain" in duties()
    go(contests, Bag())
    assert "explain" not in duties()


def test_the_right_text_goes_out_with_its_day(contests, case):
    """Submitted Monday 2 March; two working days later, on 4 March, somebody should have
    acknowledged. The person hears of the delay, the data protection officer of the escalation."""
    app.clock(contests, now=NOW + timedelta(days=4))
    bag = Bag()
    roles = {"data-protection-officer": ("dpo@company.example",)}
    send(
        contests,
        office(bag, Directory({"emp": "emp@company.example"}, roles)),
        now=lambda: NOW + timedelta(days=4),
    )
    subjects = {letter.to: letter for letter in bag.letters}

    assert "A deadline in a contest was missed" == subjects["dpo@company.example"].subject
    assert "2026-03-04" in subjects["dpo@company.example"].body
    assert {"How your review came about", "We are late"} == {
        letter.subject for letter in bag.letters if letter.to == "emp@company.example"
    }


def test_no_letter_holds_a_text_or_a_person_of_the_case(contests, case):
    app.act(contests, HANDLER, case, payload("acknowledged"), now=NOW)
    app.act(contests, HANDLER, case, payload("admitted"), now=NOW)
    bag = Bag()
    go(contests, bag)
    told = "\n".join(letter.subject + "\n" + letter.body for letter in bag.letters)
    told = told.replace(f"{URL}/cases/{case}", "")
    drafted, kept = contests.store.events(case)[0].payload, contests.store.review("r1")
    texts = (drafted.remedy_sought, kept.final, *(one.statement for one in drafted.complaints))
    people = {kept.employee, kept.author, kept.manager, kept.review_id, *kept.line, "handler"}

    assert 5 == len(bag.letters)
    assert not [text for text in texts if text in told]
    assert not people & set(re.findall(r"[\w-]+", told))
    assert "http" not in told


@pytest.mark.parametrize(
    ("crash", "expected"),
    [
        (("before", "hand_over"), (1, 1, 1)),
        (("after", "hand_over"), (1, 2, 1)),
        (("before", "append"), (1, 2, 1)),
        (("after", "append"), (1, 2, 2)),
        (("before", "sent"), (1, 2, 2)),
        (("after", "sent"), (0, 1, 1)),
    ],
)
def test_a_crash_at_any_step_loses_nothing_and_at_worst_sends_twice(
    contests, case, monkeypatch, crash, expected
):
    """Killed there; then the next pass, once the pause is over.

    Expected are the notices queued after the crash, and letters and entries in the end.
    """
    bag, (when, step) = Bag(), crash
    owners = {"hand_over": bag, "append": contests.store, "sent": contests.store.notices}
    whole = getattr(owners[step], step)

    def killed(*said: object, **more: object) -> None:
        if when == "after":
            whole(*said, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(owners[step], step, killed)
        with pytest.raises(KeyboardInterrupt):
            go(contests, bag)
    queued = len(contests.store.notices.unsent())
    go(contests, bag, hours=1)

    assert () == contests.store.notices.unsent()
    assert expected == (queued, len(bag.letters), len(entered(contests, case)))
    assert 1 == len({letter.letter_id for letter in bag.letters})


def test_what_cannot_be_sent_is_tried_again_after_growing_pauses_and_never_given_up(contests, case):
    """Attempts at 0, then after each pause, the last of them again and again."""
    bag = Bag()
    bag.closed = True
    hours = 0.0
    for pause in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        tried = go(contests, bag, hours=hours)
        assert tried.why_stopped == "mail server: takes no mail"
        hours += pause / timedelta(hours=1)
        assert go(contests, bag, hours=hours - 0.1).why_stopped is None
    [left] = contests.store.notices.unsent()
    assert left.attempts == len(PAUSES) + 2
    bag.closed = False

    assert 1 == go(contests, bag, hours=hours).sent


def test_a_postman_who_takes_nothing_is_asked_once_and_not_for_every_notice(contests, case):
    app.act(contests, HANDLER, case, payload("acknowledged"), now=NOW)
    bag = Bag()
    bag.closed = True
    go(contests, bag)

    assert [0, 0, 1] == sorted(notice.attempts for notice in contests.store.notices.unsent())


def test_an_address_that_is_refused_keeps_no_other_notice_back(contests, case):
    app.act(contests, HANDLER, case, payload("acknowledged"), now=NOW)
    app.act(contests, HANDLER, case, payload("admitted"), now=NOW)
    bag = Bag()
    bag.unknown = {"emp@company.example"}
    found = go(contests, bag)

    assert {"auth@company.example", "mgr@company.example"} == {one.to for one in bag.letters}
    assert {"emp"} == {one.notice.to for one in found.stuck}
    assert all("550 no such user" in one.why for one in found.stuck)


def test_a_person_without_an_address_is_reported_at_once_until_told_by_other_means(contests, case):
    found = go(contests, Bag(), directory=Directory({}))
    [one] = found.stuck
    assert one.why == "nobody knows a mail address of emp"
    assert (one,) == stuck(contests, Directory({}))

    tell_otherwise(contests, HANDLER, one.notice.notice_id, now=NOW)
    assert () == stuck(contests, Directory({}))
    assert [("explanation", "emp", "case-handler")] == entered(contests, case)
    with pytest.raises(ContestError, match="no notice"):
        tell_otherwise(contests, HANDLER, one.notice.notice_id, now=NOW)


def test_only_a_case_handler_without_part_in_the_review_says_that_somebody_was_told(contests, case):
    [notice] = contests.store.notices.unsent()
    for person, role in (("mgr", "case-handler"), ("aud", "auditor"), ("emp", "employee")):
        with pytest.raises(ContestError):
            tell_otherwise(contests, Actor(person=person, role=role), notice.notice_id, now=NOW)
    assert (notice,) == contests.store.notices.unsent()


def test_the_board_hears_of_a_notice_that_was_tried_often(contests, case):
    bag = Bag()
    bag.closed = True
    for attempt in range(MANY_ATTEMPTS):
        assert () == stuck(contests, EVERYBODY)
        go(contests, bag, hours=24 * attempt)

    assert ["tried in vain"] == [one.why for one in stuck(contests, EVERYBODY)]


def test_in_a_role_one_address_that_fails_keeps_the_others_from_hearing_it_twice(contests, case):
    app.clock(contests, now=NOW + timedelta(days=20))
    bag = Bag()
    bag.unknown = {"two@company.example"}
    sent = go(contests, bag, hours=24 * 20)
    go(contests, bag, hours=24 * 40)

    escalated = [one for one in bag.letters if one.to == "one@company.example"]
    assert 1 == len(escalated)
    assert ("two@company.example: 550 no such user",) == sent.refused


def test_what_is_erased_while_it_is_sent_leaves_no_name_behind(contests, case):
    app.act(contests, EMPLOYEE, case, payload("withdrawn"), now=NOW)
    dpo = Actor(person="dpo", role="data-protection-officer")

    class Slow(Bag):
        def hand_over(self, letter: Letter, *, now: datetime) -> None:
            super().hand_over(letter, now=now)
            if len(self.letters) == 1:
                wanted = asked("erased").payload
                assert wanted is not None
                waits = app.act(contests, dpo, case, wanted, now=NOW)
                app.agree(contests, HANDLER, case, waits.seq, now=NOW)

    go(contests, Slow())
    assert "erased" == contests.store.events(case)[-1].kind
    assert () == contests.store.notices.unsent()


# settings and people


@pytest.mark.parametrize(
    "line",
    [
        *("emp,", ",a@b.example", "emp", "emp,a@b.example,c"),
        *("emp,a@b@c", "emp,a b@c.example", "emp,<a@b.example>", "emp,a@b.example.", "emp,ä@b.de"),
        *('"emp","a@b.example\r\nBcc: x@y.example"', '"emp","a@b.example\n"'),
    ],
)
def test_a_file_of_people_with_anything_but_addresses_is_refused_by_its_line(tmp_path, line):
    path = tmp_path / "people.csv"
    path.write_text(f"person,email\nother,o@c.example\n{line}\n", newline="")
    with pytest.raises(InputError, match=r"line [34]: "):
        read_people(path)


def test_people_come_as_csv_or_as_json_lines(tmp_path):
    table, lines = tmp_path / "people.csv", tmp_path / "people.jsonl"
    table.write_text("email,person\na@b.example,emp\n")
    lines.write_text('{"person": "emp", "email": "a@b.example"}\n\n')
    assert read_people(table) == read_people(lines) == {"emp": "a@b.example"}
    lines.write_text('{"person": "emp"}\n')
    with pytest.raises(InputError, match="line 1"):
        read_people(lines)
    table.write_text("person,email\nemp,a@b.example\nemp,c@b.example\n")
    with pytest.raises(InputError, match="line 3: emp has another address"):
        read_people(table)


SETTINGS = f"""
[web]
public_url = "{URL}/"
[contests.notices]
sender = "contests@company.example"
people = "people.csv"
[contests.notices.roles]
board = ["one@company.example"]
"""


def project(folder: Path, text: str) -> Project:
    (folder / "govern.toml").write_text(text)
    return find_project(folder)


def test_settings_say_by_which_way_notices_leave(tmp_path, monkeypatch):
    monkeypatch.delenv(PASSWORD, raising=False)
    smtp = SETTINGS + '[contests.notices.smtp]\nhost = "mail.example"\nuser = "govern"\n'
    for text, problem in (
        (SETTINGS, "one of the two"),
        (smtp.replace('user = "govern"', 'tls = "none"'), "mail.example is another machine"),
        (smtp + 'password = "x"', "smtp.password"),
        (SETTINGS.replace("contests@", "a\\r\\nBcc: b@"), "sender"),
    ):
        with pytest.raises(InputError, match=problem):
            read_settings(project(tmp_path, text))
    assert read_public_url(project(tmp_path, smtp)) == URL
    for wrong in ("", "reviews.example", "ftp://reviews.example", "https://x\\r\\ny"):
        with pytest.raises(InputError, match="public_url"):
            read_public_url(project(tmp_path, f'[web]\npublic_url = "{wrong}"\n'))


def test_without_a_password_or_a_table_there_is_no_office(contests, monkeypatch):
    monkeypatch.delenv(PASSWORD, raising=False)
    with pytest.raises(InputError, match=r"no table \[contests.notices\]"):
        open_office(contests)
    smtp = {"host": "localhost", "user": "govern", "tls": "none"}
    asked = NoticeSettings.model_validate({"sender": "a@b.example", "smtp": smtp})
    settings = contests.settings.model_copy(update={"notices": asked})
    with pytest.raises(InputError, match=PASSWORD):
        open_office(replace(contests, settings=settings))
