"""``govern report``."""

from __future__ import annotations

from typing import Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

EXAMPLES = "Examples: govern report 3f2a…; govern report 3f2a… --no-drafts"


def report(
    decision: Annotated[str, typer.Argument(help="A decision's id, or its folder.")],
    drafts: Annotated[
        bool, typer.Option("--drafts/--no-drafts", help="Excerpts of drafts, if synthetic.")
    ] = True,
    json: Json = False,
) -> None:
    """Write a decision's HTML report anew, with what stands in the record by now.

    With --json nothing is written: the page is printed.
    """
    from govern.app.reporting import report as made_anew
    from govern.cli.output import print_json

    made = made_anew(context.here(), decision, now=context.now(), drafts=drafts)
    if json:
        print_json(made.page.as_json())
    else:
        typer.echo(made.write())
