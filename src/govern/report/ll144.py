"""What the findings say of the tables of New York City's Local Law 144; see metrics/ll144.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govern.domain import Finding, Undefined

SELECTION_RATE, SCORING_RATE = "fairness.selection_rate", "fairness.scoring_rate"
SELECTION_RATIO = "fairness.ll144_selection_ratio"
SCORING_RATIO = "fairness.ll144_scoring_ratio"
RATES = (
    ("selection rate", SELECTION_RATE, SELECTION_RATIO),
    ("scoring rate", SCORING_RATE, SCORING_RATIO),
)
# What the metrics' methods say; see metrics/ll144.py and metrics/selection.py.
_MEDIAN = re.compile(r"median (?P<at>\S+), (?P<ties>\d+) of (?P<all>\d+) at it")
_UNKNOWN = re.compile(r"(?P<unknown>\d+) of (?P<all>\d+) of unknown category")
_LEFT_OUT = re.compile(
    r"(?P<why>\S+ of \d+ assessed, under \S+); (?P<chosen>\d+) of (?P<all>\d+) (?P<rated>.+)"
)
UNKNOWN = "unknown"
"""What the metrics call a category that nobody knows."""
KINDS = ("sex", "race and ethnicity", "sex with race and ethnicity")
"""What the rule wants tables by."""
_SEX = ("gender", "sex")
_RACE = ("race_ethnicity", "ethnicity", "race")


@dataclass(frozen=True)
class Median:
    """The median rating of all who were rated, and how many are at it."""

    at: str
    ties: int
    rated: int

    def sentence(self, of: str) -> str:
        """How many tie at the median of all ``of``, and what that does to the rate."""
        return (
            f"Ties at the median: the median rating is {self.at}, and {self.ties:,} of "
            f"{self.rated:,} {of} ({self.ties / max(self.rated, 1):.0%}) are at it. “Scored above "
            "the median” means strictly above, so ratings in few steps can make that share small."
        )


@dataclass(frozen=True)
class Unknown:
    """How many of those assessed are of no known category."""

    people: int
    assessed: int


@dataclass(frozen=True)
class LeftOut:
    """That a category is too small a part of the data for a ratio, and how it fared."""

    why: str
    chosen: int
    people: int
    rated: str

    @property
    def rate(self) -> float:
        """The share selected, or rated above the median."""
        return self.chosen / self.people


@dataclass(frozen=True)
class Category:
    """One row: a number, or why there is none."""

    label: str
    assessed: int
    rate: float | Undefined
    ratio: float | Undefined

    @property
    def left_out(self) -> LeftOut | None:
        """What the rule wants told of a category that enters no ratio for its size."""
        return left_out_of(self.ratio)


@dataclass(frozen=True)
class Table:
    """One of the rule's tables: ``rate`` over the categories of ``by``.

    ``highest`` is the category whose rate the others are held against.
    """

    by: str
    rate: str
    categories: tuple[Category, ...]
    highest: str | None
    unknown: Unknown | None
    median: Median | None


def tables(findings: Iterable[Finding]) -> tuple[Table, ...]:
    """Every table that the findings hold, in their order; none of what could not be had.

    A category of whom nobody was assessed has a row as well, with the reason of its rate.
    """
    found = {(f.metric, f.by, f.contrast): f for f in findings if f.metric in _METRICS}
    made = []
    for rate, level, ratio in RATES:
        by_attribute = [f for f in found.values() if f.metric == ratio and f.by != "all"]
        for by in dict.fromkeys(f.by for f in by_attribute):
            mine = [f for f in by_attribute if f.by == by]
            levels = {f.contrast: f for f in found.values() if (f.metric, f.by) == (level, by)}
            ratios = {f.contrast: f for f in mine if f.contrast != "all"}
            known = [one for one in levels if UNKNOWN not in one.split("*")]
            if labels := dict.fromkeys((*known, *ratios)):
                made.append(
                    Table(
                        by=by,
                        rate=rate,
                        categories=tuple(
                            _category(label, ratios.get(label), levels.get(label))
                            for label in labels
                        ),
                        highest=mine[0].baseline,
                        unknown=unknown_in(mine),
                        median=median_in(mine) if rate == "scoring rate" else None,
                    )
                )
    return tuple(made)


def missing(findings: Iterable[Finding], by: str | None) -> Iterator[str]:
    """Why there are no ratios of ``by``, or of any attribute without it; nothing if none says."""
    for one in findings:
        is_whole = one.metric in (SELECTION_RATIO, SCORING_RATIO) and one.contrast == "all"
        if is_whole and one.by in ("all", by) and isinstance(one.estimate, Undefined):
            yield one.estimate.reason


def asked_for(findings: Iterable[Finding]) -> tuple[str | None, str | None, str | None]:
    """The attributes of ``KINDS``, by their names in the findings."""
    attributes = {f.by for f in findings if f.metric in (SELECTION_RATIO, SCORING_RATIO)}
    sex = next((one for one in _SEX if one in attributes), None)
    race = next((one for one in _RACE if one in attributes), None)
    both = next((one for one in sorted(attributes) if set(one.split("*")) == {sex, race}), None)
    return sex, race, both


def median_in(findings: Iterable[Finding]) -> Median | None:
    """What the findings' methods say of the median."""
    one = _MEDIAN.search(" ".join(f.method for f in findings))
    return Median(one["at"], int(one["ties"]), int(one["all"])) if one else None


def unknown_in(findings: Iterable[Finding]) -> Unknown | None:
    """What the findings' methods say of people of unknown category."""
    one = _UNKNOWN.search(" ".join(f.method for f in findings))
    return Unknown(int(one["unknown"]), int(one["all"])) if one else None


def left_out_of(ratio: float | Undefined) -> LeftOut | None:
    """What a ratio's reason says of a category that is left out; ``None`` for any other reason."""
    one = _LEFT_OUT.fullmatch(ratio.reason) if isinstance(ratio, Undefined) else None
    return LeftOut(one["why"], int(one["chosen"]), int(one["all"]), one["rated"]) if one else None


_METRICS = frozenset(metric for _, *metrics in RATES for metric in metrics)


def _category(label: str, ratio: Finding | None, level: Finding | None) -> Category:
    none = Undefined(reason="the findings have none of it")
    rate = level.estimate if level else none
    if ratio is None:
        why = rate if isinstance(rate, Undefined) else none
        return Category(label, level.counts.units if level else 0, rate, why)
    small = left_out_of(ratio.estimate)
    if small and isinstance(rate, Undefined):
        rate = small.rate
    return Category(label, ratio.counts.units, rate, ratio.estimate)
