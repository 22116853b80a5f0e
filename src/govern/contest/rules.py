"""Who may do what in a contest. When it may happen is the business of the machine.

Source: docs/contests.md#who-may-do-what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from govern.contest.case import CaseView
from govern.contest.facts import Facts
from govern.contest.independence import APPEAL_TIES, TIES, ties
from govern.contest.memory import asked_by
from govern.domain.contest import (
    Acknowledged,
    Actor,
    AppealStarted,
    Asked,
    BrokenGlass,
    Drafted,
    Erased,
    Event,
    GlassAsked,
    ReviewStarted,
    Role,
    SecondAsked,
    SecondRefused,
    Unmasked,
)
from govern.errors import ContestError

PERSON: tuple[Role, ...] = ("employee", "representative")
DECIDERS: tuple[Role, ...] = ("decider", "appeal-decider")
TWO_PEOPLE: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "broken_glass": frozenset(("case-handler", "data-protection-officer")),
        "unmasked": frozenset(("auditor", "data-protection-officer")),
        "erased": frozenset(("data-protection-officer", "case-handler")),
    }
)
"""What takes a second person, and as what both of them may act."""

MAY: Mapping[str, tuple[Role, ...]] = MappingProxyType(
    {
        "drafted": (*PERSON, "case-handler"),
        "submitted": (*PERSON, "case-handler"),
        "acknowledged": ("case-handler",),
        "admitted": ("case-handler",),
        "not_admitted": ("case-handler",),
        "gathering": ("case-handler", "decider"),
        "evidence_added": (*PERSON, "case-handler", *DECIDERS),
        "review_started": ("decider",),
        "decided": ("decider",),
        "appealed": PERSON,
        "appeal_started": ("appeal-decider",),
        "final": ("appeal-decider",),
        "remedied": ("case-handler",),
        "closed": ("case-handler",),
        "withdrawn": PERSON,
        "reopened": (*PERSON, "case-handler", "data-protection-officer"),
        "referred_external": (*PERSON, "case-handler", "data-protection-officer"),
        "paused": ("case-handler", *DECIDERS),
        "resumed": ("case-handler", *DECIDERS),
        "deadline_missed": ("clock",),
        "interim_relief": ("case-handler", *DECIDERS),
        "consented": ("employee",),
        "second_asked": ("case-handler", "data-protection-officer", "auditor"),
        "second_refused": ("case-handler", "data-protection-officer", "auditor"),
        "broken_glass": ("case-handler", "data-protection-officer"),
        "flag_sent": ("clock", "case-handler"),
        "flag_acknowledged": ("hr-system", "case-handler"),
        "notice_sent": ("clock", "case-handler"),
        "notice_read": PERSON,
        "unmasked": ("auditor", "data-protection-officer"),
        "hold_set": ("data-protection-officer",),
        "hold_lifted": ("data-protection-officer",),
        "erased": ("data-protection-officer",),
    }
)
"""As what somebody may enter an event of a kind."""


def permit(event: Event, view: CaseView | None, facts: Facts) -> None:
    """Whether the event may be entered by who enters it, with what it says.

    Raises:
        ContestError: as ``may``; or it names people whom it may not name.
    """
    may(event.actor, event.kind, view, facts)
    actor = event.actor
    problem: str | None = None
    match event.payload:
        case None:
            problem = "what it says is missing"
        case Drafted() as draft:
            problem = _draft_problem(actor, draft, facts)
        case Acknowledged(handler=handler) if handler in facts.parties:
            problem = f"{handler} takes part in the review and cannot handle its contest"
        case ReviewStarted(decider=who) | AppealStarted(decider=who) if who != actor.person:
            problem = f"a decider opens a case themselves; {actor.person} cannot for {who}"
        case SecondAsked(step=step):
            problem = _asking_problem(actor, step)
        case SecondRefused(asked=asked):
            problem = _refusing_problem(actor, asked, view, facts)
        case BrokenGlass() as glass:
            problem = _third_problem(glass, actor, glass.second)
            problem = problem or _pair_problem(event.kind, actor, glass.second, facts)
        case Unmasked() as unmasked:
            problem = _pair_problem(event.kind, actor, unmasked.second, facts)
        case Erased() as erased:
            problem = _pair_problem(event.kind, actor, erased.approved_by, facts)
    if event.kind in TWO_PEOPLE and (view is None or asked_by(view, event) is None):
        problem = problem or f"{actor.person} did not ask for it, or it no longer waits"
    if problem:
        raise ContestError(f"case {event.case_id}: {event.kind}: {problem}")


def may(actor: Actor, kind: str, view: CaseView | None, facts: Facts) -> None:
    """Whether somebody may enter an event of a kind; ``view`` is ``None`` for a new case.

    Raises:
        ContestError: the reason why not, in plain words.
    """
    roles = MAY.get(kind)
    if roles is None:
        raise ContestError(f"{kind!r} is nothing that can happen to a contest")
    if view and view.employee not in (None, facts.employee):
        raise ContestError(f"case {view.case_id}: the facts are of another person's review")
    problem = None
    if actor.role not in roles:
        problem = f"{_listed(roles)} may, not {actor.role}"
    elif actor.role == "employee" and actor.person != facts.employee:
        problem = "it is not your review"
    elif actor.role == "representative" and actor.person not in facts.representatives:
        problem = "the employee has not asked you to speak for them, or no longer does"
    elif actor.role in DECIDERS:
        problem = _decider_problem(actor, kind, view, facts)
    elif actor.role not in PERSON and actor.person in facts.parties:
        problem = "you take part in the review, so somebody else has to"
    elif kind == "reopened" and actor.role in PERSON and view and not may_reopen(view):
        problem = (
            "what was withdrawn, is outside, or ended without the remedy that it is owed you can "
            "reopen yourself; ask the case handler for the rest"
        )
    elif kind in ("drafted", "submitted") and actor.role == "case-handler":
        problem = None if view is None or _on_paper(view) else "only on paper; this one is theirs"
    if problem:
        raise ContestError(f"{kind.replace('_', ' ')}: {problem}")


def may_reopen(view: CaseView) -> bool:
    """Whether the person may open it again: else a handler could end what was upheld unremedied."""
    return view.state in ("withdrawn", "referred_external") or view.remedy_owed


def _on_paper(view: CaseView) -> bool:
    return view.draft is not None and view.draft.on_paper


def _decider_problem(actor: Actor, kind: str, view: CaseView | None, facts: Facts) -> str | None:
    """The first decider acts in the first round, the other in the appeal, both without ties."""
    if view is None:
        return "there is no case yet"
    first = actor.role == "decider"
    seated = view.decider if first else view.appeal_decider
    starts = kind in ("review_started", "appeal_started")
    if not starts and actor.person != seated:
        return f"{actor.person} has not opened this case as {actor.role}; open it first"
    if ("decided" if first else "final") in view.entered:
        return f"the part of the {actor.role} is done"
    found = ties(actor.person, view, facts, among=TIES if first else {**TIES, **APPEAL_TIES})
    if _let_in(actor, view, seated):
        found = tuple((tie, said) for tie, said in found if tie.absolute)
    if not found:
        return None
    said = "; ".join(said for _, said in found)
    return f"{actor.person} is not shown to be independent: {said}. Ask somebody else"


def _let_in(actor: Actor, view: CaseView, seated: str | None) -> bool:
    """Whether two people broke the glass for them, just now or when they started."""
    waiting = any((g.person, g.role) == (actor.person, actor.role) for g in view.glass)
    return waiting or (actor.role in view.through_glass and actor.person == seated)


def _draft_problem(actor: Actor, draft: Drafted, facts: Facts) -> str | None:
    if draft.on_paper != (actor.role == "case-handler"):
        return "what a case handler writes down came on paper, and nothing else did"
    if actor.role == "employee" and draft.on_behalf_of not in (None, actor.person):
        return "a representative files for somebody else; as an employee, file your own"
    if actor.role != "employee" and draft.on_behalf_of != facts.employee:
        return f"say for whom it is filed: {facts.employee}"
    return None


def _asking_problem(actor: Actor, step: Asked) -> str | None:
    """As what somebody asks for a step that takes two, they could also take it."""
    if actor.role not in MAY[step.kind]:
        return f"{_listed(MAY[step.kind])} may ask for {step.kind}, not {actor.role}"
    return _third_problem(step, actor) if isinstance(step, GlassAsked) else None


def _refusing_problem(actor: Actor, asked: int, view: CaseView | None, facts: Facts) -> str | None:
    """Who could agree to it may refuse it, and who asked may take it back."""
    waiting = [one for one in (view.awaits_second if view else ()) if one.seq == asked]
    if not waiting or waiting[0].by == actor:
        return None
    return _pair_problem(waiting[0].step.kind, waiting[0].by, actor, facts)


def _third_problem(glass: GlassAsked | BrokenGlass, *two: Actor) -> str | None:
    third = glass.role in DECIDERS and glass.person not in {one.person for one in two}
    return None if third else "it lets a third person decide, neither of the two"


def _pair_problem(kind: str, one: Actor, other: Actor, facts: Facts) -> str | None:
    if one.person == other.person:
        return "it takes two people"
    if other.role not in TWO_PEOPLE[kind]:
        return f"the second person is {_listed(sorted(TWO_PEOPLE[kind]))}, not {other.role}"
    if other.person in facts.parties:
        return f"{other.person} takes part in the review, so somebody else has to agree"
    if kind == "unmasked" and "data-protection-officer" not in (one.role, other.role):
        return "one of the two has to be a data protection officer"
    return None


def _listed(roles: Iterable[str]) -> str:
    *most, last = roles
    return f"{', '.join(most)} or {last}" if most else last
