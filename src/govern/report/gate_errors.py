"""How often the gate itself errs, from simulated pipelines whose faults are known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from govern.domain import Binomial, Decision, GateCertificate, GateTrial
from govern.report.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Grid,
    NotMeasured,
    Number,
    Paragraph,
    Rows,
    numeric,
    whole,
)
from govern.report.drawings import Curve, Curves, Response
from govern.report.units import unit_of
from govern.report.wording import as_written, capital, listing, plain_date
from govern.stats.intervals import bounds

ALPHA = 0.025
"""Of each end of a share's interval, so that it is a 95 % one."""


def gate_blocks(decision: Decision) -> Iterator[Block]:
    """The trials of the gate under the decision's policy: the own plan drawn, all in a table."""
    certificate = decision.gate
    if certificate is None:
        yield NotMeasured(
            what="How often this policy would block a fair pipeline or pass a biased one",
            why=f"`govern certify --policy {decision.policy.id}` finds out.",
        )
        return
    plan = decision.run.plan
    own = [t for t in certificate.trials if t.plan == plan]
    trials = own + [t for t in certificate.trials if t.plan != plan]
    table = _grid(trials, certificate)
    curves = tuple(_curves(own))
    if curves:
        yield Figure(
            id="gate-figure",
            title=f"How often the gate blocks, by how large the planted fault is, plan {plan}",
            description=_sentence(own, plan),
            drawing=Curves(axis="runs that did not pass", curves=curves),
            table=table,
        )
    else:
        yield Paragraph(text=_sentence(own, plan))
        yield table


def _grid(trials: list[GateTrial], certificate: GateCertificate) -> Grid:
    return Grid(
        id="gate-table",
        caption="What the policy says of simulated pipelines with one fault each, share of runs",
        columns=(
            Column(name="Planted"),
            *numeric("Pass", "Fail", "Not enough evidence", "Runs"),
        ),
        groups=tuple(_group(list(rows)) for _, rows in groupby(trials, key=lambda t: t.plan)),
        notes=_notes(certificate),
    )


def _curves(own: list[GateTrial]) -> Iterator[Curve]:
    """What was planted by rising doses, each after the runs in which nothing was."""
    clean = [t for t in own if t.dose == 0]
    for effect in dict.fromkeys(t.effect for t in own if t.dose > 0):
        doses = sorted((t for t in own if t.effect == effect), key=lambda t: t.dose)
        unit = unit_of(doses[0].unit)
        yield Curve(
            label=capital(effect),
            unit=unit.label,
            responses=tuple(_response(t, unit.number(t.dose)) for t in (*clean, *doses)),
        )


def _response(trial: GateTrial, dose: float) -> Response:
    blocked = trial.runs - trial.passed
    share = blocked / trial.runs
    low, high = bounds(share, Binomial(hits=blocked, n=trial.runs), ALPHA)
    return Response(dose=dose, share=share, low=low, high=high)


def _group(trials: list[GateTrial]) -> Rows:
    first = trials[0]
    return Rows(heading=f"Plan {first.plan}, {first.cases:,} cases", rows=tuple(map(_row, trials)))


def _sentence(own: list[GateTrial], plan: str) -> str:
    clean = next((t for t in own if t.dose == 0), None)
    biased = [t for t in own if t.dose > 0]
    if clean is None or not biased:
        return f"The gate was not tried on plan {plan}; other plans stand below."
    most = {t.effect: t for t in sorted(biased, key=lambda t: t.dose)}
    passed = max(most.values(), key=lambda t: t.passed / t.runs)
    return (
        f"On plan {plan} this gate blocked a simulated fair pipeline in "
        f"{clean.runs - clean.passed:,} of {clean.runs:,} runs, and passed one with a fault of "
        f"twice what the policy allows in {passed.passed:,} of {passed.runs:,} at the most."
    )


def _row(trial: GateTrial) -> tuple[Cell, ...]:
    unit = unit_of(trial.unit)
    dose = f" by {as_written(unit.number(trial.dose))} {unit.label}" if trial.dose else ""
    undecided = trial.runs - trial.passed - trial.failed
    return (
        f"{trial.effect}{dose}",
        _share(trial.passed, trial.runs),
        _share(trial.failed, trial.runs),
        _share(undecided, trial.runs),
        whole(trial.runs),
    )


def _share(part: int, of: int) -> Number:
    return Number(shown=f"{part / of:.1%}", exact=part / of)


def _notes(certificate: GateCertificate) -> tuple[str, ...]:
    notes = [
        f"Simulated on {plain_date(certificate.made_on)} by `{certificate.command}`. The faults "
        "and the noise are the harness's own; your pipeline may be noisier."
    ]
    if certificate.not_simulated:
        notes.append(f"Not simulated: {listing(list(certificate.not_simulated))}.")
    return tuple(notes)
