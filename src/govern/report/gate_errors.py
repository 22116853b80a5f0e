"""How often the gate itself errs, from simulated pipelines whose faults are known."""

from __future__ import annotations

from itertools import groupby

from govern.domain import Decision, GateCertificate, GateTrial
from govern.report.page import GateErrors, GateGroup, GateRow
from govern.report.wording import as_written, listing, plain_date


def gate_errors(decision: Decision) -> GateErrors:
    """The trials of the gate under the decision's policy, the decision's own plan first."""
    certificate = decision.gate
    if certificate is None:
        return GateErrors(
            sentence="Not measured: how often this policy would block a fair pipeline or pass a "
            f"biased one. `govern certify --policy {decision.policy.id}` finds out."
        )
    plan = decision.run.plan
    own = [t for t in certificate.trials if t.plan == plan]
    trials = own + [t for t in certificate.trials if t.plan != plan]
    return GateErrors(
        sentence=_sentence(own, plan),
        groups=tuple(_group(list(rows)) for _, rows in groupby(trials, key=lambda t: t.plan)),
        notes=_notes(certificate),
    )


def _group(trials: list[GateTrial]) -> GateGroup:
    first = trials[0]
    return GateGroup(
        heading=f"Plan {first.plan}, {first.cases:,} cases", rows=tuple(map(_row, trials))
    )


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


def _row(trial: GateTrial) -> GateRow:
    dose = f" by {as_written(round(trial.dose, 6))} ({trial.unit})" if trial.dose else ""
    undecided = trial.runs - trial.passed - trial.failed
    return GateRow(
        planted=f"{trial.effect}{dose}",
        passes=_share(trial.passed, trial.runs),
        fails=_share(trial.failed, trial.runs),
        undecided=_share(undecided, trial.runs),
        runs=f"{trial.runs:,}",
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"


def _notes(certificate: GateCertificate) -> tuple[str, ...]:
    notes = [
        f"Simulated on {plain_date(certificate.made_on)} by `{certificate.command}`. The faults "
        "and the noise are the harness's own; your pipeline may be noisier."
    ]
    if certificate.not_simulated:
        notes.append(f"Not simulated: {listing(list(certificate.not_simulated))}.")
    return tuple(notes)
