"""The questions of a contest: which there are, and where each answer goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

from govern.domain.contest import Complaint, Drafted, Ground
from govern.domain.review_intake import IntakeReview
from govern.web.forms import Answer, Question

GROUNDS: tuple[Ground, ...] = get_args(Ground)
PASSAGE: frozenset[Ground] = frozenset(("wrong_fact", "group_bias", "generic_text"))
"""Grounds that can be about a passage of the text."""
PAY: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}
OTHER = "other"
"""No evidence of those that are listed."""
_SHOWN = 160

Values = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One question, what is kept as its answer, and the draft with another answer.

    ``key`` is its place in the address. ``labels`` are the words of choices that no catalogue
    has, ``ground`` what the question is about.
    """

    key: str
    question: Question
    values: Values
    put: Callable[[Values], Drafted]
    ground: Ground | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Answer:
        """The answer as it is kept."""
        return Answer(self.question, self.values)


def steps_of(draft: Drafted, review: IntakeReview) -> tuple[Step, ...]:
    """The questions in their order; what was answered so far says which there are."""
    return (
        Step(
            "grounds",
            Question("grounds", "many", GROUNDS),
            tuple(dict.fromkeys(one.ground for one in draft.complaints)),
            lambda values: _with_grounds(draft, values),
        ),
        *_about_grounds(draft, review),
        Step(
            "remedy",
            Question("remedy", "text", required=False),
            _written(draft.remedy_sought),
            lambda values: draft.model_copy(update={"remedy_sought": _one(values)}),
        ),
        Step(
            "pay",
            Question("pay", "one", tuple(PAY)),
            tuple(word for word, said in PAY.items() if said is draft.pay_already_decided),
            lambda values: draft.model_copy(update={"pay_already_decided": PAY[_one(values)]}),
        ),
        Step(
            "accommodation",
            Question("accommodation", "text", required=False),
            _written(draft.accommodation),
            lambda values: draft.model_copy(update={"accommodation": _one(values) or None}),
        ),
    )


def unanswered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """What has to be answered before it can be sent, and is not."""
    return tuple(one for one in steps if one.question.required and not one.values)


def _about_grounds(draft: Drafted, review: IntakeReview) -> Iterator[Step]:
    """Two questions for each ground: what is said, and which passage or evidence it is about."""
    seen: Counter[str] = Counter()
    for at, complaint in enumerate(draft.complaints):
        ground = complaint.ground
        seen[ground] += 1
        again = f"-{seen[ground]}" if seen[ground] > 1 else ""

        def put(values: Values, name: str = "statement", at: int = at) -> Drafted:
            return _with(draft, at, **{name: _one(values)})

        yield Step(
            f"statement-{ground}{again}",
            Question(f"statement_{ground}", "text"),
            _written(complaint.statement),
            put,
            ground,
        )
        if ground == "wrong_evidence" and review.evidence:
            yield _which_evidence(draft, review, at, f"about-{ground}{again}")
        elif ground in PASSAGE:
            yield Step(
                f"about-{ground}{again}",
                Question("about_passage", "text", required=False),
                _written(complaint.about),
                lambda values, at=at: _with(draft, at, about=_one(values) or None),  # type: ignore[misc]
                ground,
            )


def _which_evidence(draft: Drafted, review: IntakeReview, at: int, key: str) -> Step:
    """The evidence is chosen by its place: its id may be any text."""
    evidence = review.evidence or ()
    by_place = {str(n): one.id for n, one in enumerate(evidence, 1)}
    about = draft.complaints[at].about
    return Step(
        key,
        Question("about_evidence", "one", (*by_place, OTHER), required=False),
        tuple(place for place, named in by_place.items() if named == about),
        lambda values: _with(draft, at, about=by_place.get(_one(values))),
        "wrong_evidence",
        {
            str(n): f"{one.id} ({one.kind}): {_beginning(one.text)}"
            for n, one in enumerate(evidence, 1)
        },
    )


def _with_grounds(draft: Drafted, grounds: Values) -> Drafted:
    """What was written about a ground that is still chosen stays."""
    kept = tuple(one for one in draft.complaints if one.ground in grounds)
    there = {one.ground for one in kept}
    added = tuple(Complaint(ground=one) for one in GROUNDS if one in grounds and one not in there)
    return draft.model_copy(update={"complaints": (*kept, *added)})


def _with(draft: Drafted, at: int, **changes: str | None) -> Drafted:
    complaints = list(draft.complaints)
    complaints[at] = complaints[at].model_copy(update=changes)
    return draft.model_copy(update={"complaints": tuple(complaints)})


def _written(text: str | None) -> Values:
    return (text,) if text else ()


def _one(values: Values) -> str:
    return values[0] if values else ""


def _beginning(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
