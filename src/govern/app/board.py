"""What a board sees of its record: decisions, and who stands behind them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from govern.app.acts_in_force import Lasting, lasting, trust_of
from govern.app.attempts import asked_by
from govern.app.decision_folder import templates
from govern.app.opened_decision import Opened, open_decision
from govern.app.past import past_decisions
from govern.app.record import look
from govern.app.reporting import page_of
from govern.attest.acts import load_every_approval
from govern.attest.trust import read_trust
from govern.domain.acts import Approval, Signed
from govern.domain.decision import Decision
from govern.errors import InputError, PolicyError
from govern.policy.approvals import ApprovalState, approved
from govern.report.beside import Beside
from govern.report.html import render
from govern.report.page import Page
from govern.report.sentences import verdict_of
from govern.report.shown import Verdict
from govern.report.standing import verdict_at
from govern.report.view import build
from govern.sources.locate import Project


@dataclass(frozen=True)
class DecisionLine:
    """A decision in one line of a list."""

    id: str
    candidate: str
    verdict: Verdict
    policy: str
    stage: str
    made: date
    lasts: Lasting
    advisory: bool
    allows: bool
    waits_for_approval: bool


@dataclass(frozen=True)
class AlternativeLine:
    """Another candidate that was judged by the same policy on the same suite."""

    decision_id: str
    candidate: str
    verdict: Verdict


@dataclass(frozen=True)
class Spoken:
    """What somebody answered to a decision."""

    name: str
    act: Approval


@dataclass(frozen=True)
class DecisionFile:
    """All that a board reads before it answers to a decision.

    ``approvals`` is ``None`` where they cannot be told, and ``approvals_unknown`` says why.
    ``unsigned`` says why the signature of the decision itself does not count, if it does not.
    """

    decision: Decision
    page: Page
    lasts: Lasting
    signed_by: tuple[str, ...]
    unsigned: str
    approvals: ApprovalState | None
    approvals_unknown: str
    spoken: tuple[Spoken, ...]
    alternatives: tuple[AlternativeLine, ...]
    commands: tuple[str, ...]

    @property
    def waits_for_approval(self) -> bool:
        """Whether people can still say yes to it, and not enough of them have."""
        return bool(self.commands) and not (self.approvals and self.approvals.met)


def decision_lines(project: Project, *, now: datetime) -> tuple[DecisionLine, ...]:
    """Every decision of the record, the latest first.

    Raises:
        IntegrityError: the record does not hold together.
        PolicyError: an approval in it is signed by nobody who counts.
    """
    spoken = _spoken(project, now)
    return tuple(
        DecisionLine(
            id=decision.decision_id,
            candidate=f"{decision.run.pipeline} {decision.run.pipeline_version}",
            verdict=verdict_at(decision, now),
            policy=f"{decision.policy.title}, version {decision.policy.version}",
            stage=decision.scope.stage,
            made=decision.created.date(),
            lasts=lasting(decision.expires, now),
            advisory=decision.advisory,
            allows=decision.effective_outcome == "pass" and not decision.advisory,
            waits_for_approval=_waits(project, decision, spoken, now),
        )
        for decision in reversed(past_decisions(project.record))
    )


def decision_file(project: Project, decision_id: str, *, now: datetime) -> DecisionFile | None:
    """One decision of the record; ``None`` where there is none of this id.

    Raises:
        IntegrityError, PolicyError: as ``decision_lines``.
    """
    if not in_record(project.record, decision_id):
        return None
    opened = open_decision(project.record, decision_id)
    signed_by, unsigned = _signed(opened, project, now)
    state, unknown, spoken = _approvals(opened, project, now)
    beside = Beside(as_of=now, answers=spoken if state and state.met else ())
    return DecisionFile(
        decision=opened.decision,
        page=build(opened.decision, opened.policy, beside=beside),
        lasts=lasting(opened.decision.expires, now),
        signed_by=signed_by,
        unsigned=unsigned,
        approvals=state,
        approvals_unknown=unknown,
        spoken=tuple(Spoken(one.signers[0].name, one.act) for one in spoken),
        alternatives=tuple(
            AlternativeLine(
                one.decision_id, f"{one.pipeline} {one.pipeline_version}", verdict_of(one.outcome)
            )
            for one in opened.decision.alternatives
        ),
        commands=_commands(opened, state, now),
    )


def decision_report(project: Project, decision_id: str, *, now: datetime) -> str | None:
    """The whole report of a decision as HTML, made anew; ``None`` where there is no such one."""
    if not in_record(project.record, decision_id):
        return None
    opened = open_decision(project.record, decision_id)
    return render(page_of(opened, now=now), templates())


def in_record(record: Path, decision_id: str) -> bool:
    """Whether the record itself has a decision of this id, never a folder elsewhere."""
    return (record / "decisions" / decision_id / "decision.json").is_file()


def _spoken(project: Project, now: datetime) -> tuple[Signed[Approval], ...]:
    trust = trust_of(project.record)
    return load_every_approval(project.record, trust, now=now) if trust else ()


def _waits(
    project: Project, decision: Decision, spoken: Sequence[Signed[Approval]], now: datetime
) -> bool:
    if not _can_be_approved(decision, now):
        return False
    opened = open_decision(project.record, decision.decision_id)
    return not _state(opened, project, _about(decision, spoken)).met


def _state(opened: Opened, project: Project, spoken: Sequence[Signed[Approval]]) -> ApprovalState:
    asked = asked_by(look(project).entries, opened.decision.run.run_id)
    return approved(opened.policy, opened.decision, spoken, requester=asked)


def _can_be_approved(decision: Decision, now: datetime) -> bool:
    return decision.effective_outcome == "pass" and decision.expires >= now.date()


def _about(decision: Decision, spoken: Sequence[Signed[Approval]]) -> tuple[Signed[Approval], ...]:
    return tuple(one for one in spoken if one.act.decision_id == decision.decision_id)


def _signed(opened: Opened, project: Project, now: datetime) -> tuple[tuple[str, ...], str]:
    try:
        signers = opened.signers(read_trust(project.record), now=now)
    except PolicyError as err:
        return (), str(err)
    return tuple(key.name for key in signers), ""


def _approvals(
    opened: Opened, project: Project, now: datetime
) -> tuple[ApprovalState | None, str, tuple[Signed[Approval], ...]]:
    try:
        spoken = _about(opened.decision, _spoken(project, now))
        return _state(opened, project, spoken), "", spoken
    except (InputError, PolicyError) as err:
        return None, str(err), ()


def _commands(opened: Opened, state: ApprovalState | None, now: datetime) -> tuple[str, ...]:
    """What somebody types, for each role whose yes is missing, or for all where any is enough."""
    if not _can_be_approved(opened.decision, now) or (state and state.met):
        return ()
    rule = opened.policy.approvals_of_decisions
    spoken = {role for signer in (state.approving if state else ()) for role in signer.roles}
    asked = [role for role in rule.required if role not in spoken] or rule.roles
    others = "".join(
        f" --not-chosen {shlex.quote(f'{one.pipeline} {one.pipeline_version}: WHY NOT')}"
        for one in opened.decision.alternatives
    )
    return tuple(
        f"govern approve {opened.decision.decision_id} --as {role} --conflict 'YOUR INTERESTS, "
        f"OR none' --owner 'WHO ANSWERS FOR THE USE' --reasons 'WHY'{others} --key YOUR-KEY"
        for role in asked
    )
