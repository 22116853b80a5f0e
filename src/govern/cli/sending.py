"""``govern contest send``, ``told`` and ``flags``: what leaves the record."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.contest_words import say_not_in_ledger
from govern.cli.options import Json
from govern.errors import RunError

if TYPE_CHECKING:
    from govern.app.contests import Contests
    from govern.app.progress import Reporter
    from govern.app.sending import Sent, Stuck

SEND_EXAMPLE = "Example, every quarter of an hour: govern contest send"
TOLD_EXAMPLE = "Example: govern contest told NOTICE --person e-40"


def send(json: Json = False) -> None:
    """Send the notices that are due, as `[contests.notices]` in govern.toml says."""
    from govern.app import sending
    from govern.cli.output import print_json

    contests = _open()
    office = sending.open_office(contests)
    sent = sending.send(contests, office, now=context.now, reporter=_reporter())
    if json:
        print_json(_as_json(sent))
    else:
        _print(sent)
    if sent.why_stopped:
        raise RunError(f"notices: {sent.why_stopped}; they stay queued and go later")
    if sent.stuck:
        raise RunError(f"{len(sent.stuck)} notices did not reach anybody and stay queued")


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
