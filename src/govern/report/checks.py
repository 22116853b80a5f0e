"""What CI reads of a decision: checks for each clause and slice, and one for the whole."""

from __future__ import annotations

from dataclasses import dataclass

from govern.domain.decision import ClauseOutcome, Decision, Outcome, SliceOutcome
from govern.domain.policy import Clause, MeasuredClause, Policy, RecordClause
from govern.report.answer import clauses_of, line_of
from govern.report.sentences import found_sentence, slice_key, verdict_of
from govern.report.wording import as_sentence, counted, listing

#: The name of the check for a clause whose outcome rests on no slice of it.
WHOLE = "clause"


@dataclass(frozen=True)
class Check:
    """One verdict: on a slice, or on a whole clause or decision.

    ``stops`` is what it does to a build: no waived clause stops one, nor one that only warns.
    ``brief`` is the verdict with its reason, ``message`` adds the numbers.
    """

    name: str
    outcome: Outcome
    stops: bool
    brief: str
    message: str


@dataclass(frozen=True)
class ClauseChecks:
    """The checks of one clause, as it is written and as it was judged, and what they come to.

    A clause that is not passed always has a check that is not either.
    """

    clause: Clause
    outcome: ClauseOutcome
    message: str
    checks: tuple[Check, ...]

    @property
    def stops(self) -> bool:
        """Whether it stops a build."""
        return any(check.stops for check in self.checks)


def checks_of(decision: Decision, policy: Policy) -> tuple[ClauseChecks, ...]:
    """The checks of every clause that was judged, in the policy's order."""
    written = clauses_of(policy)
    return tuple(_clause(written[outcome.id], outcome) for outcome in decision.clauses)


def whole(decision: Decision) -> Check:
    """The check on the decision itself: without a clause that must hold, never a pass."""
    blocking = [clause for clause in decision.clauses if clause.severity == "block"]
    outcome = decision.effective_outcome if blocking else "insufficient_evidence"
    brief = f"{verdict_of(outcome).word}: {_why(blocking, outcome)}."
    return Check("decision", outcome, outcome != "pass", brief, brief)


def _why(blocking: list[ClauseOutcome], outcome: Outcome) -> str:
    if not blocking:
        return "no clause that must hold was judged, so nothing was decided"
    if outcome == "pass":
        waived = [clause.id for clause in blocking if clause.effective == "waived"]
        met = f"{counted(len(blocking) - len(waived), 'clauses')} that must hold met"
        return f"{met}, {listing(waived)} waived" if waived else met
    behind = [clause.id for clause in blocking if clause.effective == outcome]
    return f"because of {listing(behind)}" if behind else "for the decision as a whole"


def _clause(clause: Clause, outcome: ClauseOutcome) -> ClauseChecks:
    stops = outcome.severity == "block" and outcome.effective not in ("pass", "waived")
    brief = _brief(outcome)
    by = _by_attribute(outcome)
    checks = [_slice(clause, by[slice_key(part)[0]], part, stops=stops) for part in outcome.slices]
    if not any(check.outcome == outcome.outcome for check in checks):
        checks.insert(0, Check(WHOLE, outcome.outcome, stops, brief, brief))
    found = line_of(clause, outcome).found
    message = brief if brief.endswith(found) else f"{brief} {found}"
    return ClauseChecks(clause, outcome, message, tuple(checks))


def _by_attribute(outcome: ClauseOutcome) -> dict[str, ClauseOutcome]:
    """The clause with the slices of each attribute alone, all that a sentence about one needs."""
    parts: dict[str, list[SliceOutcome]] = {}
    for part in outcome.slices:
        parts.setdefault(slice_key(part)[0], []).append(part)
    return {by: outcome.model_copy(update={"slices": tuple(mine)}) for by, mine in parts.items()}


def _slice(clause: Clause, outcome: ClauseOutcome, part: SliceOutcome, *, stops: bool) -> Check:
    brief = message = _brief(part)
    if isinstance(clause, MeasuredClause | RecordClause) and isinstance(part.estimate, float):
        message = f"{brief} {found_sentence(clause, outcome, part)}"
    return Check(part.slice, part.outcome, stops and part.outcome != "pass", brief, message)


def _brief(judged: ClauseOutcome | SliceOutcome) -> str:
    word = verdict_of(judged.outcome, judged.reason).word
    return f"{word}: {as_sentence(judged.explanation)}"
