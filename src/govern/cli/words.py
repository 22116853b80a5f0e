"""Findings and decisions in words that fit a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from govern.domain.decision import ClauseOutcome, Decision
from govern.domain.finding import Finding, Undefined
from govern.policy.verdicts import ends_of
from govern.report.wording import duration, listing, roughly

VERDICTS = {"pass": "Pass", "fail": "Fail", "insufficient_evidence": "Not enough evidence"}
SHORT = {"pass": "Pass", "fail": "Fail", "insufficient_evidence": "Not enough"}
ALPHA = 0.05
INTERVAL = "estimate [90 % interval]"


def verdict(outcome: ClauseOutcome) -> str:
    """The verdict word of a clause."""
    if outcome.effective == "waived":
        return "Waived"
    if outcome.reason == "not_assessable":
        return "Not assessable"
    return VERDICTS[outcome.outcome]


def clause_cell(outcome: ClauseOutcome) -> str:
    """Verdict, estimate, interval and n of a clause's decisive slice, on two lines."""
    slice_ = next((s for s in outcome.slices if s.outcome == outcome.outcome), None)
    if slice_ is not None and outcome.reason != slice_.reason:
        slice_ = None
    word = "Not assessable" if outcome.reason == "not_assessable" else SHORT[outcome.outcome]
    if outcome.severity != "block":
        word = f"{word} ({'warns' if outcome.severity == 'warn' else 'reported'})"
    if slice_ is None or not isinstance(slice_.estimate, float):
        return f"{word}\n{slice_.explanation if slice_ else outcome.explanation}"
    where = "" if slice_.slice == "all" else f"{group_words(slice_.slice)}: "
    return f"{word}\n{where}{numbers(slice_.estimate, slice_.lower, slice_.upper)} n {slice_.n}"


def group_words(slice_: str) -> str:
    """The group of a slice's key, as people say it."""
    return slice_.partition(": ")[2].replace("*", " ").replace(" / ", " over ")


def numbers(estimate: float, lower: float | None, upper: float | None) -> str:
    """An estimate with its interval."""
    low = "…" if lower is None else number(lower)
    high = "…" if upper is None else number(upper)
    return f"{number(estimate)} [{low}, {high}]"


def number(value: float) -> str:
    """Three digits of a number; what adding up leaves of a zero is one."""
    return f"{round(value, 12) + 0.0:.3g}"


def more_evidence(decision: Decision) -> str | None:
    """How much more would settle what is undecided, and what it would cost."""
    more = decision.more_evidence
    if more is None:
        return None
    cost = [f"{roughly(more.drafts)} drafts"]
    cost += [f"{roughly(more.tokens)} tokens"] if more.tokens else []
    cost += [duration(more.minutes * 60)] if more.minutes else []
    cases = f"{roughly(more.cases)} more case{'s' * (more.cases != 1)}"
    return f"About {cases} would settle what more can: about {listing(cost)}"


def finding_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as table rows with 90 % intervals, for the metrics that have any number.

    A metric is named once, with its unit; groups that share a reason share a row.
    """
    rows = []
    for metric, group in _by_metric(findings):
        defined = [f for f in group if not isinstance(f.estimate, Undefined)]
        if defined:
            rows.append({"measure": f"{metric} ({group[0].unit})", INTERVAL: "", "n": ""})
            rows += [_row(f) for f in defined]
            rows += _reasons([f for f in group if f not in defined])
    return rows


def not_assessable(findings: Sequence[Finding]) -> list[str]:
    """One line for each reason why whole metrics have no number, naming them."""
    reasons: dict[str, list[str]] = {}
    for metric, group in _by_metric(findings):
        silent = [f.estimate.reason for f in group if isinstance(f.estimate, Undefined)]
        if len(silent) == len(group):
            reasons.setdefault("; ".join(dict.fromkeys(silent)), []).append(metric)
    return [
        f"Not assessable: {reason}: {', '.join(metrics)}." for reason, metrics in reasons.items()
    ]


def _by_metric(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    return [(name, list(group)) for name, group in groupby(findings, key=lambda f: f.metric)]


def _row(finding: Finding) -> dict[str, Any]:
    counts = finding.counts
    row: dict[str, Any] = {"measure": f"  {finding.contrast.replace('*', ' ')}"}
    estimate = float(str(finding.estimate))
    ends = ends_of(finding, ALPHA)
    row[INTERVAL] = numbers(estimate, *ends) if ends else number(estimate)
    return row | {"n": f"{counts.units} {counts.unit_name}"}


def _reasons(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    reasons: dict[str, list[Finding]] = {}
    for finding in findings:
        if isinstance(finding.estimate, Undefined):
            reasons.setdefault(finding.estimate.reason, []).append(finding)
    return [
        {"measure": f"  {_groups(members)}", INTERVAL: f"not assessable: {reason}", "n": ""}
        for reason, members in reasons.items()
    ]


def _groups(findings: Sequence[Finding]) -> str:
    by = " and ".join(sorted({f.by.replace("*", " and ").replace("_", " ") for f in findings}))
    return f"{len(findings)} groups by {by}" if len(findings) > 1 else f"by {by}"
