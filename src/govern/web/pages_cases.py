"""A person's contests: where each stands, what happens next, and what they can do in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from fastapi import Response

from govern.app.case_history import history, mark_read
from govern.app.contest_steps import act
from govern.app.contests import Shown
from govern.app.explaining import ref_of
from govern.app.one_time_links import links_of
from govern.contest.distance import between_versions
from govern.contest.flags import hr_flag, interim_relief
from govern.contest.machine import possible
from govern.contest.rules import may_reopen
from govern.domain.contest import Appealed, Consented, EvidenceAdded, Payload, Reopened, Withdrawn
from govern.errors import ContestError
from govern.web.asked import Asked, Page
from govern.web.case_forms import CONFLICT, UNPROCESSABLE, CaseId, seen_of
from govern.web.forms import Answer, Question, read_answer
from govern.web.own import cases_of, own_case, side_of

Step = Literal["appeal", "evidence", "withdraw", "reopen", "consent", "revoke"]
FORMS: Mapping[Step, tuple[Question, ...]] = MappingProxyType(
    {
        "appeal": (Question("appeal", "text"),),
        "evidence": (Question("evidence_title", "line"), Question("evidence_text", "text")),
        "withdraw": (Question("withdraw", "text", required=False),),
        "reopen": (Question("reopen", "text"),),
        "consent": (),
        "revoke": (),
    }
)
"""What is asked before each step."""
EVENTS: Mapping[Step, str] = MappingProxyType(
    {
        "appeal": "appealed",
        "evidence": "evidence_added",
        "withdraw": "withdrawn",
        "reopen": "reopened",
        "consent": "consented",
        "revoke": "consented",
    }
)
MAKE: Mapping[Step, Callable[..., Payload]] = MappingProxyType(
    {
        "appeal": lambda said: Appealed(statement=said),
        "evidence": lambda title, text: EvidenceAdded(title=title, text=text),
        "withdraw": lambda why: Withdrawn(reason=why),
        "reopen": lambda why: Reopened(reason=why),
        "consent": lambda: Consented(to_reuse=True),
        "revoke": lambda: Consented(to_reuse=False),
    }
)
Given = tuple[Answer, ...]


def cases(asked: Asked) -> Response:
    """All contests of a person, drafts among them."""
    return asked.page("cases.html.j2", side=side_of(asked), cases=cases_of(asked))


def case(asked: Asked, case_id: CaseId) -> Response:
    """One contest."""
    shown = own_case(asked, case_id)
    if shown.view.state == "draft":
        return asked.to(f"{side_of(asked)}-check", case_id=case_id)
    return case_page(asked, mark_read(asked.own_contests, asked.actor, shown, now=asked.now))


def step(asked: Asked, case_id: CaseId, step: Step) -> Response:
    """Appeal, add evidence, withdraw, reopen, or say whether it may be used as a test."""
    shown = own_case(asked, case_id)
    texts = asked.parts.renderer.texts
    given = tuple(read_answer(one, asked.sent, texts) for one in FORMS[step])
    if any(one.error for one in given):
        return case_page(asked, shown, status=UNPROCESSABLE, given={step: given})
    said = MAKE[step](*(one.value for one in given))
    try:
        act(asked.own_contests, asked.actor, case_id, said, now=asked.now, seen=seen_of(asked))
    except ContestError:
        shown = own_case(asked, case_id)
        typed = (
            () if step in _steps(asked, shown) else tuple(one.value for one in given if one.value)
        )
        return case_page(asked, shown, status=CONFLICT, given={step: given}, typed=typed)
    if shown.view.state == "draft":
        return asked.to("own-cases" if side_of(asked) == "own" else "represent")
    return asked.to(f"{side_of(asked)}-case", case_id=case_id)


def case_page(
    asked: Asked,
    shown: Shown,
    *,
    status: int = 200,
    given: Mapping[Step, Given] = MappingProxyType({}),
    typed: tuple[str, ...] = (),
) -> Response:
    """A case with its forms; ``given`` is what was written in one that could not be taken.

    ``typed`` is what was written where there is no form for it any more.
    """
    view, review, remedied = shown.view, shown.review, shown.remedied
    return asked.page(
        "case.html.j2",
        status=status,
        side=side_of(asked),
        shown=shown,
        view=view,
        review=review,
        review_ref=ref_of(review.review_id) if review else "",
        ruling=view.final or view.decided,
        forms={one: given.get(one) or _blank(one) for one in _steps(asked, shown)},
        wrong=[
            (f"q-{one.question.name}", one.error)
            for answers in given.values()
            for one in answers
            if one.error
        ],
        conflict=status == CONFLICT,
        typed=typed,
        history=history(asked.own_contests, shown),
        links=links_of(asked.contests, view.case_id),
        remedied=between_versions(review, remedied) if review and remedied else (),
        routes=asked.contests.settings.external_routes,
        in_use=hr_flag(view),
        relief=interim_relief(view),
    )


def _steps(asked: Asked, shown: Shown) -> tuple[Step, ...]:
    """What the person can do now; what was closed, somebody else reopens."""
    view, now = shown.view, possible(shown.view)
    ruled = view.final or view.decided
    asks = asked.actor.role == "employee" and ruled is not None and ruled.ruling != "rejected"
    only_if: Mapping[Step, bool] = {
        "appeal": view.final is None,
        "reopen": may_reopen(view),
        "consent": asks and not view.to_reuse,
        "revoke": asks and view.to_reuse,
    }
    return tuple(step for step, event in EVENTS.items() if event in now and only_if.get(step, True))


def _blank(step: Step) -> Given:
    return tuple(Answer(one, ()) for one in FORMS[step])


PAGES: dict[str, Page] = {
    "own-cases": cases,
    "own-case": case,
    "own-step": step,
    "represent-case": case,
    "represent-step": step,
}
