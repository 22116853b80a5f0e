"""The commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import (
    acts,
    anonymise,
    attempts,
    certify,
    ci,
    context,
    dataset,
    judge,
    keys,
    measure,
    policies,
    serve,
)

if TYPE_CHECKING:
    from govern.app.gate import Gated
    from govern.runner.folder import RunFolder

app = typer.Typer(
    name="govern",
    help="Measure, decide and record whether AI may draft employee reviews here.",
    epilog="Example: govern run review-core --pipeline reference && govern list runs",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(keys.keys, name="keys")
app.add_typer(policies.policy, name="policy")
app.add_typer(dataset.dataset, name="dataset")

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")]


@app.command(epilog="Example: govern init my-reviews && cd my-reviews")
def init(
    folder: Annotated[Path, typer.Argument(help="New or empty folder.")] = Path(),
    json: Json = False,
) -> None:
    """Write a project of your own: suite, cases, policy, pipelines, CI job."""
    from govern.app.init import init as write_project
    from govern.cli.output import print_json

    written = write_project(folder, today=context.now().date())
    if json:
        print_json([str(path) for path in written])
        return
    for path in written:
        typer.echo(path)
    typer.echo(f"\nNext: read {folder / 'README.md'}")


@app.command(epilog="Example: govern demo --dir /tmp/demo")
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where the demo keeps everything.")] = Path(
        ".govern/demo"
    ),
    json: Json = False,
) -> None:
    """Evaluate three candidates against the shipped policy: a good, a bad and a real one."""
    from govern.cli.demo import show_demo

    show_demo(folder, now=context.now(), as_json=json)


@app.command(
    epilog="Examples: govern run review-core --pipeline reference --plan smoke; "
    "govern run review-core --pipeline my-service --plan standard --decide --policy "
    "review-drafting; "
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
    abandon: Annotated[str, typer.Option(help="Give this attempt up; it still counts.")] = "",
    baseline: Annotated[
        str, typer.Option(help="Likeness beside: reference, or a dataset of anonymised reviews.")
    ] = "",
    drafts: Annotated[
        Path | None, typer.Option(help="Measure drafts that exist: CSV, JSONL or Parquet.")
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

    asked = [bool(suite), bool(resume), bool(abandon), drafts is not None]
    if sum(asked) != 1:
        raise InputError(
            "name a suite, or --resume RUN, or --abandon RUN, or --drafts FILE: one of the four"
        )
    if decide != bool(policy) or (decide and not suite) or (requested_by and not decide):
        raise InputError(
            "--decide and --policy go together, with a new run of a suite; --requested-by with them"
        )
    if suite and not pipeline:
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


@app.command(epilog="Example: govern gate RUN --policy review-drafting --key gate")
def gate(
    run: Annotated[str, typer.Argument(help="A finished run; see `govern list runs`.")],
    policy: Annotated[str, typer.Option(help="Signed policy; an id or a file.")],
    record: Annotated[Path | None, typer.Option(help="Folder of signatures and decisions.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for this decision.")] = None,
    key: Annotated[str, typer.Option(help="Key that signs the decision.")] = "",
    junit: ci.Junit = None,
    sarif: ci.Sarif = None,
    sarif_profile: ci.SarifProfile = "standard",
    markdown: ci.Markdown = None,
    github: ci.Github = False,
    json: Json = False,
) -> None:
    """Judge a run by a policy. Exit code 0: pass, 10: fail, 11: not enough evidence."""
    from govern.app.gate import gate as judge_run
    from govern.cli.output import print_json

    project = context.here()
    signer = keys.open_key(record or project.record, key) if key else None
    gated = judge_run(
        project, run, policy=policy, now=context.now(), record=record, out=out, key=signer
    )
    with ci.inert(unless=json or not github):
        if json:
            print_json(gated.decision.as_json())
        else:
            _print_gated(gated)
    files = {"junit.xml": junit, "sarif.json": sarif, "summary.md": markdown}
    ci.publish(project, gated, policy, files, sarif_profile, github=github, as_json=json)
    raise typer.Exit(gated.exit_code)


def _print_gated(gated: Gated) -> None:
    from govern.app.demo import outcome_line
    from govern.cli.output import print_line, print_rows
    from govern.cli.words import VERDICTS, clause_cell, more_evidence, verdict

    decision = gated.decision
    print_rows(
        [
            {
                "verdict": verdict(clause),
                "clause": clause.id,
                "title": clause.title,
                "severity": clause.severity,
                "decisive": clause_cell(clause).partition("\n")[2],
            }
            for clause in decision.clauses
        ],
        empty="the policy has no clause",
    )
    typer.echo("")
    print_line(f"{VERDICTS[decision.effective_outcome]}: {outcome_line(decision)}.")
    if decision.bar_set_after:
        typer.echo("Advisory: the bar was set after the result, by a policy that came later.")
    elif decision.advisory:
        typer.echo("Advisory: an exploratory run cannot promote a candidate.")
    for refused in decision.waivers_refused:
        typer.echo(f"A waiver of {refused.clause} does not hold: {refused.why}.")
    if gated.not_entered:
        print_line(f"Not entered in the record: {gated.not_entered}")
    if decision.effective_outcome == "insufficient_evidence" and (more := more_evidence(decision)):
        typer.echo(f"{more}.")
    typer.echo(f"Report: {gated.report}")


@app.command(epilog="Example: govern report record/decisions/3f2a…")
def report(
    decision: Annotated[Path, typer.Argument(help="A decision's folder.")], json: Json = False
) -> None:
    """Write a decision's HTML report anew from what stands in its folder."""
    from govern.app.decision_folder import render_report
    from govern.cli.output import print_json

    path = render_report(decision)
    if json:
        print_json({"report": str(path)})
    else:
        typer.echo(path)


