"""Lint of the four kinds of clauses, and of what a clause asks of its suite."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from govern.domain.metric import Spec
from govern.metrics import METRICS
from govern.policy.known import Known, MetricFacts, PlanFacts, SuiteFacts
from govern.policy.lint import lint
from govern.policy.reader import read_policy

SPECS = {name: metric.spec for name, metric in METRICS.items()}
OVERDUE = Spec(
    id="record.overdue_rate",
    version="1",
    question="How many contests were answered late?",
    unit="share of contests",
    sense="lower_is_better",
    shape="level",
    method="by hand",
)
GAP = OVERDUE.model_copy(
    update={"id": "record.upheld_gap", "shape": "contrast", "sense": "centred"}
)
GROUPS = {"gender": ("female", "male"), "race": ("asian", "black")}
SUITE = SuiteFacts(
    use_case="review",
    language="en",
    plans={
        "small": PlanFacts(cases=24, blocks=frozenset({"noise"})),
        "large": PlanFacts(cases=360, blocks=frozenset({"noise", "markers", "variants"})),
    },
    measures=frozenset(SPECS) - {"accuracy.label_agreement"},
    groups=GROUPS,
    cells=tuple(
        dict(zip(GROUPS, cell, strict=True))
        for cell in product(*GROUPS.values())
        if cell != ("male", "black")
    ),
    alterations={"marker": ("leave", "union", "illness")},
)
KNOWN = Known(
    specs=SPECS,
    record_specs={OVERDUE.id: OVERDUE, GAP.id: GAP},
    metrics={
        "fairness.rating_shift": MetricFacts(over=frozenset({"attribute", "cross"})),
        "fairness.marker_shift": MetricFacts(over=frozenset({"all", "marker"}), needs="markers"),
        "privacy.confidential_repeated": MetricFacts(over=frozenset({"all"}), share=0.4),
        "coverage.failed": MetricFacts(over=frozenset({"all"})),
        "homogeneity.excess_similarity": MetricFacts(over=frozenset({"all"}), baseline=True),
    },
    suites={"review-core": SUITE, "pay": replace(SUITE, use_case="pay", language="de")},
    duties=frozenset({"GDPR-22"}),
)
HEAD = """\
---
policy: small
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
decision_approvals: {threshold: 1, roles: [hr-lead]}
scope: {use_cases: [review], stage: pilot, jurisdictions: [EU]}
---
# A small policy

## AA-1 One

Any of 0.05, 0.15, 0.5, 0.8, 0.90, 0.95, 1, 2, 20, 24, 30, 60, 90, 144, 145, 365.

```yaml clause
id: AA-1
severity: block
"""
LINE = 18
LEVEL = """\
metric: coverage.failed
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0.05}
evidence: {min_cases: 60, suite: review-core}
"""
CONTRAST = """\
metric: fairness.rating_shift
slices: [{by: gender, inside: 0.15}]
statistic: {confidence: 0.90, sided: two}
evidence: {min_cases: 60, suite: review-core}
"""
RECORD = """\
record: record.overdue_rate
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0.05}
evidence: {min_cases: 20, window_days: 365}
"""
PROPERTY = """\
property: human_review
must: {equals: required}
"""
ATTESTED = """\
attest: training-done
role: hr-lead
max_age_days: 365
"""


def problems(block: str, *changes: tuple[str, str], head: str = HEAD) -> list[str]:
    for old, new in changes:
        assert 1 == block.count(old), old
        block = block.replace(old, new)
    policy = read_policy(f"{head}{block}```\n".encode(), where="p.md")
    found = lint(policy, KNOWN, today=date(2026, 6, 1))
    assert {"p.md"} >= {p.source for p in found}
    assert all(p.line == (LINE if p.clause else 1) for p in found)
    return [p.what for p in found]


def only(block: str, *changes: tuple[str, str]) -> str:
    [problem] = problems(block, *changes)
    return problem


