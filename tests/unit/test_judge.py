"""The judge: three outcomes, what comes before what, and nothing that passes on nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

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
    MoreEvidence,
    Policy,
    Ratio,
    Scope,
    Silence,
    Slice,
    Spend,
    Statistic,
    StudentT,
    Undefined,
)
from govern.errors import IntegrityError
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.policy.measured import expected, judge_measured
from govern.policy.open_points import settled_by_more
from govern.policy.outcomes import worst
from govern.policy.scope import narrowed
from govern.testing import certificate_of, docket_of, finding_of, paired_frame, run_facts, trial_of

SPECS = {name: metric.spec for name, metric in METRICS.items()}
SHIFT, RATIO = SPECS["fairness.rating_shift"], SPECS["fairness.impact_ratio"]
FAILED, COVERED = SPECS["coverage.failed"], SPECS["accuracy.key_coverage"]
ECHO = SPECS["integrity.echo"]
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
SUITE = EvidenceNeeded(min_cases=60, suite="review-core")
BLOCKED = "insufficient_evidence"


def clause(spec, **changes) -> MeasuredClause:
    facts = {
        "id": "ANY-1",
        "severity": "block",
        "metric": spec.id,
        "statistic": Statistic(confidence=0.95, sided="one"),
        "evidence": SUITE,
        "title": "Title",
    }
    return MeasuredClause(**(facts | changes))


def contrast(inside=0.25, *, by=("gender",), **changes) -> MeasuredClause:
    slices = tuple(Slice(by=b, inside=inside) for b in by)
    statistic = Statistic(confidence=0.90, sided="two")
    return clause(SHIFT, slices=slices, statistic=statistic, **changes)


def at_most(limit=0.25, *, spec=FAILED, **changes) -> MeasuredClause:
    bounds = {"pass_if": Bound(upper_le=limit), "fail_if": Bound(lower_gt=limit)}
    return clause(spec, **(bounds | changes))


def at_least(limit=0.75, **changes) -> MeasuredClause:
    bounds = {"pass_if": Bound(lower_ge=limit), "fail_if": Bound(upper_lt=limit)}
    return clause(COVERED, **(bounds | changes))


def policy(*clauses, **changes) -> Policy:
    facts = {
        "policy": "made-up",
        "version": "1.0.0",
        "approved": date(2026, 1, 2),
        "review_by": date(2027, 1, 2),
        "decision_valid_days": 90,
        "declared_only_valid_days": 30,
        "approvals": Approvals(threshold=1, roles=("board-chair",)),
        "attempts": AttemptRule(max_per_lineage=1),
        "scope": Scope(use_cases=("review",), stage="pilot"),
        "title": "Made up",
        "clauses": clauses,
        "digest": "0" * 64,
        "source": "p.md",
    }
    return Policy(**(facts | changes))


def woman(estimate, *, reach=0.0, spec=SHIFT, **changes):
    """Women against men; the interval is exactly ``estimate`` ± ``reach``."""
    interval = StudentT(se=0, df=30, clusters=60, widen=reach)
    by = {"by": "gender", "contrast": "female", "interval": interval}
    return finding_of(spec, estimate, **(by | changes))


def level(estimate, *, reach=0.0, spec=FAILED, **changes):
    interval = StudentT(se=0, df=30, clusters=60, widen=reach)
    return finding_of(spec, estimate, **({"interval": interval} | changes))


def verdict(one, *found, certificates=None, **facts):
    """The outcome of one clause; every metric has a certificate unless told otherwise."""
    given = [certificate_of(s) for s in SPECS.values()] if certificates is None else certificates
    docket = docket_of(SPECS.values(), certificates=tuple(given))
    return judge_measured(one, run_facts(**facts), found, docket, SPECS[one.metric])


def decide(written, *found, **facts) -> Decision:
    return judge(
        written,
        Findings(run=run_facts(**facts), findings=found),
        docket_of(SPECS.values(), scope=narrowed(written.scope, run_facts(**facts))),
        now=NOW,
    )


def said(outcome):
    return outcome.outcome, outcome.reason


class TestThreeValues:
    @pytest.mark.parametrize("sign", [1, -1])
    @pytest.mark.parametrize(
        ("estimate", "reach", "outcome"),
        [
            (0.0, 0.125, "pass"),
            (0.0, 0.25, BLOCKED),
            (0.125, 0.0625, "pass"),
            (0.125, 0.125, BLOCKED),
            (0.125, 0.5, BLOCKED),
            (0.375, 0.125, BLOCKED),
            (0.375, 0.0625, "fail"),
            (1.0, 0.5, "fail"),
        ],
    )
    def test_a_margin_is_open_an_interval_that_touches_it_shows_nothing(
        self, sign, estimate, reach, outcome
    ):
        """Margin .25, both ways: pass inside (-.25, .25), fail wholly beyond."""
        found = verdict(contrast(), woman(sign * estimate, reach=reach))

        assert (outcome, "straddles" if outcome == BLOCKED else None) == said(found)

    @pytest.mark.parametrize("estimate", [0.0, 1.0])
    def test_groups_compared_over_different_cases_neither_pass_nor_fail(self, estimate):
        found = verdict(contrast(), woman(estimate, design="unpaired"))

        assert (BLOCKED, "not_assessable") == said(found)
        assert "over different cases" in found.explanation

    @pytest.mark.parametrize(
        ("estimate", "reach", "outcome"),
        [
            (0.0, 0.25, "pass"),
            (0.125, 0.25, BLOCKED),
            (0.5, 0.25, BLOCKED),
            (0.75, 0.25, "fail"),
        ],
    )
    def test_at_most_holds_the_upper_end_and_fails_by_the_lower(self, estimate, reach, outcome):
        """upper ≤ .25 passes, also at .25; lower > .25 fails, not at .25."""
        assert outcome == verdict(at_most(), level(estimate, reach=reach)).outcome

    @pytest.mark.parametrize(
        ("estimate", "reach", "outcome"),
        [
            (1.0, 0.25, "pass"),
            (0.875, 0.25, BLOCKED),
            (0.5, 0.25, BLOCKED),
            (0.25, 0.25, "fail"),
        ],
    )
    def test_at_least_holds_the_lower_end_and_fails_by_the_upper(self, estimate, reach, outcome):
        """lower ≥ .75 passes, also at .75; upper < .75 fails, not at .75."""
        found = verdict(at_least(), level(estimate, reach=reach, spec=COVERED))

        assert outcome == found.outcome

    @pytest.mark.parametrize(
        ("bounds", "estimate", "outcome"),
        [
            ({"pass_if": Bound(upper_lt=0.25), "fail_if": Bound(lower_gt=0.25)}, 0.25, BLOCKED),
            ({"pass_if": Bound(upper_lt=0.25), "fail_if": Bound(lower_gt=0.25)}, 0.125, "pass"),
            ({"pass_if": Bound(upper_le=0.25), "fail_if": Bound(lower_ge=0.5)}, 0.5, "fail"),
            ({"pass_if": Bound(upper_le=0.25), "fail_if": Bound(lower_gt=0.5)}, 0.5, BLOCKED),
            ({"pass_if": Bound(lower_gt=0.25), "fail_if": Bound(upper_lt=0.25)}, 0.25, BLOCKED),
            ({"pass_if": Bound(lower_gt=0.25), "fail_if": Bound(upper_le=0.25)}, 0.25, "fail"),
        ],
    )
    def test_each_comparison_keeps_or_leaves_out_its_own_threshold(self, bounds, estimate, outcome):
        assert outcome == verdict(clause(FAILED, **bounds), level(estimate)).outcome

    def test_not_significant_is_not_a_pass(self):
        """A gap of 0 with a wide interval: nothing was shown, either way."""
        assert (BLOCKED, "straddles") == said(verdict(contrast(), woman(0.0, reach=3.0)))

    def test_one_hit_fails_where_none_is_tolerated_though_the_upper_end_would_pass(self):
        """1 of 360: lower end above 0, upper end 1.3 % below 5 %. Failing goes first."""
        zero = at_most(0.05, spec=ECHO, fail_if=Bound(lower_gt=0))

        def hit(hits):
            counts = Counts(planned=360, ok=360, scored=360, cases=360, units=360)
            return level(hits / 360, spec=ECHO, interval=Binomial(hits=hits, n=360), counts=counts)

        assert ["pass", "fail"] == [verdict(zero, hit(hits)).outcome for hits in (0, 1)]

    def test_a_two_sided_confidence_of_ninety_asks_each_end_at_five_in_a_hundred(self):
        """t(.05, 30) = 1.6973 and t(.10, 30) = 1.3104: .25 - est decides at se .1."""
        exact = StudentT(se=0.1, df=30, clusters=60)
        found = [verdict(contrast(), woman(e, interval=exact)) for e in (0.0802, 0.0803)]

        assert ["pass", BLOCKED] == [f.outcome for f in found]
        assert found[0].slices[0].upper == pytest.approx(0.0802 + 0.16973, abs=1e-5)


class TestHolm:
    """Margin 1, se 1, df 30, α = .05: t at α/3, α/2, α is 2.2303, 2.0423, 1.6973."""

    def outcomes(self, *distances):
        races = ("asian", "black", "hispanic", "white")
        found = [
            finding_of(SHIFT, 1 + d, se=1.0, by="race_ethnicity", contrast=race)
            for race, d in zip(races, distances, strict=False)
        ]
        three = {"gender": ("female", "male"), "race_ethnicity": races[: len(distances)]}
        judged = verdict(contrast(1.0, by=["race_ethnicity"]), *found, groups=three)
        return [s.outcome for s in sorted(judged.slices, key=lambda s: s.slice)]

    def test_the_worst_stands_first(self):
        """Fail before what is undecided before what passes; among equals the farther one."""
        races = ("asian", "black", "hispanic", "white")
        found = [
            finding_of(SHIFT, e, se=0.1, by="race_ethnicity", contrast=race)
            for race, e in zip(races, (0.0, -0.1, 0.12, -0.9), strict=True)
        ]
        judged = verdict(contrast(by=["race_ethnicity"]), *found)

        assert ["white", "hispanic", "black", "asian"] == [
            s.slice.partition(": ")[2] for s in judged.slices
        ]

    def test_each_failure_makes_the_next_one_easier(self):
        """2.3 clears 2.2303, then 2.1 clears 2.0423, then 1.8 clears 1.6973."""
        assert ["fail", "fail", "fail"] == self.outcomes(1.8, 2.3, 2.1)

    def test_without_a_first_failure_at_a_third_of_alpha_there_is_none(self):
        """2.2 and 1.8 are beyond the margin at α, not at α/3."""
        assert [BLOCKED] * 3 == self.outcomes(2.2, 2.2, 1.8)

    def test_the_steps_stop_at_the_first_that_does_not_fail(self):
        """2.3 fails at α/3; 2.0 does not at α/2, so 1.9 is not asked at α, which it would clear."""
        assert [BLOCKED, "fail", BLOCKED] == self.outcomes(1.9, 2.3, 2.0)

    def test_a_slice_alone_fails_at_alpha(self):
        found = finding_of(SHIFT, 1 + 1.7, se=1.0, by="gender", contrast="female")

        assert "fail" == verdict(contrast(1.0), found).outcome

    def test_passing_is_not_made_easier_by_company(self):
        """Every slice needs its own interval at α, in whatever company."""
        races = ("asian", "black", "hispanic", "white")
        found = [
            finding_of(SHIFT, e, se=0.1, by="race_ethnicity", contrast=race)
            for race, e in zip(races, (0, 0, 0, 0.1), strict=True)
        ]
        judged = verdict(contrast(by=["race_ethnicity"]), *found)

        assert [BLOCKED] + ["pass"] * 3 == [s.outcome for s in judged.slices]
        assert (BLOCKED, "straddles") == said(judged)


class TestPrecedence:
    @pytest.mark.parametrize("order", list(permutations(["pass", BLOCKED, "fail"])))
    def test_fail_comes_before_not_enough_evidence_and_that_before_pass(self, order):
        assert "fail" == worst(order)
        assert BLOCKED == worst([o for o in order if o != "fail"])
        assert "pass" == worst(["pass", "pass"])

    def test_nothing_at_all_is_not_enough_evidence(self):
        assert BLOCKED == worst([])

    def test_the_worst_blocking_clause_decides(self):
        refused, unrated = SPECS["coverage.refused"], SPECS["coverage.unrated"]
        good, bad = at_most(id="GOOD-1"), at_most(id="BAD-1", spec=refused)
        thin = at_most(id="THIN-1", spec=unrated)
        found = (level(0.0), level(1.0, spec=refused), level(0.25, reach=0.1, spec=unrated))

        assert "pass" == decide(policy(good), *found).outcome
        assert BLOCKED == decide(policy(good, thin), *found).outcome
        assert "fail" == decide(policy(thin, good, bad), *found).outcome

    @pytest.mark.parametrize("severity", ["warn", "report"])
    def test_a_failure_that_does_not_block_is_told_and_stops_nothing(self, severity):
        bad = at_most(id="BAD-1", spec=SPECS["coverage.refused"], severity=severity)
        failing = level(1.0, spec=SPECS["coverage.refused"])
        decision = decide(policy(at_most(), bad), level(0.0), failing)

        assert "pass" == decision.outcome
        assert ["pass", "fail"] == [c.outcome for c in decision.clauses]

    def test_one_failing_slice_fails_its_clause(self):
        races = ("asian", "black", "hispanic", "white")
        found = [
            finding_of(SHIFT, 2.0 * (race == "black"), by="race_ethnicity", contrast=race)
            for race in races
        ]
        judged = verdict(contrast(by=["race_ethnicity"]), *found)

        assert "fail" == judged.outcome
        assert "the interval lies wholly beyond what is allowed" == judged.explanation


class TestNothingPassesOnNothing:
    def test_no_findings_at_all(self):
        decision = decide(policy(contrast(), at_most(id="COV-1")))

        assert BLOCKED == decision.outcome
        assert [(BLOCKED, "missing_finding")] * 2 == [said(c) for c in decision.clauses]

    def test_findings_of_other_metrics_only(self):
        judged = verdict(at_most(), level(0.0, spec=SPECS["coverage.refused"]))

        assert (BLOCKED, "missing_finding") == said(judged)
        assert "no finding of coverage.failed by all" == judged.explanation

    def test_no_clause_that_blocks(self):
        assert BLOCKED == decide(policy(at_most(severity="warn")), level(0.0)).outcome

    def test_a_clause_over_no_slice(self):
        judged = verdict(at_most(slices=()), level(0.0))

        assert (BLOCKED, "missing_finding", ()) == (*said(judged), judged.slices)

    def test_a_whole_slice_missing(self):
        judged = verdict(contrast(by=["gender", "race_ethnicity"]), woman(0.0))

        assert (BLOCKED, "missing_finding") == said(judged)
        assert "no finding of fairness.rating_shift by race_ethnicity" == judged.explanation

    def test_one_contrast_of_a_slice_missing(self):
        found = [
            finding_of(SHIFT, 0.0, by="race_ethnicity", contrast=race)
            for race in ("asian", "black", "white")
        ]
        judged = verdict(contrast(by=["race_ethnicity"]), *found)

        assert (BLOCKED, "missing_slice") == said(judged)
        assert "no finding for hispanic" == judged.explanation

    @pytest.mark.parametrize(
        "groups",
        [{}, {"race_ethnicity": ("asian", "black")}, {"gender": ()}],
        ids=["none", "another attribute", "no level"],
    )
    def test_groups_that_were_never_planned(self, groups):
        """Whoever counts slices by the plan must not take a plan without any as complete."""
        judged = verdict(contrast(), woman(0.0), groups=groups)

        assert (BLOCKED, "missing_slice") == said(judged)

    def test_a_marker_that_was_planned_and_not_measured(self):
        planned = {"marker": ("age-older", "pregnancy", "veteran")}
        found = [
            finding_of(SHIFT, 0.0, by="marker", contrast=marker)
            for marker in ("age-older", "veteran")
        ]
        judged = verdict(contrast(by=["marker"]), *found, alterations=planned)

        assert (BLOCKED, "missing_slice") == said(judged)
        assert "no finding for pregnancy" == judged.explanation

    def test_a_number_for_a_slice_as_a_whole_stands_for_no_group(self):
        judged = verdict(contrast(), woman(0.0, contrast="all"))

        assert (BLOCKED, "missing_slice") == said(judged)

    @pytest.mark.parametrize("by", [("gender", "all"), ("all", "all")])
    def test_an_undefined_finding_tells_its_reason(self, by):
        """Also where the measure has one for all slices: "no evidence was supplied" is the news."""
        why = Undefined(reason="no evidence was supplied", code="not_supplied")
        found = finding_of(SHIFT, why, interval=None, by=by[0], contrast=by[1])
        judged = verdict(contrast(), found)

        assert (BLOCKED, "not_assessable") == said(judged)
        assert "no evidence was supplied" == judged.explanation
        assert 1 == len(judged.slices)

    def test_the_reason_of_one_slice_is_not_that_of_another(self):
        why = Undefined(reason="all drafts are of one group, female")
        found = finding_of(SHIFT, why, interval=None, by="gender", contrast="all")
        judged = verdict(contrast(by=["gender", "race_ethnicity"]), found)

        assert ["not_assessable", "missing_finding"] == [s.reason for s in judged.slices]

    def test_an_estimate_without_an_interval(self):
        judged = verdict(at_most(), level(0.0, interval=None))

        assert (BLOCKED, "not_assessable") == said(judged)

    def test_too_few_cases_cannot_pass_and_are_told_how_many(self):
        judged = verdict(at_most(), level(0.0, counts=counts(59)))

        assert (BLOCKED, "too_few_cases") == said(judged)
        assert "59 cases, the clause asks for 60" == judged.explanation
        assert 60 == judged.slices[0].cases_needed
        assert "pass" == verdict(at_most(), level(0.0, counts=counts(60))).outcome

    def test_too_few_cases_can_fail(self):
        assert "fail" == verdict(at_most(), level(1.0, counts=counts(12))).outcome


def counts(cases):
    return Counts(planned=480, ok=480, scored=480, cases=cases, units=480)


class TestCertificates:
    @pytest.mark.parametrize("estimate", [0.0, 1.0])
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            (None, "uncertified"),
            ({"metric": "coverage.refused"}, "uncertified"),
            ({"evaluator": "another"}, "uncertified"),
            ({"metric_version": "0"}, "uncertified"),
            ({"invariance_max_change": 0.001}, "certificate_failed"),
            ({"trials": ()}, "certificate_failed"),
            ({"must_detect_from": 2.0}, "certificate_failed"),
            (
                {"trials": (trial_of("authors", {0.5: False, 1.0: True}), trial_of("apart"))},
                "certificate_failed",
            ),
            (
                {"silence": Silence(runs=59, alarms=9, nominal=0.05, tail=0.004)},
                "certificate_failed",
            ),
        ],
    )
    def test_an_evaluator_not_shown_to_work_shows_nothing_good_or_bad(
        self, estimate, changes, reason
    ):
        """A would-be pass and a would-be fail alike."""
        given = [] if changes is None else [certificate_of(FAILED, **changes)]

        assert (BLOCKED, reason) == said(verdict(at_most(), level(estimate), certificates=given))

    def test_a_dose_below_the_least_that_must_be_found_may_be_missed(self):
        trials = (trial_of("authors", {0.25: False, 0.5: True}),)
        given = [certificate_of(FAILED, trials=trials)]

        assert "pass" == verdict(at_most(), level(0.0), certificates=given).outcome

    def test_one_finding_by_other_code_takes_trust_from_the_clause(self):
        found = [
            finding_of(SHIFT, 0.0, by="race_ethnicity", contrast=race, evaluator=evaluator)
            for race, evaluator in zip(
                ("asian", "black", "hispanic", "white"),
                ("made-up", "made-up", "made-up", "another"),
                strict=True,
            )
        ]

        assert (BLOCKED, "uncertified") == said(verdict(contrast(by=["race_ethnicity"]), *found))

    def test_a_clause_may_ask_that_others_planted_the_effects(self):
        asks = at_most(evidence=SUITE.model_copy(update={"certificate": "independent"}))
        own = certificate_of(FAILED, trials=(trial_of("authors"),))
        other = certificate_of(FAILED)

        assert (BLOCKED, "certificate_provisional") == said(
            verdict(asks, level(0.0), certificates=[own])
        )
        assert "pass" == verdict(asks, level(0.0), certificates=[own, other]).outcome

    @pytest.mark.parametrize(
        ("apart", "provisional"),
        [
            ((), True),
            ((trial_of("apart"),), False),
            ((trial_of("apart"), trial_of("apart", {0.5: False, 1.0: True})), True),
        ],
        ids=["none", "found", "one missed"],
    )
    def test_a_pass_is_provisional_until_all_that_others_planted_is_found(self, apart, provisional):
        given = [certificate_of(FAILED, trials=(trial_of("authors"), *apart))]
        judged = verdict(at_most(), level(0.0), certificates=given)

        assert ("pass", provisional) == (judged.outcome, judged.provisional)

    def test_a_failed_certificate_beside_one_that_holds_does_no_harm(self):
        bad = certificate_of(FAILED, invariance_max_change=1.0, made_on=date(2026, 2, 1))
        given = [bad, certificate_of(FAILED)]

        assert "pass" == verdict(at_most(), level(0.0), certificates=given).outcome


class TestEvidenceThatDoesNotFit:
    @pytest.mark.parametrize(
        ("asks", "facts", "changes", "reason"),
        [
            ({}, {"suite": "fairness"}, {}, "wrong_suite"),
            ({"plan": "standard"}, {"plan": "smoke"}, {}, "wrong_plan"),
            ({"baseline": "evidence"}, {}, {}, "wrong_baseline"),
            ({"baseline": "evidence"}, {}, {"baseline": "human"}, "wrong_baseline"),
        ],
    )
    def test_it_cannot_pass_but_it_can_fail(self, asks, facts, changes, reason):
        one = at_most(evidence=SUITE.model_copy(update=asks))

        assert (BLOCKED, reason) == said(verdict(one, level(0.0, **changes), **facts))
        assert ("fail", None) == said(verdict(one, level(1.0, **changes), **facts))

    def test_a_finding_of_an_older_metric_cannot_pass_though_it_was_certified(self):
        given = [certificate_of(FAILED, metric_version="0")]
        found = verdict(at_most(), level(0.0, version="0"), certificates=given)

        assert (BLOCKED, "wrong_metric_version") == said(found)
        assert "coverage.failed is at version 1 now" == found.explanation

    def test_one_slice_against_another_baseline_is_enough_to_stop_a_pass(self):
        asks = SUITE.model_copy(update={"baseline": "evidence"})
        one = contrast(by=["race_ethnicity"], evidence=asks)
        found = [
            finding_of(SHIFT, 0.0, by="race_ethnicity", contrast=race, baseline=baseline)
            for race, baseline in zip(
                ("asian", "black", "hispanic", "white"),
                ("evidence", "evidence", "evidence", None),
                strict=True,
            )
        ]

        assert (BLOCKED, "wrong_baseline") == said(verdict(one, *found))

    @pytest.mark.parametrize(("severity", "outcome"), [("block", BLOCKED), ("warn", "pass")])
    def test_a_reference_drafter_as_baseline_may_warn_but_never_block(self, severity, outcome):
        """Neither pass nor fail, also where the clause names no baseline."""
        one = at_most(severity=severity)
        fails = "fail" if severity == "warn" else BLOCKED

        assert outcome == verdict(one, level(0.0, baseline="reference")).outcome
        assert fails == verdict(one, level(1.0, baseline="reference")).outcome
        assert "pass" == verdict(one, level(0.0, baseline="human")).outcome

    def test_what_was_asked_for_passes(self):
        asks = SUITE.model_copy(update={"plan": "standard", "baseline": "evidence"})

        assert "pass" == verdict(at_most(evidence=asks), level(0.0, baseline="evidence")).outcome


class TestExpectedSlices:
    GROUPS = {"gender": ("female", "male"), "team": ("a", "b", "c")}

    @pytest.mark.parametrize(
        ("spec", "by", "wanted"),
        [
            (FAILED, "all", {"all"}),
            (SHIFT, "gender", {"female"}),
            (SHIFT, "team", {"a", "b", "c"}),
            (RATIO, "gender", {"female / male", "male / female"}),
            (RATIO, "team", {f"{a} / {b}" for a in "abc" for b in "abc" if a != b}),
            (SHIFT, "gender*team", {f"{g}*{t}" for g in ("female", "male") for t in "abc"}),
            (SHIFT, "age", set()),
            (SHIFT, "gender*age", set()),
            (RATIO, "age", set()),
        ],
    )
    def test_are_those_of_the_planned_groups(self, spec, by, wanted):
        """Of two groups one contrast says all; of two ratios each is its own."""
        assert wanted == expected(spec, Slice(by=by), self.GROUPS)

    def test_are_what_the_measures_return(self):
        groups = run_facts().groups
        for spec in (SHIFT, RATIO):
            found = METRICS[spec.id].measure(paired_frame(cases=12))
            for by in ("gender", "race_ethnicity", "gender*race_ethnicity"):
                assert expected(spec, Slice(by=by), groups) == {
                    f.contrast for f in found if f.by == by
                }


class TestDecision:
    def test_it_says_what_it_rests_on(self):
        decision = decide(policy(at_most()), level(0.0))

        assert NOW == decision.created
        assert date(2026, 6, 2) == decision.expires
        assert ("made-up", "0" * 64, ("board-chair",)) == (
            decision.policy.id,
            decision.policy.digest,
            decision.policy.signed_by,
        )
        assert ("pilot", ("review",)) == (decision.scope.stage, decision.scope.use_cases)
        assert run_facts() == decision.run
        assert decision.clauses[0].reading.startswith("coverage.failed (in share of planned")

    def test_parts_nobody_could_digest_make_it_expire_sooner(self):
        """30 days instead of 90, and never past the policy's own review."""
        sooner = decide(policy(at_most()), level(0.0), declared_only=("weights",))
        late = decide(policy(at_most(), review_by=date(2026, 3, 10)), level(0.0))

        assert (date(2026, 4, 3), date(2026, 3, 10)) == (sooner.expires, late.expires)
        assert "Parts that could only be declared: weights" in sooner.not_tested

    @pytest.mark.parametrize(("mode", "advisory"), [("explore", True), ("decide", False)])
    def test_exploring_is_advisory(self, mode, advisory):
        assert advisory == decide(policy(at_most()), level(0.0), mode=mode).advisory

    def test_it_lists_what_was_not_tested_and_not_what_straddles(self):
        thin = at_most(id="THIN-1", title="Thin", spec=SPECS["coverage.refused"])
        wide = at_most(id="WIDE-1", title="Wide")
        decision = decide(policy(thin, wide), level(0.25, reach=0.1))

        assert (
            "Real employees: every case is synthetic",
            "Groups other than those by gender, race and ethnicity",
            "Languages other than English",
            "THIN-1 Thin: no finding of coverage.refused by all",
        ) == decision.not_tested

    def test_the_same_findings_have_the_same_digest_and_another_policy_another_decision(self):
        ours, again = (decide(policy(at_most()), level(0.0)) for _ in range(2))
        other = decide(policy(at_most(), digest="1" * 64), level(0.0))

        assert ours == again
        assert ours.findings_digest == other.findings_digest
        assert ours.decision_id != other.decision_id

    @pytest.mark.parametrize("estimate", [0.0, 0.2, 1.0, 1e300])
    def test_it_is_its_own_json(self, estimate):
        decision = decide(policy(at_most(), contrast(id="FAIR-1")), level(estimate, reach=0.1))

        assert decision == Decision.model_validate_json(decision.model_dump_json())
        assert decision == Decision.model_validate(decision.as_json())

    def test_an_interval_without_end_is_shown_without_one(self):
        """A ratio to a rate that may be 0; and a number too large to be one."""
        ratio = Ratio(
            numerator=0.5, denominator=0.1, variances=((0.01, 0, 0.01),), df=30, clusters=60
        )
        bounds = {"pass_if": Bound(lower_ge=0.8), "fail_if": Bound(upper_lt=0.8)}
        found = finding_of(RATIO, 5.0, interval=ratio, by="all", contrast="all")
        [up] = verdict(clause(RATIO, **bounds), found).slices
        [down] = verdict(at_most(), level(-1e308, reach=1.7e308)).slices

        assert (True, None) == (up.lower > 0, up.upper)
        assert (None, BLOCKED) == (down.lower, down.outcome)


