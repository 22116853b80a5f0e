"""Candidate against incumbent: differences of levels over the cells that both were to draft.

Source: docs/statistics.md#paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern import frames
from govern.domain.finding import Counts, Finding, StudentT, Undefined
from govern.metrics import METRICS, accuracy, coverage, integrity, measure
from govern.metrics.reasons import short_of, too_many_lack
from govern.stats.contrasts import MAX_MISSING
from govern.stats.jackknife import case_groups, jackknife_se

Rows = NDArray[np.bool_]
Codes = NDArray[np.int64]
Both = tuple[Finding, Finding]

METHOD = "paired difference on the same cells, delete-a-group jackknife over cases, Student t"
LEVELS = ("level", "event", "contrast")
CONTENT = ("text", "rating", "label", "outcome", frames.JUDGED)
# They count what is missing, so no cell is left out for it.
OF_MISSING = frozenset(
    {
        *(metric.spec.id for metric in coverage.METRICS),
        integrity.EMPTY.id,
        accuracy.LABEL_AGREEMENT.id,
    }
)
GAP = Undefined(reason="the candidate's gap is judged by its own size, not against the incumbent's")
# Below this standard error nothing varies; without a step, the unit's whole is the floor's.
SAME = 1e-9


@dataclass(frozen=True)
class Pair:
    """Drafts of the same cells by two pipelines, row by row."""

    candidate: pd.DataFrame
    incumbent: pd.DataFrame

    @property
    def cells(self) -> int:
        return len(self.candidate)

    @property
    def sides(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self.candidate, self.incumbent

    def only(self, rows: Rows) -> Pair:
        """Some of the cells, of both."""
        mine, theirs = (side[rows].reset_index(drop=True) for side in self.sides)
        return Pair(mine, theirs)

    def ok(self) -> Rows:
        """Which cells both drafted."""
        both = (self.candidate["status"] == "ok") & (self.incumbent["status"] == "ok")
        return both.to_numpy(dtype=np.bool_)

    def groups(self) -> Codes:
        """With which group of cases each row is deleted.

        Variants, then strata, are spread evenly over the groups.
        """
        drafts = self.candidate
        told = drafts["variant"].groupby(drafts["case_id"]).agg(lambda kinds: max(kinds.unique()))
        cases = drafts.drop_duplicates("case_id")
        cases = cases.assign(told=cases["case_id"].map(told))
        order = cases.sort_values(["told", "stratum_above", "stratum", "case_id"])["case_id"]
        of_case = pd.Series(case_groups(len(order)), index=order)
        return np.asarray(drafts["case_id"].map(of_case), dtype=np.int64)


def pair_up(candidate: pd.DataFrame, incumbent: pd.DataFrame) -> Pair:
    """The cells that both frames have, known by ``draft_id``, in the candidate's order."""
    order = candidate["draft_id"][candidate["draft_id"].isin(incumbent["draft_id"])]
    mine, theirs = (
        frame.set_index("draft_id", drop=False).loc[order].reset_index(drop=True)
        for frame in (candidate, incumbent)
    )
    return Pair(mine, theirs)


def paired_differences(pair: Pair, metrics: Iterable[str]) -> tuple[Finding, ...]:
    """For each of ``metrics``, the candidate's level less the incumbent's.

    A cell counts where both came back with what the metric reads. Over 5 % without it is
    Undefined, and what is left widens the interval by its share times one step. A gap between
    groups is Undefined: sizes of gaps are not smooth, so only the candidate's own is judged.

    Raises:
        InputError: a metric is not in ``METRICS``.
    """
    levels = [_level(pair, name) for name in dict.fromkeys(metrics)]
    alike: dict[bytes, list[_Level]] = {}
    for level in levels:
        if level.silence is None:
            alike.setdefault(level.rows.tobytes(), []).append(level)
    found: dict[str, Finding] = {}
    for same in alike.values():
        found |= _differences(pair, same)
    return tuple(
        found[level.name] if level.silence is None else level.undefined(level.silence)
        for level in levels
    )


@dataclass(frozen=True)
class _Level:
    """A metric: one of its findings, the cells that it reads, and those of them that count."""

    finding: Finding
    rows: Rows
    counts: Counts
    silence: Undefined | None = None

    @property
    def name(self) -> str:
        return self.finding.metric

    @property
    def missing(self) -> float:
        """Share of the cells read that do not count."""
        return 1 - self.counts.scored / self.counts.planned

    def undefined(self, why: Undefined) -> Finding:
        """No difference, and why."""
        return self._difference(why, None, self.counts)

    def difference(self, estimate: float, interval: StudentT) -> Finding:
        """What the candidate has more than the incumbent."""
        counts = self.counts.model_copy(update={"cases": interval.clusters})
        return self._difference(estimate, interval, counts)

    def _difference(
        self, estimate: float | Undefined, interval: StudentT | None, counts: Counts
    ) -> Finding:
        changes = {
            "by": "all",
            "contrast": "all",
            "estimate": estimate,
            "interval": interval,
            "method": METHOD,
            "counts": counts,
            "examples": (),
            "p_value": None,
            "against": "incumbent",
        }
        return self.finding.model_copy(update=changes)


