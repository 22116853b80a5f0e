"""What a board sees of its record: decisions with who stands behind them, and what runs out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from govern.app.attempts import asked_by
from govern.app.decision_folder import templates
from govern.app.opened_decision import Opened, open_decision
from govern.app.past import past_decisions
from govern.app.record import look
from govern.app.reporting import page_of
from govern.attest.acts import load_attestations, load_every_approval, load_waivers
from govern.attest.trust import TrustRoot, read_trust
from govern.domain.acts import Approval, Attestation, Signed, Waiver
from govern.domain.decision import Decision
from govern.errors import InputError, PolicyError
from govern.policy.approvals import ApprovalState, approved
from govern.report.html import render
from govern.report.page import Page
from govern.report.sentences import verdict_of
from govern.report.shown import Verdict
from govern.report.view import build
from govern.sources.locate import Project

SOON = timedelta(days=30)
"""What runs out within this is to be looked at now."""


@dataclass(frozen=True)
class Lasting:
    """Something that holds until a day: ``days`` are left, below 0 since it is over."""

    until: date
    days: int

    @property
    def over(self) -> bool:
        return self.days < 0

    @property
    def soon(self) -> bool:
        return not self.over and self.days <= SOON.days


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


@dataclass(frozen=True)
class WaiverLine:
    """A waiver, who signed it, and how long it holds."""

    act: Waiver
    signers: tuple[str, ...]
    lasts: Lasting


@dataclass(frozen=True)
class AttestationLine:
    """An attestation, who signed it, and how long it holds."""

    act: Attestation
    signers: tuple[str, ...]
    lasts: Lasting


@dataclass(frozen=True)
class ActsInForce:
    """What people signed beside decisions, what runs out first standing first."""

    waivers: tuple[WaiverLine, ...]
    attestations: tuple[AttestationLine, ...]

    @property
    def soon(self) -> int:
        """How many of them run out soon."""
        lasting = [one.lasts for one in self.waivers] + [one.lasts for one in self.attestations]
        return sum(one.soon for one in lasting)


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
            verdict=verdict_of(decision.effective_outcome),
            policy=f"{decision.policy.title}, version {decision.policy.version}",
            stage=decision.scope.stage,
            made=decision.created.date(),
            lasts=_lasting(decision.expires, now),
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
    return DecisionFile(
        decision=opened.decision,
        page=build(opened.decision, opened.policy),
        lasts=_lasting(opened.decision.expires, now),
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


def decision_report(project: Project, decision_id: str) -> str | None:
    """The whole report of a decision as HTML, made anew; ``None`` where there is no such one."""
    if not in_record(project.record, decision_id):
        return None
    opened = open_decision(project.record, decision_id)
    return render(page_of(opened), templates())


def acts_in_force(project: Project, *, now: datetime) -> ActsInForce:
    """Every waiver and attestation of the record; what ended stands last.

    Raises:
        IntegrityError, PolicyError: one of them is damaged or signed by nobody who counts.
    """
    trust = _trust(project.record)
    if trust is None:
        return ActsInForce((), ())
    waivers = [
        WaiverLine(one.act, _names(one), _lasting(one.act.expires, now))
        for one in load_waivers(project.record, trust, now=now)
    ]
    attestations = [
        AttestationLine(one.act, _names(one), _lasting(one.act.expires, now))
        for one in load_attestations(project.record, trust, now=now)
    ]
    return ActsInForce(
        tuple(sorted(waivers, key=lambda line: (line.lasts.over, line.lasts.until))),
        tuple(sorted(attestations, key=lambda line: (line.lasts.over, line.lasts.until))),
    )


def in_record(record: Path, decision_id: str) -> bool:
    """Whether the record itself has a decision of this id, never a folder elsewhere."""
    return (record / "decisions" / decision_id / "decision.json").is_file()


def _lasting(until: date, now: datetime) -> Lasting:
    return Lasting(until, (until - now.date()).days)


def _trust(record: Path) -> TrustRoot | None:
    """The trust root; ``None`` where nobody has made a key yet, so nothing can be signed."""
    return read_trust(record) if (record / "trust.json").exists() else None


def _spoken(project: Project, now: datetime) -> tuple[Signed[Approval], ...]:
    trust = _trust(project.record)
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


def _names(signed: Signed[Waiver] | Signed[Attestation]) -> tuple[str, ...]:
    return tuple(f"{one.name} ({', '.join(one.roles)})" for one in signed.signers)
