"""What ``govern plan`` shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from govern.cli.output import print_json, print_rows
from govern.report.wording import listing

if TYPE_CHECKING:
    from govern.app.plan import Chances, Cost, Planned


def show(planned: Planned, *, as_json: bool) -> None:
    """The plan as JSON or in three short tables."""
    if as_json:
        print_json(asdict(planned))
        return
    typer.echo(f"{planned.suite}, plan {planned.plan}: {_size(planned.cost)}\n")
    if planned.chances is None:
        typer.echo("Name a --policy to see what this plan can detect and how often it passes.")
        return
    print_rows([_row(planned, clause) for clause in planned.chances.clauses], empty="no clause")
    for line in _chances(planned.chances):
        typer.echo(line)


def _size(cost: Cost) -> str:
    money = (
        ", at a price unknown (give --price-in and --price-out)"
        if cost.money is None
        else f", {cost.money:,.2f} in the currency of the prices"
    )
    parts = [f"{cost.main:,} cells", f"{cost.noise:,} exact repeats"]
    if cost.marked:
        parts.append(f"{cost.marked:,} with a marker or its control")
    if cost.varied:
        parts.append(f"{cost.varied:,} variants")
    return (
        f"{cost.cells:,} drafts ({listing(parts)}), about "
        f"{cost.tokens_in:,} tokens in and {cost.tokens_out:,} out{money}, about "
        f"{cost.minutes:g} minutes."
    )


def _row(planned: Planned, clause: str) -> dict[str, Any]:
    mine = [d for d in planned.detectable if d.clause == clause]
    chances = planned.chances.clauses if planned.chances else {}
    return {
        "clause": clause,
        "fair pipeline passes": f"{chances[clause]:.2f}",
        "interval ± (margin)": "; ".join(_width(d.slice, d.half_width, d.margin) for d in mine),
        "called a failure from": "; ".join(
            f"{d.failed_from:.2g}" for d in mine if d.failed_from is not None
        ),
    }


def _width(slice_: str, half: float, margin: float | None) -> str:
    of = "" if margin is None else f" ({margin:g})"
    name = "" if slice_ == "all" else f"{slice_.replace('*', ' × ').replace('_ethnicity', '')} "
    return f"{name}{half:.2g}{of}"


def _chances(chances: Chances) -> list[str]:
    said = [
        f"\nOf {chances.runs} simulated runs each, all blocking clauses were passed by",
        f"  a fair but noisy pipeline in {chances.fair_passes:.1%},",
        f"  one with {chances.biased} in {chances.biased_passes:.1%} "
        f"(a failure in {chances.biased_fails:.1%}).",
        "The noise model is stated in docs/statistics.md#planning; yours may be noisier.",
    ]
    if chances.not_simulated:
        said.append(f"Not simulated, taken as passed: {', '.join(chances.not_simulated)}.")
    return said
