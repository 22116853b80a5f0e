"""What the HR system is told of a contested rating, and what the person is owed meanwhile."""

from __future__ import annotations

from typing import Literal

from govern.contest.case import CaseView
from govern.contest.machine import OPEN
from govern.domain.contest import FlagSent

Relief = Literal["owed", "answered", "not_known", "not_needed"]


def hr_flag(view: CaseView) -> bool:
    """Whether the contested rating may be used: not while the contest is open, here or outside."""
    return view.state not in OPEN | {"referred_external"}


def flag_due(view: CaseView) -> FlagSent | None:
    """What the HR system has to be told now; ``None`` where it was told, or there is nothing."""
    in_use = hr_flag(view)
    told = True if view.flag_sent is None else view.flag_sent
    return FlagSent(in_use=in_use) if in_use != told else None


def interim_relief(view: CaseView) -> Relief:
    """What happens meanwhile where pay was decided on the contested rating.

    ``owed`` until somebody has granted or refused it with a reason; ``not_known`` where the
    person did not say whether pay was decided: then somebody has to find out.
    """
    if view.relief is not None:
        return "answered"
    if view.state not in OPEN or view.draft is None or view.draft.pay_already_decided is False:
        return "not_needed"
    return "not_known" if view.draft.pay_already_decided is None else "owed"
