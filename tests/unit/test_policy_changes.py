"""What a report says of the policy since the last decision about the same pipeline and use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from small_policies import HEAD, read

from govern.app.beside import policy_before
from govern.app.decision_folder import as_text
from govern.app.past import past_decisions, previous
from govern.domain import Decision, Findings, Policy
from govern.policy.diff import Change
from govern.policy.judge import judge
from govern.report.beside import Beside, PolicyBefore
from govern.report.html import render
from govern.report.model_card import model_card
from govern.report.view import build
from govern.testing import docket_of, run_facts

TEMPLATES = Path(__file__).parents[2] / "reports" / "templates"
CLAUSE = """## {id} A person checks

{prose}

```yaml clause
id: {id}
severity: {severity}
property: human_review
must: {{equals: required}}
```

"""


def written(*clauses: tuple[str, str], name: str = "small", prose: str = "A person must.") -> str:
    parts = [CLAUSE.format(id=id_, severity=severity, prose=prose) for id_, severity in clauses]
    return HEAD.replace("policy: small", f"policy: {name}") + "".join(parts)


def judged(text: str, day: int, **facts) -> tuple[Decision, Policy]:
    policy = read(text)
    findings = Findings(run=run_facts(**facts), findings=())
    return judge(policy, findings, docket_of([]), now=datetime(2026, 3, day, tzinfo=UTC)), policy


def keep(record: Path, text: str, day: int, **facts) -> Decision:
    decision, _ = judged(text, day, **facts)
    folder = record / "decisions" / decision.decision_id
    folder.mkdir(parents=True)
    (folder / "decision.json").write_text(decision.model_dump_json(), encoding="utf-8")
    (folder / "policy.md").write_text(text, encoding="utf-8")
    return decision


def now(record: Path, text: str, **facts) -> tuple[PolicyBefore, Decision, Policy]:
    decision, policy = judged(text, 20, **facts)
    last = previous(past_decisions(record), policy, decision.run)
    decision = decision.model_copy(update={"previous_decision": last})
    return policy_before(record, decision, policy), decision, policy


def told(before: PolicyBefore | None, decision: Decision, policy: Policy) -> tuple[str, list]:
    """The words under "Changes since the last decision", and the rows of its table."""
    page = build(decision, policy, beside=Beside(policy_before=before))
    blocks = next(one for one in page.sections if one.anchor == "policy").blocks
    at = next(i for i, b in enumerate(blocks) if b.kind == "heading")
    words, rows = [], []
    for block in blocks[at + 1 :]:
        if block.kind == "paragraph":
            words.append(block.text)
        elif block.kind == "not_measured":
            words.append(block.sentence)
        elif block.kind == "grid":
            rows += [row for group in block.groups for row in group.rows]
    return " ".join(words), rows


def test_a_first_decision_is_called_the_first(tmp_path):
    words, rows = told(*now(tmp_path, written(("AA-1", "block"))))

    assert "this is the first." in words
    assert not rows


def test_what_nobody_looked_up_is_not_called_the_first():
    words, _ = told(None, *judged(written(("AA-1", "block")), 3))

    assert "not measured. Nobody looked the last decision up in the record." in words


def test_the_same_bytes_are_called_unchanged_with_the_digest_of_both(tmp_path):
    text = written(("AA-1", "block"))
    old = keep(tmp_path, text, 3)
    before, decision, policy = now(tmp_path, text)

    assert (old.decision_id, policy.digest, ()) == (
        before.decision_id,
        before.digest,
        before.changes,
    )
    assert "the same to the byte" in told(before, decision, policy)[0]


def test_clauses_that_came_went_loosened_and_tightened_are_told_by_name(tmp_path):
    """B goes, D comes, A falls from block to warn, C rises from report to block."""
    old = keep(tmp_path, written(("AA-1", "block"), ("BB-1", "block"), ("CC-1", "report")), 3)
    before, decision, policy = now(
        tmp_path, written(("AA-1", "warn"), ("CC-1", "block"), ("DD-1", "block"))
    )
    words, rows = told(before, decision, policy)

    assert (
        "Since then: 1 clause added (DD-1), 1 clause removed (BB-1), 1 change looser and 1 change "
        "stricter. Some of it is looser: a candidate may pass now that did not before."
    ) == words
    assert {
        ("AA-1", "severity", "block", "warn", "looser"),
        ("CC-1", "severity", "report", "block", "stricter"),
        ("BB-1", "removed", "A person checks (block, human_review)", "–", "looser"),
        ("DD-1", "added", "–", "A person checks (block, human_review)", "stricter"),
    } == set(rows)
    page = render(build(decision, policy, beside=Beside(policy_before=before)), TEMPLATES)
    assert old.policy.digest in page
    assert policy.digest in page


def first_page(before: PolicyBefore | None, decision: Decision, policy: Policy) -> str:
    """What the first page says of it; HTML and model card say the same."""
    page = build(decision, policy, beside=Beside(policy_before=before))
    said = page.answer.loosened
    html = render(page, TEMPLATES)
    assert said in html[: html.index('id="contents"')]
    assert said in model_card(decision, page, ())
    assert bool(said) == ("What changed?" in html)
    return said


def test_the_first_page_says_that_the_policy_was_loosened_and_where(tmp_path):
    """Six clauses get softer, of which four are named."""
    ids = [f"AA-{number}" for number in range(1, 7)]
    old = keep(tmp_path, written(*((one, "block") for one in ids)), 3)
    found = now(tmp_path, written(*((one, "warn") for one in ids)))

    assert (
        f"The policy was loosened since the decision before ({old.decision_id}, 3 March 2026), in "
        "AA-1, AA-2, AA-3, AA-4 and 2 more: a candidate may pass now that did not then."
    ) == first_page(*found)


@pytest.mark.parametrize("later", ["warn", "report"])
def test_the_first_page_says_nothing_of_a_policy_that_is_no_looser(tmp_path, later):
    assert "" == first_page(*now(tmp_path, written(("AA-1", "block"))))
    keep(tmp_path, written(("AA-1", later)), 3)
    assert "" == first_page(*now(tmp_path, written(("AA-1", "block"))))


def test_what_the_signed_decision_names_is_not_talked_away_by_what_lies_beside_it(tmp_path):
    """``beside.json`` is signed by nobody: that this was the first, or came after another one."""
    old = keep(tmp_path, written(("AA-1", "block")), 3)
    before, decision, policy = now(tmp_path, written(("AA-1", "warn")))
    for forged in (None, PolicyBefore(), before.model_copy(update={"decision_id": "d0"})):
        said = first_page(forged, decision, policy)
        assert f"loosened since the decision before ({old.decision_id}): not measured." in said
        assert (
            "Changes of the policy since the last decision: not measured."
            in told(forged, decision, policy)[0]
        )


def test_stricter_alone_is_not_called_looser(tmp_path):
    keep(tmp_path, written(("AA-1", "warn")), 3)
    words, _ = told(*now(tmp_path, written(("AA-1", "block"))))

    assert words.endswith("1 change stricter. None of it is looser.")


def test_a_new_name_hides_no_looser_policy(tmp_path):
    """No decision by a policy of the new name: the one by the old name is held beside it."""
    keep(tmp_path, written(("AA-1", "block"), ("BB-1", "block")), 3)
    before, decision, policy = now(tmp_path, written(("AA-1", "block"), name="other"))
    words, _ = told(before, decision, policy)

    assert decision.previous_decision is None
    assert words.startswith("That was a policy of another name. Since then: 1 clause removed")


def test_decisions_about_other_pipelines_uses_or_later_days_are_no_last_decision(tmp_path):
    text = written(("AA-1", "block"))
    keep(tmp_path, text, 3, pipeline="another")
    keep(tmp_path, text, 4, use_case="goal")
    keep(tmp_path, text, 25)
    decision, policy = judged(text, 20)

    assert PolicyBefore() == policy_before(tmp_path, decision, policy)


@pytest.mark.parametrize("spoil", ["gone", "another policy"])
def test_a_last_decision_that_is_not_whole_is_not_compared(tmp_path, spoil):
    text = written(("AA-1", "block"))
    old = keep(tmp_path, text, 3)
    path = tmp_path / "decisions" / old.decision_id / "policy.md"
    path.unlink() if spoil == "gone" else path.write_text(text + "\n", encoding="utf-8")
    before, decision, policy = now(tmp_path, text)

    assert old.decision_id == before.decision_id
    assert (
        "not measured. The record here does not have it, or not whole."
        in (told(before, decision, policy)[0])
    )


def test_values_stay_text_and_are_cut_whatever_a_file_beside_the_decision_holds():
    hostile = "<script>alert(1)</script>\u202e " + "word " * 200
    decision, policy = judged(written(("AA-1", "block")), 20)
    before = PolicyBefore(
        decision_id="d1",
        made=date(2026, 3, 3),
        policy=hostile,
        changes=(Change(clause=hostile, field=hostile, before=hostile, effect="other"),),
    )
    page = render(build(decision, policy, beside=Beside(policy_before=before)), TEMPLATES)
    [row] = told(before, decision, policy)[1]

    assert "<script>" not in page
    assert "\u202e" not in page
    assert len(row[2]) <= 210
    assert row[2].endswith("…")


def test_what_was_looked_up_survives_the_file_beside_the_decision(tmp_path):
    """A change of the whole policy names no clause, and a file holds no nothing."""
    keep(tmp_path, written(("AA-1", "block")), 3)
    before, *_ = now(
        tmp_path, written(("AA-1", "warn")).replace("version: 1.0.0", "version: 2.0.0")
    )
    beside = Beside(policy_before=before)

    assert None in {change.clause for change in before.changes}
    assert beside == Beside.model_validate_json(as_text(beside))
