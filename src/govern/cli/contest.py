"""``govern contest``: for people who handle contests and have access to the store.

Whoever runs it says who they are; the web application is what signs people in.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from govern.cli import context
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.app.contests import Contests, Kept, Shown
    from govern.domain.contest import Actor

contest = typer.Typer(
    help="Contests of reviews: file, follow, decide, export. Whoever runs this has the store and "
    "says who they are; employees are signed in by the web application.",
    no_args_is_help=True,
)
As = Annotated[str, typer.Option("--as", help="The role in which you act.")]
Person = Annotated[str, typer.Option(help="Who you are, by your id in the directory.")]
Case = Annotated[str, typer.Argument(help="A case's id; see `govern contest list`.")]
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
    from govern.app import contests as app
    from govern.domain.contest import Drafted

    read = _read("drafted", _object(said))
    if not isinstance(read, Drafted):
        raise InputError(f"{said}: expected what a contest says")
    actor = _actor(as_, person)
    kept = app.file(_open(), actor, read, now=context.now(), send=not draft)
    _print_kept(kept, as_json=json)


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
    from govern.app import contests as app
    from govern.app.contest_export import as_json
    from govern.cli.output import print_json, print_rows
    from govern.domain.contest import State

    states = tuple(state or ())
    if unknown := sorted(set(states) - set(get_args(State))):
        raise InputError(f"no state {', '.join(unknown)}; there are {', '.join(get_args(State))}")
    found = app.list_(_open(), _actor(as_, person), now=context.now(), states=states)  # type: ignore[arg-type]
    if json:
        print_json([as_json(one) for one in found])
    else:
        print_rows([_row(one) for one in found], empty="no case that you may see")


@contest.command(epilog="Example: govern contest show CASE --as case-handler --person e-40")
def show(case: Case, as_: As, person: Person, json: Json = False) -> None:
    """A case as you may see it. That you looked is kept."""
    from govern.app import contests as app
    from govern.app.contest_export import as_json
    from govern.cli.output import print_json

    shown = app.show(_open(), _actor(as_, person), case, now=context.now())
    if json:
        review = shown.review.as_json() if shown.review else None
        print_json({**as_json(shown), "review": review})
    else:
        _print_shown(shown)


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
    seen: Annotated[
        int | None, typer.Option(help="Refuse if the case went on after this event.")
    ] = None,
    json: Json = False,
) -> None:
    """Enter what happens next in a case."""
    from govern.app import contests as app

    fields = (_object(say) if say else {}) | dict(_field(one) for one in set_ or ())
    kept = app.act(
        _open(), _actor(as_, person), case, _read(kind, fields), now=context.now(), seen=seen
    )
    _print_kept(kept, as_json=json)


@contest.command(epilog="Example: govern contest export --as auditor --person e-60 --out cases.csv")
def export(
    as_: As,
    person: Person,
    out: Annotated[Path | None, typer.Option(help="File to write, .csv or .json.")] = None,
    json: Json = False,
) -> None:
    """All cases that you may see. For an auditor people are numbers and texts are withheld;
    lifting that takes two people: `govern contest act CASE unmasked`.
    """
    from json import dumps

    from govern.app.contest_export import as_csv
    from govern.app.contest_export import export as exported
    from govern.cli.output import print_json

    if out and out.suffix not in (".csv", ".json"):
        raise InputError(f"{out}: expected .csv or .json, found {out.suffix!r}")
    found = exported(_open(), _actor(as_, person), now=context.now())
    if out:
        whole = dumps(list(found), indent=2, ensure_ascii=False) + "\n"
        text = as_csv(found) if out.suffix == ".csv" else whole
        try:
            out.write_text(text, encoding="utf-8", newline="")
        except OSError as err:
            raise InputError(f"{out}: cannot be written: {err.strerror}") from err
    if json:
        print_json(list(found))
    elif out:
        typer.echo(f"{out}: {len(found)} cases")
    else:
        typer.echo(as_csv(found), nl=False)


@contest.command(epilog="Example: govern contest stats --window 365")
def stats(
    window: Annotated[int, typer.Option(min=1, help="Days, up to now.")] = 365,
    json: Json = False,
) -> None:
    """Shares and gaps over all contests, and the watch on retaliation; never of under 10 people."""
    from govern.app.contest_record import stats as counted
    from govern.cli.intake import uncovered_words
    from govern.cli.output import print_findings, print_json, print_line
    from govern.contest.statistics import CAVEAT

    found = counted(_open(), now=context.now(), window_days=window)
    if json:
        more = {
            "retaliation_watch": [finding.as_json() for finding in found.watch],
            "uncovered": [one.as_json() for one in found.uncovered],
            "caveat": CAVEAT,
        }
        print_json(found.facts.as_json() | more)
        return
    print_findings([*found.facts.findings, *found.watch])
    typer.echo("")
    for one in found.uncovered:
        print_line(uncovered_words(one))
    print_line(CAVEAT)


@contest.command(epilog="Example, once a day: govern contest clock")
def clock(json: Json = False) -> None:
    """Enter the days that were missed; each escalates. Also what the HR system is to be told."""
    from govern.app import contests as app
    from govern.cli.output import print_json, print_line

    ticked = app.clock(_open(), now=context.now())
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
        print_line(f"{case_id}: {_flag_words(flag.in_use)}")
    _say_not_in_ledger(ticked.why_not_in_ledger)


def _open() -> Contests:
    from govern.app.contests import open_contests

    return open_contests(context.here())


def _actor(role: str, person: str) -> Actor:
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


def _row(shown: Shown) -> dict[str, Any]:
    view, nearest = shown.view, shown.due[0] if shown.due else None
    return {
        "case": view.case_id,
        "state": view.state.replace("_", " "),
        "review": view.draft.review_id if view.draft else "",
        "due": f"{nearest.duty.replace('_', ' ')} {nearest.due}" if nearest else "",
        "status": nearest.status.replace("_", " ") if nearest else "",
        "you see": shown.visibility.replace("_", " "),
    }


def _print_kept(kept: Kept, *, as_json: bool) -> None:
    from govern.app.contest_export import as_json as case_json
    from govern.cli.output import print_json

    if as_json:
        print_json(
            {
                "case_id": kept.case_id,
                "seq": kept.seq,
                "why_not_in_ledger": kept.why_not_in_ledger,
                **(case_json(kept.shown) if kept.shown else {}),
            }
        )
        return
    state = f": {kept.shown.view.state.replace('_', ' ')}" if kept.shown else ""
    typer.echo(f"Case {kept.case_id}, event {kept.seq}{state}.")
    if kept.shown:
        _print_due(kept.shown)
    _say_not_in_ledger(kept.why_not_in_ledger)


def _print_shown(shown: Shown) -> None:
    from govern.cli.output import print_line
    from govern.contest.distance import edit_share
    from govern.report.wording import visible

    def told(line: str) -> None:
        print_line(visible(line))

    view = shown.view
    typer.echo(f"Case {view.case_id}, event {view.seq}: {view.state.replace('_', ' ')}.")
    told(f"You see: {shown.visibility.replace('_', ' ')}.")
    if view.draft:
        told(f"Review {view.draft.review_id}, version {view.draft.review_version}.")
        for one in view.draft.complaints:
            told(f"- {one.ground.replace('_', ' ')}: {one.statement}")
    for name, ruled in (("Decided", view.decided), ("On appeal", view.final)):
        if ruled:
            told(f"{name}: {ruled.ruling}. {ruled.reasons}")
    for change in view.changes:
        told(f"Changed, {change.field}: {change.before} → {change.after}")
    if shown.review:
        share = edit_share(shown.review.draft, shown.review.final)
        changed = f"{share:.2f}" if isinstance(share, float) else f"not known: {share.reason}"
        role = shown.review.ai_role.replace("_", " ")
        told(f"What the AI did: {role}. Share of words changed since: {changed}.")
    _print_due(shown)


def _print_due(shown: Shown) -> None:
    for one in shown.due:
        paused = ", paused" if one.paused else ""
        typer.echo(
            f"{one.duty.replace('_', ' ')}: {one.due}, {one.status.replace('_', ' ')}{paused}"
        )
    if shown.flag and shown.visibility == "full":
        typer.echo(_flag_words(shown.flag.in_use))


def _flag_words(in_use: bool) -> str:
    if in_use:
        return "Tell the HR system that the rating may be used again, then enter flag_sent."
    return "Tell the HR system not to use the contested rating, then enter flag_sent."


def _say_not_in_ledger(why: str | None) -> None:
    if why:
        from govern.cli.output import print_line

        print_line(f"Kept, but not in the ledger yet: {why}")
