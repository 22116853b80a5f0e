"""Who may see what of a case, and the case as they see it.

Source: docs/contests.md#who-sees-what.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

from govern.contest.case import CaseView
from govern.contest.facts import Facts
from govern.domain.contest import Actor, Ground, State
from govern.domain.contest_store import WITHHELD
from govern.errors import ContestError

Visibility = Literal["none", "own", "facts_only", "pseudonymous", "full"]

SEES: Mapping[Visibility, str] = MappingProxyType(
    {
        "own": "Everything. The employee, and whom they asked to speak for them.",
        "facts_only": "Contested facts, the remedy sought and what changes in the review; nothing "
        "of bias, process, evidence or appeal. Author and manager, once it is admitted.",
        "pseudonymous": "Every step, date and ruling; people as numbers, texts withheld. "
        "Auditors, once it is sent.",
        "full": "Everything. Case handlers, data protection officers, the deciders who opened "
        "it, and an auditor for whom two people lifted the pseudonyms; never who takes "
        "part in the review.",
        "none": "Nothing. Everybody else, the board and the HR system among them.",
    }
)

FACTUAL: frozenset[Ground] = frozenset(
    ("wrong_fact", "missing_fact", "wrong_evidence", "generic_text")
)
_PEOPLE = frozenset(
    (
        *("person", "employee", "handler", "handled_by", "decider", "appeal_decider"),
        *("not_admitted_by", "on_behalf_of", "unmasked_to", "to"),
    )
)
_PLAIN = frozenset(
    (
        *("case_id", "state", "kind", "role", "duty", "escalated_to", "notices", "through_glass"),
        "ruling",
    )
)
"""What an auditor may read as it stands; every other text is withheld."""
_GROUNDS: frozenset[str] = frozenset(get_args(Ground))
"""As what a complaint is read; on which ground a case is to be erased, somebody wrote."""
_MASKED: frozenset[State] = frozenset(("appealed", "appeal_review", "final"))
"""The manager does not learn that there is an appeal."""


def visible(actor: Actor, view: CaseView, facts: Facts) -> Visibility:
    """How much of a case somebody may see, in the role in which they ask."""
    sent = view.asked_at is not None
    seen: Visibility = "none"
    if actor.role == "employee":
        seen = _by_employee(actor.person, view, facts)
    elif actor.role == "representative":
        seen = "own" if actor.person in facts.representatives else "none"
    elif actor.person in facts.parties and not _let_in(actor, view):
        seen = "none"
    elif actor.role == "case-handler":
        seen = "full" if sent or actor == view.filed_by else "none"
    elif actor.role == "data-protection-officer":
        seen = "full"
    elif actor.role == "decider":
        seen = "full" if actor.person == view.decider else "none"
    elif actor.role == "appeal-decider":
        seen = "full" if actor.person == view.appeal_decider else "none"
    elif actor.role == "auditor" and sent:
        seen = "full" if actor.person in view.unmasked_to else "pseudonymous"
    return seen


def _by_employee(person: str, view: CaseView, facts: Facts) -> Visibility:
    if person in (view.employee, facts.employee):
        return "own" if view.employee in (None, person) else "none"
    admitted = bool({"admitted", "remedied"} & view.entered.keys())
    return "facts_only" if admitted and person in (facts.author, facts.manager) else "none"


def _let_in(actor: Actor, view: CaseView) -> bool:
    return actor.role in view.through_glass


def shown(view: CaseView, visibility: Visibility) -> CaseView:
    """The case as somebody sees it.

    Raises:
        ContestError: they see nothing of it.
    """
    if visibility == "none":
        raise ContestError("there is no such case among those that you may see")
    if visibility == "facts_only":
        return _facts_only(view)
    if visibility == "pseudonymous":
        return CaseView.model_validate(_pseudonymous(view.model_dump(), {}))
    return view


def _facts_only(view: CaseView) -> CaseView:
    draft = view.draft and view.draft.model_copy(
        update={
            "complaints": tuple(c for c in view.draft.complaints if c.ground in FACTUAL),
            "accommodation": None,
            "collective": None,
            "pay_already_decided": None,
            "on_behalf_of": None,
            "on_paper": False,
        }
    )
    entered = {s: at for s, at in view.entered.items() if s not in _MASKED}
    appealed = view.state in _MASKED
    before: State = "remedied" if "remedied" in entered else "decided"
    first = view.decided.changes if view.decided else ()
    return CaseView(
        case_id=view.case_id,
        # The number of all events would count those of an appeal.
        seq=len(entered),
        state=before if appealed else view.state,
        last_at=max(entered.values()),
        entered=entered,
        asked_at=view.asked_at,
        employee=view.employee,
        filed_by=Actor(person=view.employee or WITHHELD, role="employee"),
        draft=draft,
        handler=view.handler,
        decider=view.decider,
        changes=first if appealed else view.changes,
        remedied_version=view.remedied_version,
    )


def _pseudonymous(value: Any, people: dict[str, str], name: str = "") -> Any:
    """People by the order in which they occur in the case, texts withheld."""
    if isinstance(value, dict):
        return {k: _pseudonymous(v, people, k) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_pseudonymous(v, people, name) for v in value)
    if not isinstance(value, str) or not value:
        return value
    if name in _PEOPLE:
        return people.setdefault(value, f"person-{len(people) + 1}")
    plain = name in _PLAIN or (name == "ground" and value in _GROUNDS)
    return value if plain else WITHHELD
