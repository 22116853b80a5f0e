"""What no evidence of any kind, however cut, widened, shuffled or waived, makes the judge do."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from govern.canon import digest
from govern.domain import (
    AttestedClause,
    Bound,
    Decision,
    Deployment,
    Docket,
    EvidenceNeeded,
    Findings,
    MeasuredClause,
    PropertyClause,
    RecordClause,
    Slice,
    Statistic,
    StudentT,
    Undefined,
)
from govern.domain.policy import AppliesIf, AttemptRule, Must, RecordNeeded, WaiverRule
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.testing import (
    attempts_of,
    attested,
    certificate_of,
    comparison_of,
    docket_of,
    finding_of,
    policy_of,
    record_of,
    run_facts,
    signer,
    trial_of,
    waived,
)
from govern.testing.dockets import DAY, NOW

SHIFT, FAILED = METRICS["fairness.rating_shift"].spec, METRICS["coverage.failed"].spec
OVERDUE = FAILED.model_copy(update={"id": "contest.overdue_share"})
SPECS = (SHIFT, FAILED, OVERDUE)
GROUPS = {"gender": ("female", "male"), "team": ("a", "b", "c")}
ONE, TWO = (
    Statistic(confidence=0.95, sided="one"),
    Statistic(confidence=0.9, sided="two"),
)
AT_MOST: dict[str, Any] = {
    "statistic": ONE,
    "pass_if": Bound(upper_le=0.2),
    "fail_if": Bound(lower_gt=0.2),
}
NEEDS = EvidenceNeeded(min_cases=30, suite="review-core", certificate="independent")
MAY = WaiverRule(allowed=True, approvers=("board-chair", "worker-representative"), max_days=30)
CLAUSES = (
    MeasuredClause(
        id="FAIR-1",
        severity="block",
        metric=SHIFT.id,
        slices=(Slice(by="gender", inside=0.2), Slice(by="team", inside=0.4)),
        statistic=TWO,
        evidence=NEEDS,
        waiver=MAY,
    ),
    MeasuredClause(
        id="COV-1", severity="block", metric=FAILED.id, evidence=NEEDS, waiver=MAY, **AT_MOST
    ),
    MeasuredClause(
        id="COV-2",
        severity="block",
        metric=FAILED.id,
        evidence=NEEDS,
        against="incumbent",
        **AT_MOST,
    ),
    PropertyClause(
        id="USE-1", severity="block", property="purposes", must=Must(none_of=("hiring",))
    ),
    AttestedClause(
        id="WORK-1",
        severity="block",
        attest="works-council",
        role="worker-representative",
        answers=("agreed", "consulted"),
        max_age_days=30,
        waiver=MAY,
    ),
    RecordClause(
        id="REC-1",
        severity="block",
        record=OVERDUE.id,
        evidence=RecordNeeded(min_cases=30, window_days=90),
        applies_if=AppliesIf(jurisdictions=("UK",)),
        **AT_MOST,
    ),
)
CHAIR, BEN, CYD = (
    signer("ana", "board-chair"),
    signer("ben", "worker-representative"),
    signer("cyd", "worker-representative"),
)
AUTHORS = {"trials": (trial_of("authors"),)}
CERTIFICATES = (
    *(certificate_of(spec) for spec in (SHIFT, FAILED)),
    *(certificate_of(spec, **AUTHORS) for spec in (SHIFT, FAILED)),
)
often = settings(max_examples=80)


def interval(draw: Any) -> StudentT:
    return StudentT(
        se=draw(st.sampled_from([0.0, 0.01, 0.2])),
        df=30,
        clusters=60,
        widen=draw(st.sampled_from([0.0, 0.0, 0.1])),
    )


@st.composite
def found(draw: Any, spec: Any, values: Any = (0.0, 0.0, 0.05, 0.9), **at: Any):
    if draw(st.integers(0, 24)) == 24:
        return finding_of(spec, Undefined(reason="thin"), interval=None, **at)
    cases = draw(st.sampled_from([60, 60, 60, 12]))
    estimate = draw(st.sampled_from(values))
    return finding_of(spec, estimate, interval=interval(draw), cases=cases, **at)


@st.composite
def cases(draw: Any):
    """Clauses of every kind with all that they ask for, most of it good."""
    clauses = draw(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=4, unique=True))
    findings = [
        draw(found(SHIFT, by=by, contrast=contrast))
        for by, contrast in (("gender", "female"), ("team", "a"), ("team", "b"), ("team", "c"))
    ]
    findings.append(draw(found(FAILED)))
    purposes = draw(st.sampled_from([("reviews",), ("reviews",), ("reviews", "hiring"), None]))
    run = run_facts(
        mode="decide", groups=GROUPS, deployment=Deployment(purposes=purposes), fingerprint="0" * 64
    )
    answers = draw(
        st.lists(
            st.sampled_from(["agreed", "consulted", "agreed", "objected", "not_applicable"]),
            min_size=2,
            max_size=2,
        )
    )
    ages = draw(st.lists(st.sampled_from([1, 1, 20, 40, -1]), min_size=2, max_size=2))
    acts = tuple(
        attested(who, answer=answer, made=NOW - age * DAY)
        for who, answer, age in zip((BEN, CYD), answers, ages, strict=True)
    )
    docket = docket_of(
        SPECS,
        certificates=CERTIFICATES,
        attestations=acts,
        attempts=attempts_of(
            *draw(st.sampled_from([("made-up",), ("a", "made-up"), ("made-up", "a")]))
        ),
        comparison=comparison_of([draw(found(FAILED, against="incumbent"))]),
        record=(
            record_of([draw(found(OVERDUE))], as_of=NOW - draw(st.sampled_from([1, 1, 9])) * DAY),
        ),
    )
    return clauses, Findings(run=run, findings=tuple(findings)), docket


def decide(clauses: Any, findings: Findings, docket: Docket, **changes: Any) -> Decision:
    written = policy_of(*clauses, attempts=AttemptRule(max_per_lineage=2))
    return judge(written, findings, docket.model_copy(update=changes), now=NOW)


def passed(decision: Decision) -> set[str]:
    """Clauses that pass as measured or in effect, and the decision where it does."""
    clauses = {c.id for c in decision.clauses if "pass" in (c.outcome, c.effective)}
    whole = {name for name in ("outcome", "effective_outcome") if getattr(decision, name) == "pass"}
    return clauses | whole


def waivers(draw: Any, findings: Findings) -> tuple[Any, ...]:
    """For any clause, by any of the people, good or wrong in one way."""
    wrong = ({}, {}, {"fingerprint": "8" * 64}, {"requester": "ben"}, {"created": NOW + DAY})
    return tuple(
        waived(
            clause.id,
            *draw(st.sampled_from([(CHAIR, BEN), (CHAIR,), (BEN, CYD)])),
            findings_digest=digest(findings.as_json()),
            **draw(st.sampled_from(wrong)),
        )
        for clause in draw(st.lists(st.sampled_from(CLAUSES), max_size=4))
    )


@often
@given(cases(), st.data())
def test_removing_any_evidence_turns_nothing_into_a_pass(given_: Any, data: Any):
    """Findings, certificates, statements, the record, the comparison, the attempts."""
    clauses, findings, docket = given_

    def some(values: Any) -> tuple[Any, ...]:
        return tuple(v for v in values if data.draw(st.booleans()))

    comparison = docket.comparison
    fewer = comparison.model_copy(update={"findings": some(comparison.findings)})
    record = [r.model_copy(update={"findings": some(r.findings)}) for r in docket.record]
    thinner = docket.model_copy(
        update={
            "certificates": some(docket.certificates),
            "comparison": data.draw(st.sampled_from([comparison, fewer, None])),
            "record": some(record),
            "attempts": data.draw(st.sampled_from([docket.attempts, None, attempts_of()])),
        }
    )
    less = findings.model_copy(update={"findings": some(findings.findings)})
    silent = less.run.model_copy(update={"deployment": None})
    less = data.draw(st.sampled_from([less, less.model_copy(update={"run": silent})]))

    assert passed(decide(clauses, less, thinner)) <= passed(decide(clauses, findings, docket))


@often
@given(cases(), st.data())
def test_removing_a_statement_that_is_no_objection_turns_nothing_into_a_pass(
    given_: Any, data: Any
):
    """An objection is no evidence for the candidate: taking it away is what signatures prevent."""
    clauses, findings, docket = given_
    kept = tuple(
        a for a in docket.attestations if a.act.answer == "objected" or data.draw(st.booleans())
    )

    assert passed(decide(clauses, findings, docket, attestations=kept)) <= passed(
        decide(clauses, findings, docket)
    )


def widened(finding: Any, se: float, widen: float) -> Any:
    if finding.interval is None:
        return finding
    wider = {"se": finding.interval.se + se, "widen": finding.interval.widen + widen}
    return finding.model_copy(update={"interval": finding.interval.model_copy(update=wider)})


@often
@given(cases(), st.sampled_from([0.0, 0.05, 2.0]), st.sampled_from([0.0, 0.05, 2.0]))
def test_widening_any_interval_turns_nothing_into_a_pass_or_a_fail(
    given_: Any, se: float, widen: float
):
    """In the run, in the comparison and in the record."""
    clauses, findings, docket = given_

    def vague(holder: Any) -> Any:
        return holder.model_copy(
            update={"findings": tuple(widened(f, se, widen) for f in holder.findings)}
        )

    before = decide(clauses, findings, docket)
    after = decide(
        clauses,
        vague(findings),
        docket,
        comparison=vague(docket.comparison),
        record=tuple(vague(r) for r in docket.record),
    )

    for outcome in ("pass", "fail"):
        now, then = (
            {c.id for c in decision.clauses if c.outcome == outcome} for decision in (after, before)
        )
        assert now <= then


@often
@given(cases(), st.data())
def test_a_waiver_changes_nothing_that_was_measured_and_makes_nothing_worse(given_: Any, data: Any):
    clauses, findings, docket = given_
    without = decide(clauses, findings, docket)
    decision = decide(clauses, findings, docket, waivers=waivers(data.draw, findings))
    best = ("fail", "insufficient_evidence", "waived", "pass").index

    assert without.outcome == decision.outcome
    for before, after in zip(without.clauses, decision.clauses, strict=True):
        measured = {"effective": before.effective, "waiver": None}
        assert before == after.model_copy(update=measured)
        assert best(after.effective) >= best(before.outcome)
        assert (after.effective == "waived") == (after.waiver is not None)
    assert best(decision.effective_outcome) >= best(decision.outcome)


@often
@given(cases(), st.data())
def test_no_waiver_outlives_a_changed_digest(given_: Any, data: Any):
    clauses, findings, docket = given_
    given_for = waivers(data.draw, findings)
    other = data.draw(
        st.sampled_from(
            [
                findings.model_copy(update={"findings": findings.findings[:-1]}),
                findings.model_copy(
                    update={"run": findings.run.model_copy(update={"fingerprint": "9" * 64})}
                ),
            ]
        )
    )
    decision = decide(clauses, other, docket, waivers=given_for)

    assert [] == [c.id for c in decision.clauses if c.waiver]


@often
@given(cases(), st.data(), st.randoms(use_true_random=False))
def test_the_order_of_nothing_matters(given_: Any, data: Any, chance: Random):
    """But for the order in which clauses and signers are told, and digests of files in order."""
    clauses, findings, docket = given_
    docket = docket.model_copy(update={"waivers": waivers(data.draw, findings)})

    def shuffled(values: Any) -> tuple[Any, ...]:
        mixed = list(values)
        chance.shuffle(mixed)
        return tuple(mixed)

    attempts = docket.attempts
    mixed = docket.model_copy(
        update={
            name: shuffled(getattr(docket, name))
            for name in ("specs", "certificates", "attestations", "record", "waivers")
        }
        | {"attempts": attempts.model_copy(update={"entered": shuffled(attempts.entered)})}
    )
    # A waiver names the findings by their digest, so these stay in order here.
    before, after = decide(clauses, findings, docket), decide(shuffled(clauses), findings, mixed)

    assert {c.id: c for c in before.clauses} == {c.id: c for c in after.clauses}
    for name in ("outcome", "effective_outcome", "attempt", "expires", "more_evidence", "advisory"):
        assert getattr(before, name) == getattr(after, name)
    assert sorted(before.waivers_refused, key=repr) == sorted(after.waivers_refused, key=repr)


@often
@given(cases(), st.sampled_from([timedelta(seconds=1), DAY, 9 * DAY, 400 * DAY]))
def test_time_alone_turns_nothing_into_a_pass(given_: Any, later: timedelta):
    """Unless a statement that was dated ahead begins to count, or an objection runs out."""
    clauses, findings, docket = given_
    acts = tuple(a for a in docket.attestations if a.act.made <= NOW and a.act.answer != "objected")
    docket = docket.model_copy(update={"attestations": acts})
    written = policy_of(*clauses, attempts=AttemptRule(max_per_lineage=2))
    now, then = (judge(written, findings, docket, now=when) for when in (NOW, NOW + later))

    assert passed(then) <= passed(now)


@often
@given(cases())
def test_a_decision_passes_only_where_every_blocking_clause_does(given_: Any):
    decision = decide(*given_)
    outcomes = {c.outcome for c in decision.clauses}

    assert (decision.outcome == "pass") == (outcomes == {"pass"})
    for judged in decision.clauses:
        assert (judged.outcome == "insufficient_evidence") == (judged.reason is not None)
