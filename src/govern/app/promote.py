"""``govern promote``: a pipeline's alias in the registry, moved by a verified decision alone.

What was promoted stands in the record, so that an alias moved by hand is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from govern.app.opened_decision import Opened, open_decision
from govern.app.run_folders import find_run
from govern.app.standing import require_standing
from govern.app.verify import verify
from govern.attest.trust import trust_path
from govern.canon import canonical_json, digest
from govern.domain.decision import Decision
from govern.domain.ledger import Entry, Ledger, Promotion
from govern.domain.pipeline import Manifest
from govern.domain.policy import Stage
from govern.errors import FailedError, GovernError, InsufficientError, IntegrityError, PolicyError
from govern.ledger.attempts import payload_of
from govern.pipelines.manifest import fingerprint
from govern.sources.locate import Project
from govern.store.registry import FINGERPRINT, Registry, Version
from govern.store.tracking import tracking_uri

ALIASES: Mapping[Stage, str] = MappingProxyType({"pilot": "pilot", "rollout": "approved"})
STAGES: Mapping[str, Stage] = MappingProxyType({alias: stage for stage, alias in ALIASES.items()})
DECIDED_BY = "gate.decision_sha256"


@dataclass(frozen=True)
class Misplaced:
    """An alias that does not stand where the record and its decision put it, and why."""

    pipeline: str
    alias: str
    version: str | None
    why: str

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return vars(self)


def open_registry(project: Project, uri: str = "") -> Registry:
    """The registry at an address, or that of the project's own tracking."""
    return Registry(uri or tracking_uri(project.root), project.state / "mlflow-artifacts")


def promote(
    project: Project,
    decision: str,
    *,
    registry: Registry,
    ledger: Ledger,
    now: datetime,
    stage: Stage | None = None,
) -> Promotion:
    """Move the alias of a stage to the pipeline that a decision is about.

    Args:
        project: where the decision and its run are.
        decision: its id or folder.
        registry: of MLflow.
        ledger: the record, where what was promoted is entered.
        now: when.
        stage: ``pilot`` or ``rollout``; that of the decision's scope where left out.

    Raises:
        FailedError, InsufficientError: the decision is no pass, waivers counted.
        PolicyError: it is advisory, over, overtaken, unsigned or unapproved, not in the record,
            or not for this stage.
        IntegrityError: it does not verify, or the run's manifest is not the one decided about.
        InputError: there is no such decision, or its run is not here.
        RunError: the registry or the record cannot be reached.
    """
    opened = open_decision(project.record, decision)
    judged = opened.decision
    stage = stage or judged.scope.stage
    _require_promoting(judged, stage, now.date())
    _require_verified(project, opened, now)
    require_standing(project, opened, ledger.entries(), stage=stage, now=now)
    version = registry.register(_manifest(project, judged), judged.run.fingerprint)
    promotion = Promotion(
        pipeline=version.name,
        version=version.number,
        alias=ALIASES[stage],
        fingerprint=judged.run.fingerprint,
        decision_id=judged.decision_id,
        decision_digest=digest(judged.as_json()),
    )
    # First into the record: an alias that moved without an entry counts as moved by hand.
    ledger.append("promotion", promotion.as_json(), now)
    registry.point(version, promotion.alias, tags_of(judged))
    return promotion


def tags_of(decision: Decision) -> dict[str, str]:
    """What a promoted version says of the decision behind it."""
    return {
        "gate.outcome": decision.effective_outcome,
        "gate.decision_id": decision.decision_id,
        DECIDED_BY: digest(decision.as_json()),
        "gate.policy_sha256": decision.policy.digest,
        "gate.expires": decision.expires.isoformat(),
        "gate.scope": canonical_json(decision.scope.as_json()).decode(),
    }


