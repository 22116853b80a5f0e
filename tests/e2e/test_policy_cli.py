"""``govern policy`` as a user drives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from govern.sources.locate import builtin_root

SHIPPED = builtin_root() / "policies" / "review-drafting.md"
CASE = """\
case: One gender is rated lower
start: passing
findings:
  - {metric: fairness.rating_shift, by: gender, contrast: female, estimate: -0.4, se: 0.02}
expect: {outcome: fail, clauses: {FAIR-1: fail}}
"""


@pytest.fixture
def mine(project: Path) -> Path:
    """A project with a copy of the shipped policy as its own, called ``ours``."""
    (project / "govern.toml").write_text("")
    (project / "policies").mkdir()
    path = project / "policies" / "ours.md"
    text = SHIPPED.read_text("utf-8").replace("policy: review-drafting", "policy: ours", 1)
    path.write_text(text, "utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_lint_finds_nothing_in_what_ships(govern, project):
    for names in ((), ("all",), ("review-drafting",)):
        found = govern("policy", "lint", *names)

        assert (0, "") == (found.code, found.err)
        assert found.out.endswith(" clauses, no problem\n")


def test_lint_says_every_problem_with_file_and_line_and_exits_12(govern, mine):
    edit(mine, "inside: 0.15", "inside: 0.5")
    edit(mine, "metric: fairness.impact_ratio", "metric: fairness.no_such")
    text = mine.read_text("utf-8")
    before, after = text.split("\n## FAIR-4", 1)
    head, tail = before.rsplit("suite: review-core", 1)
    mine.write_text(f"{head}suite: review-gore{tail}\n## FAIR-4{after}", "utf-8")
    found, as_json = govern("policy", "lint", "ours"), govern("policy", "lint", "ours", "--json")
    lines = {p["line"]: p["what"] for p in as_json.json["problems"]}

    assert 12 == found.code == as_json.code
    assert 4 == len(lines) == found.out.count("ours.md:")
    assert lines.pop(1) == (
        "clauses that block ask for suites review-core, review-gore; a run has one"
    )
    for line, what in lines.items():
        assert "```yaml clause" == mine.read_text("utf-8").splitlines()[line - 1]
        assert f"ours.md:{line}: clause FAIR-" in found.out
        assert what
    assert "" == as_json.err


def test_lint_tells_of_a_policy_that_cannot_be_read_beside_others(govern, mine):
    mine.write_text(mine.read_text("utf-8").replace("severity: block", "severity: bar", 2), "utf-8")
    found = govern("policy", "lint", "--json")

    assert 12 == found.code
    assert "review-drafting" in found.json["policies"]
    assert 2 == len({p["line"] for p in found.json["problems"]})
    assert {"ours.md"} == {p["source"] for p in found.json["problems"]}


def test_what_lint_refuses_cannot_be_signed(govern, mine):
    assert 0 == govern("keys", "init", "ana", "--role", "board-chair").code
    edit(mine, "min_cases: 50, suite: review-core", "min_cases: 50, suite: review-core, plan: big")
    refused = govern("policy", "sign", "ours", "--key", "ana")

    assert 12 == refused.code
    assert "has no plan 'big'" in refused.err


def test_show_sets_the_prose_beside_what_the_gate_reads(govern, mine):
    shown, as_json = govern("policy", "show", "ours"), govern("policy", "show", "ours", "--json")
    clauses = as_json.json["clauses"]

    assert (0, 0) == (shown.code, as_json.code)
    assert mine.read_text("utf-8").count("```yaml clause") == len(clauses)
    assert len(clauses) == shown.out.count("The gate reads this as: ")
    assert clauses[0]["prose"].startswith("If only the name and the pronouns change, ")
    assert clauses[0]["prose"].endswith("a combination of the two.")
    assert "FAIR-1 Same work, same rating (block)" in shown.out


def test_diff_marks_what_got_looser(govern, mine):
    before = mine.with_name("before.md")
    before.write_bytes(mine.read_bytes())
    edit(mine, "inside: 0.15", "inside: 0.16")
    edit(mine, "decision_valid_days: 90", "decision_valid_days: 60")
    args = ("policy", "diff", str(before), "ours")
    shown, as_json = govern(*args), govern(*args, "--json")

    assert [
        (None, "decision_valid_days", "stricter", False),
        ("FAIR-1", "inside (gender)", "looser", True),
    ] == [(c.get("clause"), c["field"], c["effect"], c["loosens"]) for c in as_json.json]
    assert "LOOSER" in shown.out
    assert shown.out.endswith("2 differences, 1 of them let more through\n")
    assert "no difference\n" == govern("policy", "diff", "ours", "ours").out


def test_cases_that_ship_come_out_as_written(govern, project):
    tried = govern("policy", "test")

    assert 0 == tried.code
    assert tried.out.endswith("all came out as written\n")


def test_a_case_that_comes_out_otherwise_is_told_clause_by_clause(govern, mine):
    cases = mine.parent / "tests" / "ours"
    cases.mkdir(parents=True)
    (cases / "lower.yaml").write_text(CASE)
    assert 0 == govern("policy", "test", "ours").code
    (cases / "wrong.yaml").write_text(CASE.replace("FAIR-1: fail", "FAIR-1: pass, COV-1: fail"))
    tried, as_json = govern("policy", "test", "ours"), govern("policy", "test", "ours", "--json")

    assert 12 == tried.code == as_json.code
    assert "ours/wrong.yaml: One gender is rated lower\n" in tried.out
    assert "  FAIR-1: expected pass, found fail\n  COV-1: expected fail, found pass\n" in tried.out
    assert "2 cases of 1 policies, 1 came out otherwise" in tried.out
    assert [0, 2] == [len(one["misses"]) for one in as_json.json]


def test_a_named_policy_without_cases_and_cases_without_a_policy_are_errors(govern, mine):
    assert 2 == govern("policy", "test", "ours").code
    (mine.parent / "tests" / "theirs").mkdir(parents=True)
    refused = govern("policy", "test")

    assert 2 == refused.code
    assert "cases of no policy" in refused.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "expected a mapping"),
        (CASE.replace("start: passing", "start: &s passing"), "aliases"),
        (CASE.replace("estimate: -0.4", 'estimate: "-0.4"'), "findings.0.estimate"),
        (CASE.replace("outcome: fail", "outcome: maybe"), "expect.outcome"),
        (CASE.replace("rating_shift", "rating_shaft"), "nothing measures it"),
    ],
)
def test_a_case_that_is_none_is_refused_with_its_file(govern, mine, text, said):
    cases = mine.parent / "tests" / "ours"
    cases.mkdir(parents=True)
    (cases / "bad.yaml").write_text(text)
    refused = govern("policy", "test", "ours")

    assert 12 == refused.code
    assert "bad.yaml" in refused.err
    assert said in refused.err


def test_schemas_are_printed_by_part(govern, project):
    parts = {part: govern("policy", "schema", part).json for part in ("policy", "clause", "case")}

    assert parts["policy"] == govern("policy", "schema").json
    assert {"Clause", "MeasuredClause"} < set(parts["policy"]["$defs"])
    assert 4 == len(parts["clause"]["oneOf"])
    assert "expect" in parts["case"]["required"]
    assert 2 == govern("policy", "schema", "soup").code


def test_simulated_pipelines_must_pass_often_enough(govern, mine):
    """With a margin of 0.01 rating points no noisy pipeline passes."""
    edit(mine, "inside: 0.15", "inside: 0.01")
    edit(mine, "0.15 points on average", "0.15 (0.01) points on average")
    edit(mine, "suite: review-core}", "suite: review-core, plan: starter}")
    found = govern("policy", "lint", "ours", "--simulate", "--runs", "50")

    assert 12 == found.code
    assert "ours.md:1: a fair but noisy pipeline passes in 0.0% of 50 simulated runs" in found.out
