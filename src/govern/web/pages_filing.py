"""A contest as it is written: one question a page, kept at each step, and sent at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, NamedTuple

from fastapi import Path, Response

from govern.app.contest_steps import act, file
from govern.app.contests import Shown
from govern.app.explaining import ReviewFile
from govern.contest.machine import ENDED
from govern.domain.contest import Drafted, Submitted
from govern.domain.review_intake import IntakeReview
from govern.errors import ConflictError
from govern.web.asked import Asked, Page, RefusedError
from govern.web.case_forms import CONFLICT, UNPROCESSABLE, CaseId, seen_of
from govern.web.filing import Step, steps_of, unanswered
from govern.web.forms import Answer, read_answer
from govern.web.own import ReviewRef, may_begin, may_contest, own_case, review_of, side_of
from govern.web.pages_cases import case_page
from govern.web.pages_reviews import by_review
from govern.web.render import url

StepKey = Annotated[str, Path(max_length=60, pattern=r"^[a-z_]+(-[a-z_]+)?(-[0-9]+)?$")]
AS_TYPED = "x-saved"
"""The header of a form that the browser saved by itself."""
SEEN = "x-seen"
"""The header that says at which event the draft stands after that."""
_NO_CONTENT = 204


class _Draft(NamedTuple):
    """A contest that is being written, and the review that it is about."""

    shown: Shown
    draft: Drafted
    review: IntakeReview

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_of(self.draft, self.review)


def contest(asked: Asked, review_ref: ReviewRef) -> Response:
    """What it is to contest a review, before one starts; or where one was before."""
    found = _begun(asked, review_ref)
    return asked.page(
        "contest_start.html.j2",
        side=side_of(asked),
        file=found,
        review=found.last,
        cases=by_review(asked).get(found.last.review_id, []),
        ended=ENDED,
    )


def begin(asked: Asked, review_ref: ReviewRef) -> Response:
    """Open a draft, or go on with the one that there is."""
    side, found = side_of(asked), _begun(asked, review_ref).last
    for one in by_review(asked).get(found.review_id, []):
        if one.view.state == "draft":
            return asked.to(f"{side}-check", case_id=one.view.case_id)
    draft = Drafted(
        review_id=found.review_id,
        review_version=found.version,
        on_behalf_of=None if side == "own" else found.employee,
    )
    kept = file(asked.own_contests, asked.actor, draft, now=asked.now, send=False)
    return asked.to(f"{side}-question", case_id=kept.case_id, step="grounds")


def question(asked: Asked, case_id: CaseId, step: StepKey) -> Response:
    """One question, with what was answered before."""
    shown = own_case(asked, case_id)
    if shown.view.state != "draft":
        return asked.to(f"{side_of(asked)}-case", case_id=case_id)
    found = _draft(shown)
    at = _step(found, step)
    if at is None:
        raise RefusedError(404)
    return _ask(asked, found, at, at.kept)


def answer(asked: Asked, case_id: CaseId, step: StepKey) -> Response:
    """Keep an answer, and go on to the next question."""
    shown = own_case(asked, case_id)
    typed = tuple(text for name, texts in asked.sent.items() if name != "seen" for text in texts)
    if shown.view.state != "draft":
        return case_page(asked, shown, status=CONFLICT, typed=typed)
    found = _draft(shown)
    at = _step(found, step)
    if at is None:
        return _check(asked, shown, status=CONFLICT, typed=typed)
    as_typed = AS_TYPED in asked.request.headers
    wanted = replace(at.question, required=at.question.required and not as_typed)
    given = read_answer(wanted, asked.sent, asked.parts.renderer.texts)
    if given.error:
        return _ask(asked, found, at, given, status=UNPROCESSABLE)
    try:
        seq = _keep(asked, found, at.put(given.values))
    except ConflictError:
        return _ask(asked, _draft(own_case(asked, case_id)), at, given, status=CONFLICT)
    if as_typed:
        return Response(status_code=_NO_CONTENT, headers={SEEN: str(seq)})
    return _onward(asked, _draft(own_case(asked, case_id)), step)


def check(asked: Asked, case_id: CaseId) -> Response:
    """All answers, before it is sent."""
    shown = own_case(asked, case_id)
    if shown.view.state != "draft":
        return asked.to(f"{side_of(asked)}-case", case_id=case_id)
    return _check(asked, shown)


def send(asked: Asked, case_id: CaseId) -> Response:
    """Send it."""
    shown = own_case(asked, case_id)
    if shown.view.state == "draft":
        if unanswered(_draft(shown).steps):
            return _check(asked, shown, status=UNPROCESSABLE)
        try:
            act(
                asked.own_contests,
                asked.actor,
                case_id,
                Submitted(),
                now=asked.now,
                seen=seen_of(asked),
            )
        except ConflictError:
            return _check(asked, own_case(asked, case_id), status=CONFLICT)
    return asked.to(f"{side_of(asked)}-case", case_id=case_id)


def _begun(asked: Asked, ref: str) -> ReviewFile:
    found = review_of(asked, ref)
    if not may_begin(asked, found.last.employee):
        raise RefusedError(404)
    return found


def _keep(asked: Asked, found: _Draft, draft: Drafted) -> int:
    """Enter the draft if it is another one than is kept; the case's last event."""
    view, seen = found.shown.view, seen_of(asked)
    if draft == found.draft:
        return view.seq
    return act(asked.own_contests, asked.actor, view.case_id, draft, now=asked.now, seen=seen).seq


