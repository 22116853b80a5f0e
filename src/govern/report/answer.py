"""The first screen: may it be rolled out, for what, why, what is not known, who signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.domain import (
    Clause,
    ClauseOutcome,
    Decision,
    MeasuredClause,
    Policy,
    RecordClause,
    SliceOutcome,
)
from govern.policy.approvals import approved
from govern.policy.open_points import is_open, settled_by_more
from govern.report.beside import NOTHING, Beside
from govern.report.page import Answer, ClauseLine
from govern.report.sentences import (
    SEVERITIES,
    behind,
    clause_verdict,
    explained,
    found_sentence,
    group_name,
    slice_key,
)
from govern.report.shown import Verdict
from govern.report.standing import (
    answered_words,
    attempts_words,
    is_over,
    loosened_words,
    signed_words,
    verdict_at,
    verified_words,
    witness_words,
)
from govern.report.wording import (
    as_sentence,
    counted,
    duration,
    listing,
    paragraphs,
    plain_date,
    plain_words,
    roughly,
)

EXPLORED = (
    "This was an exploratory run. Its result is advisory and cannot promote the candidate: "
    "only a deciding run can, and that is entered in the record before its first draft."
)
BAR_SET_AFTER = (
    "The bar was set after the result: the policy came later than what it was applied to. Such a "
    "decision is advisory and cannot promote the candidate."
)
PROVISIONAL = "nobody but the evaluator's own authors has shown that it finds what it must"
USES = {
    "review": "performance reviews",
    "goal": "goals",
    "summary-360": "summaries of 360-degree feedback",
    "improvement-plan": "improvement plans",
}
LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French"}
ADVISORY_PASS = Verdict(word="Pass, advisory only", mark="none")
"""Of an outcome that reads as leave, and gives none."""
_LISTED = 6
_QUOTED = 4


def answer_of(decision: Decision, policy: Policy, beside: Beside = NOTHING) -> Answer:
    """The first screen for ``decision``, whose clauses are those of ``policy``."""
    blocking = [c for c in decision.clauses if c.severity == "block"]
    outcome = decision.effective_outcome
    deciding = [c for c in blocking if c.effective == outcome]
    others = [c for c in decision.clauses if c.outcome != "pass" and c not in deciding]
    clauses = clauses_of(policy)
    quoted = _quoted(deciding) if outcome != "pass" else ()
    return Answer(
        question=(
            f"May “{decision.run.pipeline}”, version {decision.run.pipeline_version}, be "
            f"{_used(decision)}?"
        ),
        verdict=answer_verdict(decision, beside.as_of),
        sentence=_sentence(decision, policy, beside, len(deciding), len(blocking)),
        advisory=advisory_words(decision),
        loosened=loosened_words(decision, beside),
        scope=_scope(decision, policy, beside),
        decided_lead=_lead(decision, beside, deciding, len(blocking)),
        decided=tuple(line_of(clauses[c.id], c, with_prose=c.id in quoted) for c in deciding),
        also=tuple(line_of(clauses[c.id], c) for c in others),
        settle=_settle(decision),
        not_tested=tuple(as_sentence(one) for one in _first(decision.not_tested)),
        not_tested_more=_rest(decision.not_tested),
        signed=(*signed_words(decision, beside), answered_words(beside)),
        verified=verified_words(beside),
        witnesses=len(beside.log.witnesses) if beside.log else 0,
        witness=witness_words(beside),
        attempts=attempts_words(decision),
        provisional=_provisional(decision),
    )


def answer_verdict(decision: Decision, as_of: datetime | None) -> Verdict:
    """The word that answers the question as of then."""
    verdict = verdict_at(decision, as_of)
    return ADVISORY_PASS if decision.advisory and verdict.mark == "pass" else verdict


def _used(decision: Decision) -> str:
    return "piloted" if decision.scope.stage == "pilot" else "rolled out"


def _quoted(deciding: list[ClauseOutcome]) -> tuple[str, ...]:
    """Which clauses are quoted with what was found: the first, of those that show something."""
    telling = [c.id for c in deciding if c.reason != "not_assessable"]
    return tuple((telling or [c.id for c in deciding])[:_QUOTED])


def advisory_words(decision: Decision) -> str:
    """Why a decision is advice and no more; nothing where it decides."""
    if decision.bar_set_after:
        return BAR_SET_AFTER
    return EXPLORED if decision.advisory else ""


def clauses_of(policy: Policy) -> dict[str, Clause]:
    """The policy's clauses as each attempt was judged, by id."""
    return {
        c.id: c.over(policy.attempts.max_per_lineage)
        if isinstance(c, MeasuredClause | RecordClause)
        else c
        for c in policy.clauses
    }


