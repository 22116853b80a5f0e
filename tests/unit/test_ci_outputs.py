"""JUnit, SARIF and annotations: what stops a build, at which line, whatever texts hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.app.outputs import outputs
from govern.domain import ClauseOutcome, Decision
from govern.errors import IntegrityError
from govern.policy.reader import read_policy
from govern.report.annotations import annotations_of, command
from govern.report.junit import junit
from govern.report.sarif import WHOLE_RULE, sarif

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "ci"
POLICY_TEXT = (GOLDEN / "policy.md").read_text(encoding="utf-8")
POLICY = read_policy(POLICY_TEXT.encode(), where="policy.md")
DECISION = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
BY_ID = {clause.id: clause for clause in DECISION.clauses}
WORST = ("fail", "insufficient_evidence", "pass")


def decided(*clauses: ClauseOutcome, **changes: Any) -> Decision:
    """The golden decision with other clauses, its outcomes following from them."""
    blocking = [c for c in clauses if c.severity == "block"]
    effective = ["pass" if c.effective == "waived" else c.effective for c in blocking]

    def worst(outcomes):
        return next((o for o in WORST if o in outcomes), "insufficient_evidence")

    facts = {
        "clauses": clauses,
        "outcome": worst([c.outcome for c in blocking]),
        "effective_outcome": worst(effective),
    }
    return DECISION.model_copy(update=facts | changes)


def clause(name: str, **changes: Any) -> ClauseOutcome:
    if "outcome" in changes:
        changes.setdefault("effective", changes["outcome"])
        changes.setdefault("slices", ())
        changes.setdefault("waiver", None)
    return BY_ID[name].model_copy(update=changes)


def suites(decision: Decision) -> dict[str, ET.Element]:
    root = ET.fromstring(junit(decision, POLICY))
    return {suite.get("name", "").partition(" ")[0]: suite for suite in root}


def red(decision: Decision) -> int:
    root = ET.fromstring(junit(decision, POLICY))
    return len(root.findall(".//failure")) + len(root.findall(".//error"))


# The element and attribute names of jenkinsci/xunit-plugin's junit-10.xsd that are in use here:
# allowed children, required and optional attributes.
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, set(), {"name", "tests", "failures", "errors"}),
    "testsuite": (
        {"properties", "testcase"},
        {"name", "tests", "failures", "errors"},
        {"skipped", "timestamp"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, set()),
    "testcase": ({"failure", "error", "system-out"}, {"name"}, {"classname", "time"}),
    "failure": (set(), set(), {"type", "message"}),
    "error": (set(), set(), {"type", "message"}),
    "system-out": (set(), set(), set()),
}


def test_junit_has_the_elements_and_attributes_of_its_schema_and_true_counts():
    root = ET.fromstring(junit(DECISION, POLICY))

    for element in root.iter():
        children, required, optional = JUNIT[element.tag]
        assert {child.tag for child in element} <= children
        assert required <= set(element.attrib) <= required | optional
    for suite in [root, *root]:
        assert len(suite.findall(".//testcase")) == int(suite.get("tests", ""))
        assert len(suite.findall(".//failure")) == int(suite.get("failures", ""))
        assert len(suite.findall(".//error")) == int(suite.get("errors", ""))


def test_there_is_a_suite_for_each_clause_and_a_case_for_each_slice():
    found = {
        name: [case.get("name") for case in suite.iter("testcase")]
        for name, suite in suites(DECISION).items()
    }

    assert {
        "decision": ["decision"],
        "FAIR-1": ["gender: female", "gender: nonbinary", "gender: male"],
        "ACC-1": ["all"],
        "OVER-1": ["clause"],
        "DPIA-1": ["clause"],
        "HOM-1": ["all"],
        "REP-1": ["gender: female / male"],
    } == found


def test_a_failed_slice_is_a_failure_and_a_thin_one_an_error():
    cases = {case.get("name"): case for case in suites(DECISION)["FAIR-1"].iter("testcase")}

    assert ["failure"] == [child.tag for child in cases["gender: female"]]
    assert ["error"] == [child.tag for child in cases["gender: nonbinary"]]
    assert ["system-out"] == [child.tag for child in cases["gender: male"]]


def test_insufficient_evidence_is_never_skipped():
    thin = decided(clause("DPIA-1"))

    assert 2 == red(thin)
    assert "skipped" not in {element.tag for element in ET.fromstring(junit(thin, POLICY)).iter()}


def test_a_clause_that_warns_or_is_reported_fails_no_build_but_says_so():
    soft = decided(clause("OVER-1"), clause("HOM-1"), clause("REP-1"))
    found = suites(soft)

    assert 0 == red(soft)
    assert "Fail:" in found["HOM-1"].findtext(".//system-out", "")
    assert "Not enough evidence:" in found["REP-1"].findtext(".//system-out", "")


def test_a_waived_clause_passes_with_the_day_and_the_words_of_its_waiver():
    suite = suites(decided(clause("ACC-1")))["ACC-1"]
    facts = {p.get("name"): p.get("value") for p in suite.iter("property")}

    assert "0" == suite.get("failures")
    assert ("fail", "waived", "2026-12-20") == (
        facts["outcome"],
        facts["effective"],
        facts["waived-until"],
    )
    assert "The pilot must start" in suite.findtext(".//system-out", "")


@pytest.mark.parametrize("said", ["pass", "insufficient_evidence"])
def test_a_decision_without_any_clause_is_red_whatever_it_says(said):
    empty = decided(outcome=said, effective_outcome=said)

    assert ["decision"] == list(suites(empty))
    assert 1 == red(empty)


def test_clauses_that_only_warn_make_no_green_build():
    soft = decided(clause("HOM-1", outcome="pass"), outcome="pass", effective_outcome="pass")

    assert 1 == red(soft)
    assert "nothing was decided" in suites(soft)["decision"].findtext(".//error", "")


def test_a_decision_that_fails_as_a_whole_is_red_although_every_clause_passed():
    odd = decided(clause("OVER-1"), outcome="fail", effective_outcome="fail")

    assert 1 == red(odd)


def test_a_clause_that_is_undecided_although_its_slices_passed_is_an_error_of_its_own():
    """The suite was another one: no slice is to blame."""
    passed = tuple(s for s in BY_ID["FAIR-1"].slices if s.outcome == "pass")
    odd = clause("FAIR-1", outcome="insufficient_evidence", reason="wrong_suite", slices=passed)
    cases = suites(decided(odd))["FAIR-1"].findall("testcase")

    assert ["clause", "gender: male"] == [case.get("name") for case in cases]
    assert ["error", "system-out"] == [child.tag for case in cases for child in case]


def test_an_advisory_decision_and_a_bar_set_afterwards_are_named():
    explored, after = (
        suites(decided(clause("OVER-1"), advisory=True, bar_set_after=late))["decision"]
        for late in (False, True)
    )

    assert "exploratory run" in explored.findtext(".//system-out", "")
    assert "bar was set after the result" in after.findtext(".//system-out", "")
    assert "exploratory" not in after.findtext(".//system-out", "")


verdicts = st.builds(
    lambda name, outcome, waived: clause(
        name,
        outcome=outcome,
        effective="waived" if waived and outcome != "pass" else outcome,
        waiver=BY_ID["ACC-1"].waiver if waived and outcome != "pass" else None,
    ),
    st.sampled_from(list(BY_ID)),
    st.sampled_from(WORST),
    st.booleans(),
)


@given(st.lists(verdicts, unique_by=lambda c: c.id))
def test_junit_sarif_for_github_and_annotations_are_red_exactly_where_the_gate_is(clauses):
    decision = decided(*clauses)
    github = json.loads(sarif(decision, POLICY, path="p.md", profile="github"))
    levels = [result["level"] for result in github["runs"][0]["results"]]
    kinds = [line.partition(" ")[0] for line in annotations_of(decision, POLICY, path="p.md")]
    stopped = decision.effective_outcome != "pass"

    assert stopped == bool(red(decision))
    assert stopped == ("error" in levels)
    assert stopped == ("::error" in kinds)


# SARIF ------------------------------------------------------------------------------------


def results(decision: Decision, profile: str = "standard") -> dict[str, dict[str, Any]]:
    [run] = json.loads(sarif(decision, POLICY, path="policies/ours.md", profile=profile))["runs"]
    return {result["ruleId"]: result for result in run["results"]}


# The properties of the SARIF 2.1.0 objects (OASIS standard, section 3) that are in use here.
SARIF = {
    "log": {"$schema", "version", "runs"},
    "run": {"tool", "automationDetails", "invocations", "artifacts", "results", "properties"},
    "driver": {"name", "version", "rules"},
    "rule": {"id", "shortDescription", "fullDescription", "help", "defaultConfiguration"},
    "result": {
        *("ruleId", "ruleIndex", "message", "locations", "partialFingerprints", "kind", "level"),
        "suppressions",
    },
}


@pytest.mark.parametrize("profile", ["standard", "github"])
def test_sarif_is_made_of_the_standards_properties_and_points_at_its_rules(profile):
    log = json.loads(sarif(DECISION, POLICY, path="policies/ours.md", profile=profile))
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert "2.1.0" == log["version"]
    assert (SARIF["log"], SARIF["run"]) == (set(log), set(run))
    assert SARIF["driver"] == set(run["tool"]["driver"])
    assert [c.id for c in POLICY.clauses] == [rule["id"] for rule in rules]
    for rule in rules:
        assert SARIF["rule"] == set(rule)
        assert rule["defaultConfiguration"]["level"] in {"note", "warning", "error"}
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
    for result in run["results"]:
        assert SARIF["result"] - {"suppressions"} <= set(result) <= SARIF["result"]
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"]
        # Section 3.27.10: a level other than none goes with kind fail, and with it alone.
        assert (result["kind"] == "fail") == (result["level"] != "none")


def test_each_result_points_at_the_line_of_its_clause():
    lines = POLICY_TEXT.splitlines()

    for name, result in results(DECISION).items():
        [place] = [location["physicalLocation"] for location in result["locations"]]
        start = place["region"]["startLine"]
        assert "policies/ours.md" == place["artifactLocation"]["uri"]
        assert ("```yaml clause", f"id: {name}") == (lines[start - 1], lines[start])


def test_what_is_undecided_is_open_what_passed_is_no_finding_and_what_is_not_for_us_says_so():
    kinds = {name: (r["kind"], r["level"]) for name, r in results(DECISION).items()}

    assert {
        "FAIR-1": ("fail", "error"),
        "ACC-1": ("fail", "error"),
        "OVER-1": ("pass", "none"),
        "DPIA-1": ("open", "none"),
        "HOM-1": ("fail", "warning"),
        "REP-1": ("open", "none"),
        "NYC-1": ("notApplicable", "none"),
    } == kinds


def test_for_github_the_undecided_is_an_error_a_waived_clause_a_note_and_a_pass_is_left_out():
    kinds = {name: (r["kind"], r["level"]) for name, r in results(DECISION, "github").items()}

    assert {
        "FAIR-1": ("fail", "error"),
        "ACC-1": ("fail", "note"),
        "DPIA-1": ("fail", "error"),
        "HOM-1": ("fail", "warning"),
        "REP-1": ("fail", "note"),
    } == kinds


def test_a_waiver_is_an_accepted_suppression_and_nothing_else_is():
    suppressed = {name: r.get("suppressions") for name, r in results(DECISION).items()}
    [waived] = suppressed.pop("ACC-1")

    assert ("external", "accepted") == (waived["kind"], waived["status"])
    assert "The pilot must start" in waived["justification"]
    assert {None} == set(suppressed.values())


def test_a_decision_without_a_clause_is_an_open_result_and_for_github_an_error():
    empty = decided(outcome="pass", effective_outcome="pass", not_applied=())

    assert ["open"] == [r["kind"] for r in results(empty).values()]
    assert [(WHOLE_RULE, "error")] == [
        (name, r["level"]) for name, r in results(empty, "github").items()
    ]


def test_a_result_is_known_again_when_its_clause_moved():
    moved = read_policy(POLICY_TEXT.replace("# How a", "\n# How a").encode(), where="policy.md")
    [run] = json.loads(sarif(DECISION, moved, path="other.md", profile="standard"))["runs"]

    assert [r["partialFingerprints"] for r in results(DECISION).values()] == [
        r["partialFingerprints"] for r in run["results"]
    ]


def test_a_path_with_spaces_and_a_percent_sign_is_a_uri():
    [run] = json.loads(sarif(DECISION, POLICY, path="our 5% #1.md", profile="standard"))["runs"]
    places = [r["locations"][0]["physicalLocation"] for r in run["results"]]

    assert {"our%205%25%20%231.md"} == {
        run["artifacts"][0]["location"]["uri"],
        *(place["artifactLocation"]["uri"] for place in places),
    }


# Annotations ------------------------------------------------------------------------------


def test_annotations_stand_at_the_clauses_lines_worst_first():
    lines = annotations_of(DECISION, POLICY, path="policies/ours.md")

    assert [
        ("error", "1"),
        ("error", "18"),
        ("error", "58"),
        ("warning", "71"),
        ("notice", "32"),
        ("notice", "86"),
    ] == [
        re.match(r"::(\w+) file=policies/ours\.md,line=(\d+),title=", line).groups()
        for line in lines
    ]


def test_no_text_ends_a_command_or_its_properties_early():
    hostile = "100%0A::error::,line=9\r\n::add-mask::x:y"

    line = command("error", hostile, file=hostile, line=3, title=hostile)

    assert 1 == len(line.splitlines())
    head, _, message = line.removeprefix("::error ").partition("::")
    assert ["file", "line", "title"] == [part.partition("=")[0] for part in head.split(",")]
    assert ":" not in head
    assert "%250A" in message


# Hostile texts ----------------------------------------------------------------------------

HOSTILE = (
    "]]><!--&<failure>\x00\x1b[31m\u202e\ud800\ufffe\uffff\x85\u2028 [x](javascript:1) {0} `|` "
)
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
texts = st.text(st.characters(codec=None), min_size=1, max_size=40)


def spoilt(text: str) -> Decision:
    """The golden decision with ``text`` wherever somebody may have written something."""
    clauses = tuple(
        c.model_copy(
            update={
                "title": text,
                "explanation": text,
                "reading": text,
                "waiver": c.waiver
                and c.waiver.model_copy(
                    update={"reason": text, "mitigation": text, "ticket": text, "requester": text}
                ),
                "slices": tuple(
                    s.model_copy(update={"slice": f"{text}: {text}", "explanation": text})
                    for s in c.slices
                ),
            }
        )
        for c in DECISION.clauses
    )
    return DECISION.model_copy(
        update={
            "clauses": clauses,
            "run": DECISION.run.model_copy(update={"pipeline": text, "run_id": text}),
            "policy": DECISION.policy.model_copy(update={"title": text, "signed_by": (text,)}),
            "not_applied": tuple(
                n.model_copy(update={"title": text, "why": text}) for n in DECISION.not_applied
            ),
        }
    )


def every_text(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        yield from element.attrib.values()
        yield element.text or ""


@given(texts | st.just(HOSTILE))
def test_hostile_texts_change_no_verdict_and_leave_every_file_well_formed(text):
    spoiled = spoilt(text)
    root = ET.fromstring(junit(spoiled, POLICY))
    log = sarif(spoiled, POLICY, path="policies/ours.md", profile="github")
    lines = annotations_of(spoiled, POLICY, path="policies/ours.md")

    assert red(DECISION) == red(spoiled)
    assert [element.tag for element in ET.fromstring(junit(DECISION, POLICY)).iter()] == [
        element.tag for element in root.iter()
    ]
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", "".join(every_text(root))
    )
    assert log.encode("utf-8")
    assert "](" not in log
    assert all(1 == len(line.splitlines()) and line.startswith("::") for line in lines)


def test_a_policy_of_other_bytes_is_refused():
    other = read_policy(POLICY_TEXT.replace("made-up company", "company").encode(), where="p.md")

    with pytest.raises(IntegrityError, match="was made under policy"):
        outputs(DECISION, other)
