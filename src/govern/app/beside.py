"""What a report tells beside a decision, looked up in the project and in the decision's folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govern import frames
from govern.app.data_behind import card_of, datasets_behind, run_behind
from govern.app.drill import excerpts_of
from govern.app.in_use import used
from govern.app.ledger import verify_record
from govern.app.opened_decision import named, open_folder
from govern.app.past import past_decisions
from govern.app.questions import questions_of
from govern.app.shapes import shapes_of
from govern.attest.acts import load_every_approval
from govern.attest.trust import TrustedKey, TrustRoot, read_trust
from govern.canon import file_digest
from govern.domain.acts import Approval, Signed
from govern.domain.decision import Decision
from govern.domain.finding import Findings, RunFacts
from govern.domain.policy import Policy
from govern.errors import GovernError, PolicyError
from govern.policy.diff import diff
from govern.report.beside import (
    Beside,
    DataCard,
    DutySeen,
    Excerpts,
    LogSeen,
    PolicyBefore,
    Shapes,
)
from govern.sources.legal import legal_tables
from govern.sources.locate import Project

LEFT_OUT = "They were left out on request."
NOT_SYNTHETIC = "The drafts are about real people; a report never shows these."
NO_DRAFTS = "The drafts are neither in the decision's folder nor among the runs here."


@dataclass(frozen=True)
class Drafts:
    """The numbers and excerpts that drafts give, or why they give no excerpts."""

    shapes: Shapes
    excerpts: Excerpts | None
    without: str


def drafts_of(frame: Path | None, decision: Decision, findings: Findings, *, shown: bool) -> Drafts:
    """What a report shows of the drafts: of real people's nothing, else excerpts if ``shown``."""
    if not decision.run.synthetic:
        return Drafts(Shapes(), None, NOT_SYNTHETIC)
    if frame is None:
        return Drafts(Shapes(), None, NO_DRAFTS)
    drafts = frames.read(frame)
    excerpts = excerpts_of(drafts, decision, findings) if shown else None
    return Drafts(shapes_of(drafts), excerpts, LEFT_OUT)


def frame_at_hand(project: Project, run: RunFacts, frame: Path) -> Path | None:
    """A run's drafts: ``frame`` if it is there, else those in the run's folder if it is here.

    A decision's folder takes no large drafts along.
    """
    if frame.is_file():
        return frame
    kept = project.state / "runs" / Path(run.run_id).name / "drafts.parquet"
    return kept if kept.is_file() and file_digest(kept) == run.drafts_digest else None


def beside_at_gate(
    project: Project,
    decision: Decision,
    findings: Findings,
    *,
    policy: Policy,
    record: Path,
    frame: Path | None,
    signers: tuple[TrustedKey, ...],
) -> Beside:
    """What is known when a decision is made; nobody has answered to it or followed it back yet.

    Args:
        project: whose datasets and legal tables are looked at.
        decision: what was decided.
        findings: on what.
        policy: by what.
        record: where the decisions stand that came before.
        frame: the drafts, where they are kept.
        signers: whose keys sign the decision.
    """
    drafts = drafts_of(frame, decision, findings, shown=True)
    in_use, not_in_use = used(project, record, decision, now=decision.created)
    return Beside(
        as_of=decision.created,
        signers=tuple(map(named, signers)),
        unsigned="" if signers else "no key was given",
        policy_before=policy_before(record, decision, policy),
        questions=questions_of(decision, findings, in_use),
        in_use=in_use,
        not_in_use=not_in_use,
        cards=cards_of(project, decision.run),
        duties=duties_of(project),
        shapes=drafts.shapes,
        excerpts=drafts.excerpts,
        without=drafts.without,
    )


def policy_before(record: Path, decision: Decision, policy: Policy) -> PolicyBefore:
    """By which policy the record's last decision of the lineage was made, and what differs since.

    The last by a policy of the same name; where there is none, by any other one, so that a new
    name hides no looser policy.
    """
    try:
        last = decision.previous_decision or _by_another_policy(record, decision)
        if last is None:
            return PolicyBefore()
        opened = open_folder(record / "decisions" / last)
    except GovernError:
        return PolicyBefore(
            decision_id=decision.previous_decision or "not known",
            why="the record here does not have it, or not whole",
        )
    old = opened.decision.policy
    return PolicyBefore(
        decision_id=last,
        made=opened.decision.created.date(),
        policy=old.id,
        version=old.version,
        digest=old.digest,
        changes=diff(opened.policy, policy),
    )


def _by_another_policy(record: Path, decision: Decision) -> str | None:
    about = (decision.run.pipeline, decision.run.use_case)
    found = [
        past.decision_id
        for past in past_decisions(record)
        if (past.run.pipeline, past.run.use_case) == about and past.created < decision.created
    ]
    return found[-1] if found else None


def cards_of(project: Project, run: RunFacts) -> tuple[DataCard, ...]:
    """The cards of the datasets that a run rests on, where they lie here.

    Raises:
        DatasetError, IntegrityError: as ``described``.
    """
    found = datasets_behind(project, run, *run_behind(project, run))
    return tuple(card_of(folder, use) for use, folder in found.items())


def duties_of(project: Project) -> tuple[DutySeen, ...]:
    """Every duty of the legal tables, shipped and the project's own."""
    return tuple(
        DutySeen(
            id=duty.id,
            instrument=table.instrument,
            jurisdiction=table.jurisdiction,
            clause=duty.clause,
            duty=duty.duty,
            status=duty.status,
            in_force_from=duty.in_force_from,
            checked_on=duty.checked_on,
            certainty=duty.certainty,
        )
        for table in legal_tables(project)
        for duty in table.duties
    )


def answers_to(
    project: Project, decision: Decision, trust: TrustRoot | None, now: datetime
) -> tuple[Signed[Approval], ...]:
    """The signed answers to a decision that stand in the record."""
    if trust is None:
        return ()
    every = load_every_approval(project.record, trust, now=now)
    return tuple(one for one in every if one.act.decision_id == decision.decision_id)


def log_seen(project: Project, now: datetime) -> LogSeen | None:
    """The newest checkpoint of the record's log; ``None`` without one that holds."""
    try:
        found = verify_record(project, since=None, trust=None, now=now)
    except GovernError:
        return None
    if found.newest is None:
        return None
    return LogSeen(
        origin=found.newest.checkpoint.origin,
        size=found.newest.checkpoint.size,
        witnesses=found.witnessed.names,
        set_aside=found.witnessed.set_aside,
    )


def trust_of(project: Project) -> TrustRoot | None:
    """The record's trust root; ``None`` where nobody has made a key yet."""
    try:
        return read_trust(project.record)
    except PolicyError:
        return None
