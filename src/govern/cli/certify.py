"""``govern certify``: evaluators, or the whole gate under a policy, on trial."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError

EXAMPLE = "Example: govern certify fairness.rating_shift; govern certify --policy review-drafting"


def certify(
    metrics: Annotated[
        list[str] | None, typer.Argument(help="Metrics; all where none is named.")
    ] = None,
    policy: Annotated[
        str, typer.Option(help="Try the whole gate under this policy instead of evaluators.")
    ] = "",
    out: Annotated[Path, typer.Option(help="Folder for the certificates.")] = Path(
        "evals/certificates"
    ),
    made_on: Annotated[str, typer.Option(help="Date on the certificates; today.")] = "",
    runs: Annotated[int, typer.Option(help="With --policy: simulated runs each.")] = 200,
    seed: Annotated[int, typer.Option(help="With --policy: of all chance.")] = 0,
    json: Json = False,
) -> None:
    """Put evaluators, or the whole gate, on trial: silent when all is well, alert when not."""
    try:
        day = date.fromisoformat(made_on) if made_on else context.now().date()
    except ValueError as err:
        raise InputError(f"--made-on: expected YYYY-MM-DD, found {made_on!r}") from err
    if policy:
        _try_gate(policy, out=out, runs=runs, seed=seed, made_on=day, as_json=json)
    else:
        _try_evaluators(tuple(metrics or ()), out=out, made_on=day, as_json=json)


def _try_evaluators(metrics: tuple[str, ...], *, out: Path, made_on: date, as_json: bool) -> None:
    from govern.app.certify import certifiable
    from govern.app.certify import certify as try_all
    from govern.cli.output import Bars, print_json, print_rows
    from govern.metrics import BY_MODEL, METRICS

    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise InputError(f"unknown metric(s) {', '.join(unknown)}; see `govern list metrics`")
    asked = sorted(BY_MODEL.intersection(metrics))
    if asked:
        raise InputError(f"{', '.join(asked)}: a model's verdicts are not tried; see docs/judge.md")
    tables = [name for name in metrics if name not in certifiable()]
    if tables:
        raise InputError(f"{', '.join(tables)}: tables for people, which no clause is judged by")
    made = []
    with Bars().reading("trying evaluators") as tick:
        for certificate in try_all(context.here(), metrics, out=out, made_on=made_on):
            made.append(certificate)
            tick(len(made) / len(metrics or certifiable()))
    if as_json:
        print_json([certificate.as_json() for certificate in made])
        return
    print_rows(
        [
            {
                "holds": "yes" if c.holds else "NO",
                "metric": c.metric,
                "moves on identity": f"{c.invariance_max_change:g}",
                "found of its authors' effects": c.found_by_dose("authors"),
                "found of others' effects": c.found_by_dose("apart"),
                "false alarms": f"{c.silence.alarms} of {c.silence.runs}",
            }
            for c in made
        ],
        empty="no metric",
    )


def _try_gate(
    policy: str, *, out: Path, runs: int, seed: int, made_on: date, as_json: bool
) -> None:
    from govern.app.gate_trial import certify_gate
    from govern.cli.output import Bars, print_json, print_rows

    made = certify_gate(
        context.here(),
        policy,
        out=out,
        runs=runs,
        seed=seed,
        made_on=made_on,
        reporter=Bars(),
    )
    if as_json:
        print_json(made.as_json())
        return
    print_rows(
        [
            {
                "plan": t.plan,
                "planted": f"{t.effect} by {t.dose:g}" if t.dose else t.effect,
                "passes": f"{t.passed / t.runs:.1%}",
                "fails": f"{t.failed / t.runs:.1%}",
                "runs": t.runs,
            }
            for t in made.trials
        ],
        empty="no plan",
    )
    if made.not_simulated:
        typer.echo(f"Not simulated: {', '.join(made.not_simulated)}.")
