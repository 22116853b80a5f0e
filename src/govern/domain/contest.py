"""A contest: what may happen to it, by whom, and what each step says.

A case is nothing but its events. Their payloads may hold personal text and are kept encrypted;
the ledger sees an event's kind, hour, actor's role and a salted commitment, and nothing else.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from govern.domain.base import Noun, Version

Role = Literal[
    "employee",
    "representative",
    "case-handler",
    "decider",
    "appeal-decider",
    "data-protection-officer",
    "auditor",
    "board",
    "hr-system",
    "clock",
]
State = Literal[
    "draft",
    "submitted",
    "acknowledged",
    "admitted",
    "not_admitted",
    "gathering",
    "under_review",
    "decided",
    "appealed",
    "appeal_review",
    "final",
    "remedied",
    "closed",
    "withdrawn",
    "referred_external",
]
Ground = Literal[
    "wrong_fact",
    "missing_fact",
    "wrong_evidence",
    "group_bias",
    "generic_text",
    "process",
    "no_notice",
]
Ruling = Literal["upheld", "partly", "rejected"]
Duty = Literal[
    "acknowledge",
    "explain",
    "decide",
    "appeal_window",
    "decide_appeal",
    "remedy",
    "relief",
    "hr_acknowledge",
]
NoticeKind = Literal[
    "explanation",
    "acknowledgement",
    "delay",
    "decision",
    "appeal_decision",
    "remedy",
    "no_retaliation",
]


class Actor(Noun):
    """Who did it: a person of the company's directory, the clock, or the HR system; and as what."""

    person: str = Field(min_length=1)
    role: Role


class Complaint(Noun):
    """One ground, and what the person says about it; ``about`` is the passage or evidence id.

    Only while it is a draft may ``statement`` still be empty.
    """

    ground: Ground
    statement: str = ""
    about: str | None = None


class FieldChange(Noun):
    """One field of the review, before and after."""

    field: str
    before: str
    after: str


class GroundRuling(Noun):
    """What was found on one ground, and why."""

    ground: Ground
    ruling: Ruling
    reason: str = Field(min_length=1)


class Drafted(Noun):
    """The contest as it is being written; a later one replaces it until it is submitted."""

    kind: Literal["drafted"] = "drafted"
    review_id: str
    review_version: Version
    complaints: tuple[Complaint, ...] = ()
    remedy_sought: str = ""
    accommodation: str | None = None
    pay_already_decided: bool | None = None
    on_behalf_of: str | None = None
    on_paper: bool = False
    collective: str | None = None


class Submitted(Noun):
    """The person, or who speaks for them, sent it; it needs a complaint."""

    kind: Literal["submitted"] = "submitted"


class Acknowledged(Noun):
    """It was received, and this handler takes care of it."""

    kind: Literal["acknowledged"] = "acknowledged"
    handler: str


class Admitted(Noun):
    """It is to be looked into."""

    kind: Literal["admitted"] = "admitted"


class NotAdmitted(Noun):
    """It is not looked into, for a reason that can be appealed against."""

    kind: Literal["not_admitted"] = "not_admitted"
    reason: str = Field(min_length=1)


class Gathering(Noun):
    """Evidence is being asked for, from whom it is asked."""

    kind: Literal["gathering"] = "gathering"
    asked: tuple[str, ...] = ()


class EvidenceAdded(Noun):
    """Somebody put something into the case."""

    kind: Literal["evidence_added"] = "evidence_added"
    title: str = Field(min_length=1)
    text: str = Field(min_length=1)


class _Opened(Noun):
    """Somebody takes the case on, having said that nothing ties them to it."""

    decider: str
    no_conflict: Literal[True]


class ReviewStarted(_Opened):
    """A decider opened the case."""

    kind: Literal["review_started"] = "review_started"


class _Ruled(Noun):
    """A ruling and a reason for every ground, and where else one can go."""

    ruling: Ruling
    rulings: tuple[GroundRuling, ...] = Field(min_length=1)
    changes: tuple[FieldChange, ...] = ()
    reasons: str = Field(min_length=1)
    external_routes: tuple[str, ...] = Field(min_length=1)


class Decided(_Ruled):
    """The first decision."""

    kind: Literal["decided"] = "decided"


class Appealed(Noun):
    """The person does not accept the decision, or that there was none."""

    kind: Literal["appealed"] = "appealed"
    statement: str = Field(min_length=1)


class AppealStarted(_Opened):
    """Another decider opened the appeal."""

    kind: Literal["appeal_started"] = "appeal_started"


class Final(_Ruled):
    """The decision on the appeal."""

    kind: Literal["final"] = "final"


class Remedied(Noun):
    """What was decided was done: the version of the review that now stands."""

    kind: Literal["remedied"] = "remedied"
    review_version: Version
    note: str = ""


class Closed(Noun):
    """Nothing more is due."""

    kind: Literal["closed"] = "closed"


class Withdrawn(Noun):
    """The person takes it back; nobody else can."""

    kind: Literal["withdrawn"] = "withdrawn"
    reason: str = ""


class Reopened(Noun):
    """It goes on after it was closed or withdrawn."""

    kind: Literal["reopened"] = "reopened"
    reason: str = Field(min_length=1)


class Referred(Noun):
    """It goes on outside: a court, an authority, a tribunal."""

    kind: Literal["referred_external"] = "referred_external"
    to: str = Field(min_length=1)