@pytest.mark.parametrize("block", [LEVEL, CONTRAST, RECORD, PROPERTY, ATTESTED])
def test_a_sound_clause_of_each_kind_lints_clean(block):
    assert [] == problems(block)


@pytest.mark.parametrize(
    ("block", "name", "number"),
    [
        (LEVEL, "confidence", "0.95"),
        (LEVEL, "pass_if", "0.05"),
        (LEVEL, "min_cases", "60"),
        (CONTRAST, r"inside \(gender\)", "0.15"),
        (RECORD, "min_cases", "20"),
        (RECORD, "window_days", "365"),
        (ATTESTED, "max_age_days", "365"),
        (PROPERTY.replace("human_review", "retention_days"), "at_most", "30"),
        (PROPERTY.replace("human_review", "retention_days"), "equals", "30"),
        (ATTESTED, "max_days", "30"),
    ],
)
def test_every_number_of_every_kind_must_stand_in_the_prose(block, name, number):
    if "retention" in block:
        block = block.replace("equals: required", f"{name}: 30")
    if name == "max_days":
        block += "waiver: {allowed: true, approvers: [board-chair], max_days: 30}\n"
    assert [] == problems(block)
    without = HEAD.replace(f" {number},", "").replace(f" {number}.", "")
    found = problems(block, head=without)

    assert any(
        re.fullmatch(rf"{name} {number.rstrip('0') if '.' in number else number} does not .*", p)
        for p in found
    )


def test_words_in_lists_need_not_stand_in_the_prose():
    assert [] == problems(PROPERTY, ("equals: required", "one_of: [required]"))
    assert [] == problems(
        "property: data_sources\nmust: {none_of: [keystrokes, private-messages]}\n"
    )


def test_a_clause_without_prose_binds_nobody():
    head = re.sub(r"Any of .*", "", HEAD)

    assert ["no prose above the block, so it binds nobody"] == problems(PROPERTY, head=head)


class TestThresholds:
    @pytest.mark.parametrize(
        ("passes", "fails", "said"),
        [
            ("upper_le: 1", "lower_gt: 0.95", "pass_if upper_le 1 always holds"),
            ("upper_le: 0.95", "lower_gt: 1", "fail_if lower_gt 1 can never hold"),
            ("upper_lt: 0.8", "lower_ge: 2", "fail_if lower_ge 2 can never hold"),
        ],
    )
    def test_outside_the_unit_is_impossible_or_vain(self, passes, fails, said):
        block = LEVEL.replace("{upper_le: 0.05}", f"{{{passes}}}").replace(
            "{lower_gt: 0.05}", f"{{{fails}}}"
        )

        within = "coverage.failed in share of planned drafts lies between 0 and 1"

        assert f"{said}: {within}" in problems(block)

    def test_a_share_below_zero_can_never_be(self):
        found = problems(
            LEVEL, ("upper_le: 0.05", "upper_lt: 0"), ("lower_gt: 0.05", "lower_ge: 0")
        )

        assert any("pass_if upper_lt 0 can never hold" in p for p in found)
        assert any("fail_if lower_ge 0 always holds" in p for p in found)

    def test_a_margin_as_wide_as_the_unit_lets_everything_pass(self):
        """Ratings lie between 1 and 5: no two differ by more than 4."""
        head = HEAD.replace("Any of", "Any of 4,")
        found = problems(CONTRAST, ("inside: 0.15", "inside: 4"), head=head)

        assert [
            "inside (gender) 4 lets everything pass: differences in rating points are at most 4"
        ] == found
        assert [] == problems(
            CONTRAST, ("inside: 0.15", "inside: 3.9"), head=HEAD.replace("Any of", "Any of 3.9,")
        )

    def test_one_point_may_not_meet_both_bounds(self):
        assert "one interval could both pass and fail" == only(LEVEL, ("lower_gt", "lower_ge"))
        assert [] == problems(LEVEL, ("lower_gt", "lower_ge"), ("upper_le", "upper_lt"))

    def test_a_statistic_of_the_record_is_held_to_its_shape_and_unit(self):
        assert "record.overdue_rate is a level and takes pass_if and fail_if" == only(
            RECORD,
            ("pass_if: {upper_le: 0.05}\n", ""),
            ("fail_if: {lower_gt: 0.05}\n", "slices: [{by: all, inside: 0.05}]\n"),
        )
        assert "record.upheld_gap is a contrast and takes a margin (inside)" == only(
            RECORD, ("overdue_rate", "upheld_gap")
        )
        assert "between 0 and 1" in only(RECORD, ("lower_gt: 0.05", "lower_gt: 1"))

    def test_an_unknown_statistic_is_named_with_those_there_are(self):
        assert (
            "statistic of the record 'record.overdue' is not measured by anything; "
            "known: record.overdue_rate"
        ) == only(RECORD, ("record.overdue_rate", "record.overdue"))

    def test_a_metric_of_drafts_is_no_statistic_of_the_record(self):
        assert "'coverage.failed' is not measured" in only(
            RECORD, ("record.overdue_rate", "coverage.failed")
        )


