"""The judge by kind of clause, and what waivers, scope and attempts do: each reason, each edge."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from govern.canon import digest
from govern.domain import (
    AttestedClause,
    Binomial,
    Bound,
    Counts,
    Decision,
    Deployment,
    EvidenceNeeded,
    Findings,
    MeasuredClause,
    Policy,
    PropertyClause,
    RecordClause,
    Scope,
    Signed,
    Slice,
    Statistic,
    StudentT,
    Undefined,
    Waiver,
)
from govern.domain.certificate import Certificate
from govern.domain.policy import AppliesIf, AttemptRule, Clause, Must, RecordNeeded, WaiverRule
from govern.errors import IntegrityError
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.policy.reading import reading
from govern.policy.scope import narrowed
from govern.policy.stated import in_words, shown
from govern.policy.verdicts import fails, passes
from govern.policy.waivers import missing_approvers
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

FAILED, REFUSED = METRICS["coverage.failed"].spec, METRICS["coverage.refused"].spec
SHIFT = METRICS["fairness.rating_shift"].spec
OVERDUE = FAILED.model_copy(update={"id": "contest.overdue_share", "unit": "share of contests"})
GAP = SHIFT.model_copy(update={"id": "contest.upheld_gap"})
SPECS = (FAILED, REFUSED, SHIFT, OVERDUE, GAP)
BLOCKED = "insufficient_evidence"
ONE = Statistic(confidence=0.95, sided="one")
AT_MOST = {"pass_if": Bound(upper_le=0.25), "fail_if": Bound(lower_gt=0.25)}
CHAIR, WORKER = signer("ana", "board-chair"), signer("ben", "worker-representative")
OTHER_WORKER = signer("cyd", "worker-representative")
PASSING = MeasuredClause(
    id="COV-1",
    severity="block",
    metric=FAILED.id,
    statistic=ONE,
    evidence=EvidenceNeeded(min_cases=60, suite="review-core"),
    **AT_MOST,
)
WAIVABLE = WaiverRule(allowed=True, approvers=("board-chair",), max_days=30)


def clause(**changes: Any) -> MeasuredClause:
    return PASSING.model_copy(update=changes)


def prop(name: str, **must: Any) -> PropertyClause:
    return PropertyClause(id="USE-1", severity="block", property=name, must=Must(**must))


def asks(**changes: Any) -> AttestedClause:
    facts: dict[str, Any] = {
        "id": "WORK-1",
        "severity": "block",
        "attest": "works-council",
        "role": "worker-representative",
        "answers": ("agreed",),
        "max_age_days": 30,
    }
    return AttestedClause(**(facts | changes))


def kept(**changes: Any) -> RecordClause:
    facts: dict[str, Any] = {
        "id": "REC-1",
        "severity": "block",
        "record": OVERDUE.id,
        "statistic": ONE,
        "evidence": RecordNeeded(min_cases=20, window_days=90),
        **AT_MOST,
    }
    return RecordClause(**(facts | changes))


def level(estimate: float, *, spec=FAILED, reach: float = 0.0, cases: int = 60, **changes: Any):
    """A level whose interval is exactly ``estimate`` ± ``reach``."""
    interval = StudentT(se=0, df=30, clusters=60, widen=reach)
    return finding_of(spec, estimate, cases=cases, **({"interval": interval} | changes))


GOOD, BAD = level(0.0), level(1.0)
FINE = level(0.0, spec=OVERDUE)


def decide(
    written: Policy | Clause, *found: Any, run: dict[str, Any] | None = None, **docket: Any
) -> Decision:
    policy = written if isinstance(written, Policy) else policy_of(written)
    facts = run_facts(**(run or {}))
    lies = {"scope": narrowed(policy.scope, facts), "specs": SPECS} | docket
    return judge(
        policy, Findings(run=facts, findings=found), docket_of(lies.pop("specs"), **lies), now=NOW
    )


def one(decision: Decision):
    [judged] = decision.clauses
    return judged.outcome, judged.reason


def why(decision: Decision) -> str:
    [judged] = decision.clauses
    return judged.explanation


class TestNothingPassesOnNothing:
    @pytest.mark.parametrize(
        ("asked", "reason"),
        [
            (PASSING, "missing_finding"),
            (clause(against="incumbent"), "no_incumbent"),
            (prop("human_review", stated=True), "not_stated"),
            (prop("trains_on_data", equals=False), "not_stated"),
            (prop("objectives", none_of=("sales",)), "not_stated"),
            (prop("data_sources", one_of=("goals",)), "not_stated"),
            (prop("retention_days", at_most=30), "not_stated"),
            (asks(), "not_attested"),
            (asks(answers=("objected",)), "not_attested"),
            (kept(), "no_record"),
        ],
    )
    def test_of_no_kind_with_nothing_given(self, asked: Clause, reason: str):
        decision = decide(asked, certificates=())

        assert (BLOCKED, reason) == one(decision)
        assert (BLOCKED, BLOCKED) == (decision.outcome, decision.effective_outcome)

    def test_a_docket_without_the_specs_judges_nothing(self):
        with pytest.raises(IntegrityError, match=r"what coverage\.failed is"):
            decide(PASSING, GOOD, specs=())
        more = (kept(), clause(id="A-2", metric=REFUSED.id), PASSING)
        with pytest.raises(
            IntegrityError, match=r"contest.overdue_share, coverage.failed, coverage.refused"
        ):
            decide(policy_of(*more), GOOD, specs=())

    def test_a_policy_none_of_whose_blocking_clauses_applies(self):
        applies = AppliesIf(use_cases=("goal",))
        decision = decide(
            policy_of(clause(applies_if=applies), clause(id="A-2", severity="warn")), GOOD
        )

        assert (BLOCKED, ["A-2"]) == (decision.outcome, [c.id for c in decision.clauses])
        assert BLOCKED == decision.effective_outcome


class TestMeasured:
    def test_passes_fails_and_straddles(self):
        assert [("pass", None), ("fail", None), (BLOCKED, "straddles")] == [
            one(decide(PASSING, level(e, reach=0.1))) for e in (0.1, 0.5, 0.25)
        ]

    @pytest.mark.parametrize(
        ("estimate", "interval"),
        [
            (1e-300, StudentT(scale="log", se=1e300, df=30, clusters=60)),
            (0.0, StudentT(se=1e308, df=1, clusters=60)),
            (0.0, StudentT(se=0.0, df=30, clusters=60, step=1.7e308, widen=1.7e308)),
            (1.0, Binomial(hits=65, n=60)),
        ],
        ids=["steep", "wide", "wider", "more hits than drafts"],
    )
    def test_numbers_that_no_interval_can_have_show_nothing(self, estimate: float, interval: Any):
        found = level(estimate, interval=interval)

        assert BLOCKED == decide(PASSING, found).outcome

    @pytest.mark.parametrize("estimate", [0.0, 1.0])
    def test_without_a_certificate_neither_passes_nor_fails(self, estimate: float):
        assert (BLOCKED, "uncertified") == one(decide(PASSING, level(estimate), certificates=()))

    @pytest.mark.parametrize(
        "changes",
        [{"metric": "coverage.refused"}, {"metric_version": "0.9"}, {"evaluator": "another"}],
    )
    def test_a_certificate_of_something_else_is_none(self, changes: dict[str, str]):
        other = certificate_of(FAILED, **changes)

        assert (BLOCKED, "uncertified") == one(decide(PASSING, GOOD, certificates=(other,)))

    def test_every_finding_must_be_by_the_certified_evaluator(self):
        asked = clause(
            metric=SHIFT.id,
            slices=(Slice(by="gender", inside=0.5), Slice(by="race_ethnicity", inside=0.5)),
            pass_if=None,
            fail_if=None,
        )
        by = [
            ("gender", "female"),
            *(("race_ethnicity", r) for r in ("asian", "black", "hispanic", "white")),
        ]
        found = [finding_of(SHIFT, 0.0, by=b, contrast=c) for b, c in by]
        mixed = [*found[:-1], found[-1].model_copy(update={"evaluator": "another"})]

        assert ["pass", BLOCKED] == [one(decide(asked, *f))[0] for f in (found, mixed)]

    def broken(self, **changes: Any) -> Certificate:
        return certificate_of(FAILED, invariance_max_change=1.0, **changes)

    @pytest.mark.parametrize("estimate", [0.0, 1.0])
    def test_an_evaluator_that_failed_its_own_test_shows_nothing(self, estimate: float):
        decision = decide(PASSING, level(estimate), certificates=(self.broken(),))

        assert (BLOCKED, "certificate_failed") == one(decision)
        assert "the evaluator of coverage.failed failed its own test" == why(decision)

    def test_of_several_certificates_the_one_that_holds_counts(self):
        newer = self.broken(made_on=date(2026, 2, 2))

        assert "pass" == decide(PASSING, GOOD, certificates=(certificate_of(FAILED), newer)).outcome

    def test_a_provisional_certificate_is_told_and_refused_where_the_clause_says(self):
        authors = certificate_of(FAILED, trials=(trial_of("authors"),))
        strict = clause(evidence=PASSING.evidence.model_copy(update={"certificate": "independent"}))
        lenient, refused = (decide(c, GOOD, certificates=(authors,)) for c in (PASSING, strict))
        full = decide(strict, GOOD)

        assert [True, True, False] == [d.clauses[0].provisional for d in (lenient, refused, full)]
        assert ("pass", None) == one(lenient) == one(full)
        assert (BLOCKED, "certificate_provisional") == one(refused)

    def test_an_independent_certificate_goes_before_a_newer_provisional_one(self):
        authors = certificate_of(FAILED, trials=(trial_of("authors"),), made_on=date(2026, 2, 2))
        decision = decide(PASSING, GOOD, certificates=(authors, certificate_of(FAILED)))

        assert not decision.clauses[0].provisional

    @pytest.mark.parametrize(
        ("needed", "found", "reason", "said"),
        [
            (
                {"suite": "goals"},
                {},
                "wrong_suite",
                "measured on suite review-core, the clause asks for goals",
            ),
            (
                {"plan": "full"},
                {},
                "wrong_plan",
                "measured on plan standard, the clause asks for full",
            ),
            ({"baseline": "people"}, {}, "wrong_baseline", "the clause asks for baseline people"),
            (
                {},
                {"version": "0.9"},
                "wrong_metric_version",
                f"coverage.failed is at version {FAILED.version} now",
            ),
            (
                {},
                {"sense": "higher_is_better"},
                "wrong_metric_version",
                "coverage.failed was measured in another direction",
            ),
        ],
    )
    def test_evidence_that_does_not_fit_cannot_pass_and_may_fail(
        self, needed: dict[str, str], found: dict[str, str], reason: str, said: str
    ):
        asked = clause(evidence=PASSING.evidence.model_copy(update=needed))
        given = [level(e, **found) for e in (0.0, 1.0)]
        certified = tuple(certificate_of(FAILED, metric_version=v) for v in (FAILED.version, "0.9"))
        good, bad = (decide(asked, f, certificates=certified) for f in given)

        assert (BLOCKED, reason) == one(good)
        assert said == why(good)
        assert ("fail", None) == one(bad)

    def test_evidence_that_fits_passes(self):
        needed = {"plan": "standard", "baseline": "people"}
        asked = clause(evidence=PASSING.evidence.model_copy(update=needed))

        assert "pass" == decide(asked, level(0.0, baseline="people")).outcome

    @pytest.mark.parametrize(
        ("severity", "outcome"), [("block", BLOCKED), ("warn", "pass"), ("report", "pass")]
    )
    def test_a_reference_drafter_as_baseline_may_warn_and_never_block(
        self, severity: str, outcome: str
    ):
        decision = decide(clause(severity=severity), level(0.0, baseline="reference"))
        failing = decide(clause(severity=severity), level(1.0, baseline="reference"))

        assert (outcome, "wrong_baseline" if outcome == BLOCKED else None) == one(decision)
        assert (BLOCKED if severity == "block" else "fail") == failing.clauses[0].outcome

    def test_more_attempts_ask_for_more_certainty(self):
        """.05 of three attempts each: t(.05/3, 30) = 2.2303 where t(.05, 30) = 1.6973."""
        exact = level(0.0, interval=StudentT(se=0.125, df=30, clusters=60))
        three = policy_of(PASSING, attempts=AttemptRule(max_per_lineage=3))
        alone, shared = decide(PASSING, exact), decide(three, exact)

        assert ["pass", BLOCKED] == [alone.outcome, shared.outcome]
        assert [0.2122, 0.2788] == [
            round(d.clauses[0].slices[0].upper or 0, 4) for d in (alone, shared)
        ]
        assert "over 3 attempts (98.3% in each)" in shared.clauses[0].reading

    def test_the_reading_is_the_sentence_that_was_signed(self):
        specs = {spec.id: spec for spec in SPECS}

        for asked in (PASSING, prop("owner", stated=True), asks(), kept()):
            assert reading(asked, specs, attempts=1) == decide(asked).clauses[0].reading


class TestSlices:
    """What must be there, and in which order it is told."""

    GENDERS, TEAMS = (
        {"by": "gender", "contrast": "female"},
        tuple({"by": "team", "contrast": team} for team in "abc"),
    )
    PLAN = {"gender": ("male", "female"), "team": ("c", "b", "a")}

    def over(self, *by: str, **changes: Any) -> MeasuredClause:
        slices = tuple(Slice(by=b, inside=0.5) for b in by)
        bare = {"metric": SHIFT.id, "slices": slices, "pass_if": None, "fail_if": None}
        return clause(**(bare | changes))

    def judged(self, asked: MeasuredClause, *found: Any, **run: Any):
        decision = decide(asked, *found, run={"groups": self.PLAN} | run)
        [judged] = decision.clauses
        return judged

    def test_of_two_groups_the_first_by_name_stands_for_both_whatever_their_order(self):
        first = finding_of(SHIFT, 0.0, **self.GENDERS)
        second = first.model_copy(update={"contrast": "male"})

        assert "pass" == self.judged(self.over("gender"), first).outcome
        assert "missing_slice" == self.judged(self.over("gender"), second).reason

    def test_of_a_cross_of_two_cells_both_must_be_there(self):
        plan = {"gender": ("female", "male"), "team": ("a",)}
        cells = [
            finding_of(SHIFT, 0.0, by="gender*team", contrast=f"{g}*a") for g in ("female", "male")
        ]
        asked = self.over("gender*team")

        assert "pass" == self.judged(asked, *cells, groups=plan).outcome
        assert "missing_slice" == self.judged(asked, cells[0], groups=plan).reason

    def test_a_reason_for_one_group_does_not_stand_for_others(self):
        thin = finding_of(SHIFT, Undefined(reason="thin"), interval=None, **self.TEAMS[0])
        judged = self.judged(self.over("team"), thin)

        assert ["team: a", "team: b", "team: c"] == [s.slice for s in judged.slices]

    def test_a_reason_for_all_beside_a_number_for_one_does_not_stand_for_others(self):
        whole = finding_of(SHIFT, Undefined(reason="thin"), interval=None, by="team")
        found = finding_of(SHIFT, 0.0, **self.TEAMS[0])
        judged = self.judged(self.over("team"), whole, found)

        assert ["team: b", "team: c"] == [
            s.slice for s in judged.slices if s.reason == "missing_slice"
        ]

    def test_all_groups_without_a_finding_are_named_in_order(self):
        found = finding_of(SHIFT, 0.0, **self.TEAMS[0])
        judged = self.judged(self.over("team"), found, groups={"team": tuple("gfedcba")})

        assert [f"team: {team}" for team in "bcdefga"] == [s.slice for s in judged.slices]

    def test_a_reason_beside_an_interval_is_still_no_number(self):
        odd = finding_of(SHIFT, 0.0, **self.GENDERS).model_copy(
            update={"estimate": Undefined(reason="thin")}
        )

        assert "not_assessable" == self.judged(self.over("gender"), odd).reason

    def test_slices_as_far_as_each_other_stand_in_the_clauses_order_and_then_by_name(self):
        found = [
            finding_of(SHIFT, e, **t) for e, t in zip((0.1, -0.1, 0.1), self.TEAMS, strict=True)
        ]
        found.append(finding_of(SHIFT, 0.1, **self.GENDERS))
        for order in permutations(found):
            judged = self.judged(self.over("team", "gender"), *order)

            assert ["team: a", "team: b", "team: c", "gender: female"] == [
                s.slice for s in judged.slices
            ]

    @pytest.mark.parametrize(
        ("held", "order"),
        [
            ({"pass_if": Bound(upper_le=0.9), "fail_if": Bound(lower_gt=0.9)}, "bac"),
            ({"pass_if": Bound(lower_ge=0.1), "fail_if": Bound(upper_lt=0.1)}, "cab"),
        ],
    )
    def test_where_an_end_is_held_the_nearest_to_it_stands_first(self, held: Any, order: str):
        asked = self.over("team").model_copy(update={"slices": (Slice(by="team"),)} | held)
        found = [
            finding_of(SHIFT, e, **t) for e, t in zip((0.5, 0.6, 0.4), self.TEAMS, strict=True)
        ]
        judged = self.judged(asked, *found)

        assert ("pass", list(order)) == (judged.outcome, [s.slice[-1] for s in judged.slices])

    def test_of_what_is_undecided_a_number_stands_before_a_reason(self):
        thin = finding_of(SHIFT, Undefined(reason="thin"), interval=None, **self.TEAMS[0])
        vague = [finding_of(SHIFT, 0.1, se=1.0, **t) for t in self.TEAMS[1:]]
        judged = self.judged(self.over("team"), thin, *vague)

        assert ["team: b", "team: c", "team: a"] == [s.slice for s in judged.slices]
        assert "straddles" == judged.reason

    def test_what_cannot_be_judged_makes_no_other_slice_fail(self):
        """Beyond .5 by 1.8 se: t(.05, 30) = 1.70, t(.025, 30) = 2.04. Two share the level."""
        found = finding_of(SHIFT, 0.5 + 1.8, se=1.0, **self.TEAMS[0])
        unpaired = finding_of(SHIFT, 9.0, design="unpaired", **self.TEAMS[1])
        silent = finding_of(SHIFT, 9.0, **self.TEAMS[1]).model_copy(update={"interval": None})

        for other in (unpaired, silent):
            assert BLOCKED == self.judged(self.over("team"), found, other).outcome

    def test_of_a_slice_that_the_clause_does_not_name_nothing_passes_or_fails(self):
        other = finding_of(SHIFT, 0.0, by="age", contrast="older")
        beyond = other.model_copy(update={"estimate": 9.0})

        assert not passes(self.over("team"), other, 0.05)
        assert not fails(self.over("team"), beyond, 0.05)

    def test_one_finding_beside_a_reference_drafter_is_one_too_many(self):
        found = [finding_of(SHIFT, 0.0, **t) for t in self.TEAMS]
        beside = found[1].model_copy(update={"baseline": "reference"})

        assert "wrong_baseline" == self.judged(self.over("team"), found[0], beside, found[2]).reason

    def test_one_finding_beside_another_baseline_is_one_too_many(self):
        needed = PASSING.evidence.model_copy(update={"baseline": "people"})
        found = [finding_of(SHIFT, 0.0, baseline="people", **t) for t in self.TEAMS]
        asked = self.over("team", evidence=needed)
        other = found[1].model_copy(update={"baseline": "others"})

        assert "pass" == self.judged(asked, *found).outcome
        assert "wrong_baseline" == self.judged(asked, found[0], other, found[2]).reason


class TestAgainstAnIncumbent:
    ASKED = clause(against="incumbent")
    PAIRED = level(0.0, against="incumbent")

    def test_passes_and_fails_by_the_paired_difference(self):
        for estimate, outcome in ((0.0, "pass"), (1.0, "fail")):
            paired = comparison_of([level(estimate, against="incumbent")])
            decision = decide(self.ASKED, comparison=paired)

            assert outcome == decision.outcome
            assert paired.incumbent == decision.incumbent

    def test_levels_of_the_candidate_are_no_difference(self):
        """Neither in the run's own findings nor within the comparison."""
        decision = decide(self.ASKED, GOOD, comparison=comparison_of([GOOD]))

        assert (BLOCKED, "missing_finding") == one(decision)
        assert (BLOCKED, "missing_finding") == one(decide(PASSING, self.PAIRED))

    def test_without_an_incumbent_there_is_no_difference(self):
        decision = decide(self.ASKED, self.PAIRED)

        assert (BLOCKED, "no_incumbent") == one(decision)
        assert "no incumbent's run was given to compare with" == why(decision)
        assert decision.incumbent is None

    def test_a_comparison_with_other_drafts_is_none(self):
        decision = decide(self.ASKED, comparison=comparison_of([self.PAIRED], candidate="2" * 64))

        assert (BLOCKED, "no_incumbent") == one(decision)
        assert "the incumbent was compared with other drafts than these" == why(decision)

    def test_a_candidate_is_never_its_own_incumbent(self):
        """Nobody is worse than they are themselves: it would always pass."""
        itself = comparison_of([self.PAIRED], incumbent=run_facts(run_id="again"))
        decision = decide(self.ASKED, comparison=itself)

        assert (BLOCKED, "no_incumbent") == one(decision)
        assert "the incumbent is the candidate itself" == why(decision)


