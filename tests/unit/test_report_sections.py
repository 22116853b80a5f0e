"""The seventeen sections: what each tells, and in which words it says that it cannot."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from govern.app.questions import questions_of
from govern.domain import (
    Alternative,
    Approval,
    Attempt,
    Attempts,
    Counts,
    Decision,
    Finding,
    Findings,
    NotChosen,
    Policy,
    Signed,
    Signer,
    Undefined,
)
from govern.metrics import METRICS
from govern.report.beside import (
    Beside,
    CroissantFile,
    DataCard,
    DutySeen,
    Excerpts,
    Followed,
    LogSeen,
    PairOf,
    Shapes,
)
from govern.report.blocks import Claim, Column, Figure, Grid, NotMeasured, Number, Pair, Piece, Side
from govern.report.charts import drawn
from govern.report.drawings import Matrix, Strip
from govern.report.html import render, told
from govern.report.page import Page
from govern.report.sections.excerpts import ALIKE
from govern.report.view import build

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def decision() -> Decision:
    return Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())


@pytest.fixture
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


def section(page: Page, anchor: str) -> list:
    return list(next(one for one in page.sections if one.anchor == anchor).blocks)


def absent(page: Page, anchor: str) -> dict[str, str]:
    return {b.what: b.why for b in section(page, anchor) if isinstance(b, NotMeasured)}


def grid(page: Page, name: str):
    for one in page.sections:
        for block in one.blocks:
            if block.kind == "grid" and block.id == name:
                return block
            if block.kind == "figure" and block.table.id == name:
                return block.table
    raise AssertionError(name)


def shown(row: tuple) -> tuple:
    """The cells of a row as a reader sees them."""
    return tuple(cell.shown if isinstance(cell, Number) else cell for cell in row)


def test_the_sections_are_the_seventeen_in_their_order(decision, policy):
    titles = [one.title for one in build(decision, policy).sections]

    assert 17 == len(titles)
    assert ["The decision", "The system and its use", "The policy as approved"] == titles[:3]
    assert ["What it relates to in law", "For the auditor"] == titles[-2:]


def test_each_section_stands_in_the_page_under_its_number_and_in_the_contents(decision, policy):
    page = build(decision, policy)
    text = render(page, TEMPLATES)

    for one in page.sections[1:]:
        assert f'<h2 id="h-{one.anchor}">{one.title}</h2>' in text
        assert f'<a href="#{one.anchor}">{one.title}</a>' in text
    assert re.findall(r'class="number">(\d+)<', text) == [str(number) for number in range(1, 19)]


def test_every_clause_stands_in_full_exactly_once(decision, policy):
    page = build(decision, policy)
    placed = [i for one in page.sections for b in one.blocks if b.kind == "clauses" for i in b.ids]

    assert sorted(c.id for c in decision.clauses) == sorted(placed)


@pytest.mark.parametrize(
    ("anchor", "what"),
    [
        ("system", "Deployer, provider and how it is used"),
        ("policy", "Changes of the policy since the last decision"),
        ("data", "Provenance, intended use and limits of the data"),
        ("method", "Whether the evaluators find what is planted"),
        ("method", "How often this policy would block a fair pipeline or pass a biased one"),
        ("fairness", "Pairs of drafts"),
        ("fairness", "Selection rates, scoring rates and impact ratios"),
        ("accuracy", "Drafted ratings by the rubric's rating"),
        ("homogeneity", "The spread of similarity against the baseline"),
        ("acts", "Approval of the decision"),
        ("alternatives", "Alternatives"),
        ("oversight", "Edits and overrides of drafts"),
        (
            "contests",
            "Contests by group and ground (upheld and overturned), deadlines met (in time, late "
            "and very late) and retaliation watch (later ratings and pay of people who contested)",
        ),
        ("after", "Incidents"),
        ("law", "When each duty was last checked"),
        ("auditor", "Independence of the evaluation"),
    ],
)
def test_what_has_no_data_says_that_it_was_not_measured_and_why(decision, policy, anchor, what):
    page = build(decision, policy)
    why = absent(page, anchor)[what]

    assert why.endswith(".")
    said = f"{told(what)}: <strong>not measured</strong>. {told(why)}"
    assert said in render(page, TEMPLATES)


def test_no_witness_is_a_finding_of_the_first_page_and_witnesses_are_counted(decision, policy):
    none = build(decision, policy).answer
    log = LogSeen(origin="example.org/log", size=12, witnesses=("ben", "eva"))
    two = build(decision, policy, beside=Beside(log=log)).answer

    assert (0, "Independent witnesses: 0. No independent witness") == (
        none.witnesses,
        none.witness[:48],
    )
    assert 2 == two.witnesses
    assert "2. ben and eva cosigned the record's newest checkpoint, of size 12." in two.witness
    assert 'class="notice">Independent witnesses: 0' in render(build(decision, policy), TEMPLATES)


def test_the_first_page_tells_signers_level_and_attempts(decision, policy):
    tries = Attempts(
        lineage="the lineage",
        known=True,
        entered=tuple(
            Attempt(
                run_id=f"run-{n}",
                entered=NOW,
                fingerprint="f" * 64,
                policy_digest="0" * 64,
                state="decided",
            )
            for n in range(3)
        ),
    )
    second = decision.model_copy(update={"attempts": tries, "attempt": 2})
    beside = Beside(
        signers=("vera (gate)",),
        followed=Followed(level=2, meaning="the verdicts come out again", kept_from="no drafts"),
    )
    answer = build(second, policy, beside=beside).answer

    assert "The decision was signed by vera (gate)." in answer.signed
    assert "Verified to level 2 of 4" in answer.verified
    assert "Not further: No drafts." in answer.verified
    assert "Attempts made: 3. This is attempt 2 of the lineage." == answer.attempts


def test_unknown_attempts_are_not_measured_and_never_none(decision, policy):
    lost = Attempts(lineage="x", known=False, why="the record could not be reached")
    answer = build(decision.model_copy(update={"attempts": lost}), policy).answer

    assert "Attempts made: not measured. The record could not be reached." == answer.attempts


def finding(metric: str, estimate: float | Undefined, contrast: str, n: int, **more) -> Finding:
    return Finding(
        metric=metric,
        contrast=contrast,
        estimate=estimate,
        unit="ratio of rates",
        sense="higher_is_better",
        evaluator="e" * 64,
        counts=Counts(planned=n, ok=n, scored=n, cases=n, units=n, unit_name="assessed"),
        **{
            "version": "1",
            "by": "gender",
            "method": "point ratio; 3 of 200 of unknown category; median 3, 150 of 200 at it",
        }
        | more,
    )


def test_the_legal_table_has_rates_ratios_shortfall_and_says_how_many_tie_at_the_median(
    decision, policy
):
    """150 of 200 at the median: only a few can score strictly above it."""
    small = Undefined(reason="1% of the data, left out (6 RCNY 5-301(d))")
    found = [
        finding("fairness.selection_rate", 0.4, "male", 100),
        finding("fairness.ll144_selection_ratio", 1.0, "male", 100),
        finding("fairness.shortfall", 0.0, "male", 100),
        finding("fairness.selection_rate", 0.25, "female", 98),
        finding("fairness.ll144_selection_ratio", 0.625, "female", 98),
        finding("fairness.shortfall", 14.7, "female", 98, p_value=0.0213),
        finding("fairness.ll144_selection_ratio", small, "nonbinary", 2),
    ]
    page = build(decision, policy, findings=Findings(run=decision.run, findings=tuple(found)))
    every = [shown(row) for group in grid(page, "ll144-gender").groups for row in group.rows]
    rows = {row[0]: row[1:] for row in every}
    notes = next(b for b in section(page, "fairness") if b.kind == "items").items

    none = "not measured: no finding of it"
    assert ("98", "0.250", "0.625", none, none, "14.7", "0.0213") == rows["Female"]
    assert "not measured: 1% of the data, left out (6 RCNY 5-301(d))" == rows["Nonbinary"][2]
    assert "Of unknown category: 3 of 200." in notes
    assert any("150 of 200 drafts (75%) are at it" in note for note in notes)
    assert "this alone is no annual audit" in notes[0]


def test_what_differs_between_attributes_and_rates_is_told_apart(decision, policy):
    """Outcomes of some and ratings of others; one x, selected, is left out of the ratios alone."""

    def said(unknown: int, of: int) -> dict[str, str]:
        return {"method": f"point ratio; {unknown} of {of} of unknown category"}

    found = [
        finding("fairness.selection_rate", 0.5, "male", 90),
        finding("fairness.scoring_rate", 0.5, "male", 95),
        finding("fairness.selection_rate", 0.5, "unknown", 3),
        finding("fairness.ll144_selection_ratio", 1.0, "male", 90, baseline="male", **said(3, 94)),
        finding("fairness.ll144_scoring_ratio", 1.0, "male", 95, baseline="male", **said(4, 99)),
        finding("fairness.shortfall", 45.0, "male", 90, baseline="x"),
    ]
    race = [
        one.model_copy(update={"by": "race"} | said(20, 94))
        for one in found
        if "selection_ratio" in one.metric
    ]
    run = Findings(run=decision.run, findings=(*found, *race))
    page = build(decision, policy, findings=run)
    table = grid(page, "ll144-gender")
    unknown = {shown(row)[0]: shown(row) for group in table.groups for row in group.rows}["Unknown"]
    notes = next(b for b in section(page, "fairness") if b.kind == "items").items

    assert (
        "Of unknown category: 3 of 94 by gender (selection rate), 4 of 99 by gender (scoring rate) "
        "and 20 of 94 by race."
    ) in notes
    assert "not measured: of unknown category" == unknown[3]
    assert (
        "Assessed is of the selection rate; of the scoring rate it is Male 95.",
        "Shortfalls are against X, with the highest rate of all; ratios leave out who is under 2% "
        "of the data before the highest is sought.",
    ) == table.notes


def test_measures_beyond_the_policy_show_the_furthest_group_of_each(decision, policy):
    found = (
        finding("fairness.hedge_gap", 0.01, "male", 50),
        finding("fairness.hedge_gap", -0.09, "female", 50),
        finding("fairness.of_another_release", 0.1, "male", 50),
    )
    beside = Beside(questions={"fairness.hedge_gap": "How much more hedged?"})
    page = build(
        decision, policy, findings=Findings(run=decision.run, findings=found), beside=beside
    )
    hedge, unknown = grid(page, "beyond-fairness-table").groups
    [row] = hedge.rows

    assert "Hedge gap: How much more hedged?" == hedge.heading
    assert ("Female", "−0.090") == shown(row)[:2]
    assert -0.09 == row[1].exact
    assert "Of another release" == unknown.heading


def test_measures_without_a_number_say_what_they_ask_below_why_there_is_none(decision, policy):
    few = Undefined(reason="3 scored cases, 12 needed for an estimate")
    found = (finding("accuracy.halo", few, "all", 50),)
    beside = Beside(questions={"accuracy.halo": "How much more?"})
    page = build(
        decision, policy, findings=Findings(run=decision.run, findings=found), beside=beside
    )
    [group] = grid(page, "beyond-accuracy-unmeasured").groups

    assert "Not measured: 3 scored cases, 12 needed for an estimate." == group.heading
    assert (("Halo", "How much more?"),) == group.rows


def test_each_measure_of_this_release_and_of_its_version_is_asked_about(decision):
    spec = METRICS["accuracy.halo"].spec
    found = (
        finding(spec.id, 0.1, "all", 50, version=spec.version),
        finding("accuracy.leniency", 0.1, "all", 50, version="0.0.1"),
        finding("accuracy.of_another_release", 0.1, "all", 50),
    )
    run = decision.run
    asked = questions_of(decision, Findings(run=run, findings=found), None)

    assert {spec.id: spec.question} == {
        one: asked[one] for one in asked if one.startswith("accuracy")
    }


def card(**changes) -> DataCard:
    facts = {
        "used_as": "cases",
        "id": "made-up",
        "version": "1",
        "digest": "d" * 64,
        "licence": "CC0",
        "synthetic": True,
        "holds": "360 cases",
        "intended_use": "testing",
        "limits": ("One country.",),
        "canary": True,
        "croissant": CroissantFile(
            sha256="c" * 64, conforms_to="http://mlcommons.org/croissant/1.1"
        ),
    }
    return DataCard(**facts | changes)


def test_cards_duties_answers_and_alternatives_stand_in_their_sections(decision, policy):
    duty = DutySeen(
        id="EU 2024/1689 Article 10",
        instrument="The Act",
        jurisdiction="EU",
        clause="Article 10",
        duty="Examine data for bias.",
        status="enacted",
        in_force_from=date(2027, 12, 2),
        checked_on=date(2026, 11, 21),
        certainty="secondary",
    )
    other = duty.model_copy(update={"id": "EU-99", "clause": "Article 99"})
    act = Approval(
        decision_id=decision.decision_id,
        decision_digest="0" * 64,
        role="board-chair",
        verdict="object",
        conflict="None.",
        owner="Ana",
        reasons="Not yet.",
        not_chosen=(NotChosen(candidate="other 2", reason="It invents numbers."),),
        created=NOW,
    )
    answer = Signed[Approval](
        act=act,
        signers=(Signer(name="ana", roles=("board-chair",), keyid="0" * 64),),
        digest="0" * 64,
    )
    alternative = Alternative(
        decision_id="d2",
        pipeline="other",
        pipeline_version="2",
        fingerprint="f" * 64,
        outcome="fail",
    )
    page = build(
        decision.model_copy(update={"alternatives": (alternative,)}),
        policy,
        beside=Beside(cards=(card(),), duties=(duty, other), answers=(answer,)),
    )
    text = render(page, TEMPLATES)
    [row] = grid(page, "alternatives-table").groups[0].rows
    [[law]] = [group.rows for group in grid(page, "law-table").groups]

    assert "One country." in text
    assert "c" * 64 in text
    assert "croissant.json, conforms to http://mlcommons.org/croissant/1.1" in text
    assert "It invents numbers." == row[3]
    assert "21 November 2026, from a secondary source" == law[4]
    assert "enacted, in force from 2 December 2027" == law[3]
    assert "The Act: Article 99" in text
    assert 'objects, <span class="whole">2 December 2026</span>' in text
    assert "ana, as board-chair, on their interests: None." in text


MATRIX = Matrix(
    row_axis="Rubric's rating",
    column_axis="Drafted rating",
    labels=("1", "2"),
    counts=((3, 1), (0, 4)),
)


def test_the_reliability_of_ratings_is_told_drawn_and_tabled_from_the_same_counts(decision, policy):
    """7 of 8 on the diagonal, one above."""
    page = build(decision, policy, beside=Beside(shapes=Shapes(ratings=MATRIX)))
    figure = next(b for b in section(page, "accuracy") if isinstance(b, Figure))

    assert "Of 8 rated drafts, 7 (88%) give the rubric's rating, 1 a higher and 0 a lower one." == (
        figure.description
    )
    assert (("1", "3", "1"), ("2", "0", "4")) == tuple(map(shown, figure.table.groups[0].rows))
    assert 3 == drawn(figure).count('class="dot"')
    assert all(share in drawn(figure) for share in (">75%<", ">25%<", ">100%<"))


def test_half_a_per_cent_of_a_matrix_goes_up_wherever_it_stands():
    """2.5 of 4, 12.5 % and 37.5 % of eight: to the even they would go down, down and up."""
    table = Grid(id="t", caption="c", columns=(Column(name="n"),), groups=())
    matrix = Matrix(row_axis="r", column_axis="c", labels=("1", "2"), counts=((5, 3), (7, 1)))
    figure = Figure(id="f", title="t", description="d", drawing=matrix, table=table)
    shares = re.findall(r">(\d+)%<", drawn(figure))

    assert ["63", "38", "88", "13"] == shares
    assert shares == re.findall(r">(\d+)%<", drawn(figure, narrow=True))


def test_a_distribution_is_drawn_in_order_with_its_reference_as_a_rule(decision, policy):
    strips = (
        Strip(label="Drafts", points=(0.2, 0.3, 0.4, 0.5, 0.6)),
        Strip(label="Files", points=(0.1, 0.15, 0.2, 0.25, 0.3), reference=True),
    )
    page = build(decision, policy, beside=Beside(shapes=Shapes(similarity=strips)))
    figure = next(b for b in section(page, "homogeneity") if isinstance(b, Figure))
    drawing = drawn(figure)
    ends = [
        tuple(map(float, x)) for x in re.findall(r'"strip" x1="(\S+)" y1="\S+" x2="(\S+)"', drawing)
    ]
    [middle] = re.findall(r'class="dot" cx="(\S+)"', drawing)

    assert ends[0][0] < float(middle) < ends[0][1]
    assert 1 == drawing.count('class="rule"')
    assert "Drafts: 0.40 in the middle, from 0.20 to 0.60." in figure.description


def test_a_funnel_never_shows_more_drafts_than_cells_nor_a_zero_for_what_was_not_supplied(
    decision, policy
):
    """Of 50 drafts all were compared; nothing was supplied to hold their ratings against."""
    none = Undefined(reason="no rating by the rubric was supplied", code="not_supplied")
    level = {"by": "all", "contrast": "all"}
    found = (
        finding("accuracy.rating_agreement", none, n=50, **level),
        finding("homogeneity.similarity", 0.4, n=50, **level),
    )
    page = build(decision, policy, findings=Findings(run=decision.run, findings=found))
    figure = next(b for b in section(page, "data") if isinstance(b, Figure))
    planned = None
    for bar in figure.drawing.bars:
        planned = planned if bar.within else bar.count
        assert bar.count <= planned
    assert 'role="img"' in drawn(figure)
    assert "… compared across people" == figure.drawing.bars[-1].label
    assert not any("rubric" in bar.label for bar in figure.drawing.bars)
    assert (
        "No rating by the rubric was supplied."
        == (absent(page, "data")["Drafts rated, and held against the rubric"])
    )


def excerpts(text: str) -> Excerpts:
    side = Side(
        who=text, measured="rated 2", pieces=(Piece(text=text), Piece(text="x", marked=True))
    )
    pair = Pair(title=text, anchor="pair-1", evidence=(text,), left=side, right=side)
    claim = Claim(who="P1", fault=text, pieces=(Piece(text=text, marked=True),), evidence=text)
    return Excerpts(
        pairs=(PairOf(clause="FAIR-1", pair=pair),),
        contradicted=(claim,),
        unsupported=(claim,),
        phrases=(text,),
    )


def test_excerpts_are_shown_marked_and_stay_text_whatever_they_hold(decision, policy):
    page = build(decision, policy, beside=Beside(excerpts=excerpts(HOSTILE)))
    text = render(page, TEMPLATES)

    assert "<script" not in text
    assert "\u202e" not in text
    assert "<mark>x</mark>" in text
    assert text.count("&lt;script&gt;") >= 8
    assert ALIKE not in text


def test_a_pair_in_which_nothing_is_marked_says_so(decision, policy):
    [one] = excerpts("a").pairs
    side = one.pair.left.model_copy(update={"pieces": (Piece(text="a"),)})
    alike = one.model_copy(
        update={"pair": one.pair.model_copy(update={"left": side, "right": side})}
    )
    page = build(decision, policy, beside=Beside(excerpts=Excerpts(pairs=(alike,))))

    assert ALIKE in render(page, TEMPLATES)


def test_the_page_survives_its_json(decision, policy):
    page = build(
        decision, policy, beside=Beside(as_of=NOW, excerpts=excerpts("a"), cards=(card(),))
    )

    assert page == Page.model_validate(page.as_json())
    assert page == Page.model_validate_json(page.model_dump_json())
