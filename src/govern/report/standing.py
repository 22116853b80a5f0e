"""What a decision stands on: whether it is over, who signed, how far it was followed back."""

from __future__ import annotations

from datetime import datetime

from govern.domain import Attempt, Decision
from govern.report.beside import Beside, PolicyBefore
from govern.report.sentences import verdict_of
from govern.report.shown import Verdict
from govern.report.wording import as_sentence, listing, plain_date

_NAMED = 4
ANSWERS = {"approve": "says yes", "object": "objects"}
NO_WITNESS = "No independent witness has confirmed this record."
OVER = Verdict(word="Over", mark="none")
"""Of a pass whose last day is past: it lets nothing be used any more."""


def is_over(decision: Decision, as_of: datetime | None) -> bool:
    """Whether a decision's last day was past; not where nobody says when it was looked at."""
    return as_of is not None and as_of.date() > decision.expires


def verdict_at(decision: Decision, as_of: datetime | None) -> Verdict:
    """The word for a decision's outcome as of then: what is over is never a pass."""
    if decision.effective_outcome == "pass" and is_over(decision, as_of):
        return OVER
    return verdict_of(decision.effective_outcome)


def last_policy(decision: Decision, beside: Beside) -> PolicyBefore | None:
    """The policy of the decision before, where it is the one that the signed decision names."""
    before, signed = beside.policy_before, decision.previous_decision
    if signed is None or (before and before.decision_id == signed):
        return before
    why = "nobody looked it up" if before is None else "beside the decision stands another one"
    return PolicyBefore(decision_id=signed, why=why)


def loosened_words(decision: Decision, beside: Beside) -> str:
    """That the policy was loosened since the last decision, or may have been; else nothing."""
    before = last_policy(decision, beside)
    if before is None or before.decision_id is None:
        return ""
    made = f", {plain_date(before.made)}" if before.made else ""
    last = f"since the decision before ({before.decision_id}{made})"
    if before.why:
        return f"Whether the policy was loosened {last}: not measured. {as_sentence(before.why)}"
    looser = [
        change.clause or "the policy as a whole" for change in before.changes if change.loosens
    ]
    if not looser:
        return ""
    named = list(dict.fromkeys(looser))
    rest = len(named) - _NAMED
    where = listing([*named[:_NAMED], f"{rest} more"] if rest > 0 else named)
    return (
        f"The policy was loosened {last}, in {where}: a candidate may pass now that did not then."
    )


def signed_words(decision: Decision, beside: Beside) -> tuple[str, ...]:
    """Who signed the policy, and who the decision."""
    policy = decision.policy
    title = f"{policy.title}, version {policy.version}"
    rules = (
        f"The policy ({title}) was signed by {listing(policy.signed_by)}."
        if policy.signed_by
        else f"Nobody has signed the policy ({title})."
    )
    if beside.signers:
        return rules, f"The decision was signed by {listing(beside.signers)}."
    if beside.unsigned:
        return rules, f"The decision is not signed: {as_sentence(beside.unsigned)}"
    return rules, "Who signed the decision: not measured. It was not looked up for this report."


def answered_words(beside: Beside) -> str:
    """Who has said yes to the decision, and who objects."""
    if not beside.answers:
        return "Nobody's approval was in the record when this was written."
    said = [
        f"{one.signers[0].name} {ANSWERS[one.act.verdict]} as {one.act.role}"
        for one in beside.answers
    ]
    return f"When this was written: {listing(said)}."


def verified_words(beside: Beside) -> str:
    """How far the decision could be followed back, and that this proves nothing by itself."""
    if beside.followed is None:
        return "Verification level: not measured. Nobody has followed this decision back yet."
    one = beside.followed
    more = f" Not further: {as_sentence(one.kept_from)}" if one.kept_from else ""
    return f"Verified to level {one.level} of 4 when this was written: {one.meaning}.{more}"


def witness_words(beside: Beside) -> str:
    """How many independent witnesses cosigned the newest checkpoint of the record."""
    log = beside.log
    aside = f" Set aside: {'; '.join(log.set_aside)}." if log and log.set_aside else ""
    if log is None or not log.witnesses:
        seen = f" Its newest checkpoint is of size {log.size:,}." if log else ""
        return f"Independent witnesses: 0. {NO_WITNESS}{seen}{aside}"
    return (
        f"Independent witnesses: {len(log.witnesses)}. {listing(log.witnesses)} cosigned the "
        f"record's newest checkpoint, of size {log.size:,}.{aside}"
    )


def state_words(decision: Decision, attempt: Attempt) -> str:
    """What became of an attempt; the decision's own was finished when it was judged."""
    own = attempt.run_id == decision.run.run_id
    return "decided here" if own and attempt.state == "finished" else attempt.state


def attempts_words(decision: Decision) -> str:
    """Which attempt of how many this was."""
    attempts = decision.attempts
    if decision.run.mode == "explore" or attempts is None:
        return (
            "Attempts made: not measured. Only deciding runs are entered in the record before "
            "their first draft; how often anybody explored, nobody counts."
        )
    if not attempts.known:
        return f"Attempts made: not measured. {as_sentence(attempts.why or 'no reason given')}"
    many = len(attempts.entered)
    if decision.attempt is None:
        return f"Attempts made: {many}. No intent of this run stands in the record."
    return f"Attempts made: {many}. This is attempt {decision.attempt} of {attempts.lineage}."
