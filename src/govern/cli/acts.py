"""``govern attest``, ``waive`` and ``approve``: what people sign beside policies."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.keys import open_key
from govern.cli.options import Json
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.app.acts import Waived
    from govern.app.approving import Approved

ATTEST_EXAMPLE = (
    "Example: govern attest works-council --policy our-reviews --as worker-representative "
    "--answer agreed --statement 'Heard on 3 November; we agree to the pilot.' --key ben"
)
WAIVE_EXAMPLES = (
    "Examples: govern waive 3f2a HOM-1 --requester dora --reason 'No baseline before March.' "
    "--mitigation 'Managers rewrite each draft.' --days 30 --key ana; "
    "govern waive --sign record/waivers/hom-1-….dsse.json --key ben"
)
APPROVE_EXAMPLE = (
    "Example: govern approve 3f2a --as board-chair --conflict none --owner 'Head of People' "
    "--reasons 'All clauses pass; the pilot is small.' --key ana"
)
Key = Annotated[str, typer.Option("--key", help="Name of the key to sign with.")]
Texts = list[str] | None


def attest(
    kind: Annotated[str, typer.Argument(help="What is attested; a clause asks for it by name.")],
    policy: Annotated[str, typer.Option(help="Policy that asks; an id or a file.")],
    role: Annotated[str, typer.Option("--as", help="Role that you sign in.")],
    answer: Annotated[
        str, typer.Option(help="done, agreed, consulted, objected or not_applicable.")
    ],
    statement: Annotated[str, typer.Option(help="What was done or said, in your words.")],
    key: Key,
    lineage: Annotated[
        str | None, typer.Option(help="The pipeline that it is about; without it, all.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="How long it holds; by default as the clause allows.")
    ] = None,
    expires: Annotated[str | None, typer.Option(help="Last day on which it holds.")] = None,
    ref: Annotated[Texts, typer.Option(help="Where the proof is; repeat for more.")] = None,
    json: Json = False,
) -> None:
    """Sign that a duty was done that no measure can show, or what a body answered."""
    from govern.app import acts
    from govern.cli.output import print_json

    if days and expires:
        raise InputError("--days or --expires, not both")
    project, now = context.here(), context.now()
    until = now.date() + timedelta(days=days) if days else _day(expires)
    duty = acts.Testimony(kind, policy, role, answer, statement, lineage, until, tuple(ref or ()))
    done = acts.attest(project, duty, key=open_key(project.record, key), now=now)
    accepting = [clause.id for clause in done.clauses if done.act.answer in clause.answers]
    if json:
        print_json(
            {"file": str(done.file), "attestation": done.act.as_json(), "accepted_by": accepting}
        )
        return
    typer.echo(f"{done.file}: {done.act.answer}, until {done.act.expires}")
    for clause in done.clauses:
        if clause.id not in accepting:
            typer.echo(f"{clause.id} asks for {' or '.join(clause.answers)}, so it does not pass")


def waive(
    decision: Annotated[str, typer.Argument(help="A decision's id or folder.")] = "",
    clause: Annotated[str, typer.Argument(help="The clause to set aside.")] = "",
    requester: Annotated[str, typer.Option(help="Who asks for it; may not sign it.")] = "",
    reason: Annotated[str, typer.Option(help="Why the clause is to be set aside.")] = "",
    mitigation: Annotated[str, typer.Option(help="What is done meanwhile.")] = "",
    ticket: Annotated[str | None, typer.Option(help="Where the work is tracked.")] = None,
    days: Annotated[int, typer.Option(help="For how long.")] = 0,
    sign: Annotated[
        Path | None, typer.Option(help="Add a signature to this waiver instead.")
    ] = None,
    key: Key = "",
    json: Json = False,
) -> None:
    """Sign that a clause is set aside for a candidate, as measured, until a day."""
    from govern.app import acts

    project, now = context.here(), context.now()
    if not key:
        raise InputError("--key says whose signature it is")
    if sign:
        if clause or requester or reason or mitigation or ticket or days:
            raise InputError("--sign takes what the file says; give a decision and --key at most")
        done = acts.sign_waiver(
            project, sign, key=open_key(project.record, key), now=now, decision=decision
        )
    else:
        if not (decision and clause and requester):
            raise InputError("expected DECISION CLAUSE --requester NAME, or --sign FILE")
        request = acts.Request(requester, reason, mitigation, days, ticket)
        done = acts.waive(
            project, decision, clause, request, key=open_key(project.record, key), now=now
        )
    _print_waived(done, as_json=json)


def _print_waived(done: Waived, *, as_json: bool) -> None:
    from govern.cli.output import print_json

    names = [signer.name for signer in done.signed.signers]
    if as_json:
        print_json(
            {
                "file": str(done.file),
                "waiver": done.signed.act.as_json(),
                "signed_by": names,
                "missing": list(done.missing),
            }
        )
        return
    typer.echo(f"{done.file}: until {done.signed.act.expires}, signed by {', '.join(names)}")
    if done.missing:
        typer.echo(
            f"Still missing: {', '.join(done.missing)}; `govern waive --sign FILE --key NAME`"
        )
    else:
        typer.echo("Nothing is missing. Judge again: `govern gate RUN`")


def approve(
    decision: Annotated[str, typer.Argument(help="A decision's id or folder.")],
    role: Annotated[str, typer.Option("--as", help="Role that you answer in.")],
    conflict: Annotated[str, typer.Option(help="Your interests in this, or none.")],
    owner: Annotated[str, typer.Option(help="Who answers for the use.")],
    reasons: Annotated[str, typer.Option(help="Why.")],
    key: Key,
    objects: Annotated[bool, typer.Option("--object", help="Say no instead.")] = False,
    not_chosen: Annotated[
        Texts, typer.Option(help="Another candidate and why not, as 'candidate: why'; repeat.")
    ] = None,
    condition: Annotated[Texts, typer.Option(help="What must hold; repeat for more.")] = None,
    kill: Annotated[Texts, typer.Option(help="What ends the use; repeat for more.")] = None,
    json: Json = False,
) -> None:
    """Sign a yes or no to a decision, with your reasons."""
    from govern.app import approving

    project, now = context.here(), context.now()
    if objects and (not_chosen or condition or kill):
        raise InputError("--object takes reasons; conditions and alternatives go with a yes")
    reply = approving.Reply(
        role,
        conflict,
        owner,
        reasons,
        not_chosen=tuple(not_chosen or ()),
        conditions=tuple(condition or ()),
        kill_criteria=tuple(kill or ()),
    )
    answer = approving.object_to if objects else approving.approve
    done = answer(project, decision, reply, key=open_key(project.record, key), now=now)
    _print_approved(done, as_json=json)


def _print_approved(done: Approved, *, as_json: bool) -> None:
    from govern.cli.output import print_json

    state = done.state
    if as_json:
        print_json(
            {
                "file": str(done.file),
                "approval": done.act.as_json(),
                "state": state.as_json(),
                "advisory": done.advisory,
            }
        )
        return
    typer.echo(f"{done.file}: {done.act.verdict}, as {done.act.role}")
    for missing in state.missing:
        typer.echo(f"Still in the way: {missing}")
    for aside in state.set_aside:
        typer.echo(f"Not counted: {aside}")
    if state.met:
        typer.echo(f"Approved by {', '.join(signer.name for signer in state.approving)}.")
    if done.advisory:
        typer.echo("The decision is advisory: approved or not, it promotes nothing.")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as err:
        raise InputError(f"--expires {text!r}: expected a day such as 2027-03-31") from err
