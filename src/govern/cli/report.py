"""``govern report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError

EXAMPLES = "Examples: govern report 3f2a…; govern report 3f2a… --for employees; … --pdf report.pdf"


def report(
    decision: Annotated[str, typer.Argument(help="A decision's id, or its folder.")],
    reader: Annotated[
        Literal["everybody", "employees"], typer.Option("--for", help="Who reads it.")
    ] = "everybody",
    drafts: Annotated[
        bool, typer.Option("--drafts/--no-drafts", help="Excerpts of drafts, if synthetic.")
    ] = True,
    out: Annotated[
        Path, typer.Option(help="With --for employees: where to write the page.")
    ] = Path("employees.html"),
    pdf: Annotated[
        Path | None, typer.Option(help="Write it as PDF as well, to this file (extra pdf).")
    ] = None,
    json: Json = False,
) -> None:
    """Write a decision's HTML report anew, with what stands in the record by now.

    For employees it is one plain page. With --json the page is printed, and no HTML written.
    """
    from govern.app import reporting
    from govern.cli.output import print_json

    project = context.here()
    if reader == "employees":
        if pdf:
            raise InputError("--pdf: the page for employees is HTML alone; leave --pdf out")
        leaflet = reporting.for_employees(project, decision)
        if json:
            print_json(leaflet.as_json())
        else:
            typer.echo(reporting.write_leaflet(leaflet, out))
        return
    made = reporting.report(project, decision, now=context.now(), drafts=drafts)
    written = made.write_pdf(pdf) if pdf else None
    if json:
        print_json(made.page.as_json())
        return
    typer.echo(made.write())
    if written:
        typer.echo(written)
