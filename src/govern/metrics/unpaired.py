"""Contrasts over tables in which every case stands in one group: a row is a person.

What people did is not held equal there. Such findings say so (``design``), and no clause is
judged by them. Definitions: docs/statistics.md#people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, Interval, Ratio, StudentT, Undefined, UndefinedCode
from govern.domain.metric import Spec
from govern.frames import GROUP, coded, group_attributes
from govern.metrics.reasons import none_scored, none_selected, one_group, short_of, too_many_lack
from govern.metrics.spec import counts, finding, undefined
from govern.stats.contrasts import MAX_MISSING, MIN_CASES, MIN_NAMES, cells_of
from govern.stats.permutation import contrast_test, name_table
from govern.stats.unpaired import Difference, Side, difference, side

WELCH = "unpaired: group against everybody else, Welch's t, by name where names recur"
PERMUTED = "p: whole names permuted"
WITHIN = "p: whole names permuted, within strata"
FIELLER = "unpaired rates, linear form inverted (Fieller)"
FISHER = "p: Fisher's exact test"
BY_T = "p: Welch's t"
DRAWS = 999
# Above, permutations take seconds each and then gigabytes, and t is as good.
MOST_PERMUTED = 2_000
SEED = 0


@dataclass(frozen=True)
class People:
    """One slice of a table of people.

    Attributes:
        spec: of the metric.
        drafts: the whole table, for its denominators.
        by: the slice.
        table: one row per scored case: ``value``, ``group``, ``name`` and ``stratum`` as codes.
        missing: share of rows without a value.
        step: as in ``StudentT``.
    """

    spec: Spec
    drafts: pd.DataFrame
    by: str
    table: pd.DataFrame
    missing: float
    step: float

    @property
    def values(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.table["value"].to_numpy(dtype=np.float64)

    @property
    def name(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return self.table["name"].to_numpy(dtype=np.int64)

    def where(self, group: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Who is in ``group``."""
        return (self.table["group"] == group).to_numpy()

    def finding(
        self,
        contrast: str,
        estimate: float | Undefined,
        names: int,
        *,
        interval: Interval | None = None,
        method: str | None = None,
        p_value: float | None = None,
    ) -> Finding:
        """A finding about this table, ``names`` on the smaller side if there are names."""
        people = len(self.table)
        named = names if self.drafts["name"].notna().any() else None
        denominators = counts(self.drafts, people, unit_name="people", cases=people, names=named)
        found = finding(
            self.spec,
            estimate,
            denominators,
            interval=interval,
            by=self.by,
            contrast=contrast,
            method=method,
        )
        return found.model_copy(update={"design": "unpaired", "p_value": p_value})


def are_people(drafts: pd.DataFrame) -> bool:
    """Whether no case stands in two groups, so that nothing can be paired."""
    case, cases = coded(drafts["case_id"])
    cell, cells = cells_of(drafts, [f"{GROUP}{a}" for a in group_attributes(drafts)])
    return len(pd.unique(case * len(cells) + cell)) == len(cases)


def difference_findings(
    spec: Spec,
    drafts: pd.DataFrame,
    values: pd.Series[float],
    label: pd.Series[str],
    *,
    by: str,
    step: float,
) -> list[Finding]:
    """Each group's mean less that of everybody else; of two groups the first alone.

    Undefined where a group has no scored row, over 5 % of rows are not scored, or either side
    has under 12 people or, where names were given, under 10 names.
    """
    people = _people(spec, drafts, values, label, by=by, step=step)
    if isinstance(people, Finding):
        return [people]
    groups = sorted(people.table["group"].unique())
    return [_difference(people, g) for g in (groups[:1] if len(groups) == 2 else groups)]


def ratio_findings(
    spec: Spec, drafts: pd.DataFrame, chosen: pd.Series[float], label: pd.Series[str], *, by: str
) -> list[Finding]:
    """Rate of one group over another's for every ordered pair; undefined as differences are,
    and where the second rate is 0.
    """
    people = _people(spec, drafts, chosen, label, by=by, step=1.0)
    if isinstance(people, Finding):
        return [people]
    groups = sorted(people.table["group"].unique())
    return [_ratio(people, g, h) for g in groups for h in groups if g != h]


def _people(
    spec: Spec,
    drafts: pd.DataFrame,
    values: pd.Series[float],
    label: pd.Series[str],
    *,
    by: str,
    step: float,
) -> People | Finding:
    """The slice's people, or the finding that says why none can be compared."""
    scored = values.notna()
    stop = _problem(scored, label)
    if stop:
        return undefined(spec, drafts, stop[0], stop[1], scored=int(scored.sum()), by=by)
    case = drafts["case_id"]
    name = drafts["name"].where(drafts["name"].notna(), case)
    table = pd.DataFrame(
        {
            "case": case,
            "value": values,
            "group": label,
            # A name that is used in two groups is two names.
            "name": pd.factorize(pd.MultiIndex.from_arrays([label, name]))[0],
            "stratum": pd.factorize(drafts["stratum"].fillna(""))[0],
        }
    )[scored]
    rows = table.groupby("case", sort=False)
    one = rows.agg({"value": "mean", "group": "first", "name": "first", "stratum": "first"})
    return People(spec, drafts, by, one, 1 - float(scored.mean()), step)