def misplaced(
    project: Project,
    *,
    registry: Registry,
    ledger: Ledger,
    now: datetime,
) -> list[Misplaced]:
    """The aliases that were moved by hand, whose decision no longer carries them, or whose version
    says something else than its decision.

    Raises:
        RunError: the registry or the record cannot be reached.
    """
    entries, found = ledger.entries(), registry.aliases()
    due = _due(_entered(entries))
    places = sorted({*due, *(place for place in found if place[1] in STAGES)})
    return [
        Misplaced(place[0], place[1], version.number if version else None, why)
        for place in places
        for version in (found.get(place),)
        for why in (
            *_moved(version, due.get(place)),
            *(_unfounded(project, entries, place[1], version, now) if version else ()),
        )
    ]


def _require_verified(project: Project, opened: Opened, now: datetime) -> None:
    """Level 2, by the record's trust root, with the approvals that promoting asks for."""
    folder = opened.folder
    found = verify(folder, now=now, trust=trust_path(project.record), approvals=project.record)
    for kind in (IntegrityError, PolicyError):
        if broken := [check for check in found.checks if check.code == kind.exit_code]:
            raise kind(f"{folder}: {broken[0].what}: {broken[0].said}")
    if found.level < found.asked:
        raise PolicyError(f"{folder}: verified to level {found.level} alone: {found.kept_from}")


def _require_promoting(decision: Decision, stage: Stage, today: date) -> None:
    named = f"decision {decision.decision_id}"
    if decision.effective_outcome == "fail":
        raise FailedError(f"{named} is a fail; the candidate stays where it is")
    if decision.effective_outcome != "pass":
        raise InsufficientError(f"{named} found not enough evidence; the candidate stays there")
    if decision.advisory:
        raise PolicyError(
            f"{named} is advisory: only a run with --decide, judged by the policy that it began "
            "with, promotes"
        )
    if decision.expires < today:
        raise PolicyError(f"{named} held until {decision.expires}; judge again")
    if stage == "rollout" and decision.scope.stage == "pilot":
        raise PolicyError(f"{named} is for a pilot, which is less than a rollout; judge for that")


def _manifest(project: Project, decision: Decision) -> Manifest:
    manifest = find_run(project, decision.run.run_id).read_intent().manifest
    found = fingerprint(manifest)
    if found != decision.run.fingerprint:
        raise IntegrityError(
            f"run {decision.run.run_id}: its manifest is not the one that was decided about: "
            f"expected {decision.run.fingerprint}, found {found}"
        )
    return manifest


def _entered(entries: Sequence[Entry]) -> list[Promotion]:
    return [payload_of(entry, Promotion) for entry in entries if entry.kind == "promotion"]


def _due(entered: Sequence[Promotion]) -> dict[tuple[str, str], Promotion]:
    """Where each alias has to be; a version that moved on left its earlier alias."""
    due: dict[tuple[str, str], Promotion] = {}
    for one in entered:
        earlier = [p for p, q in due.items() if (p[0], q.version) == (one.pipeline, one.version)]
        for place in earlier:
            del due[place]
        due[one.pipeline, one.alias] = one
    return due


def _moved(version: Version | None, due: Promotion | None) -> Iterator[str]:
    if version is None and due:
        yield f"it was taken away; the record has it at version {due.version}"
    elif version and due is None:
        yield "it was set by hand; the record has no promotion to it"
    elif version and due and version.number != due.version:
        yield f"it was moved by hand; the record has it at version {due.version}"


def _unfounded(
    project: Project, entries: Sequence[Entry], alias: str, version: Version, now: datetime
) -> Iterator[str]:
    """What the decision that a version names says against the alias."""
    named = version.tags.get("gate.decision_id")
    if named is None:
        yield "its version names no decision"
        return
    try:
        opened = open_decision(project.record, Path(named).name)
        _require_promoting(opened.decision, STAGES[alias], now.date())
        _require_verified(project, opened, now)
        require_standing(project, opened, entries, stage=STAGES[alias], now=now)
    except GovernError as err:
        yield str(err)
        return
    run = opened.decision.run
    if run.pipeline != version.name:
        yield f"its decision is about {run.pipeline}"
    expected = tags_of(opened.decision) | {FINGERPRINT: run.fingerprint}
    for key, value in expected.items():
        if version.tags.get(key) != value:
            yield f"tag {key} was changed: expected {value}, found {version.tags.get(key)}"
