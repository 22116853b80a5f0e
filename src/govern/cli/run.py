"""``govern run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import attempts, context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.runner.folder import RunFolder

EXAMPLES = (
    "Examples: govern run review-core --pipeline reference --plan smoke; "
    "govern run review-core --pipeline my-service --plan standard --decide --policy "
    "review-drafting; govern run --cells-of RUN --pipeline the-one-in-use; "
    "govern run --drafts drafts.csv --columns text=review,case=id,name=name,group.gender=gender"
)


def run(
    suite: Annotated[str, typer.Argument(help="Suite to run; see `govern list suites`.")] = "",
    pipeline: Annotated[str, typer.Option(help="Candidate; an id or a manifest.")] = "",
    plan: Annotated[str, typer.Option(help="How many cells; see `govern list suites`.")] = "smoke",
    run_id: Annotated[str, typer.Option("--id", help="Id for the new run.")] = "",
    resume: Annotated[str, typer.Option(help="Go on with this run.")] = "",
    decide: Annotated[
        bool, typer.Option("--decide", help="An attempt that may promote: counted, fresh cases.")
    ] = False,
    policy: Annotated[str, typer.Option(help="Signed policy that an attempt is made for.")] = "",
    requested_by: Annotated[str, typer.Option(help="Who asks for the attempt.")] = "",
    cells_of: Annotated[
        str, typer.Option(help="Draft the very cells of this run, to compare with it.")
    ] = "",
    abandon: Annotated[str, typer.Option(help="Give this attempt up; it still counts.")] = "",
    baseline: Annotated[
        str, typer.Option(help="Likeness beside: reference, or a dataset of anonymised reviews.")
    ] = "",
    drafts: Annotated[
        Path | None,
        typer.Option(help="Measure drafts that exist: a table, an Inspect log, MLflow traces."),
    ] = None,
    columns: Annotated[
        str, typer.Option(help="What the file's columns are: text=…,case=…,group.gender=…")
    ] = "",
    json: Json = False,
) -> None:
    """Draft a suite's cells with a pipeline, or take drafts from a file, and measure them."""
    from govern.app import decide as deciding
    from govern.app import recorded
    from govern.app import run as runs
    from govern.cli.output import Bars
    from govern.errors import InputError

    asked = [bool(suite), bool(cells_of), bool(resume), bool(abandon), drafts is not None]
    if sum(asked) != 1:
        raise InputError(
            "name a suite, or --cells-of RUN, or --resume RUN, or --abandon RUN, or --drafts FILE: "
            "one of the five"
        )
    if decide != bool(policy) or (decide and not suite) or (requested_by and not decide):
        raise InputError(
            "--decide and --policy go together, with a new run of a suite; --requested-by with them"
        )
    if (suite or cells_of) and not pipeline:
        raise InputError("--pipeline says what to evaluate; see `govern list pipelines`")
    if baseline and not suite:
        raise InputError("--baseline goes with a new run of a suite")
    project, bars = context.here(), Bars()
    if drafts is not None:
        folder = recorded.run_recorded(project, drafts, columns=columns, reporter=bars)
    elif abandon:
        given_up = deciding.abandon(project, abandon, now=context.now())
        attempts.print_abandoned(given_up, as_json=json)
        return
    elif cells_of:
        folder = runs.start_over_cells_of(
            project,
            cells_of,
            pipeline=pipeline,
            now=context.now(),
            reporter=bars,
            run_id=run_id or None,
        )
    elif resume:
        folder = deciding.resume(project, resume, clock=context.now, reporter=bars)
    elif decide:
        asked_for = deciding.Asked(
            suite, pipeline, plan, policy, requested_by or None, run_id or None, baseline or None
        )
        folder = deciding.start(project, asked_for, clock=context.now, reporter=bars)
    else:
        folder = runs.start(
            project,
            suite,
            pipeline=pipeline,
            plan=plan,
            now=context.now(),
            reporter=bars,
            run_id=run_id or None,
            baseline=baseline or None,
        )
    _print_run(folder, as_json=json)


def _print_run(folder: RunFolder, *, as_json: bool) -> None:
    from govern.cli.output import print_findings, print_json

    findings = folder.read_findings()
    if as_json:
        print_json(findings.as_json())
        return
    print_findings(findings.findings)
    typer.echo(f"\n{findings.run.planned} drafts planned. Run {folder.root.name}: {folder.root}")
