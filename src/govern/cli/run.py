"""``govern run``."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

import typer

from govern.cli import attempts, context
from govern.cli import run_options as options
from govern.cli.options import Executor, Json, RayAddress, cluster_of

if TYPE_CHECKING:
    from govern.app.decide import Asked
    from govern.app.drafting import Manner
    from govern.cli.output import Bars
    from govern.runner.folder import RunFolder
    from govern.sources.locate import Project

MOST_CHARACTERS = 300
EXAMPLES = (
    "Examples: govern run review-core --pipeline reference --plan smoke; "
    "govern run review-core --pipeline my-service --plan standard --decide --policy "
    "review-drafting; govern run --resume RUN --max-time 30m; "
    "govern run --cells-of RUN --pipeline the-one-in-use; "
    "govern run --drafts drafts.csv --columns text=review,case=id,name=name,group.gender=gender"
)


def run(
    asked_with: typer.Context,
    suite: options.Suite = "",
    pipeline: options.Pipeline = "",
    plan: options.Plan = "smoke",
    run_id: options.RunId = "",
    resume: options.Resume = "",
    decide: options.Decide = False,
    policy: options.Policy = "",
    requested_by: options.RequestedBy = "",
    until_decided: options.UntilDecided = False,
    cells_of: options.CellsOf = "",
    abandon: options.Abandon = "",
    baseline: options.Baseline = "",
    drafts: options.Drafts = None,
    columns: options.Columns = "",
    max_cost: options.MaxCost = None,
    max_tokens: options.MaxTokens = None,
    max_time: options.MaxTime = "",
    no_cache: options.NoCache = False,
    executor: Executor = "local",
    ray_address: RayAddress = "",
    json: Json = False,
) -> None:
    """Draft a suite's cells with a pipeline, or take drafts from a file, and measure them."""
    from govern.app import decide as deciding
    from govern.app import recorded
    from govern.app import run as runs
    from govern.app.drafting import PLAIN
    from govern.cli.output import Bars
    from govern.errors import InputError

    options.require_one_way(_given(asked_with))
    until, cluster = policy if until_decided else "", cluster_of(executor, ray_address)
    manner = options.manner_of(max_cost, max_tokens, max_time, no_cache, until, cluster)
    if manner != PLAIN and (abandon or drafts is not None):
        raise InputError(
            "limits, --no-cache and --executor are for drafting; nothing is drafted here"
        )
    project, bars, named = context.here(), Bars(), run_id or None
    if abandon:
        given_up = deciding.abandon(project, abandon, now=context.now())
        attempts.print_abandoned(given_up, as_json=json)
        return
    if drafts is not None:
        folder = recorded.run_recorded(project, drafts, columns=columns, reporter=bars)
    elif cells_of:
        folder = runs.start_over_cells_of(
            project,
            cells_of,
            pipeline=pipeline,
            now=context.now(),
            reporter=bars,
            run_id=named,
            manner=manner,
        )
    elif resume:
        folder = deciding.resume(project, resume, clock=context.now, reporter=bars, manner=manner)
    else:
        asked = deciding.Asked(
            suite, pipeline, plan, policy, requested_by or None, named, baseline or None
        )
        folder = _started(project, asked, decide=decide, bars=bars, manner=manner)
    _print_run(folder, as_json=json)
    _say_what_failed(folder)


def _given(asked_with: typer.Context) -> set[str]:
    """The options that say something; the plan, which has a default, where it was typed."""
    given = {name for name, value in asked_with.params.items() if value and name != "plan"}
    source = asked_with.get_parameter_source("plan")
    typed = source is not None and source.name == "COMMANDLINE"
    return given | {"plan"} if typed else given


def _started(
    project: Project, asked: Asked, *, decide: bool, bars: Bars, manner: Manner
) -> RunFolder:
    """A new run of a suite: an attempt that is counted, or one that explores."""
    from govern.app import decide as deciding
    from govern.app import run as runs

    if decide:
        return deciding.start(project, asked, clock=context.now, reporter=bars, manner=manner)
    return runs.start(
        project,
        asked.suite,
        pipeline=asked.pipeline,
        plan=asked.plan,
        now=context.now(),
        reporter=bars,
        run_id=asked.run_id,
        baseline=asked.baseline,
        manner=manner,
    )


def _print_run(folder: RunFolder, *, as_json: bool) -> None:
    from govern.cli.output import print_findings, print_json

    findings = folder.read_findings()
    if as_json:
        print_json(findings.as_json())
        return
    print_findings(findings.findings)
    facts = findings.run
    if facts.looks:
        done, whole = facts.looks.cases[facts.looks.taken - 1], facts.looks.cases[-1]
        typer.echo(
            f"\nLook {facts.looks.taken} of {len(facts.looks.cases)}: {done} of {whole} cases."
        )
    reused = f", {facts.reused} of them from earlier runs" if facts.reused else ""
    typer.echo(f"\n{facts.planned} drafts planned{reused}. Run {folder.root.name}: {folder.root}")


def _say_what_failed(folder: RunFolder) -> None:
    """On standard error, why most of the drafts that failed did; no finding tells."""
    from govern.app.failed import failed_drafts
    from govern.report.wording import visible

    failed = failed_drafts(folder)
    if failed:
        why = shorten(failed.most_often, width=MOST_CHARACTERS, placeholder=" …")
        typer.echo(
            f"govern: {failed.drafts} of {failed.planned} drafts failed, most often with: "
            f"{visible(why)}; `govern pipelines check` shows what is sent and what comes back",
            err=True,
        )
