"""The report: its words, its order, and what hostile content cannot do to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from govern.app.demo import outcome_line
from govern.canon import digest, sha256
from govern.domain import Approval, Decision, Policy, Signed, Signer, SliceOutcome, Undefined
from govern.errors import InputError, IntegrityError
from govern.report.beside import Beside
from govern.report.employees import leaflet_of
from govern.report.html import command, render, told
from govern.report.markdown import summary
from govern.report.page import Plot, PlotGroup, PlotRow
from govern.report.shown import Verdict
from govern.report.subjects import reference_of
from govern.report.svg import forest
from govern.report.tables import PLOT_ROWS
from govern.report.units import unit_of
from govern.report.view import build
from govern.report.wording import (
    anchors,
    decimals_for,
    fixed,
    lower_end,
    paragraphs,
    two_digits,
    upper_end,
    visible,
)

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
HOSTILE = '<script>alert(1)</script>"\u202egnp'


class Outline(HTMLParser):
    """Tags, attributes and readable text, and the text up to the list of contents."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.references: list[str] = []
        self.text: list[str] = []
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("style", "title")
        self.tags.append(tag)
        self.references += [v or "" for k, v in attrs if k in ("href", "src", "xlink:href")]
        if any(key.startswith("on") for key, _ in attrs):
            self.tags.append("handler")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    @property
    def first_screen(self) -> str:
        return self.words.partition("In this report")[0]


@pytest.fixture
def decision() -> Decision:
    return Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())


@pytest.fixture
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


def html(decision: Decision, policy: Policy) -> str:
    return render(build(decision, policy), TEMPLATES)


def outline(decision: Decision, policy: Policy) -> Outline:
    return Outline(html(decision, policy))


def with_clause(decision: Decision, clause_id: str, **changes: object) -> Decision:
    """``decision`` with one clause changed and, as the judge would, the outcome after it."""
    effective = {"effective": changes["outcome"]} if "outcome" in changes else {}
    clauses = tuple(
        c.model_copy(update=effective | changes) if c.id == clause_id else c
        for c in decision.clauses
    )
    return decision.model_copy(update={"clauses": clauses})


@pytest.mark.parametrize("advisory", [False, True])
def test_a_pass_by_waiver_is_never_told_as_all_clauses_met(decision, policy, advisory):
    """Of the clauses that must hold one failed and is waived: to a board, in Markdown, to staff."""
    passed = everything(decision, "pass")
    [waived, *others] = [c for c in passed.clauses if c.severity == "block"]
    clauses = tuple(
        c.model_copy(update={"outcome": "fail", "effective": "waived"}) if c is waived else c
        for c in passed.clauses
    )
    decided = passed.model_copy(
        update={"clauses": clauses, "outcome": "fail", "advisory": advisory}
    )
    answer = build(decided, policy).answer
    leaflet = " ".join(p for part in leaflet_of(decided, policy).parts for p in part.paragraphs)

    assert f"{len(others)} of the {len(others) + 1} clauses that must hold" in answer.decided_lead
    assert f"{waived.id} was not shown to hold and is set aside by a waiver." in answer.sentence
    assert f"{waived.id} was not shown to hold" in summary(decided, policy)
    assert "It did not keep each rule that it must keep." in leaflet
    assert waived.title in leaflet
    for text in (answer.sentence, answer.decided_lead, leaflet):
        assert "All " not in text
        assert "It kept each rule" not in text


def everything(decision: Decision, outcome: str) -> Decision:
    """``decision`` with every clause and slice at one outcome."""
    clauses = tuple(
        clause.model_copy(
            update={
                "outcome": outcome,
                "effective": outcome,
                "reason": None,
                "slices": tuple(
                    part.model_copy(update={"outcome": outcome, "reason": None})
                    for part in clause.slices
                ),
            }
        )
        for clause in decision.clauses
    )
    reached = {"outcome": outcome, "effective_outcome": outcome}
    return decision.model_copy(update={"clauses": clauses} | reached)


