"""``govern report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError

EXAMPLES = (
    "Examples: govern report 3f2a…; govern report 3f2a… --for employees; "
    "govern report 3f2a… --tables tables; govern report 3f2a… --pdf report.pdf"
)


def report(
    decision: Annotated[str, typer.Argument(help="A decision's id, or its folder.")],
    reader: Annotated[
        Literal["everybody", "employees", "nyc-public"], typer.Option("--for", help="Who reads it.")
    ] = "everybody",
    drafts: Annotated[
        bool, typer.Option("--drafts/--no-drafts", help="Excerpts of drafts, if synthetic.")
    ] = True,
    out: Annotated[
        Path | None, typer.Option(help="With --for: where to write the page.", show_default=False)
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(help="Write every table as CSV into this new folder, and no page."),
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(help="Write it as PDF as well, to this file (extra pdf).")
    ] = None,
    json: Json = False,
) -> None:
    """Write a decision's HTML report anew, with what stands in the record by now.

    For employees it is one plain page; for nyc-public what New York City's Local Law 144 wants
    published, as HTML and CSV. With --json the page is printed, and no HTML written.
    """
    from govern.app import report_tables, reporting
    from govern.cli.output import print_json

    if tables and (json or pdf or reader != "everybody"):
        raise InputError(
            "--tables writes files of the whole report; leave --json, --pdf and --for out"
        )
    if pdf and reader != "everybody":
        raise InputError(f"--pdf: the page for {reader} is HTML alone; leave --pdf out")
    project = context.here()
    if reader == "employees":
        leaflet = reporting.for_employees(project, decision)
        if json:
            print_json(leaflet.as_json())
        else:
            typer.echo(reporting.write_leaflet(leaflet, out or Path("employees.html")))
        return
    if reader == "nyc-public":
        public = reporting.for_nyc(project, decision, now=context.now())
        if json:
            print_json(public.page.as_json())
        else:
            for path in reporting.write_nyc(public, out or Path("nyc-public.html")):
                typer.echo(path)
        return
    made = reporting.report(project, decision, now=context.now(), drafts=drafts)
    if tables:
        found = report_tables.tables(made.opened.decision, made.findings, made.page)
        typer.echo(report_tables.write_tables(found, tables))
        return
    written = made.write_pdf(pdf) if pdf else None
    if json:
        print_json(made.page.as_json())
        return
    typer.echo(made.write())
    if written:
        typer.echo(written)
