"""The cases that a representative was given, and one contest for several people."""

from __future__ import annotations

import secrets

from fastapi import Response

from govern.app.contest_steps import act, file
from govern.app.contests import Shown
from govern.app.explaining import ReviewFile
from govern.domain.contest import Drafted, Submitted
from govern.errors import ConflictError
from govern.web.asked import Asked, Page, RefusedError
from govern.web.case_forms import CONFLICT, UNPROCESSABLE, CaseId, seen_of
from govern.web.filing import steps_of, unanswered
from govern.web.forms import Answer, Question, read_answer
from govern.web.own import cases_of, may_contest, own_case, reviews_of
from govern.web.render import url


def represent(asked: Asked) -> Response:
    """The cases, and the reviews that can be contested for those who gave a mandate for all."""
    return asked.page(
        "represent.html.j2", side="represent", cases=cases_of(asked), files=may_contest(asked)
    )


def together(asked: Asked, case_id: CaseId) -> Response:
    """For whom else the same is to be said."""
    shown = _ready(asked, case_id)
    return _ask(asked, shown, Answer(_others(asked, shown), ()))


def together_send(asked: Asked, case_id: CaseId) -> Response:
    """Send it, and the same for each of the others, in a case of their own."""
    shown = _ready(asked, case_id)
    given = read_answer(_others(asked, shown), asked.sent, asked.parts.renderer.texts)
    if given.error:
        return _ask(asked, shown, given, status=UNPROCESSABLE)
    try:
        _send_all(asked, shown, given.values, seen=seen_of(asked))
    except ConflictError:
        return _ask(asked, own_case(asked, case_id), given, status=CONFLICT)
    return asked.to("represent")


def _send_all(asked: Asked, shown: Shown, refs: tuple[str, ...], *, seen: int) -> None:
    """The others first: where that fails half-way, the draft is still there to go on from."""
    contests, actor, now = asked.own_contests, asked.actor, asked.now
    said, case_id = _said(shown), shown.view.case_id
    if said.collective is None:
        said = said.model_copy(update={"collective": secrets.token_hex(16)})
        seen = act(contests, actor, case_id, said, now=now, seen=seen).seq
    for one in reviews_of(asked):
        if one.ref in refs:
            file(contests, actor, _same(said, one), now=now)
    act(contests, actor, case_id, Submitted(), now=now, seen=seen)


def _same(said: Drafted, other: ReviewFile) -> Drafted:
    """The same contest for somebody else: what is only about the first person is left out."""
    return said.model_copy(
        update={
            "review_id": other.last.review_id,
            "review_version": other.last.version,
            "on_behalf_of": other.last.employee,
            "complaints": tuple(one.model_copy(update={"about": None}) for one in said.complaints),
            "accommodation": None,
            "pay_already_decided": None,
        }
    )


def _ready(asked: Asked, case_id: str) -> Shown:
    """A draft of theirs that lacks nothing.

    Raises:
        RefusedError: it is none.
    """
    shown = own_case(asked, case_id)
    if shown.view.state != "draft" or shown.review is None:
        raise RefusedError(404)
    if unanswered(steps_of(_said(shown), shown.review)):
        raise RefusedError(CONFLICT)
    return shown


def _said(shown: Shown) -> Drafted:
    if shown.view.draft is None:
        raise RefusedError(404)
    return shown.view.draft


def _others(asked: Asked, shown: Shown) -> Question:
    """The reviews of others that nobody contests yet."""
    said = _said(shown)
    refs = tuple(one.ref for one in may_contest(asked) if one.last.review_id != said.review_id)
    return Question("others", "many", refs)


def _ask(asked: Asked, shown: Shown, given: Answer, *, status: int = 200) -> Response:
    texts = asked.parts.renderer.texts
    labels = {
        one.ref: texts(
            "represent.review_of",
            employee=one.last.employee,
            begin=texts.day(one.last.period_start),
            end=texts.day(one.last.period_end),
        )
        for one in reviews_of(asked)
    }
    here = {"case_id": shown.view.case_id}
    return asked.page(
        "question.html.j2",
        status=status,
        answer=given,
        labels=labels,
        ground="",
        for_whom="",
        step=1,
        steps=1,
        action=url("represent-together-send", **here),
        back=url("represent-check", **here),
        leave=url("represent"),
        saved="",
        seen=shown.view.seq,
        kept=[],
        button="represent.together_send",
    )


PAGES: dict[str, Page] = {
    "represent": represent,
    "represent-together": together,
    "represent-together-send": together_send,
}