def one_must_hold(decision: Decision, outcome: str, effective: str) -> Decision:
    """``decision`` with one clause that must hold, at ``effective``, and all others as warnings."""
    [first, *others] = everything(decision, outcome).clauses
    alone = first.model_copy(update={"severity": "block", "effective": effective})
    rest = tuple(c.model_copy(update={"severity": "warn"}) for c in others)
    reached = "pass" if effective == "waived" else outcome
    return decision.model_copy(
        update={"clauses": (alone, *rest), "outcome": outcome, "effective_outcome": reached}
    )


def test_one_clause_is_told_as_one(decision, policy):
    states = [("pass", "pass"), ("fail", "waived"), ("insufficient_evidence",) * 2]
    passed, waived, open_ = (one_must_hold(decision, *state) for state in states)
    explored = build(passed.model_copy(update={"advisory": True}), policy).answer

    assert "The one clause that must hold is met." == build(passed, policy).answer.decided_lead
    assert "The one clause that must hold is not met." == build(waived, policy).answer.decided_lead
    assert explored.sentence.startswith("No decision. The one clause that must hold was met in")
    assert build(open_, policy).answer.sentence == (
        "Not yet. For the one clause that must hold, the evidence does not show whether it is met."
    )
    assert outcome_line(passed).startswith("the one blocking clause passes")


def test_of_several_clauses_one_is_met_and_others_are(decision, policy):
    passed = everything(decision, "pass")
    [first, second, *_] = (c.model_copy(update={"severity": "block"}) for c in passed.clauses)
    waived = second.model_copy(update={"outcome": "fail", "effective": "waived"})
    rest = tuple(c.model_copy(update={"severity": "warn"}) for c in passed.clauses[2:])
    two = passed.model_copy(update={"clauses": (first, waived, *rest), "outcome": "fail"})

    assert "1 of the 2 clauses that must hold is met." == build(two, policy).answer.decided_lead


def yes(decision: Decision, name: str, role: str, verdict: str = "approve") -> Signed[Approval]:
    act = Approval(
        decision_id=decision.decision_id,
        decision_digest=digest(decision.as_json()),
        role=role,
        verdict=verdict,
        conflict="none",
        owner=name,
        reasons="Fine.",
        created=decision.created,
    )
    signer = Signer(name=name, keyid=sha256(name.encode()), roles=(role,))
    return Signed[Approval](act=act, signers=(signer,), digest=sha256(b"envelope"))


def test_once_it_is_approved_the_first_page_says_so(decision, policy):
    """The policy asks for two; of one alone, or over an objection, it is not approved."""
    passed = everything(decision, "pass")
    chair, works = (
        yes(passed, name, role)
        for name, role in (("ana", "board-chair"), ("ben", "worker-representative"))
    )
    against = yes(passed, "eva", "worker-representative", "object")
    told = [
        build(passed, policy, beside=Beside(as_of=passed.created, answers=answers)).answer
        for answers in ((chair,), (chair, works, against), (chair, works))
    ]

    for answer in told[:2]:
        assert "Once 2 people have approved it as the policy asks, it may be" in answer.sentence
        assert answer.scope[1].startswith("Once approved, it holds until")
    assert told[2].sentence.startswith(
        "Yes, by its clauses, and 2 people have approved it as the policy asks. It may be rolled"
    )
    assert "It holds until 1 March 2027." == told[2].scope[1]


def undecided(clause, *needed: int | None):
    """``clause`` undecided, with a group for each number of cases that it needs."""
    parts = tuple(
        SliceOutcome(
            slice=f"marker: fact-{place}",
            outcome="insufficient_evidence",
            reason="straddles",
            explanation=f"group {place}",
            cases_needed=cases,
        )
        for place, cases in enumerate(needed)
    )
    state = {"outcome": "insufficient_evidence", "reason": "straddles", "slices": parts}
    return clause.model_copy(update={**state, "explanation": "group 0"})


def settling(decision: Decision, policy: Policy, *needed: tuple[int | None, ...]) -> list[str]:
    """The first page's sentence, then that of each clause, with clauses that need these cases."""
    changed = [undecided(c, *n) for c, n in zip(decision.clauses, needed, strict=False)]
    clauses = (*changed, *decision.clauses[len(changed) :])
    page = build(decision.model_copy(update={"clauses": clauses}), policy)
    return [page.answer.settle, *(one.more for one in page.clauses[: len(needed)])]


