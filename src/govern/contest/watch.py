"""The watch on retaliation: what became of people who contested, beside like colleagues.

It compares; it does not show why. Who left has no later rating, so the three numbers belong
together. Source: docs/contests.md#retaliation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np

from govern.contest.case import CaseView
from govern.contest.cells import counted, finding
from govern.contest.specs import SMALLEST
from govern.domain.finding import Finding, StudentT, Undefined
from govern.domain.metric import Spec
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.stats.unpaired import side

WATCHED = timedelta(days=365)
"""How long after a contest what happens to a person is compared."""
LOOKED_BACK = 2 * WATCHED
"""How old a contest may be: so that each can be watched to the end."""

Watched = Literal["rating", "pay", "leaver"]


def _spec(name: str, question: str, unit: str) -> Spec:
    return Spec(
        id=f"contest.{name}",
        version="1.0.0",
        question=question,
        unit=unit,
        sense="centred",
        shape="contrast",
        method="each person less the mean of colleagues with the same groups, prior rating and "
        "review period, of the same manager where there are such; t over managers' teams",
    )


SPECS: Mapping[Watched, Spec] = MappingProxyType(
    {
        "rating": _spec(
            "later_rating_gap",
            "Are people who contested rated lower or higher within a year than like colleagues?",
            "rating points",
        ),
        "pay": _spec(
            "later_pay_gap",
            "Does the pay of people who contested develop otherwise than that of like colleagues?",
            "pay outcome, in the unit supplied",
        ),
        "leaver": _spec(
            "leaver_gap",
            "Do people who contested leave within a year more or less often than like colleagues?",
            "share of people",
        ),
    }
)
_STEPS: Mapping[Watched, float] = MappingProxyType({"rating": 1.0, "pay": 0.0, "leaver": 1.0})


class _Contester(NamedTuple):
    review: IntakeReview
    since: date
    colleagues: tuple[str, ...]


def retaliation(
    views: Iterable[CaseView],
    reviews: Iterable[IntakeReview],
    outcomes: Iterable[HrOutcome],
    *,
    as_of: datetime,
) -> tuple[Finding, ...]:
    """Later rating, pay and leaving of people who contested, less that of matched colleagues.

    Args:
        views: the cases as they stood at ``as_of``.
        reviews: all that came in.
        outcomes: what HR supplied; of what it did not, nothing is measured.
        as_of: the moment that is asked about; later outcomes are left out.

    Returns:
        One finding for each of ``SPECS``. Undefined, and said to be *not measured*, without
        outcomes of its kind; undefined with fewer than 10 people who could be compared.
    """
    known = [r for r in sorted(reviews, key=lambda r: r.version) if r.finalised <= as_of]
    contesters = _contesters([v for v in views if v.asked_at], known, as_of)
    past = [o for o in outcomes if o.on <= as_of.date()]
    return tuple(_compared(kind, contesters, [o for o in past if o.kind == kind]) for kind in SPECS)


def _compared(
    kind: Watched, contesters: Sequence[_Contester], outcomes: Sequence[HrOutcome]
) -> Finding:
    spec = SPECS[kind]
    if not outcomes:
        said = f"not measured: no {kind} outcomes were supplied"
        return finding(spec, Undefined(reason=said, code="not_supplied"))
    read = _left(outcomes) if kind == "leaver" else _first_number(outcomes)
    found = [(c, gap) for c in contesters if (gap := _gap(c, read)) is not None]
    if len(found) < SMALLEST:
        said = f"fewer than {SMALLEST} people who contested could be compared"
        return finding(spec, Undefined(reason=said, code="too_few"))
    gaps = np.array([gap for _, gap in found], dtype=np.float64)
    managers = np.unique([c.review.manager for c, _ in found], return_inverse=True)[1]
    teams = managers if managers.max() else np.arange(len(found))
    mean = side(gaps, teams.astype(np.int64))
    interval = StudentT(
        se=mean.variance**0.5,
        df=mean.clusters - 1,
        clusters=mean.clusters,
        step=_STEPS[kind],
    )
    counts = counted(scored=len(found), planned=len(contesters), unit_name="people")
    return finding(
        spec,
        round(mean.mean, 12),
        interval=interval,
        counts=counts,
        by="contest",
        contrast="contested",
    )


def _contesters(
    views: Sequence[CaseView], reviews: Sequence[IntakeReview], as_of: datetime
) -> list[_Contester]:
    """Each person once, by their first contest of the time looked back on."""
    first: dict[str, IntakeReview] = {}
    for review in reviews:
        first.setdefault(review.review_id, review)
    ever = {v.employee for v in views}
    rounds: dict[object, list[IntakeReview]] = {}
    for review in first.values():
        if review.employee not in ever:
            rounds.setdefault(_likeness(review), []).append(review)
    found: dict[str, _Contester] = {}
    for view in sorted(views, key=lambda v: v.entered.get("submitted", v.last_at)):
        asked = view.entered.get("submitted", view.last_at)
        mine = first.get(view.draft.review_id) if view.draft else None
        if mine is None or view.employee in found or asked <= as_of - LOOKED_BACK:
            continue
        like = rounds.get(_likeness(mine), []) if mine.final_rating is not None else []
        team = [r.employee for r in like if r.manager == mine.manager]
        colleagues = tuple(dict.fromkeys(team or [r.employee for r in like]))
        found[mine.employee] = _Contester(mine, asked.date(), colleagues)
    return list(found.values())


def _likeness(review: IntakeReview) -> object:
    """What like colleagues share: groups, rating and period of the review."""
    groups = tuple(sorted(review.groups.items()))
    return groups, review.final_rating, review.period_start, review.period_end


Read = Callable[[str, date], float | None]


def _gap(contester: _Contester, read: Read) -> float | None:
    """One person's outcome less the mean of their colleagues'; ``None`` where one is missing."""
    own = read(contester.review.employee, contester.since)
    others = [read(colleague, contester.since) for colleague in contester.colleagues]
    known = [value for value in others if value is not None]
    return own - sum(known) / len(known) if own is not None and known else None


def _within(outcome: HrOutcome, since: date) -> bool:
    return since < outcome.on <= since + WATCHED


def _by_person(outcomes: Sequence[HrOutcome]) -> dict[str, list[HrOutcome]]:
    mine: dict[str, list[HrOutcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.on):
        mine.setdefault(outcome.employee, []).append(outcome)
    return mine


def _first_number(outcomes: Sequence[HrOutcome]) -> Read:
    mine = _by_person(outcomes)

    def read(person: str, since: date) -> float | None:
        numbers = (
            o.value
            for o in mine.get(person, ())
            if _within(o, since) and isinstance(o.value, float)
        )
        return next(numbers, None)

    return read


def _left(outcomes: Sequence[HrOutcome]) -> Read:
    mine = _by_person(outcomes)

    def read(person: str, since: date) -> float | None:
        return float(any(_within(o, since) for o in mine.get(person, ())))

    return read