class TestProperties:
    @pytest.mark.parametrize(
        ("asked", "stated", "outcome"),
        [
            (prop("human_review", equals="required"), "required", "pass"),
            (prop("human_review", equals="required"), "optional", "fail"),
            (prop("automatic_submission", equals=False), False, "pass"),
            (prop("automatic_submission", equals=False), True, "fail"),
            (prop("retention_days", equals=False), 0, "fail"),
            (prop("retention_days", at_most=30), 30, "pass"),
            (prop("retention_days", at_most=30), 31, "fail"),
            (prop("retention_days", at_most=0), 0, "pass"),
            (prop("automatic_submission", at_most=1), True, "fail"),
            (prop("provider_regions", one_of=("EU", "UK")), ("UK",), "pass"),
            (prop("provider_regions", one_of=("EU", "UK")), ("UK", "US"), "fail"),
            (prop("participation", one_of=("opt_in",)), "opt_in", "pass"),
            (prop("participation", one_of=("opt_in",)), "mandatory", "fail"),
            (prop("data_sources", none_of=("e-mail", "chat")), ("goals",), "pass"),
            (prop("data_sources", none_of=("e-mail", "chat")), ("goals", "chat"), "fail"),
            (prop("third_parties", none_of=("named",)), "none", "pass"),
            (prop("retention_days", none_of=("forever",)), 7, "fail"),
            (prop("purposes", includes=("reviews",)), ("reviews", "goals"), "pass"),
            (prop("purposes", includes=("reviews",)), ("reviews",), "pass"),
            (prop("purposes", includes=("reviews", "goals")), ("reviews",), "fail"),
            (prop("owner", stated=True), "Head of People", "pass"),
            (prop("trains_on_data", stated=True), False, "pass"),
            (prop("retention_days", stated=True), 0, "pass"),
        ],
    )
    def test_what_is_stated_is_what_it_must_be_or_not(
        self, asked: PropertyClause, stated: Any, outcome: str
    ):
        deployment = Deployment(**{asked.property: stated})
        decision = decide(asked, run={"deployment": deployment})

        assert (outcome, None) == one(decision)
        said = f"“{stated}”" if stated == "Head of People" else shown(stated)
        assert why(decision) == f"{in_words(asked.property)} is stated as {said}"

    @pytest.mark.parametrize("blank", ["", "  ", (), ("",), ("", " ")])
    def test_a_blank_answer_states_nothing(self, blank: Any):
        name = "owner" if isinstance(blank, str) else "purposes"

        for must in ({"stated": True}, {"none_of": ("hiring",)}):
            decision = decide(prop(name, **must), run={"deployment": Deployment(**{name: blank})})

            assert (BLOCKED, "not_stated") == one(decision)
            assert f"the pipeline's manifest does not state its {name}" == why(decision)

    def test_what_is_no_field_of_a_manifest_is_not_stated(self):
        deployment = Deployment(owner="Head of People")

        for name in ("as_json", "model_fields_set", "__doc__"):
            assert (BLOCKED, "not_stated") == one(
                decide(prop(name, stated=True), run={"deployment": deployment})
            )

    def test_values_read_as_people_say_them(self):
        assert ["yes", "no", "7", "EU, UK", "opt_in"] == [
            shown(v) for v in (True, False, 7, ("EU", "UK"), "opt_in")
        ]


