"""Accuracy: is what the draft says supported, is what matters said, is the rating right?

Definitions and worked examples: docs/metrics/accuracy.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.domain.finding import Binomial, Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics.claims import checked_numbers, key_coverage_by_draft
from govern.metrics.coverage import BY_CASE
from govern.metrics.reasons import short_of, too_many_lack
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.contrasts import MAX_MISSING, MIN_CASES
from govern.stats.levels import Level, kappa_level, mean_level, share_level

UNSUPPORTED = Spec(
    id="accuracy.unsupported_number_share",
    version="1",
    question="Of the numbers that drafts state, what share does no evidence support?",
    unit="share of stated numbers",
    sense="lower_is_better",
    shape="level",
    method=BY_CASE,
)
KEY_COVERAGE = Spec(
    id="accuracy.key_coverage",
    version="1",
    question="Of the key evidence, what share do drafts mention?",
    unit="share of key items",
    sense="higher_is_better",
    shape="level",
    method="mean share per case, Student t over cases",
)
AGREEMENT = Spec(
    id="accuracy.rating_agreement",
    version="1",
    question="How well do drafted ratings agree with the rubric's, large errors counting more?",
    unit="quadratic-weighted kappa",
    sense="higher_is_better",
    shape="level",
    method="delete-one-case jackknife on Fisher's z",
)
LENIENCY = Spec(
    id="accuracy.leniency",
    version="1",
    question="How much higher than the rubric's rating is the drafted one, on average?",
    unit="rating points",
    sense="centred",
    shape="contrast",
    method="mean error per case, Student t over cases",
)
LABEL_AGREEMENT = Spec(
    id="accuracy.label_agreement",
    version="1",
    question="In what share of cases is every label the right one?",
    unit="share of cases",
    sense="higher_is_better",
    shape="level",
    method="Clopper-Pearson over cases",
)


def unsupported_number_share(drafts: pd.DataFrame) -> list[Finding]:
    """Share of stated numbers that no evidence of the case supports.

    Counted per case over its drafts, then averaged over cases that state a number.
    Undefined without evidence, with over 5 % of drafts missing, or where under 12 cases
    state any number: saying nothing that could be checked is not accuracy.
    """
    main = main_block(drafts)
    checked = checked_numbers(main)
    if checked is None:
        return [undefined(UNSUPPORTED, main, "no evidence was supplied", "not_supplied")]
    scored = int((checked["stated"] > 0).sum())
    missing = float(checked["stated"].isna().mean())
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned drafts could not be scored")
        return [undefined(UNSUPPORTED, main, reason, "too_many_missing", scored=scored)]
    by_case = checked.groupby(main["case_id"]).sum()
    by_case = by_case[by_case["stated"] > 0]
    stated = int(by_case["stated"].sum())
    if len(by_case) < MIN_CASES:
        reason = short_of(len(by_case), "cases with a stated number", MIN_CASES)
        return [undefined(UNSUPPORTED, main, reason, "too_few", scored=scored)]
    per_draft = stated / max(int(checked["stated"].notna().sum()), 1)
    share = (by_case["unsupported"] / by_case["stated"]).to_numpy(dtype=np.float64)
    level = share_level(share, step=1 / max(per_draft, 1.0))
    worst = checked["unsupported"].sort_values(ascending=False, kind="stable")
    return [
        finding(
            UNSUPPORTED,
            level.estimate,
            counts(
                main,
                scored,
                units=stated,
                unit_name="stated numbers",
                cases=len(share),
            ),
            interval=level.interval,
            examples=tuple(main.loc[worst.index[worst > 0][:5], "draft_id"]),
        )
    ]


def key_coverage(drafts: pd.DataFrame) -> list[Finding]:
    """Share of key items mentioned, averaged over drafts, then over cases."""
    main = main_block(drafts)
    covered = key_coverage_by_draft(main)
    if covered is None:
        return [undefined(KEY_COVERAGE, main, "no evidence was supplied", "not_supplied")]
    step = 1 / max(float(covered["items"].mean()), 1.0)
    return [case_level(KEY_COVERAGE, main, covered["share"], step=step, limits=(0.0, 1.0))]


def rating_agreement(drafts: pd.DataFrame) -> list[Finding]:
    """Quadratic-weighted kappa of drafted against gold ratings.

    Undefined without gold ratings, with under 12 rated cases, with over 5 % of drafts
    unrated, or where neither rating varies.
    """
    main = main_block(drafts)
    stop = unusable(AGREEMENT, main)
    if stop:
        return [stop]
    rated = main[main["rating"].notna() & main["gold_rating"].notna()]
    if rated["rating"].nunique() == rated["gold_rating"].nunique() == 1:
        reason = "the drafted ratings are all alike, and so are the rubric's"
        return [undefined(AGREEMENT, main, reason, scored=len(rated))]
    case = pd.factorize(rated["case_id"])[0]
    level = kappa_level(
        rated["rating"].to_numpy(dtype=float), rated["gold_rating"].to_numpy(dtype=float), case
    )
    if level is None:
        reason = "without one case, the drafted ratings are all alike, and so are the rubric's"
        return [undefined(AGREEMENT, main, reason, scored=len(rated))]
    return [_found(AGREEMENT, main, level, len(rated))]


def leniency(drafts: pd.DataFrame) -> list[Finding]:
    """Mean of drafted minus gold rating, signed: above 0 is lenient. Undefined as agreement."""
    main = main_block(drafts)
    return [
        unusable(LENIENCY, main)
        or case_level(LENIENCY, main, main["rating"] - main["gold_rating"], step=1.0)
    ]


def label_agreement(drafts: pd.DataFrame) -> list[Finding]:
    """Share of cases whose every label equals the gold one; a missing label is a wrong one."""
    main = main_block(drafts)
    given = main[main["gold_label"].notna()]
    if given.empty:
        return [undefined(LABEL_AGREEMENT, main, "no right label was supplied", "not_supplied")]
    if given["label"].isna().all():
        return [undefined(LABEL_AGREEMENT, main, "no draft carries a label", "missing_drafts")]
    right = (given["label"] == given["gold_label"]).groupby(given["case_id"]).all()
    hits, n = int(right.sum()), len(right)
    return [
        finding(
            LABEL_AGREEMENT,
            hits / n,
            counts(main, int(given["label"].notna().sum()), units=n, unit_name="cases", cases=n),
            interval=Binomial(hits=hits, n=n),
        )
    ]


def unusable(spec: Spec, main: pd.DataFrame) -> Finding | None:
    """Why drafted and gold ratings cannot be compared, or ``None``."""
    rated = main["rating"].notna()
    both = rated & main["gold_rating"].notna()
    if main["gold_rating"].isna().all():
        return undefined(spec, main, "no rating by the rubric was supplied", "not_supplied")
    if not rated.any():
        return undefined(spec, main, "no draft carries a rating", "missing_drafts")
    missing = 1 - float(both.mean())
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned drafts have no rating that could be compared")
        return undefined(spec, main, reason, "too_many_missing", scored=int(both.sum()))
    cases = main.loc[both, "case_id"].nunique()
    if cases < MIN_CASES:
        reason = short_of(cases, "rated cases", MIN_CASES)
        return undefined(spec, main, reason, "too_few", scored=int(both.sum()))
    return None


def case_level(
    spec: Spec,
    main: pd.DataFrame,
    values: pd.Series[float],
    *,
    step: float,
    limits: tuple[float | None, float | None] = (None, None),
) -> Finding:
    """Mean of one value per draft, first over a case's drafts, then over cases.

    Undefined with under 12 scored cases or over 5 % of drafts without a value.
    """
    cases = _case_means(main, values)
    return _too_thin(spec, main, values, len(cases)) or _found(
        spec,
        main,
        mean_level(cases, step=step, least=limits[0], most=limits[1]),
        int(values.notna().sum()),
    )


def case_share(spec: Spec, main: pd.DataFrame, values: pd.Series[float]) -> Finding:
    """Small share of drafts, on the log scale; else as ``case_level``."""
    cases = _case_means(main, values)
    return _too_thin(spec, main, values, len(cases)) or _found(
        spec, main, share_level(cases, step=1.0), int(values.notna().sum())
    )


def _case_means(main: pd.DataFrame, values: pd.Series[float]) -> NDArray[np.float64]:
    return np.asarray(values.dropna().groupby(main["case_id"]).mean(), dtype=np.float64)


def _too_thin(
    spec: Spec, main: pd.DataFrame, values: pd.Series[float], cases: int
) -> Finding | None:
    scored = int(values.notna().sum())
    missing = 1 - scored / max(len(main), 1)
    if cases < MIN_CASES:
        reason = short_of(cases, "scored cases", MIN_CASES)
        return undefined(spec, main, reason, "too_few", scored=scored)
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned drafts could not be scored")
        return undefined(spec, main, reason, "too_many_missing", scored=scored)
    return None


def _found(spec: Spec, main: pd.DataFrame, level: Level, scored: int) -> Finding:
    cases = level.interval.clusters
    return finding(spec, level.estimate, counts(main, scored, cases=cases), interval=level.interval)


METRICS = (
    Metric(UNSUPPORTED, unsupported_number_share),
    Metric(KEY_COVERAGE, key_coverage),
    Metric(AGREEMENT, rating_agreement),
    Metric(LENIENCY, leniency),
    Metric(LABEL_AGREEMENT, label_agreement),
)
