"""The record that a bundle took along: its chain, who watched it, who approved the decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from govern.app.acts_entered import require_all_there
from govern.app.bundle_made import entries_of, proof_of
from govern.app.checks import Check, failed
from govern.app.ledger import Verified, verify_log
from govern.app.opened_bundle import RECORD, Bundle
from govern.app.verify_beside import require_answers
from govern.attest.acts import load_every_approval
from govern.attest.notes import log_keys
from govern.attest.trust import TrustRoot
from govern.errors import GovernError, IntegrityError, PolicyError
from govern.policy.approvals import approved


def record_in(bundle: Bundle, trust: TrustRoot, now: datetime) -> Iterator[Check]:
    """Whether the entries hold together, with what signed checkpoint, and who watched."""
    try:
        _require_known(bundle, trust)
        mine = [entry.seq for entry in entries_of(bundle) if entry.kind == "decision"]
        log = verify_log(bundle.entries, bundle.leaves, trust, now=now)
    except GovernError as err:
        yield failed(1, "record/ledger.jsonl", err)
        return
    said = f"{log.entries} entries hold together, that of the decision among them"
    yield Check(1, "record/ledger.jsonl", True, said)
    yield _checkpoint(log, all(proof_of(seq) in bundle.contents.files for seq in mine))
    yield _witnesses(bundle, log)


def _require_known(bundle: Bundle, trust: TrustRoot) -> None:
    known = {*log_keys(bundle.trust)} & {*log_keys(trust)}
    if bundle.leaves.checkpoints() and not known:
        names = ", ".join(key.name for key in trust.keys)
        raise PolicyError(f"signed by no key of the trust root, of {names}; is it the right one?")


def _checkpoint(log: Verified, proven: bool) -> Check:
    """Level 0: what was never signed is a finding about the record, not an alteration."""
    if log.newest is None:
        said = "none: nothing shows whether the record was written anew"
        return Check(0, "checkpoints", False, said)
    said = (
        f"{log.checkpoints}, the newest over {log.newest.checkpoint.size} leaves; "
        f"{log.uncovered} leaves and {log.pending} entries came after it"
    )
    if not proven:
        said += "; the decision's own entry is under none and could be written anew unseen"
    return Check(0, "checkpoints", proven, said)


def _witnesses(bundle: Bundle, log: Verified) -> Check:
    """By the trust root that is checked with; README and report count by the record's own."""
    names = log.witnessed.names
    said = "0 independent: whoever runs the record could have shown others another one"
    if names:
        said = f"{len(names)} independent: {', '.join(names)}"
    seen = bundle.folder.beside.log
    told = {*_counted_there(bundle), *(seen.witnesses if seen else ())}
    if more := sorted(told - set(names)):
        said += f"; README or report name {', '.join(more)} as well, who count for nothing here"
    if log.witnessed.set_aside:
        said += f"; set aside: {'; '.join(log.witnessed.set_aside)}"
    return Check(0, "witnesses", bool(names), said)


def _counted_there(bundle: Bundle) -> tuple[str, ...]:
    try:
        return bundle.log(bundle.trust).witnessed.names
    except GovernError:
        return ()


def approvals_in(bundle: Bundle, trust: TrustRoot, now: datetime) -> str:
    """Who answered to the decision.

    Raises:
        IntegrityError, PolicyError: an answer is about another decision, was taken away, or does
            not count.
    """
    decision = bundle.folder.decision
    given = load_every_approval(bundle.root / RECORD, trust, now=now)
    others = sorted({a.act.decision_id for a in given} - {decision.decision_id})
    if others:
        raise IntegrityError(f"of another decision: {', '.join(others)}")
    require_answers(bundle, given)
    require_all_there(
        bundle.entries,
        "approval",
        given,
        trust,
        record=Path(RECORD),
        about=decision.decision_id,
    )
    if not given:
        return "nobody has answered to the decision"
    state = approved(bundle.folder.policy, decision, given)
    if state.set_aside:
        raise IntegrityError("; ".join(state.set_aside))
    sides = {"approved by": state.approving, "objected to by": state.objecting}
    told = [f"{how} {', '.join(s.name for s in who)}" for how, who in sides.items() if who]
    return "; ".join([*told, *(f"missing: {what}" for what in state.missing)])
