"""``govern contest regressions``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.contest import As, Json, Person, actor_of, opened

EXAMPLE = (
    "Example: govern contest regressions --roster roster.csv --out datasets/upheld-2026 "
    "--as data-protection-officer --person e-60"
)
_SECRET_BYTES = 32


def regressions(
    roster: Annotated[
        Path, typer.Option(help="Everybody who may be named: id, and name, or first and last.")
    ],
    out: Annotated[Path, typer.Option(help="New folder for the cases.")],
    as_: As,
    person: Person,
    json: Json = False,
) -> None:
    """Make candidate cases of a suite of upheld contests whose employees consented.

    Closed contests, upheld at least in part on facts, evidence or bias. The reviews as they were
    put right are made anonymous as by `govern anonymise`; a missed threshold writes no case.
    """
    from govern.app.regressions import CAVEAT
    from govern.app.regressions import regressions as write
    from govern.cli.output import Bars, print_json, print_line

    done = write(
        opened(),
        actor_of(as_, person),
        roster=roster,
        out=out,
        secret=secrets.token_bytes(_SECRET_BYTES),
        now=context.now(),
        reporter=Bars(),
    )
    made = done.written.made
    if json:
        print_json(
            {"id": made.id, "folder": str(out), "cases": made.cases, "digest": made.digest}
            | {"reviews": str(done.reviews), "left_out": dict(done.written.left_out)}
            | {"passed_over": dict(done.passed_over), "caveat": CAVEAT}
        )
        return
    typer.echo(f"{out}: {made.cases} cases; {done.reviews / 'risk.md'} says where to look.")
    for reason, count in (*done.passed_over.items(), *done.written.left_out.items()):
        typer.echo(f"left out: {count} × {reason}")
    print_line(CAVEAT)
