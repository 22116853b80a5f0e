"""What no evidence, in whatever order and however cut, can make the judge do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from govern.domain import (
    Approvals,
    AttemptRule,
    Binomial,
    Bound,
    Counts,
    Decision,
    EvidenceNeeded,
    Findings,
    MeasuredClause,
    Policy,
    Ratio,
    Scope,
    Slice,
    Statistic,
    StudentT,
    Undefined,
)
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.policy.measured import expected
from govern.testing import certificate_of, docket_of, finding_of, run_facts

SPECS = {name: metric.spec for name, metric in METRICS.items()}
SHIFT, RATIO = SPECS["fairness.rating_shift"], SPECS["fairness.impact_ratio"]
FAILED, KAPPA = SPECS["coverage.failed"], SPECS["accuracy.rating_agreement"]
ECHO = SPECS["integrity.echo"]
GROUPS = {"gender": ("female", "male"), "team": ("a", "b", "c")}
RUN = run_facts(groups=GROUPS)
ONE = Statistic(confidence=0.95, sided="one")
TWO = Statistic(confidence=0.90, sided="two")
NEEDS = EvidenceNeeded(min_cases=30, suite="review-core")
BY = (Slice(by="gender"), Slice(by="team"))
MARGINS = (Slice(by="gender", inside=0.2), Slice(by="team", inside=0.4))


def clause(id_, spec, statistic, slices, **bounds):
    return MeasuredClause(
        id=id_,
        severity="block",
        metric=spec.id,
        statistic=statistic,
        slices=slices,
        evidence=NEEDS,
        **bounds,
    )


ALL = (Slice(by="all"),)
CLAUSES = {
    SHIFT.id: clause("FAIR-1", SHIFT, TWO, MARGINS),
    RATIO.id: clause(
        "FAIR-2", RATIO, ONE, BY, pass_if=Bound(lower_ge=0.8), fail_if=Bound(upper_lt=0.8)
    ),
    FAILED.id: clause(
        "COV-1", FAILED, ONE, ALL, pass_if=Bound(upper_le=0.2), fail_if=Bound(lower_gt=0.2)
    ),
    KAPPA.id: clause(
        "ACC-1", KAPPA, ONE, ALL, pass_if=Bound(lower_ge=0.7), fail_if=Bound(upper_lt=0.7)
    ),
    ECHO.id: clause(
        "INT-1", ECHO, ONE, ALL, pass_if=Bound(upper_le=0.2), fail_if=Bound(lower_gt=0)
    ),
}
CERTIFICATES = tuple(certificate_of(SPECS[name]) for name in CLAUSES)
small = st.sampled_from([0.0, 0.0, 0.01, 0.02, 0.2])
cases = st.sampled_from([30, 60, 60, 360, 20])


@st.composite
def student(draw, scale="identity"):
    return StudentT(
        scale=scale,
        se=draw(small),
        df=draw(st.sampled_from([5, 30])),
        clusters=draw(cases),
        step=draw(st.sampled_from([0.0, 0.0, 1.0])),
        widen=draw(small),
        least=draw(st.sampled_from([None, 0.0])) if scale == "log" else None,
    )


@st.composite
def ratio(draw):
    variance = draw(small) ** 2
    return Ratio(
        numerator=draw(st.sampled_from([0.5, 0.5, 0.5, 0.45, 0.3, 0.0])),
        denominator=0.5,
        variances=((variance, -variance / 2, variance), (variance, 0.0, variance / 2)),
        df=30,
        clusters=60,
        step=draw(st.sampled_from([0.0, 0.0, 1.0])),
        widen=draw(small),
    )


@st.composite
def found(draw, spec, by, contrast):
    """A finding for one slice; now and then undefined, thin or by uncertified code."""
    changes = {"by": by, "contrast": contrast}
    if draw(st.integers(0, 49)) == 49:
        changes["evaluator"] = "another"
    n = draw(cases)
    changes["counts"] = Counts(planned=480, ok=480, scored=480, cases=n, units=480)
    if draw(st.integers(0, 29)) == 29:
        return finding_of(spec, Undefined(reason="thin"), interval=None, **changes)
    if spec is ECHO:
        hits = draw(st.sampled_from([0, 0, 1, 20]))
        return finding_of(spec, hits / n, interval=Binomial(hits=hits, n=n), **changes)
    if spec is RATIO:
        interval = draw(ratio())
        return finding_of(
            spec, interval.numerator / interval.denominator, interval=interval, **changes
        )
    values = {SHIFT.id: [0.0, 0.05, -0.1, -0.9], FAILED.id: [0.0, 0.05, 0.2, 0.6]}
    estimate = draw(st.sampled_from(values.get(spec.id, [0.95, 0.9, 0.7, 0.1])))
    scale = {FAILED.id: "log", KAPPA.id: "fisher_z"}.get(spec.id, "identity")
    return finding_of(spec, estimate, interval=draw(student(scale)), **changes)


@st.composite
def evidence(draw, metrics=tuple(CLAUSES)):
    """Policy and findings: some clauses, each with every finding that it expects."""
    chosen = draw(st.lists(st.sampled_from(metrics), min_size=1, max_size=2, unique=True))
    findings = [
        draw(found(SPECS[name], slice_.by, contrast))
        for name in chosen
        for slice_ in CLAUSES[name].slices
        for contrast in sorted(expected(SPECS[name], slice_, GROUPS))
    ]
    return [CLAUSES[name] for name in chosen], findings


def decide(clauses, findings, certificates=CERTIFICATES) -> Decision:
    written = Policy(
        policy="made-up",
        version="1.0.0",
        approved=date(2026, 1, 2),
        review_by=date(2027, 1, 2),
        decision_valid_days=90,
        declared_only_valid_days=30,
        approvals=Approvals(threshold=1, roles=("board-chair",)),
        attempts=AttemptRule(max_per_lineage=1),
        scope=Scope(use_cases=("review",), stage="pilot"),
        title="Made up",
        clauses=tuple(clauses),
        digest="0" * 64,
        source="p.md",
    )
    return judge(
        written,
        Findings(run=RUN, findings=tuple(findings)),
        docket_of(SPECS.values(), certificates=tuple(certificates)),
        now=datetime(2026, 3, 4, tzinfo=UTC),
    )


def passed(decision: Decision) -> set[str]:
    """The clauses that pass, and ``decision`` where that does."""
    return {c.id for c in decision.clauses if c.outcome == "pass"} | (
        {"decision"} if decision.outcome == "pass" else set()
    )


@settings(max_examples=120)
@given(evidence(), st.data())
def test_taking_any_finding_away_turns_nothing_into_a_pass(given_, data):
    clauses, findings = given_
    kept = [f for f in findings if data.draw(st.booleans())]

    assert passed(decide(clauses, kept)) <= passed(decide(clauses, findings))


@settings(max_examples=120)
@given(evidence(), st.data())
def test_a_clause_short_of_any_finding_does_not_pass(given_, data):
    clauses, findings = given_
    lost = data.draw(st.sampled_from(findings))
    kept = [f for f in findings if f is not lost]
    [clause_] = [c for c in decide(clauses, kept).clauses if c.subject == lost.metric]

    assert clause_.outcome != "pass"


@settings(max_examples=120)
@given(evidence(), st.data())
def test_taking_any_certificate_away_turns_nothing_into_a_pass_and_leaves_no_fail(given_, data):
    clauses, findings = given_
    kept = [c for c in CERTIFICATES if data.draw(st.booleans())]
    judged = decide(clauses, findings, kept)
    certified = {c.metric for c in kept}

    assert passed(judged) <= passed(decide(clauses, findings))
    assert {"insufficient_evidence"} >= {
        c.outcome for c in judged.clauses if c.subject not in certified
    }


def widened(finding, se, widen):
    """The same finding, less exactly."""
    interval = finding.interval
    if isinstance(interval, StudentT):
        update = {"se": interval.se + se, "widen": interval.widen + widen}
    elif isinstance(interval, Ratio):
        more = tuple((a + se**2, b, c + se**2) for a, b, c in interval.variances)
        update = {"variances": more, "widen": interval.widen + widen}
    else:
        return finding
    return finding.model_copy(update={"interval": interval.model_copy(update=update)})


@settings(max_examples=120)
@given(evidence(), st.sampled_from([0.0, 0.01, 0.3, 5.0]), st.sampled_from([0.0, 0.02, 0.5]))
def test_widening_any_interval_turns_nothing_into_a_pass(given_, se, widen):
    clauses, findings = given_
    vaguer = [widened(f, se, widen) for f in findings]

    assert passed(decide(clauses, vaguer)) <= passed(decide(clauses, findings))


@settings(max_examples=120)
@given(evidence([SHIFT.id, RATIO.id, FAILED.id, KAPPA.id]), st.sampled_from([0.01, 0.3, 5.0]))
def test_widening_any_interval_turns_nothing_into_a_fail(given_, se):
    clauses, findings = given_
    before = {c.id for c in decide(clauses, findings).clauses if c.outcome == "fail"}
    after = {
        c.id
        for c in decide(clauses, [widened(f, se, 0.0) for f in findings]).clauses
        if c.outcome == "fail"
    }

    assert after <= before


@settings(max_examples=120)
@given(evidence(), st.randoms(use_true_random=False))
def test_the_order_of_findings_and_certificates_is_of_no_matter(given_, chance: Random):
    """All but the digests of findings and docket, which are those of their bytes in order."""
    clauses, findings = given_
    double = [*CERTIFICATES, *(c.model_copy(update={"independent": False}) for c in CERTIFICATES)]
    before = decide(clauses, findings, double)
    chance.shuffle(findings)
    chance.shuffle(double)
    after = decide(clauses, findings, double)
    same = {
        name: getattr(before, name) for name in ("findings_digest", "docket_digest", "decision_id")
    }

    assert before == after.model_copy(update=same)


@settings(max_examples=120)
@given(evidence())
def test_the_outcome_is_the_worst_of_the_clauses_and_each_clause_no_better_than_its_slices(given_):
    decision = decide(*given_)
    rank = ["fail", "insufficient_evidence", "pass"].index

    assert rank(decision.outcome) == min(rank(c.outcome) for c in decision.clauses)
    for judged in decision.clauses:
        slices = {s.outcome for s in judged.slices}
        assert judged.outcome != "pass" or slices == {"pass"}
        assert judged.outcome != "fail" or "fail" in slices
        assert (judged.outcome == "insufficient_evidence") == (judged.reason is not None)


@settings(max_examples=120)
@given(evidence())
def test_a_decision_is_its_own_json(given_):
    decision = decide(*given_)

    assert decision == Decision.model_validate_json(decision.model_dump_json())
    assert decision == Decision.model_validate(decision.as_json())


@settings(max_examples=120)
@given(evidence([SHIFT.id]), st.data())
def test_turning_every_sign_round_turns_no_verdict(given_, data):
    """A gap to somebody's advantage is as bad as one to their disadvantage."""
    clauses, findings = given_
    turned = [
        f if isinstance(f.estimate, Undefined) else f.model_copy(update={"estimate": -f.estimate})
        for f in findings
    ]

    assert [c.outcome for c in decide(clauses, findings).clauses] == [
        c.outcome for c in decide(clauses, turned).clauses
    ]
