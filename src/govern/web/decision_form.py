"""The form of a decision: a ruling and a reason for each ground, what changes, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from govern.app.contests import Shown
from govern.contest.machine import overall
from govern.domain.contest import (
    Decided,
    FieldChange,
    Final,
    Ground,
    GroundRuling,
    Ruling,
)
from govern.domain.review_intake import IntakeReview
from govern.web.forms import Answer, Question, Sent, read_answer
from govern.web.steps import lines
from govern.web.texts import Texts

RULINGS: tuple[Ruling, ...] = get_args(Ruling)
RULING, REASON = Question("ruling", "one", RULINGS), Question("ruling_reason", "text")
NEW_TEXT = Question("new_text", "text", required=False)
NEW_RATING = Question("new_rating", "line", required=False)
REASONS, ROUTES = Question("reasons", "text"), Question("routes", "text")
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class OnGround:
    """What is ruled on a ground, and why; ``said`` is what the person says on it."""

    ground: Ground
    said: tuple[tuple[str, str], ...]
    ruling: Answer
    reason: Answer


@dataclass(frozen=True)
class DecisionForm:
    """The form as it stands on the page."""

    grounds: tuple[OnGround, ...]
    new_text: Answer
    new_rating: Answer
    reasons: Answer
    routes: Answer

    @property
    def wrong(self) -> bool:
        """Whether something has to be put right before it can be sent."""
        pairs = [one for ground in self.grounds for one in (ground.ruling, ground.reason)]
        return any(
            one.error for one in (*pairs, self.new_text, self.new_rating, self.reasons, self.routes)
        )


def standing(shown: Shown) -> IntakeReview:
    """The version of the review that stands now; whoever decides is shown one."""
    found = shown.remedied or shown.review
    if found is None:
        raise LookupError(f"case {shown.view.case_id}: whoever decides sees the review")
    return found


def empty_form(shown: Shown, external_routes: Sequence[str]) -> DecisionForm:
    """The form before anything is answered: the review as it stands, or as first decided."""
    review, first = standing(shown), shown.view.decided
    pending = {} if shown.remedied else {one.field: one.after for one in shown.view.changes}
    routes = first.external_routes if first else external_routes
    values = {
        "new_text": pending.get("text", review.final),
        "new_rating": pending.get("rating", _rating(review)),
        "routes": "\n".join(routes),
    }
    return _form(shown, lambda question, _: Answer(question, _some(values.get(question.name, ""))))


def read_form(shown: Shown, sent: Sent, texts: Texts) -> DecisionForm:
    """What was sent, with what is wrong with it."""

    def read(question: Question, ground: Ground | None) -> Answer:
        name = f"{question.name}_{ground}" if ground else question.name
        return read_answer(question, {question.name: sent.get(name, ())}, texts)

    form = _form(shown, read)
    review, rating = standing(shown), form.new_rating
    if _same(form.new_text.value, review.final):
        # What stands already may be longer than what anybody is asked for.
        form = replace(form, new_text=Answer(NEW_TEXT, (review.final,)))
    if rating.value and not rating.error and _number(rating.value) is None:
        wrong = texts("deciding.not_a_rating", lowest=LOWEST, highest=HIGHEST)
        form = replace(form, new_rating=Answer(NEW_RATING, rating.values, wrong))
    rulings = {one.ruling.value for one in form.grounds}
    if rulings == {"rejected"} and not form.wrong and _changes(review, form):
        wrong = texts("deciding.rejected_changes")
        form = replace(form, new_text=Answer(NEW_TEXT, form.new_text.values, wrong))
    return form


def decision(
    shown: Shown, form: DecisionForm, kind: type[Decided] | type[Final]
) -> Decided | Final:
    """The event that a form without errors makes; the ruling on the whole is computed."""
    named: Mapping[str, Ruling] = {ruling: ruling for ruling in RULINGS}
    rulings = tuple(
        GroundRuling(ground=one.ground, ruling=named[one.ruling.value], reason=one.reason.value)
        for one in form.grounds
    )
    return kind(
        ruling=overall(one.ruling for one in rulings),
        rulings=rulings,
        changes=_changes(standing(shown), form),
        reasons=form.reasons.value,
        external_routes=lines(form.routes.value),
    )


def _form(shown: Shown, read: Callable[[Question, Ground | None], Answer]) -> DecisionForm:
    complaints = shown.view.draft.complaints if shown.view.draft else ()
    return DecisionForm(
        grounds=tuple(
            OnGround(
                ground,
                tuple(
                    (one.statement, one.about or "") for one in complaints if one.ground == ground
                ),
                read(RULING, ground),
                read(REASON, ground),
            )
            for ground in dict.fromkeys(one.ground for one in complaints)
        ),
        new_text=read(NEW_TEXT, None),
        new_rating=read(NEW_RATING, None),
        reasons=read(REASONS, None),
        routes=read(ROUTES, None),
    )


def _changes(review: IntakeReview, form: DecisionForm) -> tuple[FieldChange, ...]:
    """The fields of the review that are to read otherwise; what is left empty stays."""
    found = []
    text, rating = form.new_text.value, _number(form.new_rating.value)
    if text and not _same(text, review.final):
        found.append(FieldChange(field="text", before=review.final, after=text))
    if rating is not None and rating != review.final_rating:
        found.append(FieldChange(field="rating", before=_rating(review), after=f"{rating:g}"))
    return tuple(found)


def _rating(review: IntakeReview) -> str:
    return "" if review.final_rating is None else f"{review.final_rating:g}"


def _number(text: str) -> float | None:
    """A rating on the scale, with a point or a comma; ``None`` where it is none."""
    try:
        number = float(text.replace(",", ".")) if text.isascii() else 0.0
    except ValueError:
        return None
    return number if LOWEST <= number <= HIGHEST else None


def _same(one: str, other: str) -> bool:
    """Whether two texts differ by nothing but the ends of lines that a browser sends otherwise."""
    return _lines(one) == _lines(other)


def _lines(text: str) -> list[str]:
    return text.replace("\0", "").strip().splitlines()


def _some(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
