"""``govern contest``: for people who handle contests and have access to the store.

Whoever runs it says who they are, and is believed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from govern.cli import context
from govern.cli.contest_words import flag_words, print_kept, print_shown, row, say_not_in_ledger
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.app.contests import Contests
    from govern.domain.contest import Actor

contest = typer.Typer(
    help="Contests of reviews: file, follow, decide, export. Whoever runs this has the store and "
    "says who they are, and is believed.",
    no_args_is_help=True,
)
As = Annotated[str, typer.Option("--as", help="The role in which you act.")]
Person = Annotated[str, typer.Option(help="Who you are, by your id in the directory.")]
Case = Annotated[str, typer.Argument(help="A case's id; see `govern contest list`.")]
Seen = Annotated[int | None, typer.Option(help="Refuse if the case went on after this event.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")]


@contest.command(epilog="Example: govern contest file contest.json --as employee --person e-17")
def file(
    said: Annotated[
        Path, typer.Argument(help="JSON with review_id, review_version, complaints, …; - is stdin.")
    ],
    as_: As,
    person: Person,
    draft: Annotated[
        bool, typer.Option("--draft", help="Do not send it yet; `act CASE submitted` does.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a contest down and send it."""
    from govern.app import contest_steps
    from govern.domain.contest import Drafted

    read = _read("drafted", _object(said))
    if not isinstance(read, Drafted):
        raise InputError(f"{said}: expected what a contest says")
    actor = actor_of(as_, person)
    kept = contest_steps.file(opened(), actor, read, now=context.now(), send=not draft)
    print_kept(kept, as_json=json)


