"""What the demo shows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from govern.app.demo import Demonstrated, demo, notices, outcome_line
from govern.cli.output import WIDTH, Bars, console, print_json, print_line
from govern.cli.words import VERDICTS, clause_cell, more_evidence

TITLE_WIDTH = 20


def show_demo(folder: Path, *, now: datetime, as_json: bool) -> None:
    """Run the demo and print its table, its decisions and the way on."""
    root = folder.resolve()
    note = console(stderr=True)
    note.print(f"Everything is kept in {folder}. The signing keys are throw-away ones, made here.")
    for notice in notices():
        note.print(f"The local model: {notice}")
    shown = list(demo(root, now=now, reporter=Bars()))
    if as_json:
        print_json([_json(one) for one in shown])
        return
    _print_table(shown)
    for one in shown:
        _print_outcome(one)
    _print_way_on(folder)


def _json(one: Demonstrated) -> dict[str, Any]:
    if one.gated is None:
        return {"pipeline": one.candidate.pipeline, "skipped": one.skipped}
    return {
        "pipeline": one.candidate.pipeline,
        "decision": one.gated.decision.as_json(),
        "report": str(one.gated.report),
    }


def _print_table(shown: list[Demonstrated]) -> None:
    from rich.table import Table

    decided = [one for one in shown if one.gated]
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, header_style="bold")
    table.add_column("clause", width=TITLE_WIDTH)
    for one in decided:
        table.add_column(one.candidate.pipeline, width=(WIDTH - TITLE_WIDTH) // 3 - 2)
    rows = zip(*(one.gated.decision.clauses for one in decided if one.gated), strict=True)
    for clauses in rows:
        table.add_row(
            f"{clauses[0].id} {clauses[0].title}", *(clause_cell(clause) for clause in clauses)
        )
    console().print(table)


def _print_outcome(one: Demonstrated) -> None:
    name = one.candidate.pipeline
    if one.gated is None:
        print_line(f"{name}: no decision. {one.skipped}")
        typer.echo("")
        return
    decision = one.gated.decision
    print_line(f"{name}: {VERDICTS[decision.effective_outcome]} – {outcome_line(decision)}.")
    if decision.effective_outcome == "insufficient_evidence" and (more := more_evidence(decision)):
        print_line(f"  {more}.")
    typer.echo(f"  Report: {_relative(one.gated.report)}\n")


def _print_way_on(folder: Path) -> None:
    store = f"sqlite:///{folder}/.govern/mlflow.db"
    typer.echo("Every decision here is advisory: an exploratory run cannot promote a candidate.")
    typer.echo("In a browser:")
    typer.echo("  People   .venv/bin/govern serve --demo")
    typer.echo(f"  MLflow   .venv/bin/mlflow ui --backend-store-uri {store}")
    typer.echo(f"  Inspect  .venv/bin/inspect view --recursive --log-dir {folder}/.govern/runs")


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
