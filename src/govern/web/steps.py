"""The steps that people take in a case by a form of their own, and what each of them says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, get_args

from govern.app.contest_steps import act
from govern.app.contests import Contests, Shown
from govern.app.steps import Steps, said_plainly, steps
from govern.domain.contest import (
    Acknowledged,
    Actor,
    Admitted,
    AppealStarted,
    Closed,
    EvidenceAdded,
    FlagAcknowledged,
    FlagSent,
    Gathering,
    GlassAsked,
    InterimRelief,
    NotAdmitted,
    NoticeKind,
    NoticeSent,
    Paused,
    Payload,
    Referred,
    Remedied,
    Reopened,
    Resumed,
    ReviewStarted,
    Role,
    SecondAsked,
)
from govern.errors import ConflictError, ContestError
from govern.web.asked import Asked, RefusedError
from govern.web.case_forms import CONFLICT, UNPROCESSABLE, case_of, seen_of
from govern.web.forms import Answer, Question, read_answer

YES_NO = ("yes", "no")


class Said(NamedTuple):
    """What somebody answered in the form of a step, about which case, as whom."""

    answers: Mapping[str, Answer]
    shown: Shown
    actor: Actor

    def one(self, name: str) -> str:
        return self.answers[name].value

    def lines(self, name: str) -> tuple[str, ...]:
        return lines(self.one(name))


class Step(NamedTuple):
    """What a step asks, and the event that it makes of the answers."""

    questions: tuple[Question, ...]
    says: Callable[[Said], Payload]


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _flag(said: Said) -> FlagAcknowledged:
    return FlagAcknowledged(in_use=bool(said.shown.view.flag_sent))


def _told(said: Said) -> NoticeSent:
    kinds = {kind: kind for kind in get_args(NoticeKind)}
    person = said.shown.view.employee
    if person is None:
        raise ContestError("nobody knows any more whose case it is")
    return NoticeSent(notice=kinds[said.one("notice_told")], to=person)


SEATS: Mapping[str, Role] = MappingProxyType(
    {"decider": "decider", "appeal-decider": "appeal-decider"}
)


def _let_in(said: Said) -> SecondAsked:
    glass = GlassAsked(
        person=said.one("glass_person"),
        role=SEATS[said.one("glass_role")],
        reason=said.one("glass_reason"),
    )
    return SecondAsked(step=glass)


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "acknowledged": Step((), lambda said: Acknowledged(handler=said.actor.person)),
        "admitted": Step((), lambda _: Admitted()),
        "not_admitted": Step(
            (Question("not_admitted_reason", "text"),),
            lambda said: NotAdmitted(reason=said.one("not_admitted_reason")),
        ),
        "gathering": Step(
            (Question("gathering_asked", "text"),),
            lambda said: Gathering(asked=said.lines("gathering_asked")),
        ),
        "evidence_added": Step(
            (Question("evidence_title", "line"), Question("evidence_text", "text")),
            lambda said: EvidenceAdded(
                title=said.one("evidence_title"), text=said.one("evidence_text")
            ),
        ),
        "interim_relief": Step(
            (Question("relief_granted", "one", YES_NO), Question("relief_what", "text")),
            lambda said: InterimRelief(
                granted=said.one("relief_granted") == "yes", what=said.one("relief_what")
            ),
        ),
        "paused": Step(
            (Question("paused_reason", "text"),),
            lambda said: Paused(reason=said.one("paused_reason")),
        ),
        "resumed": Step((), lambda _: Resumed()),
        "review_started": Step(
            (Question("no_conflict", "many", ("yes",)),),
            lambda said: ReviewStarted(decider=said.actor.person, no_conflict=True),
        ),
        "appeal_started": Step(
            (Question("no_conflict", "many", ("yes",)),),
            lambda said: AppealStarted(decider=said.actor.person, no_conflict=True),
        ),
        "remedied": Step(
            (Question("remedied_version", "line"), Question("remedied_note", "text", (), False)),
            lambda said: Remedied(
                review_version=int(said.one("remedied_version")), note=said.one("remedied_note")
            ),
        ),
        "closed": Step((), lambda _: Closed()),
        "reopened": Step(
            (Question("reopened_reason", "text"),),
            lambda said: Reopened(reason=said.one("reopened_reason")),
        ),
        "referred_external": Step(
            (Question("referred_to", "line"),), lambda said: Referred(to=said.one("referred_to"))
        ),
        "second_asked": Step(
            (
                Question("glass_person", "line"),
                Question("glass_role", "one", tuple(SEATS)),
                Question("glass_reason", "text"),
            ),
            _let_in,
        ),
        "flag_sent": Step((), lambda said: said.shown.flag or FlagSent(in_use=False)),
        "flag_acknowledged": Step((), _flag),
        "notice_sent": Step((Question("notice_told", "one", get_args(NoticeKind)),), _told),
    }
)


@dataclass(frozen=True)
class Form:
    """A step as it stands on the page: ``sent`` is it that was sent and not taken."""

    kind: str
    answers: tuple[Answer, ...]
    sent: bool = False


@dataclass(frozen=True)
class Trouble:
    """Why something that was sent was not done; ``refused`` where the rules or the time say no."""

    status: int
    form: Form
    refused: str = ""


def forms(found: Steps, before: Mapping[str, str], trouble: Trouble | None) -> tuple[Form, ...]:
    """The forms of the steps that can be taken, ``before`` being what stands in a field."""
    made = tuple(
        trouble.form
        if trouble and trouble.form.kind == kind
        else Form(kind, tuple(_empty(one, before) for one in STEPS[kind].questions))
        for kind in found.open
    )
    gone = trouble and trouble.form.answers and trouble.form.kind not in found.open
    return (*made, trouble.form) if trouble and gone else made


def _empty(question: Question, before: Mapping[str, str]) -> Answer:
    value = before.get(question.name, "")
    return Answer(question, (value,) if value else ())


def take_step(
    asked: Asked, contests: Contests, case_id: str, kinds: Sequence[str]
) -> Trouble | None:
    """Take the step that a form says; what stood against it, if anything did.

    Raises:
        RefusedError: there is no such case for them, or no such step.
    """
    sent = asked.sent
    kind = "".join(sent.get("step", ()))
    if kind not in kinds or kind not in STEPS:
        raise RefusedError(UNPROCESSABLE)
    shown, texts = case_of(asked, contests, case_id), asked.parts.renderer.texts
    answers = {one.name: read_answer(one, sent, texts) for one in STEPS[kind].questions}
    version = answers.get("remedied_version")
    if version and not version.error and not _is_version(version.value):
        wrong = Answer(version.question, version.values, texts("handling.not_a_version"))
        answers["remedied_version"] = wrong
    form = Form(kind, tuple(answers.values()), sent=True)
    if any(one.error for one in form.answers):
        return Trouble(UNPROCESSABLE, form)
    try:
        payload = STEPS[kind].says(Said(answers, shown, asked.actor))
        act(contests, asked.actor, case_id, payload, now=asked.now, seen=seen_of(asked))
    except ConflictError:
        return Trouble(CONFLICT, form, texts("handling.conflict"))
    except ContestError as err:
        return Trouble(CONFLICT, form, said_plainly(err, case_id, kind))
    return None


def possible_steps(asked: Asked, contests: Contests, shown: Shown, kinds: Sequence[str]) -> Steps:
    """What of ``kinds`` they can do now."""
    return steps(contests, asked.actor, shown, kinds, now=asked.now)


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:9]) > 0 and len(text) < 10
