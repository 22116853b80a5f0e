"""What a report tells beside a decision, looked up in the project and in the decision's folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govern import frames
from govern.app.drill import excerpts_of
from govern.app.ledger import verify_record
from govern.app.shapes import shapes_of
from govern.attest.acts import load_every_approval
from govern.attest.trust import TrustedKey, TrustRoot, read_trust
from govern.canon import file_digest
from govern.domain.acts import Approval, Signed
from govern.domain.decision import Decision
from govern.domain.finding import Findings, RunFacts
from govern.errors import GovernError, PolicyError
from govern.report.beside import Beside, DataCard, DutySeen, Excerpts, LogSeen, Shapes
from govern.sources.datasets import Card
from govern.sources.legal import legal_tables
from govern.sources.locate import Project, known

LEFT_OUT = "They were left out on request."
NOT_SYNTHETIC = "The drafts are about real people; a report never shows these."
NO_DRAFTS = "The drafts are neither in the decision's folder nor among the runs here."
_HOLDS = ("cases", "reviews", "identities", "markers")


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
    frame: Path | None,
    signers: tuple[TrustedKey, ...],
) -> Beside:
    """What is known when a decision is made; nobody has answered to it or followed it back yet."""
    drafts = drafts_of(frame, decision, findings, shown=True)
    return Beside(
        as_of=decision.created,
        signers=tuple(map(named, signers)),
        unsigned="" if signers else "no key was given",
        cards=cards_of(project, decision.run),
        duties=duties_of(project),
        shapes=drafts.shapes,
        excerpts=drafts.excerpts,
        without=drafts.without,
    )


def named(key: TrustedKey) -> str:
    """A signer by name and roles."""
    return f"{key.name} ({', '.join(key.roles)})"


def cards_of(project: Project, run: RunFacts) -> tuple[DataCard, ...]:
    """The cards of the datasets whose manifests have the digests that a run names."""
    wanted = [run.dataset_digest, run.identities_digest]
    found: dict[str, DataCard] = {}
    for folder in known(project, "datasets").values():
        manifest = folder / "manifest.json"
        digest = file_digest(manifest)
        if digest in wanted and digest not in found:
            found[digest] = _card(Card.model_validate_json(manifest.read_bytes()), digest)
    return tuple(found[digest] for digest in wanted if digest in found)


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


def _card(card: Card, digest: str) -> DataCard:
    sizes = [f"{size:,} {what}" for what in _HOLDS if (size := getattr(card, what))]
    return DataCard(
        id=card.id,
        version=card.version,
        digest=digest,
        licence=card.licence,
        synthetic=card.synthetic,
        holds=", ".join(sizes) or "not said",
        intended_use=card.intended_use,
        limits=card.limits,
        canary=card.canary is not None,
        croissant="croissant.json" in card.files,
    )