class TestAgainstAnIncumbent:
    def test_a_level_may_be_worse_by_a_bound(self):
        assert [] == problems(f"against: incumbent\n{LEVEL}")

    def test_a_difference_of_shares_goes_from_minus_one_to_one(self):
        head = HEAD.replace("Any of", "Any of -0.05,")
        block = LEVEL.replace("lower_gt: 0.05", "lower_gt: -0.05")

        assert "one interval could both pass and fail" in problems(
            f"against: incumbent\n{block}", head=head
        )
        assert "a difference in share of planned drafts lies between -1 and 1" in only(
            f"against: incumbent\n{LEVEL}", ("lower_gt: 0.05", "lower_gt: 2")
        )

    def test_gaps_between_groups_have_no_incumbent(self):
        assert "an incumbent's unfairness is no yardstick" in only(
            f"against: incumbent\n{CONTRAST}"
        )


class TestProperties:
    @pytest.mark.parametrize(
        ("name", "must", "said"),
        [
            ("shoe_size", "equals: 1", "property 'shoe_size' is none that a manifest states"),
            ("human_review", "at_most: 1", "one of some words and takes equals, one_of, none_of"),
            ("human_review", "equals: maybe", "never 'maybe'; it is required, optional, none"),
            ("human_review", "equals: true", "is one of some words, equals True is not"),
            ("human_review", "one_of: [required, optional, none]", "every answer there is"),
            ("human_review", "none_of: [required, optional, none]", "could be nothing"),
            ("human_review", "one_of: []", "one_of is empty"),
            ("automatic_submission", "stated: true", "is yes or no and takes equals"),
            ("automatic_submission", "equals: 0.5", ""),
            ("automatic_submission", "equals: never", "is yes or no, equals 'never' is not"),
            ("automatic_submission", "equals: 1", "is yes or no, equals 1 is not"),
            ("retention_days", "equals: true", "is a number, equals True is not"),
            ("retention_days", "at_most: -1", "at most -1 can never be"),
            ("retention_days", "includes: [a]", "is a number and takes equals, at_most, stated"),
            ("data_sources", "equals: goals", "a list of words and takes one_of, none_of"),
            ("data_sources", "includes: []", "includes is empty"),
            ("disclosure", "includes: [a]", "is words and takes equals, one_of, none_of"),
        ],
    )
    def test_demand_that_no_answer_fits_is_an_error(self, name, must, said):
        head = HEAD.replace("Any of", "Any of -1,")
        block = f"property: {name}\nmust: {{{must}}}\n"
        if not said:
            with pytest.raises(Exception, match="equals"):
                problems(block, head=head)
            return
        assert any(said in p for p in problems(block, head=head))

    @pytest.mark.parametrize(
        ("name", "must"),
        [
            ("human_review", "one_of: [required, optional]"),
            ("human_review", "none_of: [none]"),
            ("automatic_submission", "equals: false"),
            ("retention_days", "at_most: 30"),
            ("retention_days", "stated: true"),
            ("data_sources", "includes: [goals]"),
            ("data_sources", "one_of: [goals, notes]"),
            ("disclosure", "stated: true"),
            ("owner", "equals: hr"),
        ],
    )
    def test_demand_that_an_answer_can_meet_is_clean(self, name, must):
        assert [] == problems(f"property: {name}\nmust: {{{must}}}\n")


