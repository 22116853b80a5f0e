"""Made-up reviews and contests for ``govern serve --demo``: one at each step, for every role."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import NamedTuple

from govern.app.contest_clock import clock
from govern.app.contest_steps import act, file
from govern.app.contests import Contests, open_contests
from govern.app.mandates import give
from govern.domain.contest import (
    Acknowledged,
    Actor,
    Admitted,
    Appealed,
    Closed,
    Complaint,
    Decided,
    Drafted,
    FieldChange,
    Ground,
    GroundRuling,
    NoticeSent,
    Payload,
    Remedied,
    ReviewStarted,
    Ruling,
)
from govern.domain.contest_store import Mandate
from govern.domain.decision import Decision
from govern.domain.review_intake import IntakeReview, ShownEvidence
from govern.sources.locate import Project

SETTINGS = """[contests]
time_zone = "Europe/Berlin"
country = "DE"
external_routes = ["The works council", "The labour court, within its own time limits"]
[contests.pipeline_owners]
{pipeline} = ["invented-owner"]
[contests.signers]
ida-invented = "invented-board"
wim-invented = "invented-council"
ona-invented = "invented-data-protection-officer"
"""
LINES: Mapping[str, tuple[str, ...]] = {
    "invented-employee": ("invented-manager", "invented-director"),
    "invented-author": ("invented-manager", "invented-director"),
    "invented-manager": ("invented-director",),
    "invented-decider": ("invented-head-of-law",),
    "invented-decider-2": ("invented-head-of-law",),
    "invented-appeal-decider": ("invented-head-of-finance",),
}
"""Who is above whom, the nearest first."""
EVIDENCE = (
    ("ticket-export", "tickets", "14 tickets closed between April and June, 2 reopened."),
    ("peer-note", "feedback", "A peer writes: she took over the migration when Tom fell ill."),
    ("goal-3", "goal", "Goal: move the billing jobs to the new scheduler by 30 June."),
    ("status-july", "note", "Status of 2 July: the billing jobs moved on 27 June."),
)
DRAFT = (
    "Over the half-year she closed 41 tickets and had 2 reopened. She missed the goal to move the "
    "billing jobs by 30 June. She is helpful and could be more visible. Next half-year she should "
    "present one project to the whole department."
)
FINAL = (
    "Over the half-year she closed 41 tickets and had 2 reopened. She missed the goal to move the "
    "billing jobs by 30 June. She could be more visible. Next half-year she should present one "
    "project to the whole department."
)
MENDED = FINAL.replace("41 tickets", "14 tickets").replace(
    "She missed the goal to move the billing jobs by 30 June.",
    "She moved the billing jobs on 27 June, three days before the goal.",
)
HANDLER = Actor(person="invented-case-handler", role="case-handler")


class Told(NamedTuple):
    """What somebody objects to, on which ground, and how it was answered."""

    ground: Ground
    statement: str
    about: str
    ruling: Ruling
    reason: str


NUMBER = Told(
    "wrong_fact",
    "It says 41 tickets. It was 14, as the export shows; whoever reads this thinks I lost 27.",
    "41 tickets",
    "upheld",
    "The export of tickets shows 14.",
)
GOAL = Told(
    "wrong_evidence",
    "The goal was met on 27 June. The status note of July says so, and it was left out.",
    "status-july",
    "upheld",
    "The status note was among the evidence and was not used.",
)
GENERIC = Told(
    "generic_text",
    "“Could be more visible” is said to everybody on the team and means nothing to me.",
    "She could be more visible.",
    "rejected",
    "The sentence rests on the talk of 3 March, of which both sides have notes.",
)


class _Case:
    """One contest, each step at its day before now."""

    def __init__(self, contests: Contests, now: datetime, employee: str) -> None:
        self.contests = contests
        self.now = now
        self.employee = employee
        self.case_id = ""
        self.told: tuple[Told, ...] = ()

    def filed(self, days: float, *told: Told, by: Actor | None = None) -> _Case:
        actor = by or Actor(person=self.employee, role="employee")
        self.told = told
        draft = Drafted(
            review_id=f"review-of-{self.employee}",
            review_version=1,
            complaints=tuple(
                Complaint(ground=t.ground, statement=t.statement, about=t.about) for t in told
            ),
            remedy_sought="Put the number and the goal right, and look at the rating again.",
            pay_already_decided=False,
            on_behalf_of=self.employee if by else None,
        )
        self.case_id = file(self.contests, actor, draft, now=self._at(days)).case_id
        return self

    def admitted(self, days: float) -> _Case:
        self._step(days, HANDLER, Acknowledged(handler=HANDLER.person))
        self._step(days, HANDLER, NoticeSent(notice="explanation", to=self.employee))
        return self._step(days, HANDLER, Admitted())

    def opened(self, days: float, decider: str) -> _Case:
        actor = Actor(person=decider, role="decider")
        return self._step(days, actor, ReviewStarted(decider=decider, no_conflict=True))

    def decided(self, days: float, decider: str) -> _Case:
        rulings = tuple(
            GroundRuling(ground=t.ground, ruling=t.ruling, reason=t.reason) for t in self.told
        )
        found = {one.ruling for one in rulings}
        ruling: Ruling = found.pop() if len(found) == 1 else "partly"
        changes = (FieldChange(field="text", before=FINAL, after=MENDED),)
        decided = Decided(
            ruling=ruling,
            rulings=rulings,
            changes=() if ruling == "rejected" else changes,
            reasons="Tickets and the goal were checked against their sources.",
            external_routes=self.contests.settings.external_routes,
        )
        return self._step(days, Actor(person=decider, role="decider"), decided)

    def appealed(self, days: float) -> _Case:
        said = Appealed(statement="Nobody asked my peers before they decided.")
        return self._step(days, Actor(person=self.employee, role="employee"), said)

    def remedied(self, days: float) -> _Case:
        mended = _review(self.employee, self._at(days), None, version=2, final=MENDED)
        self.contests.store.intake.put_reviews([mended])
        return self._step(days, HANDLER, Remedied(review_version=2))

    def closed(self, days: float) -> _Case:
        return self._step(days, HANDLER, Closed())

    def _step(self, days: float, actor: Actor, payload: Payload) -> _Case:
        act(self.contests, actor, self.case_id, payload, now=self._at(days))
        return self

    def _at(self, days: float) -> datetime:
        return self.now - timedelta(days=days)


def seed_contests(project: Project, allowed: Decision, *, now: datetime) -> None:
    """Reviews that the pipeline of ``allowed`` drafted, and contests of some of them."""
    settings = SETTINGS.format(pipeline=allowed.run.pipeline)
    (project.root / "govern.toml").write_text(settings, encoding="utf-8")
    contests = open_contests(project)
    with closing(contests.store):
        _contest(contests, allowed, now)


def _contest(contests: Contests, allowed: Decision, now: datetime) -> None:
    contesting = [f"invented-employee-{n}" for n in range(2, 8)]
    people = (*LINES, *contesting, "invented-junior")
    finalised = now - timedelta(days=70)
    contests.store.intake.put_reviews([_review(one, finalised, allowed) for one in people])
    sent, waiting, opened, decided, appealed, ended = contesting
    _Case(contests, now, sent).filed(1, NUMBER)
    spoken = Actor(person="invented-representative", role="representative")
    asked = Mandate(employee=waiting, representative=spoken.person)
    give(contests, Actor(person=waiting, role="employee"), asked, now=now - timedelta(days=9))
    _Case(contests, now, waiting).filed(8, NUMBER, GOAL, by=spoken).admitted(6)
    one, two = "invented-decider", "invented-decider-2"
    _Case(contests, now, opened).filed(10, NUMBER, GENERIC).admitted(9).opened(4, one)
    case = _Case(contests, now, decided).filed(25, NUMBER, GENERIC).admitted(24)
    case.opened(20, one).decided(3, one)
    case = _Case(contests, now, appealed).filed(40, GENERIC).admitted(39)
    case.opened(36, two).decided(30, two).appealed(24)
    case = _Case(contests, now, ended).filed(66, NUMBER, GOAL).admitted(65)
    case.opened(62, one).decided(58, one).remedied(50).closed(30)
    _Case(contests, now, "invented-junior").filed(5, GENERIC).admitted(4)
    own = _Case(contests, now, "invented-employee").filed(33, NUMBER, GENERIC).admitted(32)
    own.opened(30, two).decided(2, two)
    clock(contests, now=now)


def _review(
    employee: str,
    finalised: datetime,
    allowed: Decision | None,
    *,
    version: int = 1,
    final: str = FINAL,
) -> IntakeReview:
    """The review of somebody; one that a person wrote anew where no decision allowed a draft."""
    line = LINES.get(employee, LINES["invented-employee"])
    junior = employee == "invented-junior"
    by_ai = allowed is not None
    return IntakeReview(
        review_id=f"review-of-{employee}",
        version=version,
        employee=employee,
        author="invented-employee" if junior else "invented-author",
        manager="invented-employee" if junior else line[0],
        line=("invented-employee", *line) if junior else line,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 6, 30),
        finalised=finalised,
        ai_role="drafted_and_suggested" if by_ai else "none",
        draft=DRAFT if by_ai else None,
        draft_rating=2 if by_ai else None,
        final=final,
        final_rating=3,
        evidence=tuple(ShownEvidence(id=i, kind=kind, text=text) for i, kind, text in EVIDENCE),
        fingerprint=allowed.run.fingerprint if allowed else None,
        decision_id=allowed.decision_id if allowed else None,
        disclosure="Told on 5 January 2026, by the page on AI in reviews." if by_ai else None,
        participation="opted_in",
        groups={"gender": "woman"},
    )
