"""What every metric states about itself, and how findings are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from govern.domain.finding import Counts, Finding, Interval, Undefined, UndefinedCode
from govern.domain.metric import Spec


@dataclass(frozen=True)
class Metric:
    """A spec and the pure function that measures it."""

    spec: Spec
    measure: Callable[[pd.DataFrame], list[Finding]]


def counts(
    drafts: pd.DataFrame,
    scored: int,
    *,
    units: int | None = None,
    unit_name: str = "drafts",
    cases: int | None = None,
    names: int | None = None,
) -> Counts:
    """Denominators of a finding over ``drafts``, all of them planned."""
    return Counts(
        planned=len(drafts),
        ok=int((drafts["status"] == "ok").sum()),
        scored=scored,
        cases=int(drafts["case_id"].nunique()) if cases is None else cases,
        names=names,
        units=scored if units is None else units,
        unit_name=unit_name,
    )


def finding(
    spec: Spec,
    estimate: float | Undefined,
    denominators: Counts,
    *,
    interval: Interval | None = None,
    by: str = "all",
    contrast: str = "all",
    baseline: str | None = None,
    method: str | None = None,
    examples: tuple[str, ...] = (),
) -> Finding:
    """A finding of ``spec``; the evaluator's digest is stamped by ``measure``."""
    return Finding(
        metric=spec.id,
        version=spec.version,
        by=by,
        contrast=contrast,
        estimate=estimate,
        interval=interval,
        unit=spec.unit,
        sense=spec.sense,
        method=method or spec.method,
        counts=denominators,
        baseline=baseline,
        evaluator="",
        examples=examples,
    )


def undefined(
    spec: Spec,
    drafts: pd.DataFrame,
    reason: str,
    code: UndefinedCode = "not_assessable",
    *,
    scored: int = 0,
    by: str = "all",
    contrast: str = "all",
) -> Finding:
    """A finding that says why there is no number."""
    return finding(
        spec,
        Undefined(reason=reason, code=code),
        counts(drafts, scored),
        by=by,
        contrast=contrast,
    )