class TestPeople:
    def test_role_that_nobody_can_hold_is_named(self):
        assert (
            "attested by chief, whom neither approvals nor decision_approvals name; "
            "roles: board-chair, hr-lead"
        ) == only(ATTESTED, ("hr-lead", "chief"))
        assert "waived by chief, whom" in only(
            f"{ATTESTED}waiver: {{allowed: true, approvers: [chief], max_days: 30}}\n"
        )

    def test_answer_or_approver_twice_is_an_error(self):
        assert "answer done stands twice" == only(f"{ATTESTED}answers: [done, done]\n")
        assert "approver hr-lead stands twice" == only(
            f"{ATTESTED}waiver: {{allowed: true, approvers: [hr-lead, hr-lead], max_days: 30}}\n"
        )

    def test_way_to_a_waiver_that_is_not_allowed_misleads(self):
        assert "a waiver is not allowed, yet the rule says how to get one" == only(
            f"{ATTESTED}waiver: {{allowed: false, approvers: [hr-lead]}}\n"
        )

    def test_unknown_or_doubled_duty_is_named(self):
        assert [] == problems(f"{PROPERTY}maps: [GDPR-22]\n")
        assert "maps: GDPR-99 stands in no legal table" == only(f"{PROPERTY}maps: [GDPR-99]\n")
        assert "map GDPR-22 stands twice" == only(f"{PROPERTY}maps: [GDPR-22, GDPR-22]\n")


class TestScope:
    @pytest.mark.parametrize(
        "condition",
        ["use_cases: [pay]", "stages: [rollout]", "jurisdictions: [US]"],
    )
    def test_clause_for_nothing_in_the_scope_never_applies(self, condition):
        found = problems(f"{PROPERTY}applies_if: {{{condition}}}\n")

        assert any(p.startswith(f"never applies: applies_if.{condition[:5]}") for p in found)
        assert "no clause that blocks applies to the policy's scope" in found

    @pytest.mark.parametrize(
        "condition",
        [
            "use_cases: [pay, review]",
            "stages: [pilot]",
            "jurisdictions: [EU]",
            "jurisdictions: [DE]",
            "jurisdictions: [EU-X]",
            "",
        ],
    )
    def test_clause_for_part_of_the_scope_is_clean(self, condition):
        assert [] == problems(f"{PROPERTY}applies_if: {{{condition}}}\n")

    def test_scope_that_names_no_place_meets_every_one(self):
        head = HEAD.replace(", jurisdictions: [EU]", "")

        assert [] == problems(f"{PROPERTY}applies_if: {{jurisdictions: [US]}}\n", head=head)

    def test_policy_for_a_rollout_may_have_clauses_for_pilots(self):
        head = HEAD.replace("stage: pilot", "stage: rollout")

        assert [] == problems(f"{PROPERTY}applies_if: {{stages: [pilot]}}\n", head=head)