class Paused(Noun):
    """A deadline stands still, for a reason that the person was told."""

    kind: Literal["paused"] = "paused"
    reason: str = Field(min_length=1)


class Resumed(Noun):
    """The deadline runs again."""

    kind: Literal["resumed"] = "resumed"


class DeadlineMissed(Noun):
    """Entered by the clock; silence is never a rejection, it escalates to ``escalated_to``."""

    kind: Literal["deadline_missed"] = "deadline_missed"
    duty: Duty
    due: date
    escalated_to: Role


class NoticeSent(Noun):
    """A notice left the queue."""

    kind: Literal["notice_sent"] = "notice_sent"
    notice: NoticeKind
    to: str


class NoticeRead(Noun):
    """The person opened what a notice told of."""

    kind: Literal["notice_read"] = "notice_read"
    notice: NoticeKind


class FlagSent(Noun):
    """The HR system was told not to use the contested rating, or that it may again."""

    kind: Literal["flag_sent"] = "flag_sent"
    in_use: bool


class FlagAcknowledged(Noun):
    """The HR system answered that it heard."""

    kind: Literal["flag_acknowledged"] = "flag_acknowledged"
    in_use: bool


class InterimRelief(Noun):
    """What happens meanwhile where pay was already decided."""

    kind: Literal["interim_relief"] = "interim_relief"
    granted: bool
    what: str = Field(min_length=1)


class Consented(Noun):
    """Whether the employee lets the case, without names, become a case of a suite; revocable."""

    kind: Literal["consented"] = "consented"
    to_reuse: bool


class _LetIn(Noun):
    """Whom a rule of independence is not to keep out, as what, and why."""

    person: str
    role: Role
    reason: str = Field(min_length=1)


class _Lifted(Noun):
    """For whom a case's pseudonyms are lifted, and why."""

    to: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class _Deleted(Noun):
    """On which ground a case's payloads and keys are deleted."""

    ground: str = Field(min_length=1)


class GlassAsked(_LetIn):
    """That somebody be let in."""

    kind: Literal["broken_glass"] = "broken_glass"


class UnmaskingAsked(_Lifted):
    """That pseudonyms be lifted."""

    kind: Literal["unmasked"] = "unmasked"


class ErasureAsked(_Deleted):
    """That a case be erased."""

    kind: Literal["erased"] = "erased"


Asked = Annotated[
    GlassAsked | UnmaskingAsked | ErasureAsked,
    Field(discriminator="kind"),
]
"""A step that takes two people, as far as the first of them can say it."""


class SecondAsked(Noun):
    """Somebody wants a step that takes two people; it waits until another one agrees."""

    kind: Literal["second_asked"] = "second_asked"
    step: Asked


class SecondRefused(Noun):
    """The step that event ``asked`` asked for is not taken: refused, or taken back."""

    kind: Literal["second_refused"] = "second_refused"
    asked: int
    reason: str = Field(min_length=1)


class BrokenGlass(_LetIn):
    """Two people let somebody act whom a rule of independence would have kept out."""

    kind: Literal["broken_glass"] = "broken_glass"
    second: Actor


class Unmasked(_Lifted):
    """Two people lifted a pseudonym for somebody, for a reason."""

    kind: Literal["unmasked"] = "unmasked"
    second: Actor


class HoldSet(Noun):
    """Nothing may be erased while a legal hold stands."""

    kind: Literal["hold_set"] = "hold_set"
    reason: str = Field(min_length=1)


class HoldLifted(Noun):
    """The legal hold ended."""

    kind: Literal["hold_lifted"] = "hold_lifted"
    reason: str = Field(min_length=1)


class Erased(_Deleted):
    """Payloads and keys are gone; the tombstone says on which ground, and who agreed."""

    kind: Literal["erased"] = "erased"
    approved_by: Actor


def agreed(step: Asked, second: Actor) -> BrokenGlass | Unmasked | Erased:
    """The step that was asked for, with the second person who agreed to it."""
    said = dict(step)
    if isinstance(step, GlassAsked):
        return BrokenGlass(**said, second=second)
    if isinstance(step, UnmaskingAsked):
        return Unmasked(**said, second=second)
    return Erased(**said, approved_by=second)


Payload = Annotated[
    Drafted
    | Submitted
    | Acknowledged
    | Admitted
    | NotAdmitted
    | Gathering
    | EvidenceAdded
    | ReviewStarted
    | Decided
    | Appealed
    | AppealStarted
    | Final
    | Remedied
    | Closed
    | Withdrawn
    | Reopened
    | Referred
    | Paused
    | Resumed
    | DeadlineMissed
    | NoticeSent
    | NoticeRead
    | FlagSent
    | FlagAcknowledged
    | InterimRelief
    | Consented
    | SecondAsked
    | SecondRefused
    | BrokenGlass
    | Unmasked
    | HoldSet
    | HoldLifted
    | Erased,
    Field(discriminator="kind"),
]


class Event(Noun):
    """One thing that happened to a case; ``seq`` counts from 1 without a gap.

    ``payload`` is ``None`` once it was lawfully erased: then ``kind`` is all that is left.
    """

    case_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    seq: int = Field(ge=1)
    at: AwareDatetime
    actor: Actor
    kind: str
    payload: Payload | None

    @model_validator(mode="after")
    def _kind_is_the_payloads(self) -> Event:
        if self.payload is not None and self.payload.kind != self.kind:
            raise ValueError(f"kind is {self.kind}, but the payload is {self.payload.kind}")
        return self