def line_of(clause: Clause, outcome: ClauseOutcome, *, with_prose: bool = False) -> ClauseLine:
    """A clause in one line: its verdict and what weighs most in it."""
    return ClauseLine(
        id=outcome.id,
        title=outcome.title,
        anchor=anchor_of(outcome.id),
        severity=SEVERITIES[outcome.severity],
        verdict=clause_verdict(outcome),
        found=_found(clause, outcome),
        prose=paragraphs(clause.prose) if with_prose else (),
    )


def anchor_of(clause_id: str) -> str:
    """Where the clause stands in the page."""
    return f"clause-{clause_id.lower()}"


def _found(clause: Clause, outcome: ClauseOutcome) -> str:
    parts = behind(outcome)
    told = [part for part in parts if part.estimate is not None]
    if not told or not isinstance(clause, MeasuredClause | RecordClause):
        return explained(outcome)
    others = [part for part in parts if part is not told[0]]
    more = f" {_alike(others)}" if others and outcome.outcome != "pass" else ""
    return f"{found_sentence(clause, outcome, told[0])}{more}"


def _alike(others: list[SliceOutcome]) -> str:
    """Who got the same verdict: by name where a whole attribute has no estimate."""
    if all(slice_key(part)[1] == "all" for part in others):
        names = [f"{group_name(part)[0].lower()}{group_name(part)[1:]}" for part in others]
        return f"The same verdict for {listing(names)}."
    return f"{counted(len(others), 'other groups')} got the same verdict."


def _sentence(
    decision: Decision, policy: Policy, beside: Beside, deciding: int, blocking: int
) -> str:
    if decision.effective_outcome == "fail":
        are = "is" if deciding == 1 else "are"
        return f"No: {counted(deciding, 'clauses')} of the policy that must hold {are} not met."
    if not blocking:
        return "Not yet. The policy has no clause that must hold, so nothing could be decided."
    if decision.effective_outcome == "insufficient_evidence":
        some = "the one clause" if blocking == 1 else f"{deciding} of the {blocking} clauses"
        met = "it is met" if deciding == 1 else "they are met"
        return f"Not yet. For {some} that must hold, the evidence does not show whether {met}."
    aside = _set_aside(decision)
    if decision.advisory:
        return f"No decision. {_met(decision, blocking, past=True)} in this run.{aside}"
    if is_over(decision, beside.as_of):
        return (
            f"No longer: it held until {plain_date(decision.expires)}. Judge anew before it is "
            f"{_used(decision)}.{aside}"
        )
    given = _approving(decision, policy, beside)
    many = given or policy.approvals_of_decisions.threshold
    people = "1 person has" if many == 1 else f"{many} people have"
    asked = f"{people} approved it as the policy asks"
    once = f", and {asked}. It" if given else f". Once {asked}, it"
    return (
        f"Yes, by its clauses{once} may be {_used(decision)} within the scope below, until "
        f"{plain_date(decision.expires)}.{aside}"
    )


def _approving(decision: Decision, policy: Policy, beside: Beside) -> int:
    """How many people's yes was in the record, where it is all that the policy asks for."""
    if not beside.answers:
        return 0
    state = approved(policy, decision, beside.answers)
    return len(state.approving) if state.met else 0


def _waived(decision: Decision) -> list[str]:
    """The clauses that must hold, did not as measured, and were set aside by people."""
    return [c.id for c in decision.clauses if c.severity == "block" and c.effective == "waived"]


def _met(decision: Decision, blocking: int, *, past: bool) -> str:
    """How many of the clauses that must hold are met, or were."""
    met = blocking - len(_waived(decision))
    one, several = ("was", "were") if past else ("is", "are")
    if blocking == 1:
        return f"The one clause that must hold {one} {'met' if met else 'not met'}"
    many = f"All {met}" if met == blocking else f"{met} of the {blocking}"
    return f"{many} clauses that must hold {one if met == 1 else several} met"