def _level(pair: Pair, name: str) -> _Level:
    """What a metric reads of a pair, and why there is no difference where there is none."""
    whole = measure(pair.candidate, [name])
    everything = np.ones(pair.cells, dtype=np.bool_)
    if METRICS[name].spec.shape not in LEVELS or any(one.by != "all" for one in whole):
        return _counted(pair, whole[0], everything, everything, GAP)
    if why := _silence(_both(pair, [name])[name]):
        return _counted(pair, whole[0], everything, everything, why)
    reads = _blocks_read(pair, name)
    rows = reads if name in OF_MISSING else reads & _came(pair, name)
    missing = 1 - int(rows.sum()) / int(reads.sum())
    if missing <= MAX_MISSING:
        return _counted(pair, whole[0], reads, rows, None)
    reason = too_many_lack(
        missing, "the drafts that both runs share lack what is measured in one of them"
    )
    why = Undefined(reason=reason, code="too_many_missing")
    return _counted(pair, whole[0], reads, rows, why)


def _counted(
    pair: Pair, finding: Finding, reads: Rows, rows: Rows, silence: Undefined | None
) -> _Level:
    scored = int(rows.sum())
    counts = Counts(
        planned=int(reads.sum()),
        ok=int((reads & pair.ok()).sum()),
        scored=scored,
        cases=int(pair.candidate.loc[rows, "case_id"].nunique()),
        units=scored,
        unit_name="pairs of drafts",
    )
    return _Level(finding, rows, counts, silence)


def _blocks_read(pair: Pair, name: str) -> Rows:
    """The cells of the blocks without which either finding would be another."""
    block = pair.candidate["block"].to_numpy()
    blocks = [b for b in np.unique(block) if _matters(name, pair.sides, pair.only(block != b))]
    return np.isin(block, blocks)


def _came(pair: Pair, name: str) -> Rows:
    """The cells where both have a draft, and in it whatever the metric reads."""
    rows = pair.ok()
    for column in CONTENT:
        if column not in pair.candidate or column not in pair.incumbent:
            continue
        there = np.logical_and(*(side[column].notna().to_numpy() for side in pair.sides))
        if (rows & ~there).any() and _matters(name, pair.sides, _blank(pair, column)):
            rows = rows & there
    return rows


def _matters(name: str, sides: tuple[pd.DataFrame, pd.DataFrame], other: Pair) -> bool:
    return any(
        measure(side, [name]) != measure(less, [name])
        for side, less in zip(sides, other.sides, strict=True)
    )


def _blank(pair: Pair, column: str) -> Pair:
    mine, theirs = (
        side.assign(**{column: side[column].mask(side[column].notna())}) for side in pair.sides
    )
    return Pair(mine, theirs)


def _differences(pair: Pair, levels: Sequence[_Level]) -> dict[str, Finding]:
    """The differences of metrics that read the same cells, measured together."""
    counted = pair.only(levels[0].rows)
    names = [level.name for level in levels]
    group = counted.groups()
    whole = _both(counted, names)
    without = [_both(counted.only(group != one), names) for one in np.unique(group)]
    return {
        level.name: _difference(level, whole[level.name], [w[level.name] for w in without])
        for level in levels
    }


def _both(pair: Pair, names: Sequence[str]) -> Mapping[str, Both]:
    mine, theirs = ({f.metric: f for f in measure(side, names)} for side in pair.sides)
    return {name: (mine[name], theirs[name]) for name in names}


def _difference(level: _Level, whole: Both, without: Sequence[Both]) -> Finding:
    if why := _silence(whole):
        return level.undefined(why)
    cases = min(finding.counts.cases for finding in whole)
    if cases < 2 or len(without) < 2:
        return level.undefined(Undefined(reason=short_of(cases, "case", 2), code="too_few"))
    for less in without:
        if why := _silence(less):
            reason = f"without some of the cases, {why.reason}"
            return level.undefined(Undefined(reason=reason, code=why.code))
    se = jackknife_se(np.array([_gap(less) for less in without]))
    step = max(_step(finding) for finding in whole)
    least, most = _limits(whole)
    interval = StudentT(
        se=se,
        df=min(cases, len(without)) - 1,
        clusters=cases,
        step=1.0 if step == 0 and se < SAME else step,
        widen=level.missing * (step or 1.0),
        least=least,
        most=most,
    )
    return level.difference(round(_gap(whole), 12), interval)


def _silence(both: Both) -> Undefined | None:
    for who, finding in zip(("candidate", "incumbent"), both, strict=True):
        if isinstance(finding.estimate, Undefined):
            why = finding.estimate
            return Undefined(reason=f"for the {who}, {why.reason}", code=why.code)
    return None


def _gap(both: Both) -> float:
    mine, theirs = (float(str(finding.estimate)) for finding in both)
    return mine - theirs


def _step(finding: Finding) -> float:
    """What one case can move the estimate by, were all cases like it; a share's is the whole."""
    return finding.interval.step if isinstance(finding.interval, StudentT) else 1.0


def _limits(whole: Both) -> tuple[float | None, float | None]:
    """The ends of a difference: the unit's, one less the other."""
    ends = [
        (i.least, i.most) if isinstance(i, StudentT) else (0.0, 1.0)
        for i in (finding.interval for finding in whole)
    ]
    (least, most), (least_, most_) = ends
    if least is None or most is None or least_ is None or most_ is None:
        return None, None
    return least - most_, most - least_
