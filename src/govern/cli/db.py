"""``govern db``."""

from __future__ import annotations

from dataclasses import asdict

import typer

from govern.cli import context
from govern.cli.options import Json

EXAMPLE = "Example: govern db upgrade"
db = typer.Typer(help="The databases of record and contests.", no_args_is_help=True)


@db.callback()
def _db() -> None:
    """The databases of record and contests."""


@db.command("upgrade", epilog=EXAMPLE)
def upgrade(json: Json = False) -> None:
    """Make the tables of record and contests, or bring them up to date.

    For whoever owns the tables: docs/operations.md.
    """
    from govern.app.databases import upgrade as bring
    from govern.cli.output import print_json

    done = bring(context.here())
    if json:
        print_json([asdict(one) for one in done])
        return
    for one in done:
        typer.echo(f"{one.holds}: up to date in {one.database}")
