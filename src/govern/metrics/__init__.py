"""Measures: pure functions from the drafts frame to findings, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from govern.canon import digest
from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.errors import InputError
from govern.metrics import (
    accuracy,
    accuracy_balance,
    accuracy_citations,
    accuracy_claims,
    accuracy_ratings,
    coverage,
    distinguishability,
    fairness,
    flips,
    homogeneity,
    homogeneity_baseline,
    homogeneity_people,
    homogeneity_phrases,
    integrity,
    judged,
    language,
    ll144,
    markers,
    mentions,
    outcomes,
    privacy,
    robustness,
    selection,
    ugesp,
)
from govern.metrics.evaluator import evaluator_digest
from govern.metrics.spec import Metric

FAIRNESS = (
    fairness,
    flips,
    outcomes,
    markers,
    distinguishability,
    language,
    mentions,
    selection,
    ll144,
    ugesp,
)
ACCURACY = (
    accuracy,
    accuracy_claims,
    accuracy_balance,
    accuracy_ratings,
    accuracy_citations,
    judged,
)
HOMOGENEITY = (homogeneity, homogeneity_baseline, homogeneity_phrases, homogeneity_people)
METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.spec.id: metric
        for module in (
            coverage,
            *FAIRNESS,
            *ACCURACY,
            *HOMOGENEITY,
            privacy,
            robustness,
            integrity,
        )
        for metric in module.METRICS
    }
)

# What a model said: nothing to measure before it was asked, nothing to try without it.
BY_MODEL = frozenset(metric.spec.id for metric in judged.METRICS)
OWN: tuple[str, ...] = tuple(name for name in METRICS if name not in BY_MODEL)

__all__ = ["BY_MODEL", "METRICS", "OWN", "Metric", "Spec", "evaluator_digest", "measure"]


def measure(frame: pd.DataFrame, metrics: Iterable[str]) -> tuple[Finding, ...]:
    """Every finding of ``metrics`` over a drafts frame, in the order asked for.

    Raises:
        InputError: a metric is not in ``METRICS``.
    """
    wanted = list(dict.fromkeys(metrics))
    unknown = [name for name in wanted if name not in METRICS]
    if unknown:
        raise InputError(
            f"unknown metric(s) {', '.join(unknown)}; known: {', '.join(sorted(METRICS))}"
        )
    return tuple(
        finding.model_copy(update={"evaluator": _evaluator(finding)})
        for name in wanted
        for finding in METRICS[name].measure(frame)
    )


def _evaluator(finding: Finding) -> str:
    """Our code, and with it whatever model a finding names: other evaluator, other certificate."""
    ours = evaluator_digest()
    return digest([ours, finding.evaluator]) if finding.evaluator else ours