class TestAttestations:
    def said(self, *acts: Any, asked: AttestedClause | None = None, **run: Any) -> Decision:
        return decide(asked or asks(), attestations=acts, run=run)

    def test_a_statement_by_the_role_passes_and_is_named(self):
        act = attested(WORKER)
        decision = self.said(act)
        [used] = decision.attestations

        assert ("pass", None) == one(decision)
        assert "agreed, as ben (worker representative) signed on 3 March 2026" == why(decision)
        assert ("WORK-1", act.digest, "agreed", act.signers) == (
            used.clause,
            used.digest,
            used.answer,
            used.signers,
        )

    @pytest.mark.parametrize(
        "act",
        [
            attested(WORKER, attestation="training"),
            attested(WORKER, policy="another"),
            attested(WORKER, lineage="another"),
            attested(WORKER, role="board-chair"),
            attested(CHAIR),
            attested(CHAIR, role="worker-representative"),
            attested(WORKER, made=NOW + timedelta(seconds=1)),
        ],
        ids=["kind", "policy", "lineage", "made as", "by role", "claimed role", "future"],
    )
    def test_a_statement_of_something_else_is_none(self, act: Any):
        decision = self.said(act)

        assert (BLOCKED, "not_attested") == one(decision)
        assert why(decision) == (
            "nobody with the role worker representative has signed “works council”: agreed"
        )
        assert () == decision.attestations

    def test_a_statement_of_this_very_lineage_or_this_very_moment_counts(self):
        assert "pass" == self.said(attested(WORKER, lineage="made-up")).outcome
        assert "pass" == self.said(attested(WORKER, made=NOW)).outcome

    def test_an_objection_cannot_be_outvoted(self):
        acts = [attested(WORKER), attested(OTHER_WORKER, answer="objected"), attested(CHAIR)]
        for order in permutations(acts):
            decision = self.said(*order)

            assert ("fail", None) == one(decision)
            assert "objected to by cyd (worker representative)" == why(decision)

    def test_an_objection_is_an_answer_where_the_clause_takes_it(self):
        heard = asks(answers=("agreed", "consulted", "objected"))

        assert "pass" == self.said(attested(WORKER, answer="objected"), asked=heard).outcome

    def test_who_objects_may_agree_later_and_the_other_way_round(self):
        before = {"made": NOW - 2 * DAY}
        agreed, objected = attested(WORKER), attested(WORKER, answer="objected")
        first = attested(WORKER, answer="objected", **before)

        assert "pass" == self.said(agreed, first).outcome
        assert "fail" == self.said(objected, attested(WORKER, **before)).outcome

    def test_who_says_both_at_once_objects(self):
        for refs in ((), ("a",), ("b",), ("c",)):
            acts = attested(WORKER, refs=refs), attested(WORKER, answer="objected")

            assert "fail" == self.said(*acts).outcome

    def test_an_answer_that_the_clause_does_not_take(self):
        decision = self.said(attested(WORKER, answer="consulted"))

        assert (BLOCKED, "not_attested") == one(decision)
        assert "answered was consulted, the clause asks for agreed" == why(decision)

    def test_all_that_was_answered_instead_is_told_and_of_what_is_over_the_latest(self):
        answers = ("not_applicable", "done", "consulted")
        people = (WORKER, OTHER_WORKER, signer("eve", "worker-representative"))
        instead = [attested(who, answer=a) for who, a in zip(people, answers, strict=True)]
        over = [
            attested(who, made=NOW - age * DAY)
            for who, age in zip(people, (90, 40, 60), strict=True)
        ]

        assert why(self.said(*instead)).startswith("answered was consulted, done, not applicable,")
        assert (
            why(self.said(*over)) == "the statement of 2026-01-23 no longer holds; sign a new one"
        )

    def test_one_accepted_answer_is_enough_beside_one_that_is_not_taken(self):
        assert (
            "pass"
            == self.said(attested(OTHER_WORKER, answer="consulted"), attested(WORKER)).outcome
        )

    @pytest.mark.parametrize(
        ("changes", "outcome"),
        [
            ({"expires": NOW.date()}, "pass"),
            ({"expires": NOW.date() - DAY}, BLOCKED),
            ({"made": NOW - 30 * DAY}, "pass"),
            ({"made": NOW - 30 * DAY - timedelta(seconds=1)}, BLOCKED),
        ],
    )
    def test_a_statement_that_is_over_or_too_old(self, changes: dict[str, Any], outcome: str):
        decision = self.said(attested(WORKER, **changes))

        assert outcome == decision.outcome
        assert (None if outcome == "pass" else "attestation_expired") == one(decision)[1]
        if outcome != "pass":
            made = changes.get("made", NOW - DAY).date()
            assert f"the statement of {made} no longer holds; sign a new one" == why(decision)

    def test_what_somebody_took_back_by_a_shorter_statement_does_not_stand(self):
        longer = attested(WORKER, made=NOW - 9 * DAY)
        over = attested(WORKER, made=NOW - 2 * DAY, expires=(NOW - DAY).date())

        assert (BLOCKED, "attestation_expired") == one(self.said(longer, over))

    def test_a_decision_holds_no_longer_than_the_statements_it_rests_on(self):
        """30 days after the day before; or the statement's own last day; warnings do not count."""
        short = attested(WORKER, expires=date(2026, 3, 20))

        assert date(2026, 4, 2) == self.said(attested(WORKER)).expires
        assert date(2026, 3, 20) == self.said(short).expires
        assert NOW.date() + 90 * DAY == self.said(short, asked=asks(severity="warn")).expires