def test_the_first_page_names_what_more_cases_settle_and_what_they_do_not(decision, policy):
    first, one, two = settling(decision, policy, (540, 600), (480, None))

    assert first == (
        "About 240 more cases would settle FAIR-1 and ACC-2: about 1,900 drafts, 1,300,000 "
        "tokens and 48 minutes. More cases alone would not settle FAIR-2."
    )
    assert one == "About 600 cases in all would settle this clause; Fact 1 needs the most."
    assert two == "More cases alone would not settle this clause, whatever some groups need."


def test_what_the_gate_already_said_of_the_one_group_is_not_said_again(decision, policy):
    assert ["", ""] == settling(decision, policy, (540,), (None,))[1:]


def test_what_was_put_into_a_case_is_named_as_people_name_it(decision, policy):
    [outcome] = (one for one in decision.clauses if one.id == "FAIR-1")
    part = next(one for one in outcome.slices if one.slice == "gender: female")
    finding = part.finding.model_copy(update={"by": "marker", "contrast": "same-sex-partner"})
    put_in = part.model_copy(update={"slice": finding.slice, "finding": finding})
    clauses = (outcome.model_copy(update={"slices": (put_in,)}), *decision.clauses[1:])
    clause = build(decision.model_copy(update={"clauses": clauses}), policy).clauses[0]

    assert "Same sex partner" == clause.table.groups[0].rows[0].group
    assert "below the reference" == clause.plot.lower_end


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("run `govern verify x` first", "run <code>govern verify x</code> first"),
        ("`a --level 3`", '<code>a <span class="whole">--level</span> 3</code>'),
        ("98.3%, one-sided", '98.3%, <span class="whole">one-sided</span>'),
        ("an odd ` stays", "an odd ` stays"),
        ("`<b>` & FAIR-1", '<code>&lt;b&gt;</code> &amp; <span class="whole">FAIR-1</span>'),
        (
            "by UGESP-1607.4-D.",
            'by <span class="whole">UGESP-1607.4-D</span>.',
        ),
        ("x-FAIR-1 and " + "A" * 40 + "-1", "x-FAIR-1 and " + "A" * 40 + "-1"),
        ("Female × Black", "Female\u00a0× Black"),
        (
            "on 3 March 2027, 95 % sure",
            'on <span class="whole">3 March 2027</span>, <span class="whole">95 %</span> sure',
        ),
    ],
)
def test_what_is_to_be_typed_is_code_and_names_stay_on_one_line(text, shown):
    assert shown == told(text)


def test_no_option_of_a_command_is_parted_and_nothing_in_it_is_markup():
    assert 'verify <span class="whole">--for-all</span> a--b &lt;b&gt;' == command(
        "verify --for-all a--b <b>"
    )


@pytest.mark.parametrize(
    ("outcome", "word", "answer"),
    [
        (
            "pass",
            "Pass",
            "Yes, by its clauses. Once 2 people have approved it as the policy asks, it may be",
        ),
        ("fail", "Fail", "No: 5 clauses of the policy that must hold are not met."),
        (
            "insufficient_evidence",
            "Not enough evidence",
            "Not yet. For 5 of the 5 clauses that must hold, the evidence does not show whether",
        ),
    ],
)
def test_the_answer_begins_with_the_verdict_in_words(decision, policy, outcome, word, answer):
    screen = outline(everything(decision, outcome), policy).first_screen

    assert screen.index("be rolled out?") < screen.index(word) < screen.index(answer)


def test_what_could_not_be_assessed_is_not_called_thin_evidence(decision, policy):
    page = build(decision, policy)

    assert {"HOM-1": "Not assessable", "ACC-2": "Not enough evidence"} == {
        c.id: c.verdict.word for c in page.clauses if c.id in ("HOM-1", "ACC-2")
    }


def test_the_first_screen_answers_in_the_boards_order(decision, policy):
    screen = outline(decision, policy).first_screen
    asked = [
        "May “review-writer”, version 1.4.0, be rolled out?",
        "Fail",
        "For performance reviews in English, in EU and UK",
        "until 1 March 2027",
        "What decided it",
        "What was not tested",
        "Age, disability, religion and family status.",
        "signed by board-chair (M. Okafor)",
        "No independent witness has confirmed this record.",
        "nobody but the evaluator's own authors has shown that it finds what it must",
    ]

    assert sorted(asked, key=screen.index) == asked


