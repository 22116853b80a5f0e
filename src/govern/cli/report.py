"""``govern report``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.sources.locate import Project

EXAMPLES = (
    "Examples: govern report 3f2a…; govern report 3f2a… --for employees; "
    "govern report 3f2a… --tables tables; govern report 3f2a… --pdf report.pdf; "
    "govern report 3f2a… --oscal oscal; govern report 3f2a… --cards cards"
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
    oscal: Annotated[
        Path | None,
        typer.Option(
            help="Write it as OSCAL plan and results, with what these point to, into this new "
            "folder, and no page (extra oscal)."
        ),
    ] = None,
    cards: Annotated[
        Path | None,
        typer.Option(help="Write model card and data cards into this new folder (extra cards)."),
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
    from govern.app import cards as report_cards
    from govern.app import report_oscal, report_tables, reporting
    from govern.cli.output import print_json

    folders = {"--tables": tables, "--oscal": oscal, "--cards": cards}
    _require_one_form(reader, out, folders, {"--json": json, "--pdf": pdf})
    project = context.here()
    if oscal:
        documents = report_oscal.oscal_with_evidence(project, decision)
        typer.echo(report_oscal.write_oscal(documents, oscal))
        return
    if reader == "employees":
        _for_employees(project, decision, out, json=json)
        return
    if reader == "nyc-public":
        _for_nyc(project, decision, out, json=json)
        return
    made = reporting.report(project, decision, now=context.now(), drafts=drafts)
    if tables:
        found = report_tables.tables(made.opened.decision, made.findings, made.page)
        typer.echo(report_tables.write_tables(found, tables))
        return
    if cards:
        typer.echo(report_cards.write_cards(project, made.opened.decision, made.page, cards))
        return
    written = made.write_pdf(pdf) if pdf else None
    if json:
        print_json(made.page.as_json())
        return
    typer.echo(made.write())
    if written:
        typer.echo(written)


def _require_one_form(
    reader: str,
    out: Path | None,
    folders: Mapping[str, Path | None],
    others: Mapping[str, Path | bool | None],
) -> None:
    """InputError where forms are asked for that do not go together."""
    forms = [name for name, given in {**folders, **others}.items() if given]
    alone = next((name for name in folders if name in forms), None)
    if alone and (len(forms) > 1 or reader != "everybody"):
        more = ", ".join(name for name in (*folders, *others) if name != alone)
        raise InputError(f"{alone} writes files of the whole report; leave {more} and --for out")
    if out and reader == "everybody":
        raise InputError(
            "--out goes with --for; the report for everybody stands in the decision's folder"
        )
    if "--pdf" in forms and reader != "everybody":
        raise InputError(f"--pdf: the page for {reader} is HTML alone; leave --pdf out")


def _for_employees(project: Project, decision: str, out: Path | None, *, json: bool) -> None:
    from govern.app import reporting
    from govern.cli.output import print_json

    leaflet = reporting.for_employees(project, decision, now=context.now())
    if json:
        print_json(leaflet.as_json())
    else:
        typer.echo(reporting.write_leaflet(leaflet, out or Path("employees.html")))


def _for_nyc(project: Project, decision: str, out: Path | None, *, json: bool) -> None:
    from govern.app import reporting
    from govern.cli.output import print_json

    public = reporting.for_nyc(project, decision, now=context.now())
    if json:
        print_json(public.page.as_json())
        return
    for path in reporting.write_nyc(public, out or Path("nyc-public.html")):
        typer.echo(path)
