"""Accuracy of claims: what share of what drafts state does the evidence not bear out, and how?

Definitions and worked examples: docs/metrics/accuracy.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics.checker import checked_claims
from govern.metrics.coverage import BY_CASE
from govern.metrics.reasons import short_of, too_many_lack
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.metrics.verdicts import (
    ALTERED,
    CONTRADICTED,
    DIRECTION,
    FABRICATED,
    GOAL,
    PERIOD,
    PERSON,
    SUPPORTED,
)
from govern.stats.contrasts import MAX_MISSING, MIN_CASES
from govern.stats.levels import share_level

Chosen = Callable[[pd.DataFrame], "pd.Series[bool]"]
QUESTIONS = {
    "unsupported_claim_share": "does no evidence support?",
    "contradicted_share": "does evidence contradict?",
    "fabricated_number_share": "state a number that no evidence has?",
    "altered_number_share": "give a measure another number than evidence does?",
    "wrong_period_share": "put into another quarter what evidence has in one?",
    "wrong_direction_share": "say up where evidence says down, or the reverse?",
    "wrong_goal_share": "call a goal met that was missed, or missed that was met?",
    "wrong_person_share": "ascribe to the person what evidence says of somebody else?",
}


def _spec(name: str) -> Spec:
    return Spec(
        id=f"accuracy.{name}",
        version="1",
        question=f"Of the claims that drafts make, what share {QUESTIONS[name]}",
        unit="share of claims",
        sense="lower_is_better",
        shape="level",
        method=BY_CASE,
    )


def claim_shares(drafts: pd.DataFrame, at_fault: Chosen) -> pd.DataFrame | None:
    """How many claims each draft makes, and how many of them are at fault.

    Returns:
        ``claims`` and ``faults`` per row of ``drafts`` (NaN where there is no text or no
        evidence), or ``None`` where no case has evidence.
    """
    found = checked_claims(drafts)
    if found is None:
        return None
    size, row = len(drafts), found["row"].to_numpy()
    wrong = at_fault(found).to_numpy(dtype=float)
    table = pd.DataFrame(
        {
            "claims": np.bincount(row, minlength=size).astype(float),
            "faults": np.bincount(row, wrong, minlength=size),
        },
        index=drafts.index,
    )
    informed = drafts["case_id"].isin(drafts.loc[drafts["evidence"].notna(), "case_id"])
    return table.where(drafts["text"].notna() & informed)


def unsupported(found: pd.DataFrame) -> pd.Series[bool]:
    """Claims that are contradicted or unverifiable."""
    return found["verdict"] != SUPPORTED


def share_of_claims(drafts: pd.DataFrame, *, spec: Spec, at_fault: Chosen) -> list[Finding]:
    """Share of claims at fault: per case over its drafts, then the mean over cases.

    Undefined without evidence, with over 5 % of drafts missing, or where under 12 cases make
    any claim: saying nothing that could be checked is not accuracy.
    """
    main = main_block(drafts)
    shares = claim_shares(main, at_fault)
    if shares is None:
        return [undefined(spec, main, "no evidence was supplied", "not_supplied")]
    scored = int((shares["claims"] > 0).sum())
    missing = float(shares["claims"].isna().mean())
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned drafts could not be scored")
        return [undefined(spec, main, reason, "too_many_missing", scored=scored)]
    by_case = shares.groupby(main["case_id"]).sum()
    by_case = by_case[by_case["claims"] > 0]
    if len(by_case) < MIN_CASES:
        reason = short_of(len(by_case), "cases with a claim", MIN_CASES)
        return [undefined(spec, main, reason, "too_few", scored=scored)]
    claims = int(by_case["claims"].sum())
    per_draft = claims / int(shares["claims"].notna().sum())
    share = (by_case["faults"] / by_case["claims"]).to_numpy(dtype=np.float64)
    level = share_level(share, step=1 / max(per_draft, 1.0))
    worst = shares["faults"].sort_values(ascending=False, kind="stable")
    denominators = counts(
        main,
        scored,
        units=claims,
        unit_name="claims",
        cases=len(share),
    )
    examples = tuple(main.loc[worst.index[worst > 0][:5], "draft_id"])
    return [finding(spec, level.estimate, denominators, interval=level.interval, examples=examples)]


def _of_kind(found: pd.DataFrame, *, kind: str) -> pd.Series[bool]:
    return found["kind"] == kind


def _contradicted(found: pd.DataFrame) -> pd.Series[bool]:
    return found["verdict"] == CONTRADICTED


_FAULTS: dict[str, Chosen] = {
    "unsupported_claim_share": unsupported,
    "contradicted_share": _contradicted,
    **{
        name: partial(_of_kind, kind=kind)
        for name, kind in (
            ("fabricated_number_share", FABRICATED),
            ("altered_number_share", ALTERED),
            ("wrong_period_share", PERIOD),
            ("wrong_direction_share", DIRECTION),
            ("wrong_goal_share", GOAL),
            ("wrong_person_share", PERSON),
        )
    },
}
METRICS = tuple(
    Metric(spec, partial(share_of_claims, spec=spec, at_fault=at_fault))
    for name, at_fault in _FAULTS.items()
    for spec in (_spec(name),)
)