def test_a_failing_clause_stands_on_the_first_screen_in_the_policys_own_words(decision, policy):
    """The line breaks of the Markdown file are folded; nothing else changes."""
    screen = outline(decision, policy).first_screen

    for clause in policy.clauses:
        folded = " ".join(clause.prose.split())
        assert (clause.id in ("FAIR-1", "ACC-1")) == (folded in screen)


def test_a_contrast_is_told_with_group_direction_interval_and_what_is_allowed(decision, policy):
    """Race and ethnicity: black -0.301, interval -0.359 to -0.243, margin 0.15."""
    page = build(decision, policy)

    assert (
        "For the group Black, the suggested rating was 0.30 rating points below the mean of the "
        "other groups (between 0.24 and 0.36 below); the policy allows 0.15 either way."
        in page.clauses[0].found
    )


def test_an_interval_on_both_sides_of_zero_is_told_with_both_directions(decision, policy):
    """Asian: 0.0312, interval -0.0202 to 0.0826; ends are rounded outwards."""
    page = build(everything(decision, "pass"), policy)
    parts = decision.clauses[0].slices
    asian = (
        everything(decision, "pass")
        .clauses[0]
        .model_copy(
            update={"slices": tuple(p for p in parts if p.slice == "race_ethnicity: asian")}
        )
    )
    alone = with_clause(everything(decision, "pass"), "FAIR-1", slices=asian.slices)

    assert "0.031 rating points above" in build(alone, policy).clauses[0].found[0]
    assert "(between 0.021 below and 0.083 above)" in build(alone, policy).clauses[0].found[0]
    assert page.answer.verdict.word == "Pass"


def test_a_two_group_contrast_is_against_the_other_group(decision, policy):
    only = tuple(p for p in decision.clauses[0].slices if p.slice.startswith("gender:"))
    changed = with_clause(decision, "FAIR-1", slices=only, outcome="pass")

    assert "below the other group (" in build(changed, policy).clauses[0].found[0]


def test_a_share_is_told_in_a_hundred_with_the_bound_it_rests_on(decision, policy):
    """0.06134 is 6.1 in 100; it fails by its lower bound, 0.0561."""
    [sentence] = build(decision, policy).clauses[2].found

    assert (
        "Over all drafts, the share of stated numbers without support was 6.1 in 100 stated "
        "numbers (at least 5.6, with 95% confidence); the policy allows at most 2." == sentence
    )


def test_an_undefined_estimate_is_printed_with_its_reason_and_never_as_a_number(decision, policy):
    section = next(c for c in build(decision, policy).clauses if c.id == "HOM-1")
    [row] = section.table.groups[0].rows

    assert "No estimate: no reviews written by people were supplied" == row.missing
    assert ("", "", "") == (row.estimate, row.low, row.high)
    assert section.plot is None
    assert () == section.found
    assert "No reviews written by people were supplied to compare with." == section.explanation


def test_attributes_without_an_estimate_are_named_and_not_called_groups(decision, policy):
    """Three whole attributes, none with an estimate: "2 other groups" would be wrong."""
    clause = next(c for c in decision.clauses if c.id == "FAIR-1")
    empty = Undefined(reason="4 complete cases, 12 needed")
    parts = tuple(
        SliceOutcome(
            slice=by,
            outcome="insufficient_evidence",
            reason="not_assessable",
            estimate=empty,
            explanation=empty.reason,
        )
        for by in ("gender", "race_ethnicity")
    )
    thin = {"outcome": "insufficient_evidence", "reason": "not_assessable", "slices": parts}
    changed = with_clause(decision, clause.id, **thin)

    words = outline(changed, policy).words

    assert (
        "Every gender: no estimate; 4 complete cases, 12 needed. "
        "The same verdict for every race and ethnicity." in words
    )


