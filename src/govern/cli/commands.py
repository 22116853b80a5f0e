"""The commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govern.cli import (
    acts,
    anonymise,
    attempts,
    board,
    bundle,
    canary,
    certify,
    compare,
    contest,
    contest_privacy,
    contest_record,
    contest_regressions,
    context,
    dataset,
    db,
    gate,
    intake,
    judge,
    keys,
    ledger,
    link,
    measure,
    pipelines,
    policies,
    promote,
    push,
    report,
    report_diff,
    run,
    runs,
    sending,
    serve,
    verify,
)
from govern.cli.options import Json

app = typer.Typer(
    name="govern",
    help="Measure, decide and record whether AI may draft employee reviews here.",
    epilog="Example: govern run review-core --pipeline reference && govern list runs",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    cls=report_diff.Spelt,
)
app.add_typer(keys.keys, name="keys")
app.add_typer(policies.policy, name="policy")
app.add_typer(dataset.dataset, name="dataset")
app.add_typer(contest.contest, name="contest")
app.add_typer(ledger.ledger, name="ledger")
app.add_typer(db.db, name="db")
app.add_typer(pipelines.pipelines, name="pipelines")
app.add_typer(runs.runs, name="runs")


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


app.command("run", epilog=run.EXAMPLES)(run.run)
app.command("gate", epilog=gate.EXAMPLES)(gate.gate)


app.command("report", epilog=report.EXAMPLES)(report.report)
app.command("board", epilog=board.EXAMPLE)(board.board)


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
    from govern.app.plan import Prices, plan_suite
    from govern.app.readable import readable_policy
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
app.command("verify", epilog=verify.EXAMPLES)(verify.verify)
app.command("compare", epilog=compare.EXAMPLES)(compare.compare)
app.command("promote", epilog=promote.EXAMPLES)(promote.promote)
app.command("intake", epilog=intake.EXAMPLES)(intake.intake)
contest.contest.command(epilog=contest_record.EXPORT_EXAMPLE)(contest_record.export)
contest.contest.command(epilog=contest_record.STATS_EXAMPLE)(contest_record.stats)
contest.contest.command(epilog=contest_record.CHECK_EXAMPLE)(contest_record.check)
contest.contest.command(epilog=contest_privacy.HELD_EXAMPLE)(contest_privacy.held)
contest.contest.command(epilog=contest_privacy.FORGET_EXAMPLE)(contest_privacy.forget)
contest.contest.command(epilog=contest_regressions.EXAMPLE)(contest_regressions.regressions)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.command("link", epilog=link.EXAMPLE)(link.link)
contest.contest.command("send", epilog=sending.SEND_EXAMPLE)(sending.send)
contest.contest.command("flags", epilog=sending.FLAGS_EXAMPLE)(sending.flags)
contest.contest.command("told", epilog=sending.TOLD_EXAMPLE)(sending.told)
app.command("bundle", epilog=bundle.EXAMPLES)(bundle.bundle)
app.command(report_diff.NAME, epilog=report_diff.EXAMPLES)(report_diff.report_diff)
app.command("canary", epilog=canary.EXAMPLES)(canary.canary)
app.command("push", epilog=push.EXAMPLE)(push.push)
