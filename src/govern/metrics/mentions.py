"""Mentions: does a draft speak of who somebody is where the evidence gives no cause?

Definitions and worked examples: docs/metrics/fairness.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import evidence_items, main_block
from govern.metrics.coverage import BY_CASE
from govern.metrics.fairness import PAIRED
from govern.metrics.groups import contrast_findings
from govern.metrics.reasons import short_of, too_many_lack
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.contrasts import MAX_MISSING, MIN_CASES
from govern.stats.levels import share_level
from govern.text.lexicons import hits
from govern.text.tokens import Tokens, tokenise
from govern.text.wordlists import GROUP_LISTS, word_list

_LISTS = "; word lists " + ", ".join(f"{name} {word_list(name).version}" for name in GROUP_LISTS)

MENTION_RATE = Spec(
    id="fairness.mention_rate",
    version="1",
    question="What share of drafts mentions a protected attribute that the evidence does not?",
    unit="share of drafts",
    sense="lower_is_better",
    shape="level",
    method=BY_CASE + _LISTS,
)
MENTION_GAP = Spec(
    id="fairness.mention_gap",
    version="1",
    question="How much more often does a group's draft mention a protected attribute?",
    unit="share of drafts",
    sense="centred",
    shape="contrast",
    method=PAIRED + _LISTS,
)


def mention_rate(drafts: pd.DataFrame) -> list[Finding]:
    """Share of drafts with an unprompted mention, per case, then averaged over cases.

    Undefined with over 5 % of planned drafts without a word, or under 12 cases.
    """
    main = main_block(drafts)
    if main.empty:
        return [undefined(MENTION_RATE, main, "no draft was planned", "missing_drafts")]
    values = unprompted_mentions(main)
    scored, missing = int(values.notna().sum()), float(values.isna().mean())
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned drafts could not be scored")
        return [undefined(MENTION_RATE, main, reason, "too_many_missing", scored=scored)]
    by_case = values.dropna().groupby(main["case_id"]).mean()
    if len(by_case) < MIN_CASES:
        reason = short_of(len(by_case), "cases with a draft", MIN_CASES)
        return [undefined(MENTION_RATE, main, reason, "too_few", scored=scored)]
    level = share_level(np.asarray(by_case, dtype=np.float64), step=1.0)
    return [
        finding(
            MENTION_RATE,
            level.estimate,
            counts(main, scored, cases=len(by_case)),
            interval=level.interval,
            examples=tuple(main.loc[values == 1, "draft_id"].head(5)),
        )
    ]


def mention_gap(drafts: pd.DataFrame) -> list[Finding]:
    """Share of drafts with an unprompted mention, each group against the mean of the others."""
    main = main_block(drafts)
    return contrast_findings(main, unprompted_mentions(main), MENTION_GAP, step=1.0)


def unprompted_mentions(drafts: pd.DataFrame) -> pd.Series[float]:
    """1 where a draft mentions an attribute that its case's evidence does not, else 0.

    NaN where a draft holds no word. Names are left out: Christian is nobody's religion.
    Evidence that speaks of an attribute gives cause to mention that attribute in any words; a
    case without evidence gives none.
    """
    names = [str(name) for name in drafts["name"].dropna().unique()]
    tokens = tokenise(drafts["text"]).nameless(names)
    items = evidence_items(drafts)
    cases = list(items)
    given = pd.Series([" ".join(str(i["text"]) for i in items[c]) for c in cases], dtype="str")
    evidence = tokenise(given)
    position = pd.Index(cases, dtype="str").get_indexer(pd.Index(drafts["case_id"]))
    found = np.zeros(len(drafts), dtype=bool)
    for name in GROUP_LISTS:
        found |= _has(tokens, name) & ~np.append(_has(evidence, name), False)[position]
    mentions = pd.Series(found.astype(float), index=drafts.index)
    return mentions.where(tokens.lengths > 0)


def _has(tokens: Tokens, name: str) -> np.ndarray:
    return hits(tokens, word_list(name)) > 0


METRICS = (Metric(MENTION_RATE, mention_rate), Metric(MENTION_GAP, mention_gap))