class TestSuites:
    def test_unknown_suite_is_named_with_those_there_are(self):
        assert "suite 'other' is not known; known: pay, review-core" == only(
            LEVEL, ("review-core", "other")
        )

    def test_suite_of_another_use_or_language_does_not_fit(self):
        assert [
            "suite pay has use case pay, the policy's scope review",
            "suite pay has language de, the policy's scope en",
        ] == problems(LEVEL, ("review-core", "pay"))

    def test_metric_that_the_suite_does_not_measure_is_named(self):
        assert "suite review-core does not measure accuracy.label_agreement" == only(
            LEVEL,
            ("coverage.failed", "accuracy.label_agreement"),
            ("upper_le: 0.05", "lower_ge: 0.8"),
            ("lower_gt: 0.05", "upper_lt: 0.8"),
        )

    def test_unknown_plan_is_named_with_those_there_are(self):
        assert "suite review-core has no plan 'huge'; it has small, large" == only(
            LEVEL, ("suite: review-core", "suite: review-core, plan: huge")
        )

    def test_more_cases_than_the_plan_has_can_never_be_had(self):
        assert (
            "min_cases 60 can never be had for slice all: small of suite review-core has 24 such "
            "cases for coverage.failed"
        ) == only(LEVEL, ("suite: review-core", "suite: review-core, plan: small"))
        assert [] == problems(
            LEVEL,
            ("min_cases: 60, suite: review-core", "min_cases: 24, suite: review-core, plan: small"),
        )

    def test_cases_that_can_show_an_event_are_counted(self):
        """Of 360 cases 0.4 hold something confidential: 144."""
        event = ("coverage.failed", "privacy.confidential_repeated")

        assert [] == problems(LEVEL, event, ("min_cases: 60", "min_cases: 144"))
        assert "has 144 such cases" in only(LEVEL, event, ("min_cases: 60", "min_cases: 145"))

    def test_markers_that_a_plan_lacks_are_missed(self):
        marked = CONTRAST.replace("rating_shift", "marker_shift").replace("gender", "all")

        assert [] == problems(marked)
        assert "fairness.marker_shift needs markers; plan small of suite review-core has" in only(
            marked,
            ("min_cases: 60, suite: review-core", "min_cases: 24, suite: review-core, plan: small"),
        )

    def test_each_marker_has_its_share_of_the_cases(self):
        """360 cases, 3 markers: 120 cases each."""
        head = HEAD.replace("Any of", "Any of 120, 121,")
        marked = CONTRAST.replace("rating_shift", "marker_shift").replace("gender", "marker")

        assert [] == problems(marked, ("min_cases: 60", "min_cases: 120"), head=head)
        assert 1 == len(problems(marked, ("min_cases: 60", "min_cases: 121"), head=head))

    @pytest.mark.parametrize(
        ("by", "said"),
        [
            ("age", "the suite has no attribute 'age'; it has gender, race, marker"),
            ("gender*age", "the suite has no attribute 'age'"),
            ("gender*gender", "crosses an attribute with itself"),
            ("gender*race", "the suite has no identity that is male and black"),
            ("all", "has no findings for slice all; it has them by one attribute and by a comb"),
        ],
    )
    def test_slice_that_the_suite_lacks_is_named(self, by, said):
        assert said in only(CONTRAST, ("by: gender", f'by: "{by}"'))

    def test_baseline_of_a_metric_without_one_is_an_error(self):
        assert "coverage.failed has no baseline" == only(
            LEVEL, ("suite: review-core", "suite: review-core, baseline: human")
        )

    def test_two_blocking_clauses_on_two_suites_can_never_pass_together(self):
        two = f"{LEVEL}```\n\n## AA-2 Two\n\nAny of 0.05, 0.95, 60.\n\n```yaml clause\nid: AA-2\n"
        policy = read_policy(
            f"{HEAD}{two}severity: block\n{LEVEL.replace('review-core', 'pay')}```\n".encode(),
            where="p.md",
        )

        assert "clauses that block ask for suites pay, review-core; a run has one" in [
            p.what for p in lint(policy, KNOWN, today=date(2026, 6, 1))
        ]

    def test_nothing_is_said_of_suites_and_duties_where_nobody_looked(self):
        policy = read_policy(
            f"{HEAD}{LEVEL.replace('review-core', 'x')}maps: [y]\n```\n".encode(), where="p.md"
        )
        known = replace(KNOWN, suites=None, duties=None)

        assert () == lint(policy, known, today=date(2026, 6, 1))