def _draft(shown: Shown) -> _Draft:
    if shown.view.draft is None or shown.review is None:
        raise RefusedError(404)
    return _Draft(shown, shown.view.draft, shown.review)


def _step(found: _Draft, key: str) -> Step | None:
    return next((one for one in found.steps if one.key == key), None)


def _onward(asked: Asked, found: _Draft, key: str) -> Response:
    side, case_id = side_of(asked), found.shown.view.case_id
    keys = [one.key for one in found.steps]
    after = keys[keys.index(key) + 1 :]
    if after:
        return asked.to(f"{side}-question", case_id=case_id, step=after[0])
    return asked.to(f"{side}-check", case_id=case_id)


def _ask(asked: Asked, found: _Draft, at: Step, given: Answer, *, status: int = 200) -> Response:
    side, view = side_of(asked), found.shown.view
    keys = [one.key for one in found.steps]
    number = keys.index(at.key) if at.key in keys else 0
    before = keys[number - 1] if number else ""
    here = {"case_id": view.case_id}
    action = url(f"{side}-answer", **here, step=at.key)
    return asked.page(
        "question.html.j2",
        status=status,
        answer=given,
        labels=at.labels,
        ground=at.ground or "",
        for_whom=view.employee if side == "represent" else "",
        step=number + 1,
        steps=len(keys),
        action=action,
        back=url(f"{side}-question", **here, step=before) if before else "",
        leave=url(f"{side}-check", **here),
        saved=action if given.question.kind == "text" else "",
        button="form.continue",
        seen=view.seq,
        kept=[one.kept for one in found.steps if one.key == at.key] if status == CONFLICT else [],
    )


def _check(
    asked: Asked, shown: Shown, *, status: int = 200, typed: tuple[str, ...] = ()
) -> Response:
    found = _draft(shown)
    return asked.page(
        "contest_check.html.j2",
        status=status,
        side=side_of(asked),
        steps=found.steps,
        missing=unanswered(found.steps),
        review=found.review,
        view=shown.view,
        conflict=status == CONFLICT,
        typed=typed,
        others=side_of(asked) == "represent" and len(may_contest(asked)) > 0,
    )


PAGES: dict[str, Page] = {
    f"{side}-{name}": page
    for side in ("own", "represent")
    for name, page in (
        ("contest", contest),
        ("begin", begin),
        ("question", question),
        ("answer", answer),
        ("check", check),
        ("send", send),
    )
}
