"""The statistics of the contest record that a clause may be about.

All speak of the contests of a window that ends at the moment of asking. Low rates can also
mean fear; a board should read them with that in mind. Source: docs/policies.md#the-record.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from govern.domain.finding import Sense
from govern.domain.metric import Shape, Spec

SMALLEST = 10
"""Fewest people behind a number, in each group compared: below it somebody might be found."""

SHARE_METHOD = "Clopper-Pearson, unit = contest"
GAP_METHOD = "each group against the mean of the others, Welch t, unit = contest"


def _spec(name: str, question: str, unit: str, sense: Sense, shape: Shape) -> Spec:
    method = GAP_METHOD if shape == "contrast" else SHARE_METHOD
    return Spec(
        id=f"contest.{name}",
        version="1.0.0",
        question=question,
        unit=unit,
        sense=sense,
        shape=shape,
        method=method,
    )


CONTESTED = _spec(
    "contested_share",
    "How many of the reviews of the window were contested, where few can also mean fear?",
    "share of reviews",
    "lower_is_better",
    "table",
)
OVERDUE = _spec(
    "overdue_share",
    "How many of the contests due in the window were answered late, or are still waiting?",
    "share of contests due",
    "lower_is_better",
    "level",
)
OPEN = _spec(
    "open_share",
    "How many of the contests submitted in the window have no answer yet?",
    "share of contests submitted",
    "lower_is_better",
    "level",
)
INDEPENDENT = _spec(
    "independent_share",
    "How many of the contests decided in the window were decided by somebody not involved?",
    "share of contests decided",
    "higher_is_better",
    "level",
)
UPHELD = _spec(
    "upheld_share",
    "How many of the contests decided in the window were upheld, at least in part?",
    "share of contests decided",
    "lower_is_better",
    "level",
)
OVERTURNED = _spec(
    "overturned_share",
    "How many of the first decisions appealed against and settled in the window were changed?",
    "share of appeals decided",
    "lower_is_better",
    "level",
)
RATE_GAP = _spec(
    "rate_gap",
    "Does one group contest more or less of its reviews than the others?",
    "share of reviews",
    "centred",
    "contrast",
)
UPHELD_GAP = _spec(
    "upheld_gap",
    "Is one group right in its contests more or less often than the others?",
    "share of contests decided",
    "centred",
    "contrast",
)
DAYS_GAP = _spec(
    "days_gap",
    "Does one group wait longer for an answer than the others?",
    "days",
    "centred",
    "contrast",
)

SPECS: Mapping[str, Spec] = MappingProxyType(
    {
        spec.id: spec
        for spec in (
            CONTESTED,
            OVERDUE,
            OPEN,
            INDEPENDENT,
            UPHELD,
            OVERTURNED,
            RATE_GAP,
            UPHELD_GAP,
            DAYS_GAP,
        )
    }
)