def test_an_undefined_slice_among_others_has_a_row_but_no_dot(decision, policy):
    first, *rest = decision.clauses[0].slices
    gone = first.model_copy(
        update={
            "estimate": Undefined(reason="no scored draft in group Female", code="missing_drafts"),
            "lower": None,
            "upper": None,
            "outcome": "insufficient_evidence",
            "reason": "not_assessable",
        }
    )
    page = build(with_clause(decision, "FAIR-1", slices=(gone, *rest)), policy)
    drawing = forest(page.clauses[0].plot)

    assert drawing.count('class="whisker') == len(rest)
    assert "no estimate" in drawing


def test_a_missing_finding_says_so(decision, policy):
    lost = SliceOutcome(
        slice="gender",
        outcome="insufficient_evidence",
        reason="missing_finding",
        explanation="no finding of fairness.rating_shift by gender",
    )
    changed = with_clause(
        decision,
        "FAIR-1",
        slices=(lost,),
        outcome="insufficient_evidence",
        reason="missing_finding",
        explanation=lost.explanation,
    )
    section = build(changed, policy).clauses[0]

    assert "No finding: no finding of fairness.rating_shift by gender" == (
        section.table.groups[0].rows[0].missing
    )
    assert "Not enough evidence" == section.verdict.word


def test_a_deciding_run_judged_by_a_later_policy_is_not_called_exploratory(decision, policy):
    late = {"advisory": True, "bar_set_after": True}
    screen = outline(decision.model_copy(update=late), policy).first_screen

    assert "The bar was set after the result" in screen
    assert "exploratory" not in screen


def test_an_exploratory_run_says_on_the_first_screen_that_it_cannot_promote(decision, policy):
    passed = everything(decision, "pass").model_copy(update={"advisory": True})
    screen = outline(passed, policy).first_screen

    assert "This was an exploratory run." in screen
    assert "cannot promote the candidate" in screen
    assert "Yes" not in screen
    assert "it holds until" not in screen


@pytest.mark.parametrize("advisory", [False, True])
def test_a_pass_whose_last_day_is_past_reads_as_none(decision, policy, advisory):
    passed = everything(decision, "pass").model_copy(update={"advisory": advisory})
    last, after = (
        build(passed, policy, beside=Beside(as_of=datetime(2027, 3, day, 23, 59, tzinfo=UTC)))
        for day in (1, 2)
    )
    said = " ".join((after.title, after.answer.sentence, *after.answer.scope))

    assert build(passed, policy).answer == last.answer
    assert ("Over", "none") == (after.answer.verdict.word, after.answer.verdict.mark)
    assert after.answer.scope[1].endswith(" until 1 March 2027; judge anew before relying on it.")
    assert after.answer.sentence.startswith("No decision." if advisory else "No longer: it held")
    assert not re.search("Pass|Yes|may be|holds until|stands until", said)


def test_a_failure_stays_one_when_its_time_is_over(decision, policy):
    then = Beside(as_of=datetime(2027, 3, 2, tzinfo=UTC))
    answer = build(everything(decision, "fail"), policy, beside=then).answer

    assert "Fail" == answer.verdict.word
    assert "This answer stood until 1 March 2027; judge anew before relying on it." in answer.scope


def test_a_deciding_run_carries_no_exploratory_notice(decision, policy):
    assert "xploratory" not in outline(decision, policy).words


def test_an_unsigned_policy_is_called_unsigned(decision, policy):
    unsigned = decision.policy.model_copy(update={"signed_by": ()})
    changed = decision.model_copy(update={"policy": unsigned})

    assert "Nobody has signed the policy" in outline(changed, policy).first_screen


def test_the_report_never_says_compliant(decision, policy):
    for outcome in ("pass", "fail", "insufficient_evidence"):
        assert "complian" not in html(everything(decision, outcome), policy).lower()


def test_the_page_fetches_nothing_and_runs_nothing(decision, policy):
    page = html(decision, policy)
    parsed = Outline(page)

    assert not {"script", "link", "img", "iframe", "object", "handler"} & set(parsed.tags)
    assert all(reference.startswith("#") for reference in parsed.references)
    assert not re.search(r"url\(|@import|https?:", page)
    assert "default-src 'none'; style-src 'unsafe-inline'" in page


