"""Decisions that stand in the record: what came before, and which other candidates were judged."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from govern.attest.files import read_signed
from govern.canon import read_json
from govern.domain.decision import Alternative, Decision
from govern.domain.finding import RunFacts
from govern.domain.policy import Policy
from govern.errors import InputError, IntegrityError
from govern.strict_yaml import explain

_OLD_FORM = 1


def past_decisions(record: Path) -> tuple[Decision, ...]:
    """Every decision in a record, in the order in which they were made.

    Decisions of an older form are left out.

    Raises:
        IntegrityError: a decision's file is damaged, or stands in the folder of another.
    """
    found = []
    for path in sorted((record / "decisions").glob("*/decision.json")):
        decision = _read(path)
        if decision is None:
            continue
        if decision.decision_id != path.parent.name:
            raise IntegrityError(
                f"{path}: expected decision {path.parent.name}, found {decision.decision_id}"
            )
        found.append(decision)
    return tuple(sorted(found, key=lambda d: (d.created, d.decision_id)))


def _read(path: Path) -> Decision | None:
    """The decision in a file; ``None`` for one of an older form, which nothing here can weigh."""
    try:
        raw = read_json(read_signed(path), where=path.name)
        if isinstance(raw, dict) and raw.get("schema_version") == _OLD_FORM:
            return None
        return Decision.model_validate(raw)
    except (OSError, ValidationError, InputError) as err:
        why = explain(err) if isinstance(err, ValidationError) else err
        raise IntegrityError(
            f"{path}: a decision in the record cannot be read: {why}; restore it, or judge "
            "into another record"
        ) from err


def previous(decisions: tuple[Decision, ...], policy: Policy, run: RunFacts) -> str | None:
    """The last decision about the same pipeline, for the same use, by a policy of the same name."""
    same = [
        d.decision_id
        for d in decisions
        if (d.run.pipeline, d.run.use_case, d.policy.id)
        == (run.pipeline, run.use_case, policy.policy)
    ]
    return same[-1] if same else None


def alternatives(
    decisions: tuple[Decision, ...], policy: Policy, run: RunFacts
) -> tuple[Alternative, ...]:
    """Other candidates that were judged by this very policy on the same suite, each once."""
    latest = {
        d.run.fingerprint: d
        for d in decisions
        if d.policy.digest == policy.digest
        and d.run.suite == run.suite
        and d.run.fingerprint != run.fingerprint
    }
    return tuple(
        Alternative(
            decision_id=d.decision_id,
            pipeline=d.run.pipeline,
            pipeline_version=d.run.pipeline_version,
            fingerprint=d.run.fingerprint,
            outcome=d.effective_outcome,
        )
        for d in latest.values()
    )
