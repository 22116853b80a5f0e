"""The pages for employees and for a board."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from govern.app.board_page import compared
from govern.domain import Alternative, Decision, Deployment, Policy
from govern.errors import InputError
from govern.report.board import board_page
from govern.report.charts import drawn
from govern.report.employees import leaflet_of
from govern.report.html import laid_out
from govern.sources.locate import Project
from govern.text.readability import grade, sentences
from govern.text.tokens import tokenise

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
NOW = datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
OUTCOMES = ("pass", "fail", "insufficient_evidence")
# Public bodies ask for a reading age of 9 to 12; the grade is of school years, from about five.
SCHOOL_YEARS = 7.0


@pytest.fixture
def decision() -> Decision:
    return Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())


@pytest.fixture
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


def reached(decision: Decision, outcome: str, **changes: object) -> Decision:
    return decision.model_copy(update={"effective_outcome": outcome, **changes})


def prose(decision: Decision, policy: Policy, as_of: datetime | None = None) -> str:
    leaflet = leaflet_of(decision, policy, as_of)
    return " ".join(text for part in leaflet.parts for text in part.paragraphs)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("advisory", [True, False])
def test_a_reader_of_twelve_can_read_the_page_for_employees(decision, policy, outcome, advisory):
    """Flesch-Kincaid: school years that it takes."""
    text = pd.Series([prose(reached(decision, outcome, advisory=advisory), policy)], dtype="str")
    [years] = grade(tokenise(text), sentences(text))

    assert years <= SCHOOL_YEARS


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_page_for_employees_is_a_page_long_and_has_no_internals(decision, policy, outcome):
    leaflet = leaflet_of(reached(decision, outcome), policy)
    words = " ".join(
        text for part in leaflet.parts for text in (part.heading, *part.paragraphs, *part.items)
    )

    assert 200 < len(words.split()) < 420
    assert not re.search(r"[0-9a-f]{12}|interval|confidence|\d\.\d|fairness\.|kappa|n =|%", words)
    assert "How to object" in words
    assert "complian" not in words.lower()


def test_employees_are_told_plainly_what_came_out(decision, policy):
    told = {outcome: prose(reached(decision, outcome), policy) for outcome in OUTCOMES}

    assert "This holds until 1 March 2027." in told["pass"]
    assert "So it may not be used." in told["fail"]
    assert "So it may not be used yet." in told["insufficient_evidence"]
    assert "A trial run alone does not" in prose(reached(decision, "pass", advisory=True), policy)


@pytest.mark.parametrize("effective", ["pass", "waived"])
def test_employees_are_told_that_the_time_of_a_pass_is_past(decision, policy, effective):
    """It holds on its last day, and no day longer."""
    [first, *others] = decision.clauses
    clauses = (first.model_copy(update={"effective": effective}), *others)
    passed = reached(decision, "pass", clauses=clauses)
    last, after = (
        prose(passed, policy, datetime(2027, 3, day, 23, 59, tzinfo=UTC)) for day in (1, 2)
    )

    assert "This holds until 1 March 2027." in last
    assert "held until 1 March 2027. That day is past. It may not be used before a new" in after
    assert "This holds" not in after


def test_what_readers_are_told_stands_there_and_stays_text(decision, policy):
    run = decision.run.model_copy(update={"deployment": Deployment(disclosure="<b>AI</b> wrote.")})
    leaflet = leaflet_of(decision.model_copy(update={"run": run}), policy)
    page = laid_out("employees.html.j2", TEMPLATES, leaflet=leaflet)

    assert "&lt;b&gt;AI&lt;/b&gt; wrote." in page
    assert "<script" not in page


ASKED = {
    "FAIR": "Did people get the same for the same work?",
    "ACC": "Did the draft say what the file says, and no more?",
    "HOM": "Did drafts about two people read like one text?",
}


@pytest.mark.parametrize("family", ASKED)
def test_only_what_a_rule_had_a_number_for_is_called_tested(decision, policy, family):
    """In the golden decision HOM-1 has no number; ratings that fit say nothing about the text."""
    clauses = tuple(
        c
        for c in decision.clauses
        if c.id.startswith(family) and c.subject != "accuracy.unsupported_number_share"
    )
    assert family != "ACC" or "accuracy.rating_agreement" in {c.subject for c in clauses}
    tested = leaflet_of(decision.model_copy(update={"clauses": clauses}), policy).parts[1]

    assert {
        asked if one == family == "FAIR" else f"Not tested by any rule: {asked}"
        for one, asked in ASKED.items()
    } == set(tested.items)


def test_drafts_that_were_asked_for_are_not_called_written_or_looked_at(decision, policy):
    """Of 2,880 cells some may have been refused; of drafts that were handed in, all."""
    supplied = {"use_case": "recorded", "synthetic": False, "pipeline": "recorded", "planned": 60}
    run = decision.run.model_copy(update=supplied | {"groups": {"gender": ("female",)}})
    handed_in = decision.model_copy(update={"run": run})
    alone = decision.run.model_copy(update={"groups": {"gender": ("female",)}})

    assert "It was asked for 2,880 drafts about people who do not" in prose(decision, policy)
    said = prose(handed_in, policy)
    assert "each draft that was asked for: 60 in all, about real people." in said
    assert "The test does not know what wrote a draft." in said
    assert not re.search("recorded|English|wrote 60|looked at\\.", said)
    assert "other names" not in prose(decision.model_copy(update={"run": alone}), policy)


def version(decision: Decision, name: str, number: str, day: int, **changes: object) -> Decision:
    run = decision.run.model_copy(
        update={"pipeline": name, "pipeline_version": number, "fingerprint": f"{name}-{number}"}
    )
    facts = {"run": run, "decision_id": f"d{day}", "created": decision.created + timedelta(day)}
    return decision.model_copy(update=facts | changes)


def grid(page, name):
    blocks = [b for one in page.sections for b in one.blocks]
    tables = [b for b in blocks if b.kind == "grid"]
    tables += [b.table for b in blocks if b.kind == "figure"]
    return next(table for table in tables if table.id == name)


def figures(page):
    return [b for one in page.sections for b in one.blocks if b.kind == "figure"]


def test_candidates_stand_side_by_side_each_with_its_latest_decision(decision):
    """The first candidate was decided about twice: only the later decision stands there."""
    old, late = version(decision, "a", "1", 1), version(decision, "a", "1", 3)
    other = version(decision, "b", "2", 2, effective_outcome="pass")
    advice = version(decision, "c", "1", 4, effective_outcome="pass", advisory=True)
    page = board_page([old, other, late, advice], {}, as_of=NOW)
    rows = {row[0]: row for row in grid(page, "board-candidates").groups[0].rows}

    assert {"a 1", "b 2", "c 1"} == set(rows)
    assert "d3" == rows["a 1"][5]
    assert ("Pass", "Pass, advisory only") == (rows["b 2"][1].word, rows["c 1"][1].word)
    must = [c for c in decision.clauses if c.severity == "block"]
    met = sum(c.effective == "pass" for c in must)
    assert f"{met} of {len(must)}" == rows["a 1"][2]


def test_a_pass_whose_time_is_over_is_no_pass_to_a_board(decision):
    """A failure stays one, and neither decides anything any more."""
    made = [
        version(decision, "a", "1", 1, effective_outcome="pass"),
        version(decision, "b", "1", 2, effective_outcome="pass", advisory=True),
        version(decision, "c", "1", 3, effective_outcome="fail"),
    ]
    last, after = (
        [
            (row[1].word, row[3])
            for row in grid(board_page(made, {}, as_of=now), "board-candidates").groups[0].rows
        ]
        for now in (datetime(2027, 3, day, 23, 59, tzinfo=UTC) for day in (1, 2))
    )

    assert [("Pass", "decides"), ("Pass, advisory only", "advice"), ("Fail", "decides")] == last
    assert [(word, "over") for word in ("Over", "Over", "Fail")] == after


def test_a_candidate_that_was_judged_anew_is_among_the_newest(decision):
    """Five candidates; the first is decided about again after all others."""
    made = [version(decision, name, "1", day) for day, name in enumerate("abcde", start=1)]
    page = board_page([*made, version(decision, "a", "1", 9)], {}, as_of=NOW)
    names = [column.name for column in grid(page, "board-clauses").columns[2:]]

    assert ["c 1", "d 1", "e 1", "a 1"] == names


def test_a_clause_that_one_candidate_was_not_asked_is_not_called_met(decision):
    fewer = version(decision, "b", "1", 2, clauses=decision.clauses[1:])
    page = board_page([version(decision, "a", "1", 1), fewer], {}, as_of=NOW)
    row = next(r for r in grid(page, "board-clauses").groups[0].rows if r[0].startswith("FAIR-1 "))

    assert "not asked" == row[3]


def test_why_a_candidate_was_not_chosen_is_told_or_said_to_be_unknown(decision):
    def beside(name):
        return Alternative(
            decision_id="dx", pipeline=name, pipeline_version="1", fingerprint=name, outcome="fail"
        )

    mine = version(decision, "a", "1", 1, alternatives=(beside("b"), beside("c")))
    page = board_page([mine], {("d1", "b 1"): "It invents numbers."}, as_of=NOW)
    why = {row[1]: row[3] for row in grid(page, "board-alternatives").groups[0].rows}

    assert {
        "b 1": "It invents numbers.",
        "c 1": "not measured: nobody has said so in an approval",
    } == why


def test_a_trend_runs_from_the_oldest_version_to_the_newest_with_the_number_that_weighed(decision):
    page = board_page(
        [version(decision, "a", "1", 1), version(decision, "a", "2", 9)], {}, as_of=NOW
    )
    trend = grid(page, "board-trend-a")

    assert ["Clause", "1, 2 December 2026", "2, 10 December 2026"] == [
        c.name for c in trend.columns
    ]
    row = next(r for r in trend.groups[0].rows if r[0].startswith("ACC-1 "))
    assert "Fail: 6.1 in 100 stated numbers, All drafts" == row[1]


def moved(decision: Decision, clause: str, **changes: object) -> tuple:
    """The clauses, one of them with other numbers in the slice that weighs most."""

    def other(part):
        return part.model_copy(
            update={k: v for k, v in changes.items() if k in type(part).model_fields}
        )

    return tuple(
        c.model_copy(
            update={
                "slices": (other(c.slices[0]), *c.slices[1:]),
                "outcome": changes.get("outcome", c.outcome),
            }
        )
        if c.id == clause
        else c
        for c in decision.clauses
    )


def test_a_trend_is_drawn_from_its_table_with_what_the_policy_allowed_behind_it(decision, policy):
    """ACC-1 allows 2 in 100: 6.1 in the first version, 1.0 in the second, which meets it."""
    better = moved(decision, "ACC-1", estimate=0.010, lower=0.005, upper=0.015, outcome="pass")
    made = [version(decision, "a", "1", 1), version(decision, "a", "2", 9, clauses=better)]
    page = board_page(made, {}, policies={policy.digest: policy}, as_of=NOW)
    [figure] = figures(page)
    panel = next(one for one in figure.drawing.trends if one.label.startswith("ACC-1 "))
    drawing = drawn(figure)

    assert ("1", "2") == figure.drawing.versions
    assert [6.134, 1.0] == [p.value for p in panel.points]
    assert [(None, 2.0)] * 2 == [(p.allowed_low, p.allowed_high) for p in panel.points]
    assert ["fail", "pass"] == [p.verdict.mark for p in panel.points]
    assert "From version 1 to 2, 1 clause came to be met (ACC-1)." in figure.description
    assert 'class="band"' in drawing
    again = [made[0], version(decision, "a", "1", 9)]
    [same] = figures(board_page(again, {}, as_of=NOW))
    assert same.description.startswith("From 2 December 2026 to 10 December 2026, no clause")
    assert drawing.count('class="whisker fail"') + drawing.count('class="whisker pass"') >= 2
    cells = next(r for r in grid(page, "board-trend-a").groups[0].rows if r[0].startswith("ACC-1 "))
    assert "Pass: 1.0 in 100 stated numbers, All drafts" == cells[2]


def test_a_trend_has_no_band_where_the_policy_is_not_at_hand(decision):
    made = [version(decision, "a", "1", 1), version(decision, "a", "2", 9)]
    [figure] = figures(board_page(made, {}, as_of=NOW))
    points = [p for one in figure.drawing.trends for p in one.points]

    assert {(None, None)} == {(p.allowed_low, p.allowed_high) for p in points}
    assert 'class="band"' not in drawn(figure)


def test_a_version_that_was_not_asked_or_has_no_number_is_a_gap_and_no_zero(decision):
    """Of three versions the second was not asked ACC-1: a dash stands in its place."""
    fewer = tuple(c for c in decision.clauses if c.id != "ACC-1")
    made = [
        version(decision, "a", "1", 1),
        version(decision, "a", "2", 2, clauses=fewer),
        version(decision, "a", "3", 3),
    ]
    [figure] = figures(board_page(made, {}, as_of=NOW))
    panel = next(one for one in figure.drawing.trends if one.label.startswith("ACC-1 "))

    assert [False, True, False] == [p.value is None for p in panel.points]
    assert not any(one.label.startswith("HOM-1 ") for one in figure.drawing.trends)
    assert ">–</text>" in drawn(figure)
    joined = re.findall(r"<g transform.*?</g>", drawn(figure))
    [acc] = [one for one in joined if ">ACC-1 " in one]
    assert 1 == acc.count('class="axis"'), "no line leads over the gap"


def test_the_page_says_how_many_candidates_and_versions_it_leaves_out(decision):
    """Nine versions of one pipeline, each a candidate: four side by side, six in the trend."""
    made = [version(decision, "a", str(n), n) for n in range(1, 10)]
    page = board_page(made, {}, as_of=NOW)
    words = [b.text for one in page.sections for b in one.blocks if b.kind == "paragraph"]

    assert "The newest 4 of 9 candidates; the table above has all." in words
    assert ("The newest 6 of 9 decisions, the oldest first.",) == grid(page, "board-trend-a").notes
    assert ("4", "9") == (
        figures(page)[0].drawing.versions[0],
        figures(page)[0].drawing.versions[-1],
    )


def test_what_a_version_or_title_holds_stays_text_in_the_drawing(decision):
    clauses = tuple(c.model_copy(update={"title": "<b>x</b>"}) for c in decision.clauses)
    made = [
        version(decision, "<script>", "<i>1", day, clauses=clauses, decision_id=f"d{day}")
        for day in (1, 2)
    ]
    page = laid_out("board.html.j2", TEMPLATES, page=board_page(made, {}, as_of=NOW))

    assert not re.search(r"<script>|<b>x|<i>1", page)


def test_one_decision_is_no_trend(decision):
    page = board_page([version(decision, "a", "1", 1)], {}, as_of=NOW)

    assert "A trend: not measured. No pipeline has been decided about more than once here." in [
        b.sentence for one in page.sections for b in one.blocks if b.kind == "not_measured"
    ]


def test_a_record_without_decisions_says_what_was_expected(tmp_path):
    with pytest.raises(InputError, match="expected decisions by one policy, found by none"):
        compared(Project(tmp_path, configured=False), None, now=NOW)


def test_a_policy_that_nothing_was_decided_by_is_named(tmp_path):
    with pytest.raises(InputError, match=r"by policy 'mine', found by none; make one with"):
        compared(Project(tmp_path, configured=False), "mine", now=NOW)