def test_every_link_of_the_page_arrives_somewhere(decision, policy):
    page = html(decision, policy)
    ids = re.findall(r'\bid="([^"]+)"', page)

    assert len(set(ids)) == len(ids)
    assert {r.removeprefix("#") for r in Outline(page).references} <= set(ids)


def test_hostile_names_stay_text_and_hidden_characters_are_shown(decision, policy):
    """Pipeline, group label, reason, signer and prose all carry a script and a bidi override."""
    part = decision.clauses[0].slices[0]
    bad = part.model_copy(
        update={"slice": f"gender: {HOSTILE}", "finding": None, "explanation": HOSTILE}
    )
    changed = with_clause(
        decision, "FAIR-1", slices=(bad, *decision.clauses[0].slices[1:]), explanation=HOSTILE
    ).model_copy(
        update={
            "run": decision.run.model_copy(
                update={"pipeline": HOSTILE, "declared_only": (HOSTILE,)}
            ),
            "not_tested": (HOSTILE,),
            "policy": decision.policy.model_copy(update={"signed_by": (HOSTILE,)}),
        }
    )
    clauses = tuple(c.model_copy(update={"prose": HOSTILE}) for c in policy.clauses)
    page = html(changed, policy.model_copy(update={"clauses": clauses}))

    assert "<script" not in page
    assert "\u202e" not in page
    assert "[U+202E]" in Outline(page).words
    assert "&lt;script&gt;" in page


def test_a_report_needs_the_policy_that_the_decision_names(decision, policy):
    with pytest.raises(IntegrityError, match="report with the policy file that the decision names"):
        build(decision, policy.model_copy(update={"digest": "0" * 64}))


def test_a_clause_without_a_verdict_is_not_left_out_silently(decision, policy):
    fewer = decision.model_copy(update={"clauses": decision.clauses[1:]})

    with pytest.raises(IntegrityError, match="FAIR-1"):
        build(fewer, policy)


def test_a_folder_without_the_template_is_named(decision, policy, tmp_path):
    with pytest.raises(InputError, match=r"decision\.html\.j2"):
        render(build(decision, policy), tmp_path)


def plot(*rows: PlotRow, low: float | None = -1.0, high: float | None = 1.0) -> Plot:
    return Plot(
        id="plot-x",
        title="t",
        description="d",
        axis="points",
        rule=0.0,
        n_label="n",
        groups=(PlotGroup(heading="", allowed="", allowed_low=low, allowed_high=high, rows=rows),),
    )


def row(estimate: float, low: float | None, high: float | None, mark: str = "pass") -> PlotRow:
    verdict = Verdict(word="Pass", mark=mark)
    return PlotRow(label="g", estimate=estimate, low=low, high=high, n="9", verdict=verdict)


def numbers(drawing: str, pattern: str) -> list[float]:
    return [float(x) for x in re.findall(pattern, drawing)]


def test_the_dot_lies_inside_its_interval_and_the_interval_inside_the_band():
    drawing = forest(plot(row(0.2, -0.1, 0.5)))
    [left], [width] = (
        numbers(drawing, r'class="band" x="([\d.]+)"'),
        numbers(drawing, r'class="band"[^>]* width="([\d.]+)"'),
    )
    dot = numbers(drawing, r'class="mark pass" cx="([\d.]+)"')[0]
    [(low, high)] = re.findall(r'class="whisker pass" d="M([\d.]+) [\d.]+H([\d.]+)', drawing)

    assert left < float(low) < dot < float(high) < left + width


def test_a_bound_that_is_not_known_has_no_cap():
    assert 2 == forest(plot(row(0.2, -0.1, 0.5))).count("v12")
    assert 1 == forest(plot(row(0.2, None, 0.5))).count("v12")