def _problem(scored: pd.Series[bool], label: pd.Series[str]) -> tuple[str, UndefinedCode] | None:
    per_group = scored.groupby(label).sum()
    if len(per_group) < 2:
        return one_group(per_group.index[0]), "not_assessable"
    if not per_group.any():
        return "no draft could be scored", "missing_drafts"
    if (per_group == 0).any():
        return none_scored(per_group.index[per_group == 0][0]), "missing_drafts"
    missing = 1 - float(scored.mean())
    if missing > MAX_MISSING:
        return too_many_lack(missing, "planned drafts could not be scored"), "too_many_missing"
    return None


def _too_few(people: People, group: str, others: str | None = None) -> str | None:
    """Why ``group`` cannot be held against ``others``, or everybody else, if it cannot."""
    mine = people.where(group)
    theirs = ~mine if others is None else people.where(others)
    persons = int(min(mine.sum(), theirs.sum()))
    if persons < MIN_CASES:
        return short_of(persons, "people in the smaller group", MIN_CASES)
    names = int(min(np.unique(people.name[mine]).size, np.unique(people.name[theirs]).size))
    if names < MIN_NAMES:
        return short_of(names, "names in the smaller group", MIN_NAMES)
    return None


def _difference(people: People, group: str) -> Finding:
    few = _too_few(people, group)
    mine = people.where(group)
    if few:
        names = int(np.unique(people.name[mine]).size)
        return people.finding(group, Undefined(reason=few, code="too_few"), names, method=WELCH)
    found = difference(people.values, mine, people.name)
    many = len(np.unique(people.name)) > MOST_PERMUTED
    p_value, test = (found.p_value, BY_T) if many else _permuted(people, mine)
    return people.finding(
        group,
        found.estimate,
        found.clusters,
        interval=_welch(people, found),
        method=f"{WELCH}; {test}",
        p_value=p_value,
    )


def _welch(people: People, found: Difference) -> StudentT:
    return StudentT(
        se=float(np.sqrt(found.variance)),
        df=found.df,
        clusters=found.people,
        step=people.step,
        widen=people.missing * people.step,
    )


def _permuted(
    people: People, mine: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[float, str]:
    """Two-sided p of the difference, whole names moved; within strata where there are any.

    Values are compared within their stratum. Names that stand in one stratum each move only
    within it; names that recur across strata move freely.
    """
    name = pd.factorize(people.table["name"])[0].astype(np.int64)
    stratum = people.table["stratum"].to_numpy(dtype=np.int64)
    first = np.unique(name, return_index=True)[1]
    nested = bool((stratum == stratum[first][name]).all())
    table = name_table(
        people.values,
        pd.factorize(stratum)[0].astype(np.int64),
        name,
        np.where(mine[first], 0, 1).astype(np.int64),
    )
    test = contrast_test(
        table,
        np.array([1.0, -1.0]),
        np.random.default_rng(SEED),
        draws=DRAWS,
        stratum=stratum[first] if nested else None,
    )
    return test.p, WITHIN if len(np.unique(stratum)) > 1 else PERMUTED


def _ratio(people: People, group: str, other: str) -> Finding:
    contrast = f"{group} / {other}"
    mine, theirs = people.where(group), people.where(other)
    names = int(min(np.unique(people.name[on]).size for on in (mine, theirs)))
    few = _too_few(people, group, other)
    if few is None and not people.values[theirs].any():
        few = none_selected(other)
    if few:
        silent = Undefined(reason=few, code="too_few")
        return people.finding(contrast, silent, names, method=FIELLER)
    over, under = (side(people.values[on], people.name[on]) for on in (mine, theirs))
    return people.finding(
        contrast,
        over.mean / under.mean,
        names,
        interval=_fieller(people, over, under),
        method=f"{FIELLER}; {FISHER}",
        p_value=fisher(people.values[mine], people.values[theirs]),
    )


def _fieller(people: People, over: Side, under: Side) -> Ratio:
    found = Difference(over, under)
    return Ratio(
        numerator=over.mean,
        denominator=under.mean,
        variances=((over.variance, 0.0, under.variance),),
        df=found.df,
        clusters=found.people,
        step=1.0,
        widen=people.missing,
    )


def fisher(chosen: np.ndarray, others: np.ndarray) -> float | None:
    """Two-sided p of Fisher's exact test on 0 and 1; none where a value is between them."""
    from scipy.stats import fisher_exact

    table = [[(side == 1).sum(), (side == 0).sum()] for side in (chosen, others)]
    if np.sum(table) < len(chosen) + len(others):
        return None
    return float(min(fisher_exact(table).pvalue, 1.0))
