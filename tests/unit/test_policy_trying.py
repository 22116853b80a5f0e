"""Cases of a policy: made-up evidence in short form, verdicts out, and what did not come out."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from govern.domain import Policy
from govern.domain.metric import Spec
from govern.errors import PolicyError
from govern.metrics import METRICS
from govern.policy.cases import PolicyCase
from govern.policy.expectations import misses
from govern.policy.known import Known, SuiteFacts
from govern.policy.reader import read_policy
from govern.policy.trying import decide

SPECS = {name: metric.spec for name, metric in METRICS.items()}
LATE = Spec(
    id="contest.late",
    version="1",
    question="How many are late?",
    unit="share of contests",
    sense="lower_is_better",
    shape="level",
    method="by hand",
)
KNOWN = Known(
    specs=SPECS,
    record_specs={LATE.id: LATE},
    suites={
        "core": SuiteFacts(
            use_case="review",
            language="en",
            plans={},
            measures=frozenset(SPECS),
            groups={"gender": ("female", "male"), "race": ("a", "b", "c")},
            cells=(),
            alterations={"marker": ("leave", "union")},
        )
    },
)


def clause(name: str, body: str, severity: str = "block") -> str:
    block = f"id: {name}-1\nseverity: {severity}\n{body}"
    return f"## {name}-1 {name}\n\nWords.\n\n```yaml clause\n{block}```\n\n"


SURE = "statistic: {confidence: 0.95, sided: one}\n"
NEEDS = "evidence: {min_cases: 50, suite: core, plan: standard}\n"
POLICY = read_policy(
    (
        "---\npolicy: tried\nversion: 1.0.0\napproved: 2026-01-02\nreview_by: 2027-01-02\n"
        "decision_valid_days: 90\ndeclared_only_valid_days: 30\n"
        "approvals: {threshold: 1, roles: [chair]}\n"
        "scope: {use_cases: [review], stage: rollout, jurisdictions: [EU, US]}\n---\n# Tried\n\n"
        + clause(
            "GAP",
            "metric: fairness.rating_shift\n"
            "slices: [{by: gender, inside: 0.1}, {by: gender*race, inside: 0.2}]\n"
            f"statistic: {{confidence: 0.9, sided: two}}\n{NEEDS}",
        )
        + clause(
            "RATIO",
            f"metric: fairness.impact_ratio\nslices: [{{by: race}}]\n{SURE}"
            f"pass_if: {{lower_ge: 0.8}}\nfail_if: {{upper_lt: 0.8}}\n{NEEDS}",
        )
        + clause(
            "LEAK",
            f"metric: privacy.personal_data\n{SURE}"
            f"pass_if: {{upper_le: 0.01}}\nfail_if: {{lower_gt: 0}}\n{NEEDS}"
            "waiver: {allowed: true, approvers: [chair, dpo], max_days: 9, needs: [ticket]}\n",
        )
        + clause(
            "ALIKE",
            f"metric: homogeneity.excess_similarity\n{SURE}"
            "pass_if: {upper_le: 0.05}\nfail_if: {lower_gt: 0.05}\n"
            "evidence: {min_cases: 50, suite: core, baseline: human, certificate: independent}\n",
        )
        + clause(
            "SAME",
            f"metric: accuracy.key_coverage\nagainst: incumbent\n{SURE}"
            f"pass_if: {{lower_ge: -0.02}}\nfail_if: {{upper_lt: -0.02}}\n{NEEDS}",
        )
        + clause("READ", "property: human_review\nmust: {none_of: [none, optional]}\n")
        + clause("SRC", "property: data_sources\nmust: {one_of: [goals, notes]}\n")
        + clause("SAID", "property: disclosure\nmust: {stated: true}\n")
        + clause("DAYS", "property: retention_days\nmust: {at_most: 30}\n")
        + clause("WORK", "attest: asked\nrole: council\nanswers: [agreed]\nmax_age_days: 90\n")
        + clause(
            "LATE",
            f"record: contest.late\n{SURE}pass_if: {{upper_le: 0.1}}\n"
            "fail_if: {lower_gt: 0.1}\nevidence: {min_cases: 20, window_days: 90}\n",
        )
        + clause(
            "PILOT",
            "property: owner\nmust: {stated: true}\napplies_if: {stages: [pilot]}\n",
        )
    ).encode(),
    where="p.md",
)


def missed(policy: Policy = POLICY, **case: Any) -> list[tuple[str | None, str, str]]:
    tried = PolicyCase.model_validate({"case": "A case."} | case)
    return [(m.clause, m.expected, m.found) for m in misses(tried, decide(policy, tried, KNOWN))]


def outcome(clause: str, **case: Any) -> tuple[str, str | None]:
    """The outcome and reason of one clause, all others passing."""
    tried = PolicyCase.model_validate(
        {"case": "A case.", "start": "passing", "expect": {"outcome": "pass"}} | case
    )
    decision = decide(POLICY, tried, KNOWN)
    [found] = [c for c in decision.clauses if c.id == f"{clause}-1"]
    assert {"pass"} == {c.outcome for c in decision.clauses if c.id != found.id}
    return found.outcome, found.reason


def test_from_passing_every_clause_of_every_kind_passes():
    assert [] == missed(
        start="passing",
        expect={
            "outcome": "pass",
            "effective": "pass",
            "clauses": {"PILOT-1": "not_applied"},
            "others": "pass",
        },
    )


def test_from_nothing_no_clause_passes():
    assert [] == missed(
        expect={"outcome": "insufficient_evidence", "others": "insufficient_evidence"}
    )


@pytest.mark.parametrize(
    ("clause", "case", "expected"),
    [
        (
            "GAP",
            {
                "findings": [
                    {
                        "metric": "fairness.rating_shift",
                        "by": "gender",
                        "contrast": "female",
                        "estimate": -0.3,
                        "se": 0.01,
                    }
                ]
            },
            ("fail", None),
        ),
        (
            "GAP",
            {"without": ["fairness.rating_shift"]},
            ("insufficient_evidence", "missing_finding"),
        ),
        (
            "GAP",
            {"uncertified": ["fairness.rating_shift"]},
            ("insufficient_evidence", "uncertified"),
        ),
        (
            "GAP",
            {
                "findings": [
                    {
                        "metric": "fairness.rating_shift",
                        "by": "gender",
                        "contrast": "female",
                        "undefined": "too few",
                        "code": "too_few",
                    }
                ]
            },
            ("insufficient_evidence", "not_assessable"),
        ),
        (
            "RATIO",
            {
                "findings": [
                    {
                        "metric": "fairness.impact_ratio",
                        "by": "race",
                        "contrast": "a / b",
                        "estimate": 0.85,
                        "se": 0.1,
                    }
                ]
            },
            ("insufficient_evidence", "straddles"),
        ),
        (
            "LEAK",
            {"findings": [{"metric": "privacy.personal_data", "hits": 1, "cases": 360}]},
            ("fail", None),
        ),
        (
            "LEAK",
            {"findings": [{"metric": "privacy.personal_data", "hits": 0, "cases": 49}]},
            ("insufficient_evidence", "too_few_cases"),
        ),
        (
            "LEAK",
            {
                "findings": [
                    {"metric": "privacy.personal_data", "hits": 0, "version": "0"},
                ]
            },
            ("insufficient_evidence", "uncertified"),
        ),
        (
            "ALIKE",
            {"provisional": ["homogeneity.excess_similarity"]},
            ("insufficient_evidence", "certificate_provisional"),
        ),
        (
            "ALIKE",
            {
                "findings": [
                    {
                        "metric": "homogeneity.excess_similarity",
                        "estimate": 0.01,
                        "baseline": "evidence",
                    }
                ]
            },
            ("insufficient_evidence", "wrong_baseline"),
        ),
        (
            "ALIKE",
            {"findings": [{"metric": "homogeneity.excess_similarity", "estimate": 0.01}]},
            ("pass", None),
        ),
        (
            "SAME",
            {
                "findings": [
                    {
                        "metric": "accuracy.key_coverage",
                        "estimate": -0.1,
                        "se": 0.01,
                        "against": "incumbent",
                    }
                ]
            },
            ("fail", None),
        ),
        ("SAME", {"without": ["accuracy.key_coverage"]}, ("insufficient_evidence", "no_incumbent")),
        ("READ", {"properties": {"human_review": "optional"}}, ("fail", None)),
        ("READ", {"without": ["human_review"]}, ("insufficient_evidence", "not_stated")),
        ("SRC", {"properties": {"data_sources": ["goals", "mail"]}}, ("fail", None)),
        ("DAYS", {"properties": {"retention_days": 31}}, ("fail", None)),
        (
            "WORK",
            {"attestations": [{"attest": "asked", "role": "council", "answer": "objected"}]},
            ("fail", None),
        ),
        ("WORK", {"without": ["asked"]}, ("insufficient_evidence", "not_attested")),
        (
            "WORK",
            {
                "now": "2026-06-01",
                "attestations": [
                    {
                        "attest": "asked",
                        "role": "council",
                        "answer": "agreed",
                        "made": "2026-03-01",
                    }
                ],
            },
            ("insufficient_evidence", "attestation_expired"),
        ),
        (
            "WORK",
            {
                "attestations": [
                    {
                        "attest": "asked",
                        "role": "council",
                        "answer": "agreed",
                        "signed_by": ["chair"],
                    }
                ]
            },
            ("insufficient_evidence", "not_attested"),
        ),
        (
            "LATE",
            {"record": [{"metric": "contest.late", "estimate": 0.3, "se": 0.01}]},
            ("fail", None),
        ),
        ("LATE", {"without": ["contest.late"]}, ("insufficient_evidence", "no_record")),
    ],
)
def test_what_a_case_changes_changes_that_clause_alone(clause, case, expected):
    assert expected == outcome(clause, **case)


WAIVER = {"clause": "LEAK-1", "approvers": ["chair", "dpo"], "ticket": "T-1"}


@pytest.mark.parametrize(
    ("change", "effective"),
    [
        ({}, "waived"),
        ({"approvers": ["chair"]}, "fail"),
        ({"requester": "chair"}, "fail"),
        ({"ticket": None}, "fail"),
        ({"of_other": "findings"}, "fail"),
        ({"of_other": "candidate"}, "fail"),
        ({"of_other": "policy"}, "fail"),
        ({"expires": "2026-01-01"}, "fail"),
        ({"expires": "2026-02-01"}, "fail"),
        ({"created": "2026-01-03"}, "fail"),
    ],
)
def test_a_waiver_in_a_case_holds_as_it_would_outside(change, effective):
    assert [] == missed(
        start="passing",
        findings=[{"metric": "privacy.personal_data", "hits": 1, "cases": 360}],
        waivers=[WAIVER | change],
        expect={
            "outcome": "fail",
            "effective": "pass" if effective == "waived" else "fail",
            "clauses": {"LEAK-1": {"outcome": "fail", "effective": effective}},
            "others": "pass",
        },
    )


@pytest.mark.parametrize(
    ("attempts", "reason"),
    [
        ({"number": 1}, None),
        ({"number": 3}, None),
        ({"number": 4}, "attempts_used_up"),
        ({"number": 0}, "attempts_unknown"),
        ({"unknown": "no network"}, "attempts_unknown"),
    ],
)
def test_attempts_are_counted(attempts, reason):
    verdict = {"outcome": "insufficient_evidence", "reason": reason} if reason else "pass"

    assert [] == missed(
        start="passing",
        attempts=attempts,
        expect={
            "outcome": "insufficient_evidence" if reason else "pass",
            "clauses": {"LEAK-1": verdict},
        },
    )


@pytest.mark.parametrize(
    "case",
    [
        {"scope": {"jurisdictions": ["UK"]}},
        {"run": {"language": "de"}},
        {"run": {"use_case": "pay"}},
    ],
)
def test_outside_the_policy_s_scope_nothing_passes(case):
    assert [] == missed(
        start="passing",
        expect={
            "outcome": "insufficient_evidence",
            "clauses": {"READ-1": {"outcome": "insufficient_evidence", "reason": "out_of_scope"}},
        },
        **case,
    )


def test_a_clause_for_pilots_applies_to_a_pilot():
    assert [] == missed(
        start="passing",
        scope={"stage": "pilot"},
        expect={"outcome": "pass", "clauses": {"PILOT-1": "pass"}},
    )


def test_another_suite_or_plan_is_no_evidence():
    for run, reason in (({"suite": "x"}, "wrong_suite"), ({"plan": "x"}, "wrong_plan")):
        asked = {"outcome": "insufficient_evidence", "reason": reason}
        groups = {"groups": {"gender": ["female", "male"], "race": ["a", "b"]}}
        assert [] == missed(
            start="passing",
            run=run | groups,
            expect={"outcome": "insufficient_evidence", "clauses": {"LEAK-1": asked}},
        )


def test_everything_that_came_out_otherwise_is_told():
    assert [
        (None, "fail", "pass"),
        (None, "effective fail", "effective pass"),
        ("GAP-1", "insufficient_evidence", "pass"),
        ("LEAK-1", "fail, straddles, effective waived", "pass, no reason, effective pass"),
        ("NONE-1", "pass", "no such clause"),
        ("PILOT-1", "pass", "not_applied"),
        ("RATIO-1", "not_applied", "pass"),
        *[
            (f"{name}-1", "fail", "pass")
            for name in ("ALIKE", "SAME", "READ", "SRC", "SAID", "DAYS", "WORK", "LATE")
        ],
    ] == missed(
        start="passing",
        expect={
            "outcome": "fail",
            "effective": "fail",
            "clauses": {
                "GAP-1": "insufficient_evidence",
                "LEAK-1": {"outcome": "fail", "reason": "straddles", "effective": "waived"},
                "NONE-1": "pass",
                "PILOT-1": "pass",
                "RATIO-1": "not_applied",
            },
            "others": "fail",
        },
    )


@pytest.mark.parametrize(
    "case",
    [
        {"findings": [{"metric": "coverage.failed"}]},
        {"findings": [{"metric": "coverage.failed", "estimate": 0.1, "hits": 1}]},
        {"findings": [{"metric": "coverage.failed", "estimate": float("nan")}]},
        {"properties": {"shoe_size": 42}},
        {"properties": {"human_review": "perhaps"}},
        {"attempts": {}},
        {"attempts": {"number": 1, "unknown": "x"}},
        {"colour": "red"},
        {"start": "failing"},
        {"expect": {"outcome": "waived"}},
        {"expect": {}},
    ],
)
def test_a_case_that_says_nothing_clear_is_refused(case):
    with pytest.raises(ValidationError):
        PolicyCase.model_validate({"case": "A case.", "expect": {"outcome": "pass"}} | case)


def test_a_finding_of_nothing_is_refused():
    with pytest.raises(PolicyError, match=r"finding of 'coverage\.none': nothing measures it"):
        missed(findings=[{"metric": "coverage.none", "estimate": 0.1}], expect={"outcome": "pass"})