@pytest.mark.parametrize(
    "metric", ["fairness.marker_shift", "robustness.typo_shift", "accuracy.leniency", "other"]
)
def test_what_lies_left_and_right_of_zero_is_told_whole_and_neither_runs_into_the_other(metric):
    """Each has half of what is plotted, at under 6.25 units a character; no arrow stands alone."""
    reference = reference_of(metric)
    ends = {"lower_end": f"below {reference}", "upper_end": f"above {reference}"}
    one = plot(row(0.2, -0.1, 0.5)).model_copy(update=ends)
    for narrow in (False, True):
        drawing = forest(one, narrow=narrow)
        [(start, stop)] = re.findall(r'class="axis" x1="(\d+)" x2="(\d+)" ', drawing)
        texts = re.findall(
            rf'<text class="small( end)?" x="(?:{start}|{stop})" y="(\d+)">(.*?)</text>', drawing
        )
        left, right = (
            [unescape(w) for end, _, w in texts if bool(end) is side] for side in (False, True)
        )
        band = numbers(drawing, r'class="band"[^>]* y="(\d+)"')

        assert f"←\u00a0below {reference}" == " ".join(left)
        assert f"above {reference}\u00a0→" == " ".join(right)
        assert max(map(len, (*left, *right))) * 6.25 <= (int(stop) - int(start)) / 2
        assert max(int(y) for _, y, _ in texts) + 14 < band[0]


def test_no_two_verdicts_share_a_shape():
    shapes = {
        re.search(r'<(\w+) class="mark (\w+)"', forest(plot(row(0.0, -1.0, 1.0, mark)))).groups()
        for mark in ("pass", "fail", "thin", "none")
    }

    assert {
        ("circle", "pass"),
        ("rect", "fail"),
        ("polygon", "thin"),
        ("circle", "none"),
    } == shapes


@pytest.mark.parametrize("narrow", [False, True])
def test_nothing_of_a_row_runs_into_its_neighbour_and_the_verdict_is_inside(narrow):
    """Names of two groups held apart, at under 7.2 units a character, and the longest verdict."""
    names = ("Female × Black against Female × Hispanic", "Male × White against Female × Asian")
    word = Verdict(word="Waived (not enough evidence)", mark="thin")
    rows = [
        row(at, at, at).model_copy(update={"label": n, "verdict": word})
        for at, n in enumerate(names)
    ]
    drawing = forest(plot(*rows), narrow=narrow)
    width = numbers(drawing, r'viewBox="0 0 (\d+)')[0]
    texts = re.findall(r'<text(?: class="([^"]*)")? x="([\d.]+)" y="([\d.]+)">(.*?)<', drawing)
    lines = {}
    for kind, x, y, words in texts:
        end = float(x) - ("end" in kind) * len(words) * 7.2 - ("middle" in kind) * len(words) * 3.3
        lines.setdefault(float(y), []).append((end, end + len(words) * 7.2, words))

    for words in lines.values():
        for (_, stop, _), (start, _, _) in pairwise(sorted(words)):
            assert stop <= start, words
    assert all(0 <= start and stop <= width for line in lines.values() for start, stop, _ in line)
    assert all(name in drawing for name in names)


def test_a_plot_of_forty_pairs_of_groups_is_no_taller_than_a_page():
    """A4 less its margins is 255 mm high where the plot's 760 units are 168 mm wide."""
    label = "Somebody × of this group against somebody × of quite another group"
    rows = [row(at, at, at).model_copy(update={"label": label}) for at in range(PLOT_ROWS)]
    drawing = forest(plot(*rows))
    width, height = re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawing)[0]

    assert int(height) / int(width) <= 255 / 168


@pytest.mark.parametrize(
    ("low", "estimates", "zero"), [(0.8, (0.97, 1.03), False), (4.0, (0.0, 1.1), True)]
)
def test_an_axis_begins_at_zero_only_if_that_is_near_and_shows_the_threshold(low, estimates, zero):
    one = plot(row(estimates[0], *estimates), low=low, high=None).model_copy(update={"rule": low})
    drawing = forest(one)
    start, stop = numbers(drawing, r'class="axis" x1="(\d+)"'), numbers(drawing, r'x2="(\d+)"')

    assert zero is (">0<" in drawing)
    assert start[0] < numbers(drawing, r'class="rule" x1="([\d.]+)"')[0] < max(stop)


def test_a_plot_of_identical_numbers_can_be_drawn():
    """Everything at zero: no width to divide by."""
    assert 'role="img"' in forest(plot(row(0.0, 0.0, 0.0), low=None, high=None))


