"""A clause by all the looks of a run that could stop early, and when no more drafts are needed."""

from __future__ import annotations

from datetime import date

import pytest

from govern.app import compare, mirror
from govern.app.looking import unsettled, with_looks
from govern.cli.words import finding_rows
from govern.domain import (
    Approvals,
    AttemptRule,
    EvidenceNeeded,
    Finding,
    MeasuredClause,
    Policy,
    RunFacts,
    Scope,
    Slice,
    Statistic,
    StudentT,
    Undefined,
)
from govern.domain.finding import Looks
from govern.metrics import METRICS
from govern.policy import verdicts
from govern.policy.measured import judge_measured
from govern.report.sections import grids
from govern.testing import certificate_of, docket_of, finding_of, run_facts

LENIENCY, ECHO = METRICS["accuracy.leniency"].spec, METRICS["integrity.echo"].spec
PLANNED = (24, 48, 72, 96)


def clause(**changes: object) -> MeasuredClause:
    """Within half a rating point, at α = .05."""
    facts: dict[str, object] = {
        "id": "ACC-1",
        "title": "Not too lenient",
        "severity": "block",
        "metric": LENIENCY.id,
        "statistic": Statistic(confidence=0.90, sided="two"),
        "slices": (Slice(by="all", inside=0.5),),
        "evidence": EvidenceNeeded(min_cases=12, suite="review-core"),
    }
    return MeasuredClause.model_validate(facts | changes)


def found(estimate: float | Undefined, se: float = 0.1, df: int = 10_000) -> Finding:
    interval = None if isinstance(estimate, Undefined) else StudentT(se=se, df=df, clusters=60)
    return finding_of(LENIENCY, estimate, interval=interval)


def after(*estimates: Finding) -> Finding:
    """A finding with its looks so far."""
    [last] = with_looks([(one,) for one in estimates], Looks(cases=PLANNED, taken=len(estimates)))
    return last


def outcome(one: Finding, **facts: object) -> tuple[str, float | None, float | None]:
    docket = docket_of([LENIENCY], certificates=(certificate_of(LENIENCY),))
    judged = judge_measured(clause(), run_facts(**facts), [one], docket, LENIENCY)
    [slice_] = judged.slices
    return slice_.outcome, slice_.lower, slice_.upper


def test_an_early_look_is_judged_at_its_own_level():
    """Critical z 3.75 at a quarter: .2 ± .375 straddles half a point, where .2 ± .164 would not."""
    assert "pass" == outcome(found(0.2))[0]
    assert ("insufficient_evidence", -0.175, 0.575) == pytest.approx(
        outcome(after(found(0.2))), abs=0.002
    )


def test_an_end_that_cleared_the_margin_once_has_cleared_it():
    """At the half, z is 2.54: .2 + .254 is within. The third look by itself, .4 ± .202, is not."""
    half = (found(0.2), found(0.2))
    assert "pass" == outcome(after(*half))[0]
    assert ("pass", 0.198, 0.454) == pytest.approx(outcome(after(*half, found(0.4))), abs=0.002)
    assert "insufficient_evidence" == outcome(after(found(0.2), found(0.4), found(0.4)))[0]


def test_a_failure_goes_before_a_pass_that_an_earlier_look_gave():
    assert "fail" == outcome(after(found(0.1), found(0.1), found(0.9)))[0]


def test_a_look_that_showed_nothing_has_spent_its_share():
    nothing = found(Undefined(reason="too few"))
    assert outcome(after(nothing, found(0.2))) == pytest.approx(
        outcome(after(found(0.2, se=9.0), found(0.2)))
    )
    assert "insufficient_evidence" == outcome(after(found(0.2), nothing))[0]


def test_a_run_that_may_stop_early_is_compared_with_no_incumbent():
    against = clause(against="incumbent")
    facts = run_facts(looks=Looks(cases=PLANNED, taken=2))
    judged = judge_measured(against, facts, [], docket_of([LENIENCY]), LENIENCY)

    assert ("insufficient_evidence", "no_incumbent") == (judged.outcome, judged.reason)
    assert "stop early" in judged.explanation


def policy(*clauses: MeasuredClause) -> Policy:
    return Policy(
        policy="made-up", version="1.0.0", approved=date(2026, 1, 2), review_by=date(2027, 1, 2),
        decision_valid_days=90, declared_only_valid_days=30, title="Made up", clauses=clauses,
        approvals=Approvals(threshold=1, roles=("board-chair",)), digest="0" * 64, source="p.md",
        attempts=AttemptRule(max_per_lineage=1), scope=Scope(use_cases=("review",), stage="pilot"),
    )  # fmt: skip


def left(*clauses: MeasuredClause, of: Finding) -> list[str]:
    facts: RunFacts = run_facts(looks=Looks(cases=PLANNED, taken=1))
    return unsettled(policy(*clauses), facts, [of])


WIDE, INSIDE, BEYOND = after(found(0.2, se=1.0)), after(found(0.2, se=0.01)), after(found(3.0))


@pytest.mark.parametrize(
    ("one", "of", "open_"),
    [
        pytest.param(clause(), WIDE, True, id="straddles"),
        pytest.param(clause(), INSIDE, False, id="passes"),
        pytest.param(clause(), BEYOND, False, id="fails"),
        pytest.param(clause(severity="warn"), WIDE, True, id="a warning"),
        pytest.param(clause(severity="report"), WIDE, False, id="only reported"),
        pytest.param(
            clause(evidence=EvidenceNeeded(min_cases=72, suite="review-core")), INSIDE, True,
            id="too few cases yet",
        ),
        pytest.param(
            clause(evidence=EvidenceNeeded(min_cases=200, suite="review-core")), INSIDE, False,
            id="more cases than are planned",
        ),
        pytest.param(
            clause(evidence=EvidenceNeeded(min_cases=12, suite="other")), WIDE, False,
            id="another suite",
        ),
        pytest.param(
            clause(), after(found(Undefined(reason="none", code="not_supplied"))), False,
            id="not supplied",
        ),
        pytest.param(
            clause(), after(found(Undefined(reason="12 needed", code="too_few"))), True,
            id="not enough yet",
        ),
        pytest.param(clause(metric=ECHO.id), WIDE, False, id="not measured by the suite"),
    ],
)  # fmt: skip
def test_drafting_goes_on_while_more_of_the_plan_may_settle_a_clause(one, of, open_):
    assert (["ACC-1"] if open_ else []) == left(one, of=of)


def test_what_is_shown_of_a_run_that_looked_is_as_wide_as_what_it_is_judged_by():
    """A run that looks once would have an interval less than half as wide."""
    once, early = found(0.2), after(found(0.2))
    [_, row] = finding_rows([early])

    assert "0.2 [-0.175, 0.575]" == row["estimate [90 % interval]"]
    assert finding_rows([once])[1] != row
    assert grids.ends(early) == verdicts.ends_of(early, 0.05) == compare.ends(early)
    assert grids.ends(early) == mirror._ends(early)