class TestTheRecord:
    def kept_to(self, *facts: Any, asked: RecordClause | None = None) -> Decision:
        return decide(asked or kept(), record=facts)

    @pytest.mark.parametrize(
        ("estimate", "said"),
        [(0.0, ("pass", None)), (1.0, ("fail", None)), (0.2, (BLOCKED, "straddles"))],
    )
    def test_passes_fails_and_straddles(self, estimate: float, said: tuple[str, str | None]):
        found = level(estimate, spec=OVERDUE, reach=0.1)

        assert said == one(self.kept_to(record_of([found])))

    def test_it_needs_no_certificate_and_its_own_number_of_cases(self):
        few, enough = (
            decide(
                kept(), record=(record_of([level(0.0, spec=OVERDUE, cases=n)]),), certificates=()
            )
            for n in (19, 20)
        )

        assert (BLOCKED, "too_few_cases") == one(few)
        assert "pass" == enough.outcome

    @pytest.mark.parametrize(
        ("as_of", "outcome"),
        [
            (NOW, "pass"),
            (NOW - 7 * DAY, "pass"),
            (NOW - 7 * DAY - timedelta(seconds=1), BLOCKED),
            (NOW + timedelta(seconds=1), BLOCKED),
        ],
    )
    def test_statistics_older_than_a_week_or_from_the_future_are_none(self, as_of, outcome: str):
        decision = self.kept_to(record_of([FINE], as_of=as_of))

        assert outcome == decision.outcome
        if outcome == BLOCKED:
            assert (BLOCKED, "no_record") == one(decision)
            assert f"it was read at {as_of:%Y-%m-%d %H:%M}" in why(decision)

    def test_statistics_over_another_window_are_none(self):
        decision = self.kept_to(record_of([FINE], window_days=30))

        assert (BLOCKED, "no_record") == one(decision)
        assert why(decision) == (
            "the last 90 days of the contest record were not read within the last week"
        )

    def test_of_several_the_latest_of_the_window_counts(self):
        worse = level(1.0, spec=OVERDUE)
        older, newer = record_of([FINE], as_of=NOW - DAY), record_of([worse], as_of=NOW)

        assert "fail" == self.kept_to(newer, older, record_of([FINE], window_days=30)).outcome
        assert "fail" == self.kept_to(older, newer).outcome

    def test_another_statistic_is_no_answer(self):
        assert (BLOCKED, "missing_finding") == one(self.kept_to(record_of([GOOD])))

    @pytest.mark.parametrize("changes", [{"version": "0.9"}, {"sense": "higher_is_better"}])
    def test_statistics_of_another_make_cannot_pass(self, changes: dict[str, str]):
        found = level(0.0, spec=OVERDUE, **changes)
        bad = level(1.0, spec=OVERDUE, **changes)

        assert (BLOCKED, "wrong_metric_version") == one(self.kept_to(record_of([found])))
        assert "fail" == self.kept_to(record_of([bad])).outcome

    def test_groups_are_counted_by_the_record_itself(self):
        asked = kept(
            record=GAP.id,
            slices=(Slice(by="team", inside=0.5),),
            statistic=Statistic(confidence=0.9, sided="two"),
            pass_if=None,
            fail_if=None,
        )
        found = [finding_of(GAP, 0.0, by="team", contrast=team) for team in ("a", "b", "c")]
        full, short, none = (
            decide(asked, record=(record_of(f, groups={"team": g}),))
            for f, g in ((found, ("a", "b", "c")), (found[:2], ("a", "b", "c")), (found, ()))
        )

        assert "pass" == full.outcome
        assert (BLOCKED, "missing_slice") == one(short) == one(none)
        for odd in ({"version": "0.9"}, {"sense": "lower_is_better"}):
            mixed = [*found[:2], found[2].model_copy(update=odd)]
            decision = decide(asked, record=(record_of(mixed, groups={"team": ("a", "b", "c")}),))

            assert (BLOCKED, "wrong_metric_version") == one(decision)

    def test_contests_are_not_to_be_had_by_drafting_more(self):
        """It used to divide by no cases at all."""
        found = level(0.0, spec=OVERDUE, cases=5)

        assert self.kept_to(record_of([found])).more_evidence is None


