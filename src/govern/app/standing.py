"""Whether a decision that verifies may still be acted on: what the record and people say of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.app.acts_entered import require_all_there
from govern.app.attempts import asked_by
from govern.app.opened_decision import Opened
from govern.attest.acts import load_approvals
from govern.attest.trust import read_trust
from govern.canon import digest
from govern.domain.decision import Decision
from govern.domain.ledger import Entry, Judged
from govern.domain.policy import Stage
from govern.errors import PolicyError
from govern.ledger.attempts import payload_of
from govern.policy.approvals import approved
from govern.policy.scope import why_not_applied
from govern.sources.locate import Project


def require_standing(
    project: Project, opened: Opened, entries: Sequence[Entry], *, stage: Stage, now: datetime
) -> None:
    """That a decision is the record's last word on its run, heard for a stage, and approved.

    Raises:
        PolicyError: it is not in the record, or a later decision on the same run is no pass; a
            clause for this stage alone was not heard; approvals are missing, those of whoever
            asked for the run set aside.
        IntegrityError: an approval or objection that the record has is gone.
    """
    decision = opened.decision
    _require_last_word(decision, entries)
    _require_heard(opened, stage)
    trust = read_trust(project.record)
    spoken = load_approvals(project.record, trust, decision.decision_id, now=now)
    require_all_there(
        entries, "approval", spoken, trust, record=project.record, about=decision.decision_id
    )
    asked = asked_by(entries, decision.run.run_id)
    state = approved(opened.policy, decision, spoken, requester=asked)
    if not state.met:
        why = "; ".join((*state.missing, *state.set_aside))
        raise PolicyError(f"decision {decision.decision_id} lacks approvals: {why}")


def _require_last_word(decision: Decision, entries: Sequence[Entry]) -> None:
    named = f"decision {decision.decision_id}"
    decided = [payload_of(entry, Judged) for entry in entries if entry.kind == "decision"]
    if digest(decision.as_json()) not in {one.decision_digest for one in decided}:
        raise PolicyError(
            f"{named} is not in the record; judge again where the record can be reached"
        )
    about = (decision.run.run_id, decision.policy.id)
    binding = [one for one in decided if (one.run_id, one.policy) == about and not one.advisory]
    for last in binding[-1:]:
        if last.effective_outcome != "pass":
            raise PolicyError(
                f"{named} was overtaken: {last.decision_id} on the same run is "
                f"{last.effective_outcome}; judge again"
            )


def _require_heard(opened: Opened, stage: Stage) -> None:
    """A decision for a rollout covers a pilot, unless a clause is for pilots alone."""
    scope = opened.decision.scope.model_copy(update={"stage": stage})
    passed_over = {one.id for one in opened.decision.not_applied}
    unheard = [
        clause.id
        for clause in opened.policy.clauses
        if clause.id in passed_over and why_not_applied(clause.applies_if, scope) is None
    ]
    if unheard:
        raise PolicyError(
            f"decision {opened.decision.decision_id} did not hear {', '.join(unheard)}, for a "
            f"{stage} alone; judge by a policy for a {stage}"
        )