@contest.command("list", epilog="Example: govern contest list --as case-handler --person e-40")
def list_(
    as_: As,
    person: Person,
    state: Annotated[
        list[str] | None, typer.Option(help="Cases in this state; may be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """The cases that you may see, what is due first on top."""
    from govern.app import contests
    from govern.app.contest_export import as_json
    from govern.cli.output import print_json, print_rows
    from govern.domain.contest import State

    states = tuple(state or ())
    if unknown := sorted(set(states) - set(get_args(State))):
        raise InputError(f"no state {', '.join(unknown)}; there are {', '.join(get_args(State))}")
    actor = actor_of(as_, person)
    found = contests.list_(opened(), actor, now=context.now(), states=states)  # type: ignore[arg-type]
    if json:
        print_json([as_json(one) for one in found])
    else:
        print_rows([row(one) for one in found], empty="no case that you may see")


@contest.command(epilog="Example: govern contest show CASE --as case-handler --person e-40")
def show(case: Case, as_: As, person: Person, json: Json = False) -> None:
    """A case as you may see it. That you looked is kept."""
    from govern.app import contests
    from govern.app.contest_export import as_json, review_json
    from govern.cli.output import print_json

    shown = contests.show(opened(), actor_of(as_, person), case, now=context.now())
    if json:
        print_json({**as_json(shown), **review_json(shown)})
    else:
        print_shown(shown)


@contest.command(
    epilog="Examples: govern contest act CASE acknowledged --set handler=e-40 --as case-handler "
    "--person e-40; govern contest act CASE decided --say ruling.json --as decider --person e-51"
)
def act(
    case: Case,
    kind: Annotated[str, typer.Argument(help="What happens; see docs/reference/contests.md.")],
    as_: As,
    person: Person,
    say: Annotated[Path | None, typer.Option(help="JSON with what it says; - is stdin.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="One field of it, name=value.")
    ] = None,
    seen: Seen = None,
    json: Json = False,
) -> None:
    """Enter what happens next in a case."""
    from govern.app import contest_steps

    fields = (_object(say) if say else {}) | dict(_field(one) for one in set_ or ())
    kept = contest_steps.act(
        opened(), actor_of(as_, person), case, _read(kind, fields), now=context.now(), seen=seen
    )
    print_kept(kept, as_json=json)


@contest.command(
    epilog="Example: govern contest agree CASE 7 --as data-protection-officer --person e-60"
)
def agree(
    case: Case,
    asked: Annotated[
        int, typer.Argument(help="The event that asked, by its number; see `govern contest show`.")
    ],
    as_: As,
    person: Person,
    seen: Seen = None,
    json: Json = False,
) -> None:
    """Agree, as the second person, to what a first one asked for; then it happens.

    Asking is `act CASE second_asked`, refusing or taking back `act CASE second_refused`.
    """
    from govern.app import contest_steps

    kept = contest_steps.agree(
        opened(), actor_of(as_, person), case, asked, now=context.now(), seen=seen
    )
    print_kept(kept, as_json=json)


@contest.command(
    epilog="Example: govern contest mandate --employee e-17 --representative e-80 "
    "--as employee --person e-17"
)
def mandate(
    employee: Annotated[str, typer.Option(help="Whose contests.")],
    representative: Annotated[str, typer.Option(help="Who is to speak for them.")],
    as_: As,
    person: Person,
    case: Annotated[
        str | None, typer.Option(help="In this case alone; without it, in all of theirs.")
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="They do so no longer.")] = False,
    json: Json = False,
) -> None:
    """Let somebody speak for an employee: said by the employee, or by a case handler from paper."""
    from pydantic import ValidationError

    from govern.app import mandates
    from govern.cli.output import print_json, print_rows
    from govern.domain.contest_store import Mandate
    from govern.strict_yaml import explain

    said = {"employee": employee, "representative": representative, "case_id": case}
    try:
        asked = Mandate.model_validate(said)
    except ValidationError as err:
        raise InputError(f"mandate: {explain(err)}") from err
    do = mandates.end if end else mandates.give
    stand = do(opened(), actor_of(as_, person), asked, now=context.now())
    if json:
        print_json([one.as_json() for one in stand])
        return
    rows = [
        {"speaks": m.representative, "for": m.employee, "in": m.case_id or "all"} for m in stand
    ]
    print_rows(rows, empty=f"nobody speaks for {employee}")


@contest.command(epilog="Example, once a day: govern contest clock")
def clock(json: Json = False) -> None:
    """Enter the days that were missed; each escalates. Also what the HR system is to be told."""
    from govern.app import contest_clock
    from govern.cli.output import print_json, print_line

    ticked = contest_clock.clock(opened(), now=context.now())
    if json:
        print_json(
            {
                "entered": [event.as_json() for event in ticked.entered],
                "tell_hr": [{"case_id": c, **flag.as_json()} for c, flag in ticked.flags],
                "why_not_in_ledger": ticked.why_not_in_ledger,
            }
        )
        return
    typer.echo(f"Missed days entered: {len(ticked.entered)}.")
    for event in ticked.entered:
        said = event.payload.as_json() if event.payload else {}
        print_line(
            f"{event.case_id}: {said['duty']} was due on {said['due']}; {said['escalated_to']} "
            "hears of it."
        )
    for case_id, flag in ticked.flags:
        print_line(f"{case_id}: {flag_words(flag.in_use)}")
    say_not_in_ledger(ticked.why_not_in_ledger)


def opened() -> Contests:
    """The contests of this project."""
    from govern.app.contests import open_contests

    return open_contests(context.here())


def actor_of(role: str, person: str) -> Actor:
    """Who acts, and as what, as they say."""
    from pydantic import ValidationError

    from govern.domain.contest import Actor, Role

    if role not in get_args(Role) or role == "clock":
        known = ", ".join(one for one in get_args(Role) if one != "clock")
        raise InputError(f"--as {role}: no such role; there are {known}")
    if not person.strip():
        raise InputError("--person: say who you are")
    try:
        return Actor.model_validate({"person": person, "role": role})
    except ValidationError as err:
        raise InputError("--person: expected text in UTF-8") from err


def _object(path: Path) -> dict[str, Any]:
    """A JSON object out of a file or stdin."""
    from json import loads

    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        found = loads(text)
    except (OSError, ValueError, RecursionError) as err:
        raise InputError(f"{path}: expected a JSON object: {err}") from err
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected a JSON object")
    return found


def _field(said: str) -> tuple[str, Any]:
    name, equals, value = said.partition("=")
    if not (name and equals):
        raise InputError(f"--set {said!r}: expected name=value")
    return name, {"true": True, "false": False}.get(value, value)


def _read(kind: str, fields: dict[str, Any]) -> Any:
    """What an event of a kind says."""
    from pydantic import TypeAdapter, ValidationError

    from govern.contest.rules import MAY
    from govern.domain.contest import Payload
    from govern.strict_yaml import explain

    if kind not in MAY:
        raise InputError(
            f"nothing called {kind!r} happens to a contest; there are {', '.join(MAY)}"
        )
    try:
        return TypeAdapter(Payload).validate_python({**fields, "kind": kind})
    except ValidationError as err:
        raise InputError(f"{kind}: {explain(err, kinds=MAY)}") from err