class TestMoreEvidence:
    @pytest.mark.parametrize("sign", [1, -1])
    def test_the_nearer_end_of_a_margin_asks_for_more_cases(self, sign):
        """From .1 to .25 are .15 at se .1: (.1·(1.6973 + 1.2816)/.15)²·60 = 236.6, so 237.

        The other end is .35 away and would be clear with 60.
        """
        exact = StudentT(se=0.1, df=30, clusters=60)
        [part] = verdict(contrast(), woman(sign * 0.1, interval=exact)).slices

        assert 237 == part.cases_needed
        assert "the interval straddles what is allowed; about 237 cases in all would settle it" == (
            part.explanation
        )

    @pytest.mark.parametrize(
        ("gap", "clusters", "needed", "doubt"),
        [(0.1, 60, 237, "about 237 cases"), (0.1, 12, 60, ""), (0.3, 60, None, "would not settle")],
    )
    def test_with_too_few_cases_the_doubt_counts_as_well_as_what_the_clause_asks(
        self, gap, clusters, needed, doubt
    ):
        """From 12 clusters 237 / 5 = 47.3 would settle it, but the clause asks for 60."""
        exact = StudentT(se=0.1, df=30, clusters=clusters)
        [part] = verdict(contrast(), woman(gap, interval=exact, counts=counts(12))).slices

        assert ("too_few_cases", needed) == (part.reason, part.cases_needed)
        few, _, why = part.explanation.partition("; ")
        assert "12 cases, the clause asks for 60" == few
        assert (doubt in why, bool(doubt)) == (True, bool(why))

    @pytest.mark.parametrize("estimate", [0.25, 0.3, -0.3])
    def test_no_number_of_cases_brings_a_gap_at_or_beyond_the_margin_inside(self, estimate):
        exact = StudentT(se=0.1, df=30, clusters=60)
        [part] = verdict(contrast(), woman(estimate, interval=exact)).slices

        assert part.cases_needed is None
        assert part.explanation.endswith("would not settle it in the candidate's favour")

    def test_doubt_that_names_leave_asks_for_names_and_says_so(self):
        """Names alone leave .1, and .25/(1.6973 + 1.2816) = .084 is all that they may."""
        named = StudentT(se=0.2, se_name=0.1, df=30, clusters=60)
        [part] = verdict(contrast(), woman(0.0, interval=named)).slices

        assert part.cases_needed is None
        assert "more names would be needed, more cases of the same names" in part.explanation

    def test_doubt_that_missing_drafts_leave_is_not_put_on_the_number_of_cases(self):
        vague = StudentT(se=0.01, df=30, clusters=60, widen=0.3)
        [part] = verdict(contrast(), woman(0.0, interval=vague)).slices

        assert part.cases_needed is None
        assert "what is missing alone leaves too much doubt" in part.explanation

    SPENT = Spend(drafts=480, input_tokens=48_000, output_tokens=48_000, seconds=480)

    def test_it_counts_cases_drafts_tokens_and_minutes_to_the_one_that_needs_most(self):
        """Failed needs 90 of 60 cases: 30 more, 8 drafts each, at 200 tokens and a second."""
        needs = at_most(evidence=SUITE.model_copy(update={"min_cases": 90}))
        refused = SPECS["coverage.refused"]
        less = at_most(
            id="LESS-1", spec=refused, evidence=SUITE.model_copy(update={"min_cases": 70})
        )
        decision = decide(
            policy(needs, less), level(0.0), level(0.0, spec=refused), spend=self.SPENT
        )

        assert decision.more_evidence == MoreEvidence(
            cases=30, drafts=240, tokens=48_000, minutes=4.0
        )

    def test_a_measure_that_few_cases_serve_needs_many_more_of_all(self):
        """20 of 60 cases state a number; 60 that do take 180 in all: 120 more, 960 drafts."""
        numbers = SPECS["accuracy.unsupported_number_share"]
        found = level(0.0, spec=numbers, counts=counts(20))
        decision = decide(policy(at_most(spec=numbers)), found, level(0.0))

        assert MoreEvidence(cases=120, drafts=960) == decision.more_evidence

    def test_nothing_more_is_asked_for_where_nothing_more_would_settle_it(self):
        missing = at_most(id="MISS-1", spec=SPECS["coverage.refused"])

        assert decide(policy(at_most()), level(0.0)).more_evidence is None
        assert decide(policy(at_most()), level(1.0)).more_evidence is None
        assert decide(policy(at_most(), missing), level(0.0)).more_evidence is None

    def test_a_clause_is_settled_by_more_only_if_each_of_its_undecided_groups_is(self):
        exact = StudentT(se=0.1, df=30, clusters=60)
        near, at = (verdict(contrast(), woman(gap, interval=exact)) for gap in (0.1, 0.3))
        both = near.model_copy(update={"slices": near.slices + at.slices})
        silent = near.model_copy(update={"slices": ()})

        assert [True, False, False, False] == [
            settled_by_more(one) for one in (near, at, both, silent)
        ]

    def test_a_clause_that_more_cases_leave_undecided_asks_for_none_beside_one_that_does(self):
        exact = StudentT(se=0.1, df=30, clusters=60)
        open_still = contrast(id="NEAR-1")
        beyond = contrast(0.05, id="NEAR-2")
        both = decide(policy(open_still, beyond), woman(0.1, interval=exact))

        assert MoreEvidence(cases=177, drafts=1416) == both.more_evidence
        assert decide(policy(beyond), woman(0.1, interval=exact)).more_evidence is None

    def test_a_clause_that_does_not_block_asks_for_nothing(self):
        thin = at_most(severity="warn", evidence=SUITE.model_copy(update={"min_cases": 90}))

        assert decide(policy(thin), level(0.0)).more_evidence is None


def test_a_docket_that_does_not_say_what_a_metric_is_is_refused():
    findings = Findings(run=run_facts(), findings=())

    with pytest.raises(IntegrityError, match=r"does not say what coverage\.failed is"):
        judge(policy(at_most()), findings, docket_of([SHIFT]), now=NOW)
