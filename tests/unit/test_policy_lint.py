"""Lint: what would mislead the people a policy binds, or let nothing ever be stopped."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from govern.contest.specs import SPECS as RECORD_SPECS
from govern.metrics import METRICS
from govern.policy.known import Known
from govern.policy.lint import lint
from govern.policy.reader import read_policy
from govern.policy.reading import reading

SHIPPED = Path(__file__).parents[2] / "policies" / "review-drafting.md"
SPECS = {name: metric.spec for name, metric in METRICS.items()}
KNOWN = Known(specs=SPECS, record_specs=RECORD_SPECS)
TODAY = date(2026, 12, 1)
HEAD = """\
---
policy: small
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair], required: [board-chair]}
scope: {use_cases: [review], stage: pilot}
---
# A small policy

"""
LEVEL = """\
## COV-1 Drafts come back

At most 5 in 100 (0.05), 95 % sure (0.95), from 60 cases.

```yaml clause
id: COV-1
severity: block
metric: coverage.failed
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0.05}
evidence: {min_cases: 60, suite: review-core}
```
"""
CONTRAST = """\
## FAIR-1 Same rating

Inside 0.15, 90 % sure (0.90), from 60 cases.

```yaml clause
id: FAIR-1
severity: block
metric: fairness.rating_shift
slices: [{by: gender, inside: 0.15}]
statistic: {confidence: 0.90, sided: two}
evidence: {min_cases: 60, suite: review-core}
```
"""
TEXT = HEAD + LEVEL + CONTRAST
LEVEL_AT, CONTRAST_AT = 17, 30


def problems(text: str, today: date = TODAY) -> list[str]:
    policy = read_policy(text.encode(), where="p.md")
    return [str(problem) for problem in lint(policy, KNOWN, today=today)]


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert 1 == text.count(old), old
        text = text.replace(old, new)
    return text


def sections() -> list[str]:
    """Each clause of the shipped policy as a policy of its own, with the same head."""
    head, *rest = SHIPPED.read_text("utf-8").split("\n## ")
    return [f"{head}\n## {section}" for section in rest if "```yaml clause" in section]


def numbers_in_blocks() -> list[tuple[str, int, int, str]]:
    """Each threshold of each block: the policy it stands in, where, and what it is."""
    found = []
    for text in sections():
        [block] = re.finditer(r"```yaml clause\n(.*?)```", text, re.DOTALL)
        for n in re.finditer(
            r"(?:inside|confidence|upper_le|upper_lt|lower_ge|lower_gt|min_cases|window_days"
            r"|max_age_days): (\d[\d.]*)",
            block.group(1),
        ):
            start = block.start(1) + n.start(1)
            found.append((text, start, start + len(n.group(1)), n.group(1)))
    return found


def test_the_shipped_policy_lints_clean():
    shipped = read_policy(SHIPPED.read_bytes(), where=SHIPPED.name)

    assert () == lint(shipped, KNOWN, today=date(2026, 11, 25))


def test_a_small_policy_lints_clean():
    assert [] == problems(TEXT)


def test_every_number_of_the_shipped_policy_is_known_to_this_test():
    digits = re.findall(
        r"(?<![\w.-])\d+(?:\.\d+)?(?![\w.-])",
        " ".join(
            line
            for block in re.findall(
                r"```yaml clause\n(.*?)```", SHIPPED.read_text("utf-8"), re.DOTALL
            )
            for line in block.splitlines()
            if not line.startswith(("id:", "maps:"))
        ),
    )

    assert sorted(digits) == sorted(number for *_, number in numbers_in_blocks())


@pytest.mark.parametrize(
    ("text", "start", "end", "number"),
    numbers_in_blocks(),
    ids=[f"{number}-{index}" for index, (*_, number) in enumerate(numbers_in_blocks())],
)
def test_a_number_changed_in_a_block_and_not_in_the_prose_is_an_error(text, start, end, number):
    """Each threshold of the shipped policy once: 0.15 becomes 0.153, 60 becomes 603."""
    other = "0.0003" if number == "0" else f"{number}3"
    policy = read_policy((text[:start] + other + text[end:]).encode(), where="p.md")
    [clause] = policy.clauses
    found = [p for p in lint(policy, KNOWN, today=date(2026, 11, 25)) if p.clause]

    assert any("does not stand in the clause's prose" in problem.what for problem in found)
    assert {("p.md", clause.line, clause.id)} == {(p.source, p.line, p.clause) for p in found}


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("review_by: 2027-01-02", "review_by: 2026-11-30")], "past its review date 2026-11-30"),
        (
            [
                ("approved: 2026-01-02", "approved: 2026-12-02"),
                ("decision_valid_days: 90", "decision_valid_days: 31"),
            ],
            "approved on 2026-12-02, which is yet",
        ),
        (
            [("threshold: 1", "threshold: 2")],
            "approvals: 2 needed, more than there are roles (1)",
        ),
        (
            [("required: [board-chair]", "required: [ceo]")],
            "approvals: required role(s) ceo may not approve",
        ),
        (
            [("roles: [board-chair]", "roles: [board-chair, board-chair]")],
            "approvals: role board-chair stands twice",
        ),
        (
            [
                (
                    "scope: {use_cases",
                    "decision_approvals: {threshold: 3, roles: [board-chair, ceo]}\n"
                    "scope: {use_cases",
                )
            ],
            "decision_approvals: 3 needed, more than there are roles (2)",
        ),
        (
            [("decision_valid_days: 90", "decision_valid_days: 366")],
            "decision_valid_days 366: no decision outlives the review, 365 days after the approval",
        ),
        (
            [("declared_only_valid_days: 30", "declared_only_valid_days: 91")],
            "declared_only_valid_days 91 is more than decision_valid_days 90; what could only be "
            "declared expires no later",
        ),
    ],
)
def test_front_matter_that_could_not_be_met_is_an_error(pairs, said):
    [problem] = problems(changed(*pairs))

    assert problem.startswith(f"p.md:1: {said}")


def test_a_policy_is_good_on_its_review_day_and_not_the_day_after():
    assert [] == problems(TEXT, today=date(2027, 1, 2))
    assert 1 == len(problems(TEXT, today=date(2027, 1, 3)))
    assert [] == problems(TEXT, today=date(2026, 1, 2))
    assert 1 == len(problems(TEXT, today=date(2026, 1, 1)))


@pytest.mark.parametrize("severity", ["warn", "report"])
def test_a_policy_in_which_nothing_blocks_is_an_error(severity):
    assert ["p.md:1: no clause blocks, so nothing could ever be stopped"] == problems(
        TEXT.replace("severity: block", f"severity: {severity}")
    )


@pytest.mark.parametrize(
    ("line", "pairs", "said"),
    [
        (
            LEVEL_AT,
            [("metric: coverage.failed", "metric: coverage.fialed")],
            "metric 'coverage.fialed' is not measured by anything; known: coverage.failed",
        ),
        (
            LEVEL_AT,
            [("metric: coverage.failed", "metric: fairness.rating_shift")],
            "fairness.rating_shift is a contrast and takes a margin (inside)",
        ),
        (
            CONTRAST_AT,
            [("metric: fairness.rating_shift", "metric: fairness.impact_ratio")],
            "fairness.impact_ratio is a ratio and takes pass_if and fail_if",
        ),
        (
            LEVEL_AT,
            [("metric: coverage.failed", "metric: fairness.selection_rate")],
            "fairness.selection_rate is a table for people to read, no clause can be judged by it",
        ),
        (
            CONTRAST_AT,
            [("0.90, sided: two", "0.90, sided: one")],
            "a margin needs a two-sided interval",
        ),
        (
            LEVEL_AT,
            [("fail_if: {lower_gt: 0.05}", "fail_if: {upper_lt: 0.05}")],
            "pass_if and fail_if look at the same end of the interval",
        ),
        (
            LEVEL_AT,
            [
                ("fail_if: {lower_gt: 0.05}", "fail_if: {lower_gt: 0.04}"),
                ("(0.05)", "(0.05, 0.04)"),
            ],
            "one interval could both pass and fail",
        ),
        (
            LEVEL_AT,
            [("{upper_le: 0.05}", "{lower_ge: 0.05}"), ("{lower_gt: 0.05}", "{upper_lt: 0.05}")],
            "pass_if looks at the wrong end: for coverage.failed, lower is better",
        ),
        (
            LEVEL_AT,
            [("metric: coverage.failed", "metric: accuracy.key_coverage")],
            "pass_if looks at the wrong end: for accuracy.key_coverage, higher is better",
        ),
        (
            CONTRAST_AT,
            [
                (
                    "[{by: gender, inside: 0.15}]",
                    "[{by: gender, inside: 0.15}, {by: gender, inside: 0.9}]",
                )
            ],
            "slice gender stands twice",
        ),
        (
            CONTRAST_AT,
            [("inside: 0.15", "inside: 0.51")],
            "inside (gender) 0.51 does not stand in the clause's prose",
        ),
        (
            CONTRAST_AT,
            [("inside: 0.15}]\n", "inside: 0.15}]\nwaiver: {allowed: true}\n")],
            "a waiver needs approvers and max_days",
        ),
        (
            CONTRAST_AT,
            [
                (
                    "inside: 0.15}]\n",
                    "inside: 0.15}]\nwaiver: {allowed: true, approvers: [board-chair]}\n",
                )
            ],
            "a waiver needs approvers and max_days",
        ),
        (
            CONTRAST_AT,
            [
                (
                    "inside: 0.15}]\n",
                    "inside: 0.15}]\n"
                    "waiver: {allowed: true, approvers: [board-chair], max_days: 31}\n",
                )
            ],
            "max_days 31 does not stand in the clause's prose",
        ),
    ],
)
def test_a_clause_that_misleads_is_named_with_its_line(line, pairs, said):
    [problem] = problems(changed(*pairs))

    assert re.fullmatch(rf"p\.md:{line}: clause [A-Z]+-1: {re.escape(said)}.*", problem)


def test_a_threshold_met_from_both_sides_at_once_is_no_overlap():
    """Pass at most 0.05, fail above 0.05: no interval does both."""
    assert [] == problems(TEXT)
    higher = [
        ("metric: coverage.failed", "metric: accuracy.key_coverage"),
        ("{upper_le: 0.05}", "{lower_ge: 0.05}"),
        ("{lower_gt: 0.05}", "{upper_lt: 0.05}"),
    ]
    assert [] == problems(changed(*higher))
    overlapping = [
        *higher[:2],
        ("{lower_gt: 0.05}", "{upper_lt: 0.06}"),
        ("(0.05)", "(0.05, 0.06)"),
    ]
    assert ["one interval could both pass and fail"] == [
        problem.rpartition(": ")[2] for problem in problems(changed(*overlapping))
    ]


def test_one_hit_may_fail_what_the_upper_end_would_let_pass_if_the_reading_says_so():
    """Zero tolerance: above 0 fails, though 1 hit in 360 stays below 0.05."""
    text = changed(
        ("metric: coverage.failed", "metric: integrity.echo"),
        ("{lower_gt: 0.05}", "{lower_gt: 0}"),
        ("(0.05)", "(0.05), none (0)"),
    )
    clause = read_policy(text.encode(), where="p.md").clauses[0]

    assert [] == problems(text)
    assert "lower end of the interval is above 0; failing goes first." in reading(
        clause, SPECS, attempts=1
    )


@pytest.mark.parametrize(
    ("prose", "stands"),
    [
        ("0.15", True),
        ("(0.15)", True),
        ("0.15,", True),
        ("0.15.", True),
        ("±0.15", True),
        ("0.150", True),
        ("0.1-0.15", True),
        ("-0.15", False),
        ("1.0.15", False),
        ("10.15", False),
        ("0.151", False),
        ("0.15x", False),
        ("v0.15", False),
        ("0,15", False),
        ("0.15,5", False),
        ("\u22120.15", False),
        ("\u0660.\u0661\u0665", False),
        ("\uff10.\uff11\uff15", False),
        ("0.1\u0665", False),
        ("0.15%", True),
        ("fifteen hundredths", False),
        ("[0.15 in a note](http://a/0.51)", True),
        ("[a note](http://a/0.15)", False),
    ],
)
def test_a_number_stands_in_prose_only_as_a_number_of_its_own(prose, stands):
    found = problems(changed(("Inside 0.15,", f"Inside {prose} and")))

    assert stands == (found == [])


def test_a_number_in_the_heading_or_below_the_block_does_not_count_as_prose():
    heading = changed(("## FAIR-1 Same rating", "## FAIR-1 Inside 0.15"), ("Inside 0.15,", "So,"))
    below = changed(("Inside 0.15,", "So,")) + "\nInside 0.15.\n"

    for text in (heading, below):
        assert 1 == len(problems(text))


def test_every_problem_is_told_at_once():
    text = changed(
        ("review_by: 2027-01-02", "review_by: 2026-06-01"),
        ("metric: coverage.failed", "metric: nothing"),
        ("inside: 0.15", "inside: 0.51"),
    )

    assert 3 == len(problems(text))


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (
            0,
            "coverage.failed (in share of planned drafts), over all drafts, passes when, by the "
            "95% one-sided interval, the upper end of the interval is at most 0.05 and fails when "
            "the lower end of the interval is above 0.05. It needs at least 60 cases of "
            "review-core, and a certificate (provisional or better) for the evaluator. "
            "It cannot be waived. It blocks.",
        ),
        (
            1,
            "fairness.rating_shift (in rating points) passes when the 90% two-sided interval of "
            "every slice lies within its margin (by gender inside ±0.15) and fails when one lies "
            "wholly outside. It needs at least 60 cases of review-core, and a certificate "
            "(provisional or better) for the evaluator. "
            "It cannot be waived. It blocks.",
        ),
    ],
)
def test_the_gate_says_back_what_it_read(index, said):
    clause = read_policy(TEXT.encode(), where="p.md").clauses[index]

    assert said == reading(clause, SPECS, attempts=1)


def test_the_reading_names_plan_baseline_and_severity():
    text = changed(
        ("severity: block\nmetric: coverage.failed", "severity: warn\nmetric: coverage.failed"),
        (
            "fail_if: {lower_gt: 0.05}\nevidence: {min_cases: 60, suite: review-core}",
            "fail_if: {lower_gt: 0.05}\nevidence: {min_cases: 60, suite: review-core, "
            "plan: full, baseline: evidence, certificate: independent}",
        ),
    )
    clause = read_policy(text.encode(), where="p.md").clauses[0]

    assert reading(clause, SPECS, attempts=1).endswith(
        "It needs at least 60 cases of review-core, plan full, baseline evidence, and a "
        "certificate (independent or better) for the evaluator. "
        "It cannot be waived. It warns and does not block."
    )


def test_a_clause_cannot_block_on_a_reference_drafter():
    text = changed(
        (
            "fail_if: {lower_gt: 0.05}\nevidence: {min_cases: 60, suite: review-core}",
            "fail_if: {lower_gt: 0.05}\nevidence: {min_cases: 60, suite: review-core, "
            "baseline: reference}",
        ),
    )
    policy = read_policy(text.encode(), where="p.md")

    assert ["baseline reference may warn, not block"] == [
        problem.what for problem in lint(policy, KNOWN, today=policy.approved)
    ]


@pytest.mark.parametrize(
    ("prose", "stands"),
    [
        ("1,000", True),
        ("1000", True),
        ("1 000", False),
        ("1\u00a0000", False),
        ("1\u202f000", False),
        ("1\u2019000", False),
        ("1.000", False),
        ("10,00", False),
        ("01,000", False),
        ("1,0000", False),
        ("11,000", False),
        ("1,000,000", False),
    ],
)
def test_a_thousand_is_told_from_a_one_and_from_a_million(prose, stands):
    text = changed(
        ("from 60 cases.\n\n```yaml clause\nid: COV-1", "from N.\n\n```yaml clause\nid: COV-1")
    )
    text = text.replace("min_cases: 60", "min_cases: 1000", 1).replace("from N", f"from {prose}")

    assert stands == (problems(text) == [])


def test_a_spaced_thousand_is_neither_one_nor_nothing():
    """Written 1 000, the block could say 1 case or more than 0, and the prose would hold both."""
    text = changed(("95 % sure (0.95), from 60 cases.", "95 % sure (0.95), from 1 000 cases."))

    assert 1 == len(problems(text.replace("min_cases: 60", "min_cases: 1", 1)))
    assert 1 == len(problems(text.replace("min_cases: 60", "min_cases: 1000", 1)))