def _set_aside(decision: Decision) -> str:
    """That a pass rests on waivers; nothing where it does not."""
    waived = _waived(decision)
    if not waived:
        return ""
    if len(waived) == 1:
        return f" {waived[0]} was not shown to hold and is set aside by a waiver."
    return f" {listing(waived)} were not shown to hold and are set aside by waivers."


def _lead(decision: Decision, beside: Beside, deciding: list[ClauseOutcome], blocking: int) -> str:
    if not blocking:
        return "No clause of the policy must hold."
    if decision.effective_outcome == "pass":
        return f"{_met(decision, blocking, past=is_over(decision, beside.as_of))}."
    many = len(deciding)
    some = "This clause" if many == 1 else f"These {many} clauses"
    verb = "has" if many == 1 else "have"
    if decision.effective_outcome == "fail":
        return f"{some} of the policy must hold and {verb} failed."
    silent = sum(clause.reason == "not_assessable" for clause in deciding)
    thin = f"{some} of the policy must hold and {verb} not enough evidence"
    if not silent:
        return f"{thin}."
    if silent == many:
        return f"{some} of the policy must hold and could not be assessed."
    return f"{thin}; {silent} of them could not be assessed at all."


def _scope(decision: Decision, policy: Policy, beside: Beside) -> tuple[str, ...]:
    scope = decision.scope
    uses = listing([USES.get(use, plain_words(use)) for use in scope.use_cases])
    languages = listing([LANGUAGES.get(code, code) for code in scope.languages])
    places = f", in {listing(scope.jurisdictions)}" if scope.jurisdictions else ""
    review = (
        "A person must check, finish and own every draft."
        if scope.human_review
        else "The policy does not require that a person checks the drafts."
    )
    return (
        f"For {uses} in {languages}{places}, as a {scope.stage}. {review}",
        _until(decision, policy, beside),
    )


def _until(decision: Decision, policy: Policy, beside: Beside) -> str:
    day = plain_date(decision.expires)
    if is_over(decision, beside.as_of):
        held = "It held" if _allows(decision) else "This answer stood"
        return f"{held} until {day}; judge anew before relying on it."
    if not _allows(decision):
        return f"This answer stands until {day}."
    holds = "It holds" if _approving(decision, policy, beside) else "Once approved, it holds"
    return f"{holds} until {day}."


def _allows(decision: Decision) -> bool:
    return decision.effective_outcome == "pass" and not decision.advisory


def _settle(decision: Decision) -> str:
    """What more cases would settle at what cost, and what they would not."""
    asked = [clause for clause in decision.clauses if is_open(clause)]
    others = [clause for clause in asked if not settled_by_more(clause)]
    silent = [clause.id for clause in others if clause.reason == "not_assessable"]
    straddling = [clause.id for clause in others if clause.id not in silent]
    alone = f"More cases alone would not settle {listing(straddling)}. " if straddling else ""
    if silent:
        alone += f"What {listing(silent)} would take cannot be told without an estimate."
    more = decision.more_evidence
    if more is None:
        return alone.rstrip()
    cost = [f"{roughly(more.drafts)} drafts"]
    if more.tokens is not None:
        cost.append(f"{roughly(more.tokens)} tokens")
    if more.minutes is not None:
        cost.append(duration(more.minutes * 60))
    settled = listing([clause.id for clause in asked if settled_by_more(clause)])
    cases = "1 more case" if more.cases == 1 else f"{roughly(more.cases)} more cases"
    return f"About {cases} would settle {settled}: about {listing(cost)}. {alone}".rstrip()


def _first(texts: Sequence[str]) -> Sequence[str]:
    """The first of ``texts``; all where only one would be left."""
    return texts if len(texts) <= _LISTED + 1 else texts[:_LISTED]


def _rest(texts: Sequence[str]) -> str:
    left = len(texts) - len(_first(texts))
    return f"and {left} more" if left else ""


def _provisional(decision: Decision) -> str:
    ids = [clause.id for clause in decision.clauses if clause.provisional]
    if not ids:
        return ""
    which = listing(ids) if len(ids) < len(decision.clauses) else "every clause"
    return f"Provisional for {which}: {PROVISIONAL}."
