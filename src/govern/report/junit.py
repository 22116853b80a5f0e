"""JUnit XML: a test suite for each clause, a test case for each slice of it.

A clause that fails is a failure, one without enough evidence an error; nothing is ever skipped,
as CI takes that for harmless. The format is what Jenkins, GitLab and others read
(jenkinsci/xunit-plugin, junit-10.xsd).
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.report.answer import advisory_words
from govern.report.checks import Check, ClauseChecks, checks_of, whole
from govern.report.sentences import waiver_sentence
from govern.report.wording import as_sentence, visible

_ELEMENTS = {"fail": "failure", "insufficient_evidence": "error"}
_NO_XML = {0xFFFE: "[U+FFFE]", 0xFFFF: "[U+FFFF]"}


def junit(decision: Decision, policy: Policy) -> str:
    """The decision as JUnit XML: green exactly where the gate's exit code is 0.

    Only without any clause that must hold is it red beside a decision that says otherwise.
    """
    root = ET.Element("testsuites", name=_text(f"{decision.policy.id} {decision.policy.version}"))
    when = decision.created.strftime("%Y-%m-%dT%H:%M:%S")
    _decision(root, decision, when)
    for clause in checks_of(decision, policy):
        _clause(root, clause, policy.policy, when)
    for kind in ("tests", "failures", "errors"):
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _decision(root: ET.Element, decision: Decision, when: str) -> None:
    check = whole(decision)
    facts = {
        "decision": decision.decision_id,
        "outcome": decision.outcome,
        "effective-outcome": decision.effective_outcome,
        "advisory": str(decision.advisory).lower(),
        "expires": str(decision.expires),
        "pipeline": f"{decision.run.pipeline} {decision.run.pipeline_version}",
        "fingerprint": decision.run.fingerprint,
        "run": decision.run.run_id,
        "policy-sha256": decision.policy.digest,
    }
    said = [words] if (words := advisory_words(decision)) else []
    said += [f"{n.id} was not applied: {as_sentence(n.why)}" for n in decision.not_applied]
    said += [
        f"Waiver of {w.clause} refused: {as_sentence(w.why)}" for w in decision.waivers_refused
    ]
    suite = _suite(root, "decision", when, (check,), facts)
    _case(suite, check, decision.policy.id, said)


def _clause(root: ET.Element, clause: ClauseChecks, policy: str, when: str) -> None:
    outcome = clause.outcome
    facts = {
        "severity": outcome.severity,
        "outcome": outcome.outcome,
        "effective": outcome.effective,
        "line": str(clause.clause.line),
        "reading": outcome.reading,
    }
    said = []
    if outcome.waiver:
        facts["waived-until"] = str(outcome.waiver.expires)
        said = [waiver_sentence(outcome)]
    suite = _suite(root, f"{outcome.id} {outcome.title}", when, clause.checks, facts)
    for check in clause.checks:
        _case(suite, check, f"{policy}.{outcome.id}", said if check.outcome != "pass" else [])


def _suite(
    root: ET.Element, name: str, when: str, checks: tuple[Check, ...], facts: dict[str, str]
) -> ET.Element:
    stops = [check.outcome for check in checks if check.stops]
    suite = ET.SubElement(
        root,
        "testsuite",
        name=_text(name),
        tests=str(len(checks)),
        failures=str(stops.count("fail")),
        errors=str(stops.count("insufficient_evidence")),
        skipped="0",
        timestamp=when,
    )
    properties = ET.SubElement(suite, "properties")
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=key, value=_text(value))
    return suite


def _case(suite: ET.Element, check: Check, classname: str, said: list[str]) -> None:
    case = ET.SubElement(suite, "testcase", name=_text(check.name), classname=classname, time="0")
    if check.stops:
        problem = ET.SubElement(
            case, _ELEMENTS[check.outcome], type=check.outcome, message=_text(check.brief)
        )
        problem.text = _text(check.message)
    else:
        said = [check.message, *said]
    if said:
        ET.SubElement(case, "system-out").text = _text("\n".join(said))


def _text(text: str) -> str:
    """``text`` without what XML 1.0 forbids or what hides other text; ``ET`` escapes the rest."""
    return visible(text).translate(_NO_XML)