@app.command(epilog="Example: govern plan review-core --plan starter --policy review-drafting")
def plan(
    suite: Annotated[str, typer.Argument(help="Suite; see `govern list suites`.")],
    plan: Annotated[str, typer.Option("--plan", help="Which plan of it.")] = "standard",
    policy: Annotated[str, typer.Option(help="Policy to hold it against.")] = "",
    pipeline: Annotated[str, typer.Option(help="Whose prompts to count.")] = "builtin:active-model",
    price_in: Annotated[float | None, typer.Option(help="Price of a million tokens in.")] = None,
    price_out: Annotated[float | None, typer.Option(help="Price of a million tokens out.")] = None,
    tokens_out: Annotated[int, typer.Option(help="Tokens a draft has.")] = 250,
    seconds: Annotated[float, typer.Option(help="Seconds a draft takes.")] = 2.0,
    at_once: Annotated[int, typer.Option(help="Drafts in flight at once.")] = 8,
    runs: Annotated[int, typer.Option(help="Simulated runs.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 1,
    json: Json = False,
) -> None:
    """What a plan costs, what it can detect, and how often pipelines would pass the policy."""
    from govern.app.gate import readable_policy
    from govern.app.plan import Prices, plan_suite
    from govern.cli import plan as shown
    from govern.cli.output import Bars

    project = context.here()
    prices = Prices(price_in, price_out, tokens_out, seconds, at_once)
    planned = plan_suite(
        project,
        suite,
        plan=plan,
        pipeline=pipeline,
        prices=prices,
        policy=readable_policy(project, policy, now=context.now()) if policy else None,
        runs=runs,
        seed=seed,
        reporter=Bars(),
    )
    shown.show(planned, as_json=json)


@app.command("list", epilog="Example: govern list metrics --json")
def list_(
    kind: Annotated[
        str, typer.Argument(help="suites, datasets, pipelines, policies, metrics, laws or runs")
    ],
    json: Json = False,
) -> None:
    """What is known: shipped things carry builtin: before their id."""
    from govern.app.listing import listing
    from govern.cli.output import print_json, print_rows

    rows = listing(context.here(), kind)
    if json:
        print_json(rows)
    else:
        long = {"clause", "duty", "source"}
        short = [{name: row[name] for name in row if name not in long} for row in rows]
        print_rows(short, empty=f"no {kind} yet")


app.command("anonymise", epilog=anonymise.EXAMPLE)(anonymise.anonymise)
app.command("certify", epilog=certify.EXAMPLE)(certify.certify)
app.command("measure", epilog=measure.EXAMPLES)(measure.measure)
app.command("judge", epilog=judge.JUDGE_EXAMPLE)(judge.judge)
app.command("calibration", epilog=judge.CALIBRATION_EXAMPLE)(judge.calibration)
app.command("attest", epilog=acts.ATTEST_EXAMPLE)(acts.attest)
app.command("waive", epilog=acts.WAIVE_EXAMPLES)(acts.waive)
app.command("approve", epilog=acts.APPROVE_EXAMPLE)(acts.approve)
app.command("attempts", epilog=attempts.EXAMPLE)(attempts.attempts)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
