"""The decision as a summary for a pull request, read in a minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from govern.domain.decision import ClauseOutcome, Decision
from govern.domain.policy import Policy
from govern.report.answer import answer_of, clauses_of, line_of
from govern.report.escaping import code, inline
from govern.report.page import Answer, ClauseLine
from govern.report.sentences import verdict_of, waiver_sentence
from govern.report.standing import state_words
from govern.report.wording import as_sentence, counted, listing, plain_date

_MARKS = {"pass": "✅", "fail": "❌", "thin": "❔", "none": "❔"}
_MOST = 6
_EXAMPLES = 2


def summary(decision: Decision, policy: Policy) -> str:
    """Markdown: the answer, its scope, what decided it, what is missing, waivers, attempts.

    Whatever people wrote stands in it letter by letter and does nothing.
    """
    answer = answer_of(decision, policy)
    blocks = [
        f"## {_MARKS[answer.verdict.mark]} {answer.verdict.word}: {inline(answer.question)}",
        f"**{inline(answer.sentence)}**",
        inline(answer.advisory),
        _list(_frame(decision, answer, policy.attempts.max_per_lineage)),
        *_decided(decision, answer),
        *_missing(decision, answer),
        *_waivers(decision),
        *_also(decision, policy),
        *_every(decision, policy),
        _footer(decision),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _frame(decision: Decision, answer: Answer, allowed: int) -> list[str]:
    run = decision.run
    people = "made-up employees" if run.synthetic else "cases that are not made up"
    shown = f"{counted(run.planned, 'drafts')} of {run.suite}, plan {run.plan}, over {people}."
    return [
        f"**Scope.** {' '.join(map(inline, answer.scope))}",
        f"**Tested on.** {inline(shown)}",
        *([f"**Attempt.** {inline(said)}"] if (said := _attempt(decision, allowed)) else []),
        f"**Policy.** {inline(answer.signed[0])}",
    ]


def _attempt(decision: Decision, allowed: int) -> str:
    attempts = decision.attempts
    if attempts is None:
        return ""
    if not attempts.known:
        return f"Nobody can tell how many there were: {as_sentence(attempts.why or 'unknown')}"
    states = Counter(state_words(decision, attempt) for attempt in attempts.entered)
    told = ", ".join(f"{count} {state}" for state, count in states.items()) or "none"
    which = f"Number {decision.attempt}" if decision.attempt else "Not in the record"
    return f"{which}; the policy allows {allowed}. In the record so far: {told}."


def _decided(decision: Decision, answer: Answer) -> list[str]:
    """The clauses behind the answer; where they only lack evidence, a few as examples."""
    if decision.effective_outcome == "pass" or not answer.decided:
        return []
    most = _MOST if decision.effective_outcome == "fail" else _EXAMPLES
    lines = [_told(line) for line in answer.decided[:most]]
    return ["### What decided it", *lines, _rest(len(answer.decided) - most)]


def _told(line: ClauseLine) -> str:
    """A clause with what was found and the policy's own words."""
    head = f"**{inline(line.id)} {inline(line.title)}** · {line.verdict.word}"
    quoted = "\n>\n".join(f"> {inline(part)}" for part in line.prose)
    return f"{head}<br>{inline(line.found)}" + (f"\n\n{quoted}" if quoted else "")


def _missing(decision: Decision, answer: Answer) -> list[str]:
    undecided = [
        c
        for c in decision.clauses
        if c.severity == "block" and c.effective == "insufficient_evidence"
    ]
    lines = [inline(answer.settle)] if answer.settle else []
    if undecided:
        lines = [_list(_by_reason(undecided)), *lines]
    return ["### What is missing", *lines] if lines else []


def _by_reason(undecided: list[ClauseOutcome]) -> list[str]:
    """One line for each reason, naming the clauses that share it."""
    reasons: dict[str, list[ClauseOutcome]] = {}
    for clause in undecided:
        reasons.setdefault(clause.explanation, []).append(clause)
    return [
        f"**{inline(_named(who))}:** {inline(as_sentence(why))}" for why, who in reasons.items()
    ]


def _named(clauses: list[ClauseOutcome]) -> str:
    """By id, and by title too where they are few."""
    few = len(clauses) <= _EXAMPLES
    return listing([f"{c.id} {c.title}" if few else c.id for c in clauses])


def _waivers(decision: Decision) -> list[str]:
    lines = [
        f"**{inline(c.id)} {inline(c.title)}** · Measured: {verdict_of(c.outcome).word.lower()}. "
        f"{inline(waiver_sentence(c))}"
        for c in decision.clauses
        if c.waiver
    ]
    lines += [
        f"**{inline(w.clause)}** · This waiver does not hold: {inline(as_sentence(w.why))}"
        for w in decision.waivers_refused
    ]
    return ["### Waivers", _list(lines)] if lines else []


def _also(decision: Decision, policy: Policy) -> list[str]:
    """The clauses that must not hold and do not: those that fail in full, the others by name."""
    clauses = clauses_of(policy)
    softer = [c for c in decision.clauses if c.severity != "block" and c.outcome != "pass"]
    failed = [c for c in softer if c.outcome == "fail"]
    lines = [
        f"**{inline(c.id)} {inline(c.title)}** · Fail. {inline(line_of(clauses[c.id], c).found)}"
        for c in failed[:_MOST]
    ]
    names = [c.id for c in softer if c not in failed]
    lines += [f"Not enough evidence: {inline(listing(names))}."] if names else []
    if not lines:
        return []
    return ["### Warnings, which do not block", _list(lines), _rest(len(failed) - _MOST)]


def _every(decision: Decision, policy: Policy) -> list[str]:
    clauses = clauses_of(policy)
    lines = [line_of(clauses[c.id], c) for c in decision.clauses]
    rows = [
        f"| {_MARKS[line.verdict.mark]} {line.verdict.word} | {inline(line.id)} "
        f"{inline(line.title)} | {line.severity} | {inline(line.found)} |"
        for line in lines
    ]
    rows += [
        f"| – Does not apply | {inline(c.id)} {inline(c.title)} | – "
        f"| {inline(as_sentence(c.why))} |"
        for c in decision.not_applied
    ]
    if not rows:
        return []
    head = "| Verdict | Clause | | Found |\n|---|---|---|---|"
    table = "\n".join([head, *rows])
    count = counted(len(rows), "clauses")
    return [f"<details><summary>All {count} of the policy</summary>", table, "</details>"]


def _footer(decision: Decision) -> str:
    return (
        f"Decision {code(decision.decision_id)}, {plain_date(decision.created.date())}, "
        f"on candidate {code(decision.run.fingerprint[:12])} under policy "
        f"{code(decision.policy.digest[:12])}, run {code(decision.run.run_id)}."
    )


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _rest(more: int) -> str:
    return f"And {more} more, below." if more > 0 else ""