class TestWaivers:
    WRITTEN = policy_of(clause(waiver=WAIVABLE))

    def digest_of(self, *found: Any) -> str:
        return digest(Findings(run=run_facts(), findings=found).as_json())

    def waiver(self, *by: Any, found: Any = BAD, **changes: Any) -> Signed[Waiver]:
        given = {"findings_digest": self.digest_of(found)} | changes
        return waived("COV-1", *(by or (CHAIR,)), **given)

    def judged(self, *waivers: Any, found: Any = BAD, policy: Policy | None = None, **more: Any):
        return decide(policy or self.WRITTEN, found, waivers=waivers, **more)

    @pytest.mark.parametrize("found", [BAD, level(0.25, reach=0.1)])
    def test_a_waiver_changes_the_effective_outcome_and_never_the_measured_one(self, found: Any):
        without = self.judged(found=found)
        decision = self.judged(self.waiver(found=found), found=found)
        [judged] = decision.clauses

        assert (without.outcome, "pass") == (decision.outcome, decision.effective_outcome)
        assert "waived" == judged.effective
        assert ("dora", (CHAIR,)) == (judged.waiver.requester, judged.waiver.approvers)
        assert (judged.outcome, judged.reason) == one(without)
        assert () == decision.waivers_refused

    def test_another_blocking_clause_still_fails(self):
        written = policy_of(*self.WRITTEN.clauses, clause(id="COV-2", metric=REFUSED.id))
        found = (BAD, level(1.0, spec=REFUSED))
        decision = decide(
            written, *found, waivers=(self.waiver(findings_digest=self.digest_of(*found)),)
        )

        assert ("fail", "fail") == (decision.outcome, decision.effective_outcome)
        assert ["waived", "fail"] == [c.effective for c in decision.clauses]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"policy_digest": "2" * 64}, "it was given for another policy"),
            ({"fingerprint": "2" * 64}, "it was given for another candidate"),
            ({"findings_digest": "2" * 64}, "it was given for another findings"),
            (
                {"created": NOW + timedelta(seconds=1)},
                "it is dated 2026-03-04 05:06, which is yet to come",
            ),
            ({"expires": NOW.date() - DAY}, "it expired on 2026-03-03"),
            ({"created": NOW - 2 * DAY}, "it is for 31 days, the clause allows 30"),
            ({"requester": "ana"}, "not signed by board-chair"),
        ],
    )
    def test_each_reason_why_one_does_not_hold(self, changes: dict[str, Any], said: str):
        decision = self.judged(self.waiver(**changes))
        [refused] = decision.waivers_refused

        assert ("COV-1", said) == (refused.clause, refused.why)
        assert ("fail", "fail") == (decision.clauses[0].effective, decision.effective_outcome)
        assert decision.clauses[0].waiver is None

    def test_all_that_changed_is_named(self):
        other = self.waiver(fingerprint="2" * 64, findings_digest="2" * 64)
        [refused] = self.judged(other).waivers_refused

        assert "it was given for another candidate and findings" == refused.why

    @pytest.mark.parametrize(
        "rule",
        [
            WaiverRule(allowed=False, approvers=("board-chair",), max_days=30),
            WaiverRule(allowed=True, approvers=("board-chair",)),
            WaiverRule(allowed=True, max_days=30),
        ],
        ids=["not allowed", "for ever", "by nobody"],
    )
    def test_a_clause_that_cannot_be_waived(self, rule: WaiverRule):
        decision = self.judged(self.waiver(), policy=policy_of(clause(waiver=rule)))

        assert "fail" == decision.effective_outcome
        assert "the clause cannot be waived" == decision.waivers_refused[0].why

    @pytest.mark.parametrize(
        ("changes", "holds"),
        [
            ({"expires": NOW.date()}, True),
            ({"created": NOW}, True),
            ({"created": NOW, "expires": (NOW + 30 * DAY).date()}, True),
            ({"created": NOW, "expires": (NOW + 31 * DAY).date()}, False),
        ],
    )
    def test_the_first_and_the_last_day_count(self, changes: dict[str, Any], holds: bool):
        assert holds == (self.judged(self.waiver(**changes)).effective_outcome == "pass")

    def test_a_ticket_where_the_clause_asks_for_one(self):
        rule = WAIVABLE.model_copy(update={"needs": ("ticket",)})
        written = policy_of(clause(waiver=rule))
        without, with_one = (
            self.judged(self.waiver(ticket=t), policy=written) for t in (None, "HR-7")
        )

        assert "the clause asks for a ticket" == without.waivers_refused[0].why
        assert ("pass", "HR-7") == (with_one.effective_outcome, with_one.clauses[0].waiver.ticket)

    def test_every_role_needs_a_person_of_its_own(self):
        rule = WAIVABLE.model_copy(update={"approvers": ("board-chair", "worker-representative")})
        written = policy_of(clause(waiver=rule))
        both = signer("eve", "board-chair", "worker-representative")

        def why_not(*by: Any) -> list[str]:
            return [r.why for r in self.judged(self.waiver(*by), policy=written).waivers_refused]

        assert [] == why_not(CHAIR, WORKER) == why_not(WORKER, both) == why_not(both, CHAIR)
        assert ["not signed by worker-representative"] == why_not(CHAIR) == why_not(both)
        assert ["not signed by board-chair"] == why_not(WORKER, OTHER_WORKER)

    def test_people_are_seated_so_that_as_many_roles_as_can_be_are_filled(self):
        """One choice at a time leaves somebody standing here."""
        roles = ("a", "b", "c", "d")
        asked = clause(waiver=WAIVABLE.model_copy(update={"approvers": roles}))
        people = [
            signer("p", "b", "d"),
            signer("q", "a", "d", "b"),
            signer("r", "d", "a", "c"),
            signer("s", "c", "b", "a"),
        ]
        for order in permutations(people):
            assert () == missing_approvers(self.waiver(*order), asked)
        three = clause(waiver=WAIVABLE.model_copy(update={"approvers": roles[:3]}))
        for order in permutations([signer("p", "a", "b", "c"), signer("q", "a"), signer("r", "a")]):
            assert ("c",) == missing_approvers(self.waiver(*order), three)
        assert ("b",) == missing_approvers(
            self.waiver(signer("p", "a"), signer("q", "c"), signer("r", "d")), asked
        )

    def test_of_those_that_hold_the_longest_counts(self):
        shorter, longer = (self.waiver(expires=date(2026, 3, d)) for d in (10, 20))
        for order in permutations([shorter, longer, self.waiver(expires=date(2026, 3, 3))]):
            decision = self.judged(*order)

            assert longer.digest == decision.clauses[0].waiver.digest
            assert 1 == len(decision.waivers_refused)
            assert date(2026, 3, 20) == decision.expires

    def test_a_waived_warning_ends_no_decision(self):
        written = policy_of(
            clause(waiver=WAIVABLE, severity="warn"), clause(id="A-2", metric=REFUSED.id)
        )
        found = (BAD, level(0.0, spec=REFUSED))
        decision = decide(
            written, *found, waivers=(self.waiver(findings_digest=self.digest_of(*found)),)
        )

        assert "waived" == decision.clauses[0].effective
        assert NOW.date() + 90 * DAY == decision.expires

    def test_a_clause_that_passes_needs_none(self):
        decision = self.judged(self.waiver(found=GOOD), found=GOOD)

        assert ("pass", None) == (decision.clauses[0].effective, decision.clauses[0].waiver)
        assert () == decision.waivers_refused

    def test_what_speaks_of_neither_this_text_nor_this_candidate_is_not_ours_to_refuse(self):
        stranger = self.waiver(policy_digest="2" * 64, fingerprint="3" * 64)
        of_another = waived("COV-9", CHAIR, findings_digest=self.digest_of(BAD))

        assert () == self.judged(stranger, of_another).waivers_refused

    def test_what_is_wrong_with_the_whole_decision_cannot_be_waived(self):
        facts = run_facts(mode="decide")
        found = Findings(run=facts, findings=(GOOD,))
        given = self.waiver(findings_digest=digest(found.as_json()))
        decision = self.judged(given, found=GOOD, run={"mode": "decide"})
        [refused] = decision.waivers_refused

        assert (BLOCKED, "attempts_unknown") == one(decision)
        assert BLOCKED == decision.effective_outcome
        assert refused.why.startswith(
            "what is in the way is not the clause: the record of attempts"
        )

    @pytest.mark.parametrize(
        ("run", "docket", "reason"),
        [
            ({}, {"scope": Scope(use_cases=("review",), stage="rollout")}, "out_of_scope"),
            ({"mode": "decide"}, {"attempts": attempts_of("a", "made-up")}, "attempts_used_up"),
        ],
    )
    def test_nor_a_scope_that_is_too_wide_nor_one_attempt_too_many(
        self, run: dict[str, Any], docket: dict[str, Any], reason: str
    ):
        found = Findings(run=run_facts(**run), findings=(GOOD,))
        given = self.waiver(findings_digest=digest(found.as_json()))
        decision = self.judged(given, found=GOOD, run=run, **docket)
        [refused] = decision.waivers_refused

        assert (BLOCKED, reason) == one(decision)
        assert refused.why.startswith("what is in the way is not the clause")

    @pytest.mark.parametrize(
        ("run", "docket"),
        [
            ({"mode": "decide"}, {}),
            ({"mode": "decide"}, {"attempts": attempts_of("a", "made-up")}),
            ({}, {"scope": Scope(use_cases=("review",), stage="rollout")}),
        ],
        ids=["attempts unknown", "attempts used up", "out of scope"],
    )
    def test_nor_is_it_waived_where_the_only_clause_failed_as_well(
        self, run: dict[str, Any], docket: dict[str, Any]
    ):
        found = Findings(run=run_facts(**run), findings=(BAD,))
        given = self.waiver(findings_digest=digest(found.as_json()))
        decision = self.judged(given, found=BAD, run=run, **docket)

        assert ("fail", "fail") == (decision.outcome, decision.effective_outcome)
        assert decision.waivers_refused[0].why.startswith("what is in the way is not the clause")


