"""A made-up contest record, and what every contest record must keep to.

An adapter of your own passes the contract when a subclass of ``RecordSourceContract`` whose
``source`` makes it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any

from govern.contest.specs import (
    DAYS_GAP,
    INDEPENDENT,
    OPEN,
    OVERDUE,
    SMALLEST,
    SPECS,
    UPHELD,
    UPHELD_GAP,
)
from govern.domain.finding import (
    Binomial,
    Counts,
    Finding,
    Interval,
    RecordFacts,
    StudentT,
    Undefined,
)
from govern.domain.metric import Spec
from govern.domain.record import RecordSource

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass(frozen=True)
class MadeUpContest:
    """A contest; what is ``None`` has not happened. ``groups`` is whom the review was about."""

    submitted: datetime
    due: datetime
    decided: datetime | None = None
    upheld: bool = False
    independent: bool = True
    groups: Mapping[str, str] = field(default_factory=dict)


class MadeUpRecord:
    """A ``RecordSource`` over contests in memory; over ``None`` there is no record."""

    def __init__(self, contests: Sequence[MadeUpContest] | None) -> None:
        self._contests = contests

    def statistics(self, *, now: datetime, window_days: int) -> RecordFacts | None:
        if self._contests is None:
            return None
        since = now - timedelta(days=window_days)
        levels: dict[str, set[str]] = {}
        for contest in self._contests:
            for attribute, level in contest.groups.items():
                levels.setdefault(attribute, set()).add(level)
        return RecordFacts(
            as_of=now,
            window_days=window_days,
            groups={attribute: tuple(sorted(found)) for attribute, found in levels.items()},
            findings=tuple(_findings(self._contests, since, now)),
        )


def _findings(
    contests: Sequence[MadeUpContest], since: datetime, now: datetime
) -> Iterator[Finding]:
    def within(when: datetime | None) -> bool:
        return when is not None and since < when <= now

    def late(contest: MadeUpContest) -> bool:
        return contest.decided is None or contest.decided > contest.due

    due = [late(c) for c in contests if within(c.due) and c.submitted <= now]
    submitted = [c for c in contests if within(c.submitted)]
    decided = [c for c in contests if within(c.decided)]
    yield _share(OVERDUE, due)
    yield _share(OPEN, [c.decided is None or c.decided > now for c in submitted])
    yield _share(INDEPENDENT, [c.independent for c in decided])
    yield _share(UPHELD, [c.upheld for c in decided])
    yield from _gaps(UPHELD_GAP, [(c, float(c.upheld)) for c in decided])
    waits = [(c, (c.decided - c.submitted) / timedelta(days=1)) for c in decided if c.decided]
    yield from _gaps(DAYS_GAP, waits)
    told = {spec.id for spec in (OVERDUE, OPEN, INDEPENDENT, UPHELD, UPHELD_GAP, DAYS_GAP)}
    for name in sorted(set(SPECS) - told):
        yield _finding(SPECS[name], Undefined(reason="not made up", code="not_supplied"), 0)


def _share(spec: Spec, hits: Sequence[bool]) -> Finding:
    n = len(hits)
    if n < SMALLEST:
        return _finding(spec, _too_few(n), n)
    return _finding(spec, sum(hits) / n, n, interval=Binomial(hits=sum(hits), n=n))


def _gaps(spec: Spec, valued: Sequence[tuple[MadeUpContest, float]]) -> Iterator[Finding]:
    attributes = sorted({attribute for contest, _ in valued for attribute in contest.groups})
    if not attributes:
        yield _finding(spec, Undefined(reason="no group was recorded", code="not_supplied"), 0)
    for attribute in attributes:
        values: dict[str, list[float]] = {}
        for contest, value in valued:
            values.setdefault(contest.groups.get(attribute, "not known"), []).append(value)
        yield from _against_the_others(spec, attribute, values)


def _against_the_others(
    spec: Spec, attribute: str, values: Mapping[str, Sequence[float]]
) -> Iterator[Finding]:
    n = sum(map(len, values.values()))
    fewest = min(map(len, values.values()))
    if fewest < SMALLEST or len(values) < 2:
        yield _finding(spec, _too_few(fewest), n, by=attribute)
        return
    means = {group: sum(of) / len(of) for group, of in values.items()}
    variances = {
        group: sum((v - means[group]) ** 2 for v in of) / (len(of) - 1) / len(of)
        for group, of in values.items()
    }
    weight = 1 / (len(values) - 1)
    groups = sorted(values)
    for group in groups if len(groups) > 2 else groups[:1]:
        others = [g for g in groups if g != group]
        gap = means[group] - weight * sum(means[g] for g in others)
        se = sqrt(variances[group] + weight**2 * sum(variances[g] for g in others))
        interval = StudentT(se=se, df=fewest - 1, clusters=fewest, step=1.0)
        yield _finding(spec, gap, n, by=attribute, contrast=group, interval=interval)


def _too_few(n: int) -> Undefined:
    return Undefined(reason=f"{n} contests, {SMALLEST} needed", code="too_few")


def _finding(
    spec: Spec, estimate: float | Undefined, n: int, interval: Interval | None = None, **by: Any
) -> Finding:
    return Finding(
        metric=spec.id,
        version=spec.version,
        estimate=estimate,
        interval=interval,
        unit=spec.unit,
        sense=spec.sense,
        method=spec.method,
        counts=Counts(planned=n, ok=n, scored=n, cases=n, units=n, unit_name="contests"),
        evaluator="contest record",
        **by,
    )


def contests(n: int, *, late: int = 0, upheld: int = 0, involved: int = 0) -> list[MadeUpContest]:
    """Decided contests of the last month: the first ``late``, ``upheld``, ``involved`` of them."""
    submitted = NOW - timedelta(days=20)
    return [
        MadeUpContest(
            submitted=submitted,
            due=submitted + timedelta(days=14),
            decided=submitted + timedelta(days=15 if i < late else 10),
            upheld=i < upheld,
            independent=i >= involved,
            groups={"gender": ("female", "male")[i % 2]},
        )
        for i in range(n)
    ]


class RecordSourceContract:
    """What every source keeps to; ``source`` puts contests into one, ``None`` into none."""

    def source(self, contests: Sequence[MadeUpContest] | None) -> RecordSource:
        raise NotImplementedError

    def found(
        self, made_up: Sequence[MadeUpContest], window_days: int = 90
    ) -> dict[tuple[str, str, str], Finding]:
        """The findings as of ``NOW``, by statistic and slice."""
        facts = self.source(made_up).statistics(now=NOW, window_days=window_days)
        assert facts is not None
        assert (NOW, window_days) == (facts.as_of, facts.window_days)
        return {(f.metric, f.by, f.contrast): f for f in facts.findings}

    def test_without_a_record_there_are_no_facts(self) -> None:
        assert self.source(None).statistics(now=NOW, window_days=90) is None

    def test_every_statistic_is_there_even_where_nobody_contested(self) -> None:
        findings = self.found([])

        assert set(SPECS) == {metric for metric, _, _ in findings}
        assert all(isinstance(f.estimate, Undefined) for f in findings.values())

    def test_every_finding_is_of_its_spec(self) -> None:
        for finding in self.found(contests(40, late=3, upheld=9)).values():
            spec = SPECS[finding.metric]
            assert (spec.version, spec.unit, spec.sense) == (
                finding.version,
                finding.unit,
                finding.sense,
            )

    def test_the_groups_that_are_compared_are_named(self) -> None:
        facts = self.source(contests(40)).statistics(now=NOW, window_days=90)

        assert facts is not None
        assert facts.groups == {"gender": ("female", "male")}

    def test_shares_are_counted(self) -> None:
        """Of 40 contests 4 late, 10 upheld, 2 decided by somebody involved."""
        findings = self.found(contests(40, late=4, upheld=10, involved=2))

        assert findings[OVERDUE.id, "all", "all"].estimate == 0.1
        assert findings[UPHELD.id, "all", "all"].estimate == 0.25
        assert findings[INDEPENDENT.id, "all", "all"].estimate == 0.95
        assert findings[OPEN.id, "all", "all"].estimate == 0.0

    def test_what_waits_beyond_its_day_is_overdue_and_open(self) -> None:
        """Silence is no answer: 10 of 20 were due yesterday and are not decided."""
        waiting = [
            MadeUpContest(submitted=NOW - timedelta(days=15), due=NOW - timedelta(days=1))
            for _ in range(10)
        ]
        findings = self.found(contests(10) + waiting)

        assert findings[OVERDUE.id, "all", "all"].estimate == 0.5
        assert findings[OPEN.id, "all", "all"].estimate == 0.5

    def test_nothing_outside_the_window_counts(self) -> None:
        """The contests of `contests` were submitted 20 days ago and decided 10 days ago."""
        findings = self.found(contests(40, late=40), window_days=4)

        assert all(isinstance(f.estimate, Undefined) for f in findings.values())

    def test_nothing_that_happened_later_counts(self) -> None:
        facts = self.source(contests(40)).statistics(now=NOW - timedelta(days=60), window_days=90)

        assert facts is not None
        assert all(isinstance(f.estimate, Undefined) for f in facts.findings)

    def test_fewer_contests_than_anybody_could_hide_in_give_no_number(self) -> None:
        for finding in self.found(contests(SMALLEST - 1)).values():
            assert isinstance(finding.estimate, Undefined)

    def test_groups_are_compared_and_small_ones_are_not(self) -> None:
        """20 women, 10 of them right; 20 men, none: a gap of .5. Of 18 each group has nine."""
        made_up = contests(40, upheld=20)
        women = [c for c in made_up if c.groups["gender"] == "female"]
        assert sum(c.upheld for c in women) == 10
        right = [
            c if c in women else MadeUpContest(**(vars(c) | {"upheld": False})) for c in made_up
        ]
        assert self.found(right)[UPHELD_GAP.id, "gender", "female"].estimate == 0.5
        few = self.found(contests(2 * SMALLEST - 2, upheld=4))
        gaps = [f for (metric, _, _), f in few.items() if metric == UPHELD_GAP.id]
        assert gaps
        assert all(isinstance(f.estimate, Undefined) for f in gaps)
