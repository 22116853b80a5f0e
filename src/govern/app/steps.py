"""Which steps somebody can take in a case now, why not the others, and what happened so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from govern.app.contest_facts import facts_of
from govern.app.contests import Contests, Shown, facts_before
from govern.contest.deadlines import may_close
from govern.contest.facts import Facts
from govern.contest.flags import interim_relief
from govern.contest.machine import apply, possible
from govern.contest.rules import may
from govern.domain.contest import Actor, Event
from govern.errors import ContestError


@dataclass(frozen=True)
class Barred:
    """A step that the state of the case allows and something else does not."""

    kind: str
    why: str


@dataclass(frozen=True)
class Steps:
    """The steps that somebody can take now, those that are barred, and those of other states."""

    open: tuple[str, ...]
    barred: tuple[Barred, ...]
    not_now: tuple[str, ...]


def steps(
    contests: Contests, actor: Actor, shown: Shown, kinds: Sequence[str], *, now: datetime
) -> Steps:
    """What of ``kinds`` somebody can do in a case that they were shown.

    Whether what a step says holds is asked when it is taken.

    Raises:
        PolicyError, IntegrityError: for a decider, as ``Company.weighed``.
    """
    view = shown.view
    facts = facts_around(contests, actor, shown, now)
    allowed = [kind for kind in kinds if kind in possible(view)]
    found = [
        Barred(kind, _why_not(contests, shown, facts, _trial(actor, shown, kind, now)))
        for kind in allowed
    ]
    return Steps(
        open=tuple(one.kind for one in found if not one.why),
        barred=tuple(one for one in found if one.why),
        not_now=tuple(kind for kind in kinds if kind not in allowed),
    )


def facts_around(contests: Contests, actor: Actor, shown: Shown, now: datetime) -> Facts:
    """The people around a case, for a decider with what it takes to show that they stand apart."""
    view, review = shown.view, shown.review
    facts = facts_of(contests.store, review, view.case_id, view.employee)
    return facts_before(contests, actor, review, facts, now)


def said_plainly(error: ContestError, case_id: str, kind: str) -> str:
    """What a refusal says, without the case and the step that the reader has before them."""
    plain = str(error).removeprefix(f"case {case_id}: ")
    return plain.removeprefix(f"{kind}: ").removeprefix(f"{kind.replace('_', ' ')}: ")


def _trial(actor: Actor, shown: Shown, kind: str, now: datetime) -> Event:
    """A step that says nothing, to ask whether it could be taken."""
    return Event(
        case_id=shown.view.case_id,
        seq=shown.view.seq + 1,
        at=max(now, shown.view.last_at),
        actor=actor,
        kind=kind,
        payload=None,
    )


def _why_not(contests: Contests, shown: Shown, facts: Facts, trial: Event) -> str:
    view, kind = shown.view, trial.kind
    try:
        may(trial.actor, kind, view, facts)
        apply(view, trial)
        if kind == "closed":
            may_close(view, contests.settings.deadlines, contests.calendar, trial.at)
    except ContestError as err:
        return said_plainly(err, view.case_id, kind)
    return _nothing_to_do(shown, kind)


def _nothing_to_do(shown: Shown, kind: str) -> str:
    """Why a step would say nothing; empty where it would."""
    view = shown.view
    reason = ""
    match kind:
        case "remedied" if not view.remedy_owed:
            reason = "nothing was upheld that has yet to be put right"
        case "interim_relief" if interim_relief(view) not in ("owed", "not_known"):
            reason = "no pay was decided on the contested rating, or it was answered already"
        case "flag_sent" if shown.flag is None:
            reason = "the HR system was told already what it has to know"
        case "second_asked" if "broken_glass" not in possible(view):
            reason = "nobody is to decide it now"
        case "flag_acknowledged" if view.flag_sent is None:
            reason = "the HR system was told nothing yet"
        case "flag_acknowledged" if view.flag_sent == view.flag_acknowledged:
            reason = "the HR system has answered"
    return reason