class TestWhetherAClauseApplies:
    SCOPE = Scope(use_cases=("review",), stage="pilot", jurisdictions=("US-NY",))

    def applied(self, scope: Scope | None = None, **condition: Any) -> list[str]:
        written = policy_of(clause(applies_if=AppliesIf(**condition)), clause(id="A-2"))
        decision = decide(written, GOOD, scope=scope or self.SCOPE)
        assert {"A-2"} <= {c.id for c in decision.clauses}
        return [skipped.why for skipped in decision.not_applied]

    @pytest.mark.parametrize(
        "condition",
        [
            {},
            {"use_cases": ("goal", "review")},
            {"stages": ("pilot",)},
            {"jurisdictions": ("EU", "US-NY")},
            {"jurisdictions": ("US",)},
            {"jurisdictions": ("US-NY-NYC",)},
        ],
    )
    def test_where_every_list_meets_the_scope(self, condition: dict[str, Any]):
        """A law of the country binds in its state, and a decision for a state also for its city."""
        assert [] == self.applied(**condition)

    @pytest.mark.parametrize(
        ("condition", "why_not"),
        [
            ({"use_cases": ("goal",)}, "it is for use goal alone"),
            ({"stages": ("rollout",)}, "it is for stage rollout alone"),
            ({"jurisdictions": ("EU", "US-N")}, "it is for jurisdiction EU or US-N alone"),
            (
                {"use_cases": ("goal",), "stages": ("rollout",), "jurisdictions": ("US-NJ",)},
                "it is for use goal and stage rollout and jurisdiction US-NJ alone",
            ),
        ],
    )
    def test_one_list_that_does_not_meet_it_excuses(self, condition: dict[str, Any], why_not: str):
        assert [why_not] == self.applied(**condition)

    @pytest.mark.parametrize(("scope", "law"), [("DE", "EU"), ("EU", "DE"), ("DE-BY", "EU")])
    def test_a_law_of_the_union_binds_in_its_member_states(self, scope: str, law: str):
        there = self.SCOPE.model_copy(update={"jurisdictions": (scope,)})

        assert [] == self.applied(there, jurisdictions=(law,))
        assert ["it is for jurisdiction GB alone"] == self.applied(there, jurisdictions=("GB",))

    def test_an_unknown_jurisdiction_does_not_excuse(self):
        nowhere = self.SCOPE.model_copy(update={"jurisdictions": ()})

        assert [] == self.applied(nowhere, jurisdictions=("EU",))

    def test_a_clause_that_is_not_applied_is_not_judged(self):
        failing = clause(applies_if=AppliesIf(stages=("rollout",)))
        decision = decide(
            policy_of(failing, clause(id="A-2", metric=REFUSED.id)), BAD, level(0.0, spec=REFUSED)
        )

        assert ("pass", ["A-2"]) == (decision.outcome, [c.id for c in decision.clauses])
        [skipped] = decision.not_applied
        assert ("COV-1", "") == (skipped.id, skipped.title)


