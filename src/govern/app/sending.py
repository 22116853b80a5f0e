"""Notices on their way out of the queue.

A notice is taken, composed, handed to a postman, entered in its case as ``notice_sent``, and only
then taken off the queue. Whatever fails in between, and also if this process is killed there, it
is still in the queue and is sent again once its pause is over: at worst somebody gets it twice
and the case says so twice, but none is lost, and none counts as sent that did not leave.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from govern.app.contest_clock import CLOCK
from govern.app.contest_settings import read_public_url
from govern.app.contest_steps import act, note
from govern.app.contests import Contests, bring
from govern.app.directory import Directory, read_people
from govern.app.progress import Reporter
from govern.contest.texts import render
from govern.domain.contest import Actor, NoticeSent
from govern.domain.contest_store import Notice
from govern.domain.sending import Letter, Postman
from govern.errors import ContestError, DeclinedError, InputError, RunError

PASSWORD = "GOVERN_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
PAUSES = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
"""After the first attempt, the second, and so on; the last for ever: nothing is given up."""
MANY_ATTEMPTS = 3
"""As many in vain, and somebody has to hear of it."""


@dataclass(frozen=True)
class Office:
    """All that sending takes: who takes letters, who lives where, and what a link begins with."""

    postman: Postman
    directory: Directory
    public_url: str


@dataclass(frozen=True)
class Stuck:
    """A notice that is still in the queue, after how many attempts, and why, if that is known."""

    notice: Notice
    why: str


@dataclass(frozen=True)
class Sent:
    """What came of a pass over the queue.

    ``sent`` is how many notices left. ``stuck`` are those that this pass could not send, and
    those that have nobody to go to or were tried often. ``refused`` says which addresses of a
    role did not get what others in it got. ``why_stopped`` is why the pass ended early.
    """

    sent: int
    stuck: tuple[Stuck, ...]
    refused: tuple[str, ...]
    waiting: int
    why_stopped: str | None
    why_not_in_ledger: str | None


def open_office(contests: Contests) -> Office:
    """As ``govern.toml`` and the environment say.

    Raises:
        InputError: a setting is missing or cannot be used.
    """
    from govern.store.postmen import FolderPostman, SmtpPostman

    settings, root = contests.settings.notices, contests.project.root
    if settings is None:
        raise InputError(
            f"{root / 'govern.toml'}: no table [contests.notices]: say how notices leave; see "
            "docs/contests.md"
        )
    postman: Postman
    if settings.smtp:
        password = os.environ.get(PASSWORD)
        if settings.smtp.user is not None and not password:
            raise InputError(f"mail: {settings.smtp.user} needs a password; set {PASSWORD}")
        postman = SmtpPostman(settings.smtp, sender=settings.sender, password=password, root=root)
    else:
        postman = FolderPostman(root / str(settings.folder), sender=settings.sender)
    return Office(postman, open_directory(contests), read_public_url(contests.project))


def open_directory(contests: Contests) -> Directory:
    """Who has which address; nobody has one where no setting says so.

    Raises:
        InputError: the file of people cannot be read.
    """
    settings = contests.settings.notices
    if settings is None:
        return Directory({})
    people = read_people(contests.project.root / settings.people) if settings.people else {}
    return Directory(people, settings.roles)


def send(
    contests: Contests,
    office: Office,
    *,
    now: Callable[[], datetime],
    reporter: Reporter | None = None,
) -> Sent:
    """Send what is due, each notice once; a postman who takes nothing ends the pass.

    Raises:
        IntegrityError, RunError: the store was changed, or cannot be reached.
    """
    queue = contests.store.notices
    start = now()
    due = sum(notice.due <= start for notice in queue.unsent())
    sent, failed, refused, stopped = 0, dict[str, str](), list[str](), None
    with (reporter or Reporter()).reading("sending notices") as tick:
        while taken := queue.take(now(), pauses=PAUSES, most=1):
            [notice] = taken
            if notice.notice_id in failed:
                break
            try:
                refused += _send(contests, office, notice, now)
                sent += 1
            except (DeclinedError, ContestError) as err:
                failed[notice.notice_id] = str(err)
            except RunError as err:
                failed[notice.notice_id] = stopped = str(err)
                break
            tick(min(1.0, (sent + len(failed)) / max(due, 1)))
    return Sent(
        sent=sent,
        stuck=_stuck(contests, office.directory, failed),
        refused=tuple(refused),
        waiting=len(queue.unsent()),
        why_stopped=stopped,
        why_not_in_ledger=bring(contests, now()),
    )


def stuck(contests: Contests, directory: Directory) -> tuple[Stuck, ...]:
    """What the board has to hear of: notices with nobody to go to, or tried often in vain."""
    return _stuck(contests, directory, {})


def tell_otherwise(contests: Contests, actor: Actor, notice_id: str, *, now: datetime) -> Notice:
    """A case handler told somebody by other means, on paper say: it leaves the queue.

    Raises:
        ContestError: it is not in the queue, or they may not say so.
    """
    notice = next((n for n in contests.store.notices.unsent() if n.notice_id == notice_id), None)
    if notice is None:
        raise ContestError(f"no notice {notice_id} waits to be sent; see `govern contest send`")
    said = NoticeSent(notice=notice.notice, to=notice.to)
    act(contests, actor, notice.case_id, said, now=now)
    contests.store.notices.sent(notice_id, now)
    return notice


def _send(
    contests: Contests, office: Office, notice: Notice, now: Callable[[], datetime]
) -> list[str]:
    """Send one notice to all whom it is for; which addresses did not take it, if others did."""
    addresses = office.directory.addresses(notice.to)
    if not addresses:
        raise DeclinedError(_nobody(notice))
    link = f"{office.public_url}/cases/{notice.case_id}"
    text = render(notice.text, link=link, due=notice.day)
    refused = []
    for number, address in enumerate(addresses, start=1):
        letter = Letter(
            letter_id=f"{notice.notice_id}-{number}",
            to=address,
            subject=text.subject,
            body=text.body,
        )
        try:
            office.postman.hand_over(letter, now=now())
        except DeclinedError as err:
            refused.append(f"{address}: {err}")
    if len(refused) == len(addresses):
        raise DeclinedError("; ".join(refused))
    said = NoticeSent(notice=notice.notice, to=notice.to)
    note(contests, CLOCK, notice.case_id, said, now=now())
    contests.store.notices.sent(notice.notice_id, now())
    return refused


def _stuck(contests: Contests, directory: Directory, failed: dict[str, str]) -> tuple[Stuck, ...]:
    found = []
    for notice in contests.store.notices.unsent():
        why = failed.get(notice.notice_id)
        if why is None and not directory.addresses(notice.to):
            why = _nobody(notice)
        elif why is None and notice.attempts >= MANY_ATTEMPTS:
            why = "tried in vain"
        if why is not None:
            found.append(Stuck(notice, why))
    return tuple(found)


def _nobody(notice: Notice) -> str:
    return f"nobody knows a mail address of {notice.to}"
