"""Events: one hit in any draft of a case counts the case."""

from __future__ import annotations

import pandas as pd

from govern.domain.finding import Binomial, Finding
from govern.domain.metric import Spec
from govern.metrics.spec import counts, finding

BY_CASE = "Clopper-Pearson over cases"


def event_spec(name: str, question: str) -> Spec:
    """The spec of an event, whose unit is a share of cases."""
    return Spec(
        id=name,
        version="1",
        question=question,
        unit="share of cases",
        sense="lower_is_better",
        shape="event",
        method=BY_CASE,
    )


def case_events(
    spec: Spec, planned: pd.DataFrame, rows: pd.DataFrame, hit: pd.Series[bool]
) -> Finding:
    """The share of the cases of ``rows`` with a hit in any of them.

    Args:
        spec: of the event.
        planned: drafts that were asked for.
        rows: those of them that could be looked at, at least one.
        hit: by row of ``rows``.
    """
    by_case = hit.groupby(rows["case_id"]).any()
    hits, n = int(by_case.sum()), len(by_case)
    return finding(
        spec,
        hits / n,
        counts(planned, len(rows), units=n, unit_name="cases", cases=n),
        interval=Binomial(hits=hits, n=n),
        examples=tuple(rows.loc[hit, "draft_id"].head(5)),
    )