class TestScope:
    POLICY = Scope(
        use_cases=("review", "goal"),
        stage="pilot",
        cohort="sales",
        jurisdictions=("US-NY", "UK"),
        role_families=("sales", "support"),
    )
    ASKED = POLICY.model_copy(update={"use_cases": ("review",)})

    def within(self, policy: Scope | None = None, run: dict[str, Any] | None = None, **asked: Any):
        return decide(
            policy_of(PASSING, scope=policy or self.POLICY),
            GOOD,
            run={"role_families": ("sales", "support")} | (run or {}),
            scope=self.ASKED.model_copy(update=asked),
        )

    @pytest.mark.parametrize(
        "narrower",
        [
            {},
            *({"jurisdictions": (place,)} for place in ("UK", "US-NY-NYC")),
            {"role_families": ("sales",)},
        ],
    )
    def test_a_decision_may_be_for_less(self, narrower: dict[str, Any]):
        assert ("pass", None) == one(self.within(**narrower))

    @pytest.mark.parametrize(
        ("wider", "said"),
        [
            ({"use_cases": ("review", "attrition")}, "use cases attrition"),
            ({"languages": ("en", "fr")}, "languages fr"),
            ({"jurisdictions": ("UK", "EU")}, "jurisdictions EU"),
            ({"jurisdictions": ("US",)}, "jurisdictions US"),
            ({"jurisdictions": ("UK", "IT", "DE", "FR", "EU")}, "jurisdictions DE, EU, FR, IT"),
            ({"jurisdictions": ()}, "jurisdictions without a limit"),
            ({"role_families": ("legal",)}, "role families legal"),
            ({"role_families": ()}, "role families without a limit"),
            ({"cohort": None}, "cohort everybody"),
            ({"cohort": "support"}, "cohort support"),
            ({"stage": "rollout"}, "a rollout"),
            ({"human_review": False}, "use without human review"),
        ],
    )
    def test_no_decision_is_wider_than_its_policy(self, wider: dict[str, Any], said: str):
        decision = self.within(**wider)

        assert (BLOCKED, "out_of_scope") == one(decision)
        assert f"the decision is to hold for {said}, the policy does not" == why(decision)

    def test_what_a_policy_does_not_limit_may_be_anything(self):
        free = self.POLICY.model_copy(
            update={
                "jurisdictions": (),
                "role_families": (),
                "cohort": None,
                "human_review": False,
                "stage": "rollout",
            }
        )
        for asked in (
            {"jurisdictions": ("EU",)},
            {"cohort": "support"},
            {"human_review": False},
            {"stage": "pilot"},
            {"stage": "rollout"},
        ):
            assert "pass" == self.within(free, **asked).outcome

    @pytest.mark.parametrize(
        ("run", "asked", "said"),
        [
            ({"use_case": "goal"}, {}, "drafts for goal, the policy is for review"),
            (
                {},
                {"use_cases": ("review", "goal")},
                "drafts for review, the policy is for review or goal",
            ),
            ({"language": "fr"}, {}, "drafts in fr, the policy is for en"),
            ({"role_families": ("sales",)}, {}, "no drafts for the role families support"),
            ({"role_families": ()}, {}, "no drafts for the role families sales, support"),
        ],
    )
    def test_no_decision_is_wider_than_what_was_tested(
        self, run: dict[str, Any], asked: dict[str, Any], said: str
    ):
        decision = self.within(run=run, **asked)

        assert (BLOCKED, "out_of_scope") == one(decision)
        assert said == why(decision)

    def test_all_role_families_without_drafts_are_named_in_order(self):
        families = ("support", "sales", "legal", "design", "nursing")
        wide = self.POLICY.model_copy(update={"role_families": families})
        decision = self.within(wide, run={"role_families": ()}, role_families=families)

        assert why(decision).endswith("families design, legal, nursing, sales, support")

    def test_what_failed_has_failed_whatever_the_scope(self):
        decision = decide(PASSING, BAD, scope=Scope(use_cases=("goal",), stage="pilot"))

        assert ("fail", None) == one(decision)

    def test_a_scope_is_narrowed_to_what_the_run_tested_and_never_widened(self):
        policy = Scope(use_cases=("review", "goal"), stage="pilot", languages=("en", "fr"))

        assert (("goal",), ("fr",)) == (
            narrowed(policy, run_facts(use_case="goal", language="fr")).use_cases,
            narrowed(policy, run_facts(use_case="goal", language="fr")).languages,
        )
        assert policy == narrowed(policy, run_facts(use_case="x", language="y"))


