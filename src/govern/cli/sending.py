"""``govern contest send``, ``told`` and ``flags``: what leaves the record."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.contest_words import say_not_in_ledger
from govern.cli.options import Json
from govern.errors import RunError

if TYPE_CHECKING:
    from govern.app.contests import Contests
    from govern.app.hr import ToldHr
    from govern.app.progress import Reporter
    from govern.app.sending import Sent, Stuck

SEND_EXAMPLE = "Example, every quarter of an hour: govern contest send"
FLAGS_EXAMPLE = "Example: govern contest flags --out flags.csv"
TOLD_EXAMPLE = "Example: govern contest told NOTICE --person e-40"


def send(json: Json = False) -> None:
    """Send the notices that are due and tell the HR system, as `[contests.notices]` and
    `[contests.hr]` in govern.toml say.
    """
    from time import sleep

    from govern.app import hr, sending
    from govern.cli.output import print_json

    contests, reporter = _open(), _reporter()
    settings = contests.settings
    office = sending.open_office(contests) if settings.notices or not settings.hr else None
    system = hr.open_hr(contests, now=context.now, sleep=sleep) if settings.hr else None
    sent, told_hr = None, None
    if office:
        sent = sending.send(contests, office, now=context.now, reporter=reporter)
    if system:
        told_hr = hr.tell(contests, system, now=context.now, reporter=reporter)
    if json:
        print_json({"notices": sent and _as_json(sent), "hr": told_hr and vars(told_hr)})
    if sent and not json:
        _print(sent)
    if told_hr and not json:
        _print_hr(told_hr)
    if problems := [*_of_notices(sent), *_of_hr(told_hr)]:
        raise RunError("; ".join(problems))


def flags(
    out: Annotated[
        Path | None, typer.Option(help="File to write for the HR system, .csv or .jsonl.")
    ] = None,
    json: Json = False,
) -> None:
    """Which contested ratings may be used. With --out, each case says that HR was told."""
    from govern.app.hr import hand_out, standing
    from govern.cli.output import print_json, print_line, print_rows

    contests = _open()
    found = hand_out(contests, out, now=context.now()) if out else standing(contests)
    if json:
        print_json([one.as_json() for one in found])
    elif out:
        kept_back = sum(not one.in_use for one in found)
        print_line(f"{out}: {len(found)} reviews, {kept_back} of them not to be used.")
    else:
        print_rows([one.as_json() for one in found], empty="no review was ever contested")


def told(
    notice: Annotated[str, typer.Argument(help="A notice's id; `send` prints it.")],
    person: Annotated[str, typer.Option(help="Who you are, a case handler.")],
    json: Json = False,
) -> None:
    """You told somebody by other means, on paper say: the notice leaves the queue."""
    from govern.app.sending import tell_otherwise
    from govern.cli.output import print_json, print_line
    from govern.domain.contest import Actor

    handler = Actor(person=person, role="case-handler")
    done = tell_otherwise(_open(), handler, notice, now=context.now())
    if json:
        print_json(done.as_json())
    else:
        print_line(f"Case {done.case_id}: {done.to} was told by other means.")


def stuck_words(one: Stuck) -> str:
    """A notice that has not reached anybody, and why."""
    notice = one.notice
    return (
        f"{notice.notice_id} ({notice.text.replace('_', ' ')}, case {notice.case_id}, "
        f"{notice.attempts} attempts): {one.why}."
    )


def _print(sent: Sent) -> None:
    from govern.cli.output import print_line

    typer.echo(f"Notices sent: {sent.sent}; in the queue: {sent.waiting}.")
    for one in sent.stuck:
        print_line(stuck_words(one))
    for line in sent.refused:
        print_line(f"Others in the role got it, but not {line}")
    say_not_in_ledger(sent.why_not_in_ledger)


def _print_hr(told_hr: ToldHr) -> None:
    from govern.cli.output import print_line

    typer.echo(f"HR system told: {told_hr.told}; it heard: {told_hr.acknowledged}.")
    for line in told_hr.declined:
        print_line(line)
    say_not_in_ledger(told_hr.why_not_in_ledger)


def _of_notices(sent: Sent | None) -> Iterator[str]:
    """What somebody has to see to."""
    if sent and sent.why_stopped:
        yield f"notices: {sent.why_stopped}; they stay queued and go later"
    elif sent and sent.stuck:
        yield f"{len(sent.stuck)} notices did not reach anybody and stay queued"


def _of_hr(told_hr: ToldHr | None) -> Iterator[str]:
    if told_hr and told_hr.why_stopped:
        yield f"{told_hr.why_stopped}; it is told by the next `send`"
    if told_hr and told_hr.declined:
        yield f"the HR system did not take {len(told_hr.declined)} of what it was told"


def _as_json(sent: Sent) -> dict[str, Any]:
    return {**vars(sent), "stuck": [stuck_json(one) for one in sent.stuck]}


def stuck_json(one: Stuck) -> dict[str, Any]:
    """A notice that has not reached anybody, as JSON."""
    return {**one.notice.as_json(), "why": one.why}


def _reporter() -> Reporter:
    """A bar where somebody watches; nothing for cron."""
    from govern.app.progress import Reporter
    from govern.cli.output import Bars

    return Bars() if sys.stderr.isatty() else Reporter()


def _open() -> Contests:
    from govern.app.contests import open_contests

    return open_contests(context.here())
