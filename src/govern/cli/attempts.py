"""``govern attempts``, and what ``govern run --abandon`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.attempts import Tried
    from govern.domain.ledger import Entry

EXAMPLE = "Example: govern attempts my-service --policy review-drafting"


def attempts(
    pipeline: Annotated[str, typer.Argument(help="Pipeline; an id or a manifest.")],
    policy: Annotated[str, typer.Option(help="Policy; an id or a file.")],
    head: Annotated[
        str, typer.Option(help="Digest of an entry that the record had once, and must still have.")
    ] = "",
    json: Json = False,
) -> None:
    """Every attempt of a pipeline at a decision under a policy, also what was given up."""
    from govern.app.attempts import attempts_at
    from govern.cli.output import print_json

    tried = attempts_at(context.here(), pipeline, policy=policy, kept=head or None)
    if json:
        record = {"entries": tried.entries, "head": tried.head}
        print_json(tried.attempts.as_json() | {"allowed": tried.allowed, "record": record})
    else:
        _print(tried)


def _print(tried: Tried) -> None:
    from govern.cli.output import print_rows

    rows = [
        {
            "attempt": number,
            "run": one.run_id,
            "entered": f"{one.entered:%Y-%m-%d %H:%M} UTC",
            "state": one.state,
            "fingerprint": one.fingerprint,
            "decision": one.decision_id or "",
        }
        for number, one in enumerate(tried.attempts.entered, start=1)
    ]
    print_rows(rows, empty="no attempt yet")
    typer.echo(f"\n{len(rows)} of {tried.allowed} attempts: {tried.attempts.lineage}.")
    typer.echo(f"Record: {tried.entries} entries, head {tried.head}")


def print_abandoned(entry: Entry, *, as_json: bool) -> None:
    """That an attempt was given up."""
    from govern.cli.output import print_json

    if as_json:
        print_json(entry.as_json())
    else:
        typer.echo(f"Run {entry.payload['run_id']} is abandoned and counts: entry {entry.seq}.")