class TestAttempts:
    def tried(self, attempts: Any, most: int = 3, **run: Any) -> Decision:
        written = policy_of(PASSING, attempts=AttemptRule(max_per_lineage=most))
        return decide(written, GOOD, attempts=attempts, run={"mode": "decide"} | run)

    def test_an_attempt_within_what_is_allowed_passes_and_says_which_it_was(self):
        decision = self.tried(attempts_of("first", "second", "made-up"))

        assert ("pass", 3, False) == (decision.outcome, decision.attempt, decision.advisory)

    def test_one_attempt_too_many(self):
        decision = self.tried(attempts_of("first", "second", "third", "made-up"))

        assert (BLOCKED, "attempts_used_up") == one(decision)
        assert "attempt 4, the policy allows 3" == why(decision)

    def test_attempts_count_by_when_they_were_entered_in_whatever_order_they_stand(self):
        entered = attempts_of("first", "second", "third", "made-up").entered
        for order in permutations(entered):
            attempts = attempts_of().model_copy(update={"entered": order})

            assert (BLOCKED, "attempts_used_up") == one(self.tried(attempts))

    def test_a_run_that_was_entered_twice_counts_by_the_later_one(self):
        decision = self.tried(attempts_of("made-up", "second", "third", "made-up"))

        assert (BLOCKED, "attempts_used_up") == one(decision)

    @pytest.mark.parametrize(
        ("attempts", "said"),
        [
            (None, "the record of attempts was not at hand"),
            (attempts_of("made-up", known=False), "the record of attempts was not at hand"),
            (
                attempts_of("made-up", known=False, why="no route"),
                "the record of attempts was not at hand: no route",
            ),
            (attempts_of("another"), "no intent of run made-up stands in the record"),
            (attempts_of(), "no intent of run made-up stands in the record"),
        ],
    )
    def test_attempts_that_nobody_can_tell(self, attempts: Any, said: str):
        decision = self.tried(attempts)

        assert (BLOCKED, "attempts_unknown") == one(decision)
        assert said == why(decision)

    def test_an_intent_for_another_candidate(self):
        decision = self.tried(attempts_of("made-up"), fingerprint="5" * 64)

        assert (BLOCKED, "attempts_unknown") == one(decision)
        assert "the intent of run made-up was for another candidate" == why(decision)

    def test_of_several_intents_of_a_run_none_may_be_for_another_candidate_those_of_others_may(
        self,
    ):
        mine, other = attempts_of("made-up", "made-up").entered
        changed = other.model_copy(update={"fingerprint": "5" * 64})
        theirs = changed.model_copy(update={"run_id": "another"})
        both, beside = (
            attempts_of().model_copy(update={"entered": entered})
            for entered in ((mine, changed), (mine, theirs))
        )

        assert (BLOCKED, "attempts_unknown") == one(self.tried(both))
        assert ("pass", None) == one(self.tried(beside))

    def test_exploring_asks_for_none_and_promotes_nothing(self):
        decision = self.tried(None, mode="explore")

        assert ("pass", None, True) == (decision.outcome, decision.attempt, decision.advisory)

    def test_what_failed_has_failed_whatever_the_attempt(self):
        written = policy_of(PASSING)
        decision = decide(written, BAD, run={"mode": "decide"})

        assert ("fail", "fail") == (decision.outcome, decision.effective_outcome)


class TestABarSetAfterTheResult:
    def test_a_policy_applied_again_is_advisory_and_says_so(self):
        decision = decide(
            PASSING, GOOD, rejudged=True, run={"mode": "decide"}, attempts=attempts_of("made-up")
        )

        assert (True, True, "pass") == (decision.advisory, decision.bar_set_after, decision.outcome)

    def test_another_policy_than_the_intent_named_is_set_after_it(self):
        entered = attempts_of("made-up").entered[0].model_copy(update={"policy_digest": "7" * 64})
        theirs = attempts_of().model_copy(update={"entered": (entered,)})
        decision = decide(PASSING, GOOD, attempts=theirs, run={"mode": "decide"})

        assert (True, True) == (decision.advisory, decision.bar_set_after)

    def test_the_same_policy_is_not(self):
        other = attempts_of("another", "made-up").entered[0]
        other = other.model_copy(update={"policy_digest": "7" * 64})
        mine = attempts_of("made-up").entered[0]
        attempts = attempts_of().model_copy(update={"entered": (other, mine)})
        decision = decide(
            policy_of(PASSING, attempts=AttemptRule(max_per_lineage=3)),
            GOOD,
            attempts=attempts,
            run={"mode": "decide"},
        )

        assert (False, False) == (decision.advisory, decision.bar_set_after)


class TestWhatADecisionNames:
    def test_it_ends_with_what_ends_first(self):
        """90 days, 30 where parts are declared only, or the day of review."""
        soon = policy_of(PASSING, review_by=date(2026, 3, 9))

        assert NOW.date() + 90 * DAY == decide(PASSING, GOOD).expires
        assert NOW.date() + 30 * DAY == decide(PASSING, GOOD, run={"declared_only": ("m",)}).expires
        assert date(2026, 3, 9) == decide(soon, GOOD).expires

    def test_its_id_is_of_all_that_it_rests_on_and_of_its_moment(self):
        ids = {
            decide(PASSING, GOOD).decision_id,
            decide(PASSING, BAD).decision_id,
            decide(PASSING, GOOD, certificates=()).decision_id,
            decide(policy_of(PASSING, digest="1" * 64), GOOD).decision_id,
        }
        policy, found = policy_of(PASSING), Findings(run=run_facts(), findings=(GOOD,))
        later = judge(policy, found, docket_of(SPECS), now=NOW + DAY)

        assert 5 == len(ids | {later.decision_id})
        assert {16} == {len(i) for i in ids}

    def test_what_it_was_given_stands_in_it(self):
        docket = docket_of(SPECS, attempts=attempts_of("made-up"), previous_decision="before")
        found = Findings(run=run_facts(), findings=(GOOD,))
        decision = judge(policy_of(PASSING), found, docket, now=NOW)

        assert (digest(found.as_json()), digest(docket.as_json())) == (
            decision.findings_digest,
            decision.docket_digest,
        )
        assert (docket.attempts, "before", docket.scope) == (
            decision.attempts,
            decision.previous_decision,
            decision.scope,
        )
        assert (("board-chair",), "0" * 64) == (decision.policy.signed_by, decision.policy.digest)

    def test_one_hit_fails_at_any_number_of_attempts(self):
        zero = clause(fail_if=Bound(lower_gt=0), pass_if=Bound(upper_le=0.5))
        counts = Counts(planned=360, ok=360, scored=360, cases=360, units=360)
        hit = finding_of(FAILED, 1 / 360, interval=Binomial(hits=1, n=360), counts=counts)
        written = policy_of(zero, attempts=AttemptRule(max_per_lineage=10))

        assert "fail" == decide(written, hit).outcome

    def test_undefined_is_no_number(self):
        why_not = Undefined(reason="one group only")

        assert (BLOCKED, "not_assessable") == one(
            decide(PASSING, finding_of(FAILED, why_not, interval=None))
        )
