"""What came out of a case, held against what must."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain.base import Noun
from govern.domain.decision import ClauseOutcome, Decision
from govern.policy.cases import ExpectedClause, PolicyCase

NOT_APPLIED = "not_applied"


class Miss(Noun):
    """Something that did not come out as written; ``clause`` is ``None`` for the decision."""

    clause: str | None
    expected: str
    found: str


def misses(case: PolicyCase, decision: Decision) -> tuple[Miss, ...]:
    """Everything in which a decision is not what a case expects, the decision itself first."""
    wanted = case.expect
    found = [_differs(None, wanted.outcome, decision.outcome)]
    if wanted.effective:
        found.append(_differs(None, f"effective {wanted.effective}", _effective(decision)))
    judged = {c.id: c for c in decision.clauses}
    for name, asked in wanted.clauses.items():
        found.append(_differs(name, *_pair(asked, name, judged, decision)))
    if wanted.others:
        rest = [c for c in decision.clauses if c.id not in wanted.clauses]
        found += [_differs(c.id, wanted.others, c.outcome) for c in rest]
    return tuple(miss for miss in found if miss)


def _effective(decision: Decision) -> str:
    return f"effective {decision.effective_outcome}"


def _differs(clause: str | None, expected: str, found: str) -> Miss | None:
    return None if expected == found else Miss(clause=clause, expected=expected, found=found)


def _pair(
    asked: str | ExpectedClause, name: str, judged: dict[str, ClauseOutcome], decision: Decision
) -> tuple[str, str]:
    """What is expected and what came out, in as much detail as was asked for."""
    outcome = judged.get(name)
    if outcome is None:
        absent = NOT_APPLIED if name in {n.id for n in decision.not_applied} else "no such clause"
        return (asked if isinstance(asked, str) else asked.outcome), absent
    if isinstance(asked, str):
        return asked, outcome.outcome
    parts = list(_parts(asked, outcome))
    return ", ".join(e for e, _ in parts), ", ".join(f for _, f in parts)


def _parts(asked: ExpectedClause, outcome: ClauseOutcome) -> Iterator[tuple[str, str]]:
    yield asked.outcome, outcome.outcome
    if asked.reason:
        yield asked.reason, outcome.reason or "no reason"
    if asked.effective:
        yield f"effective {asked.effective}", f"effective {outcome.effective}"