def test_a_plot_states_its_finding_to_those_who_do_not_see_it(decision, policy):
    drawing = forest(build(decision, policy).clauses[0].plot)

    assert re.search(r"<desc[^>]*>13 rows: 2 fail, 5 not enough evidence and 6 pass", drawing)
    assert 'aria-labelledby="plot-fair-1-title plot-fair-1-desc"' in drawing


def test_groups_are_ordered_by_estimate(decision, policy):
    for group in build(decision, policy).clauses[0].plot.groups:
        estimates = [r.estimate for r in group.rows]
        assert sorted(estimates) == estimates


def test_a_thousand_groups_are_all_in_the_table_and_the_plot_says_what_it_leaves_out(
    decision, policy
):
    part = decision.clauses[0].slices[0]
    many = tuple(
        part.model_copy(update={"slice": f"gender: g{i}", "finding": None, "estimate": i / 1000})
        for i in range(1000)
    )
    section = build(with_clause(decision, "FAIR-1", slices=many), policy).clauses[0]

    assert 1000 == sum(len(g.rows) for g in section.table.groups)
    assert 30 == sum(len(g.rows) for g in section.plot.groups)
    assert "30 of 1,000 rows" in section.plot.omitted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.341, "0.34"),
        (0.2, "0.20"),
        (6.04, "6.0"),
        (1234.0, "1,200"),
        (0.00012, "0.00012"),
        (0.0, "0"),
    ],
)
def test_prose_has_two_significant_digits(value, text):
    assert text == two_digits(value)


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [
        (0.341, "0.34", "0.35"),
        (0.349, "0.34", "0.35"),
        (-0.341, "-0.35", "-0.34"),
        (99.78, "99", "100"),
        (0.34, "0.34", "0.34"),
        (0.0, "0", "0"),
    ],
)
def test_ends_of_an_interval_are_rounded_outwards(value, lower, upper):
    assert (lower, upper) == (lower_end(value), upper_end(value))


def test_a_column_keeps_one_number_of_decimals_and_no_negative_zero():
    """The smallest value, 0.0083, needs four decimals to show two digits."""
    assert 4 == decimals_for([0.3, -0.0083, 0.0])
    assert ["0.3000", "\u22120.0083", "0.0000"] == [fixed(v, 4) for v in (0.3, -0.0083, -0.00001)]


def test_units_are_the_readers():
    assert "6.1 in 100 stated numbers" == unit_of("share of stated numbers").amount(0.0613)
    assert "0.30 rating points" == unit_of("rating points").amount(-0.301)
    assert "2" == unit_of("share of stated numbers").allowed(0.02)
    assert "0.72" == unit_of("quadratic-weighted kappa").amount(0.724)


def test_letters_of_every_script_stay_as_they_are():
    """Only what hides or reorders is spelt out; a joiner belongs to its word."""
    kept = "Łukasz, José, 小林, علی\u200cرضا, 👩\u200d🔬"

    assert kept == visible(kept)
    assert "a[U+202E]b[U+200B][U+0007][U+D800]" == visible("a\u202eb\u200b\x07\ud800")


def test_prose_keeps_its_paragraphs_and_list_items():
    assert ("One two.", "- three", "- four", "Five.") == paragraphs(
        "One\ntwo.\n\n- three\n- four\n\nFive."
    )


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_has_a_contrast_of_4_5_to_1(scheme):
    """WCAG 2.2, 1.4.3."""
    css = (TEMPLATES / "look.css").read_text(encoding="utf-8")
    colours = dict(
        re.findall(r"--(\w+): (#\w{6});", re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme])
    )
    paper = luminance(colours["paper"])
    for name in ("ink", "muted", "accent", "pass", "fail", "thin", "none"):
        light, dark = sorted((paper, luminance(colours[name])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["team", "site"], ["team", "site"]),
        (["Team", "team"], ["Team-1", "team-2"]),
        (["team", "team", "team-1"], ["team-1-1", "team-2", "team-1"]),
        (["é", "è", "x"], ["x-1", "x-2", "x-3"]),
    ],
)
def test_anchors_name_files_that_no_file_system_takes_for_one(texts, expected):
    assert expected == anchors(texts)
    assert len({one.lower() for one in anchors(texts)}) == len(texts)
