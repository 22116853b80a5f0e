"""Who is too near to a case to decide it, as data: every tie with the words that refuse it.

A tie that cannot be ruled out stands: independence is shown or it is not there.
Source: docs/contests.md#independence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from govern.contest.case import CaseView
from govern.contest.facts import Facts


class Tie(NamedTuple):
    """One way of being near to a case.

    ``holds`` is ``None`` where nobody can say. What is ``absolute`` no two people can set aside.
    """

    said: str
    holds: Callable[[str, CaseView, Facts], bool | None]
    absolute: bool = False


def _leads(person: str, facts: Facts) -> bool | None:
    """Whether they are the next above the author or the manager."""
    lines = [facts.above(led) for led in (facts.author, facts.manager)]
    if any(person in line[:1] for line in lines if line):
        return True
    return None if None in lines else False


def _reports(person: str, facts: Facts) -> bool | None:
    """Whether they stand below the author or the manager."""
    over = facts.above(person)
    if over is not None and {facts.author, facts.manager} & set(over):
        return True
    return None if facts.reports is None else person in facts.reports


def _among(people: tuple[str, ...] | None, person: str) -> bool | None:
    return None if people is None else person in people


def _handles(person: str, view: CaseView) -> bool | None:
    return None if view.handler is None else person in (view.handler, *view.handled_by)


def first_decider(view: CaseView) -> str | None:
    """Who gave the answer that is appealed against; who did not admit it, where nobody decided."""
    return view.decider or view.not_admitted_by or view.handler


def _decided_first(person: str, view: CaseView) -> bool | None:
    first = first_decider(view)
    return None if first is None else person == first


def _in_line_of_first(person: str, view: CaseView, facts: Facts) -> bool | None:
    """Whether they stand above or below who decided first."""
    first = first_decider(view)
    if first is None:
        return None
    above, over = facts.above(first), facts.above(person)
    if (above and person in above) or (over and first in over):
        return True
    return None if above is None or over is None else False


TIES: Mapping[str, Tie] = MappingProxyType(
    {
        "employee": Tie("the review is about them", lambda p, _, f: p == f.employee, True),
        "representative": Tie(
            "they speak for the employee", lambda p, _, f: p in f.representatives, True
        ),
        "author": Tie("they wrote the review", lambda p, _, f: p == f.author),
        "manager": Tie("they lead the employee", lambda p, _, f: p == f.manager),
        "above": Tie("they lead the author or the manager", lambda p, _, f: _leads(p, f)),
        "report": Tie("they report to the author or the manager", lambda p, _, f: _reports(p, f)),
        "pipeline-owner": Tie(
            "they own the pipeline that drafted", lambda p, _, f: _among(f.pipeline_owners, p)
        ),
        "gate-approver": Tie(
            "they signed the decision that let the pipeline draft",
            lambda p, _, f: _among(f.gate_approvers, p),
        ),
        "handler": Tie("they handle the case", lambda p, v, _: _handles(p, v)),
    }
)
"""What keeps somebody from deciding, at first and on appeal."""

APPEAL_TIES: Mapping[str, Tie] = MappingProxyType(
    {
        "decided-first": Tie("they decided first", lambda p, v, _: _decided_first(p, v), True),
        "line-of-first": Tie("they stand above or below who decided first", _in_line_of_first),
    }
)
"""What keeps somebody from deciding the appeal besides."""


def ties(
    person: str, view: CaseView, facts: Facts, *, among: Mapping[str, Tie]
) -> tuple[tuple[Tie, str], ...]:
    """The ties that hold or cannot be ruled out, each with what to say of it."""
    found = ((tie, tie.holds(person, view, facts)) for tie in among.values())
    return tuple(
        (tie, tie.said if holds else f"nobody knows whether {tie.said}")
        for tie, holds in found
        if holds is not False
    )
