"""From findings to drafts: which are shown, under which codes, and what never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govern import frames
from govern.app.beside import LEFT_OUT, NO_DRAFTS, NOT_SYNTHETIC, drafts_of
from govern.app.codes import Codes
from govern.app.drill import excerpts_of
from govern.app.shapes import shapes_of
from govern.domain import Counts, Decision, Finding, Findings, SliceOutcome
from govern.report.beside import Shapes
from govern.testing import paired_frame

GOLDEN = Path(__file__).parents[1] / "golden"
# The rating of Grace and of Ravi on each case, and what is said of both.
CASES = {"c1": (3, 3), "c2": (2, 4), "c3": (4, 5), "c4": (5, 4)}


def evidence(**changes: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": "E1",
        "source": "goal_outcome",
        "quarter": "Q1",
        "text": "Employee closed 52 loans against a goal of 60.",
        "polarity": "negative",
        "salience": "key",
        "metric": "loans",
        "value": 52.0,
        "target": 60.0,
        "unit": "loans",
        "direction": "higher_is_better",
        "goal": None,
        "confidential": None,
        "about": "self",
        "conflicts_with": [],
    }
    return facts | changes


SICK = evidence(id="E2", text="Employee was ill.", confidential="health", value=None, metric=None)


def drafts(said: str = "{name} closed 52 loans. {they} {did}."):
    rows = []
    for case, ratings in CASES.items():
        people = (("Grace", "She", "female", "fell short"), ("Ravi", "He", "male", "came close"))
        for (name, they, gender, did), rating in zip(people, ratings, strict=True):
            rows.append(
                {
                    "draft_id": f"{case}-{name.lower()}",
                    "case_id": case,
                    "identity_id": name,
                    "name": name,
                    "text": said.format(name=name, they=they, did=did),
                    "rating": rating,
                    "gold_rating": 4,
                    "evidence": json.dumps([evidence(), SICK]),
                    "group.gender": gender,
                }
            )
    return frames.build(rows)


@pytest.fixture
def decision() -> Decision:
    """FAIR-1 failed for women, by a mean of -0.5 rating points."""
    read = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    clause = next(c for c in read.clauses if c.id == "FAIR-1")
    found = finding("fairness.rating_shift", by="gender", contrast="female", estimate=-0.5)
    part = SliceOutcome(
        slice="gender: female", outcome="fail", explanation="x", estimate=-0.5, finding=found
    )
    return read.model_copy(update={"clauses": (clause.model_copy(update={"slices": (part,)}),)})


def finding(metric: str, **changes: object) -> Finding:
    facts: dict[str, object] = {
        "metric": metric,
        "version": "1",
        "estimate": 0.1,
        "unit": "rating points",
        "sense": "centred",
        "method": "m",
        "counts": Counts(planned=8, ok=8, scored=8, cases=4, units=4),
        "evaluator": "e" * 64,
    }
    return Finding.model_validate(facts | changes)


def nothing_found(decision: Decision, *found: Finding) -> Findings:
    return Findings(run=decision.run, findings=found)


def test_the_pairs_are_the_cases_in_which_the_group_lies_furthest_below(decision):
    """Grace less Ravi: c1 0, c2 -2, c3 -1, c4 +1. Two are shown, the furthest first."""
    shown = excerpts_of(drafts(), decision, nothing_found(decision)).pairs

    assert ["pair-c2", "pair-c3"] == [one.pair.anchor for one in shown]
    assert ("rated 2", "rated 4") == (shown[0].pair.left.measured, shown[0].pair.right.measured)
    assert shown[0].pair.left.who.startswith("Female, P1, draft c2-grace")


def test_only_what_differs_is_marked_and_a_pronoun_is_no_difference(decision):
    [first, *_] = excerpts_of(drafts(), decision, nothing_found(decision)).pairs
    marked = [
        "".join(p.text for p in side.pieces if p.marked).strip()
        for side in (first.pair.left, first.pair.right)
    ]

    assert ["fell short.", "came close."] == marked
    assert "[name] closed 52 loans. She fell short." == "".join(
        p.text for p in first.pair.left.pieces
    )


def test_nobody_is_named_and_nothing_confidential_is_shown(decision):
    found = (
        finding("accuracy.unsupported_claim_share", examples=("c1-grace", "c2-ravi")),
        finding(
            "homogeneity.boilerplate",
            examples=("Grace closed 52 loans", "8 error rates fell by", "0 error rates fell by"),
        ),
    )
    text = drafts("{name} closed 99 loans, {they} and Ravi. {did}.")
    shown = excerpts_of(text, decision, nothing_found(decision, *found))
    told = shown.model_dump_json()

    assert "Grace" not in told
    assert "Ravi" not in told
    assert "ill" not in told.replace("still", "").replace("will", "").split()
    assert "was ill" not in told
    assert shown.contradicted or shown.unsupported
    assert ("[name] closed 52 loans", "error rates fell by") == shown.phrases


def test_a_clause_that_passed_shows_no_pair(decision):
    [clause] = decision.clauses
    passed = clause.model_copy(
        update={"slices": (clause.slices[0].model_copy(update={"outcome": "pass"}),)}
    )
    fine = decision.model_copy(update={"clauses": (passed,)})

    assert () == excerpts_of(drafts(), fine, nothing_found(decision)).pairs


def test_a_long_draft_is_cut_and_shown_from_its_first_difference_if_that_comes_late(decision):
    for said in ("{name} {they} {did} " + "word " * 5000, "Most " * 900 + "{did}" + " word" * 500):
        [first, *_] = excerpts_of(drafts(said), decision, nothing_found(decision)).pairs
        pieces = first.pair.left.pieces

        assert ["fell short"] == [p.text.strip() for p in pieces if p.marked]
        assert 1_510 > sum(len(p.text) for p in pieces)
        assert pieces[-1].text.endswith("word …")
    assert pieces[0].text == f"…{' Most' * 60}"


def test_a_draft_that_is_not_cut_is_shown_from_its_beginning(decision):
    said = drafts("Most " * 250 + "{did}")
    [first, *_] = excerpts_of(said, decision, nothing_found(decision)).pairs

    assert f"{'Most ' * 250}fell short" == "".join(p.text for p in first.pair.left.pieces)


def test_long_drafts_without_a_difference_are_shown_from_their_beginning(decision):
    [first, *_] = excerpts_of(
        drafts("{name}" + " most" * 900), decision, nothing_found(decision)
    ).pairs
    [piece] = first.pair.left.pieces

    assert piece.text == f"[name]{' most' * 298} …"


def test_a_long_claim_is_quoted_around_its_fault_and_says_where_it_is_cut(decision):
    """400 characters before the fault, Ravi's name is cut through; none of it is left."""
    said = f"They {'word ' * 99}and Ravi {'x ' * 195}closed 99 loans for Ravi {'later ' * 99}on."
    found = finding("accuracy.contradicted_share", examples=("c1-grace",))
    [claim] = excerpts_of(drafts(said), decision, nothing_found(decision, found)).contradicted
    pieces = [(piece.text, piece.marked) for piece in claim.pieces]

    assert [
        (f"… {'x ' * 195}closed ", False),
        ("99", True),
        (f" loans for [name]{' later' * 63} …", False),
    ] == pieces


def test_every_part_of_a_name_goes_and_words_that_hold_it_stay():
    frame = drafts()
    frame["name"] = "Grace O'Neil-Li Zo\u00eb"
    codes = Codes(frame)

    assert "[name] met [name]. Graceful, grace." == codes.masked(
        "Grace met O'Neil-Li. Graceful, grace."
    )
    assert "[name] [name]: [name], [name]'s, [name] and [name]" == codes.masked(
        "GRACE O\u2019NEIL-LI: Li, O\u2019Neil's, ZO\u00cb and Zoe\u0308"
    )
    assert "nobody named" == codes.person("Zoe")


def test_real_peoples_drafts_are_never_read(decision, tmp_path):
    """The file does not even exist."""
    run = decision.run.model_copy(update={"synthetic": False})
    real = decision.model_copy(update={"run": run})
    shown = drafts_of(tmp_path / "gone", real, nothing_found(real), shown=True)

    assert (Shapes(), None, NOT_SYNTHETIC) == (shown.shapes, shown.excerpts, shown.without)


def test_left_out_drafts_leave_the_numbers_and_say_so(decision, tmp_path):
    frames.write(drafts(), tmp_path / "drafts.parquet")
    found = nothing_found(decision)
    left = drafts_of(tmp_path / "drafts.parquet", decision, found, shown=False)
    none = drafts_of(None, decision, found, shown=True)

    assert (None, LEFT_OUT) == (left.excerpts, left.without)
    assert left.shapes.ratings is not None
    assert (None, NO_DRAFTS) == (none.excerpts, none.without)


def test_ratings_are_counted_by_the_rubrics_rating():
    """Gold is 4 throughout: drafted 2 once, 3 twice, 4 three times, 5 twice."""
    shown = shapes_of(drafts())

    assert (0, 1, 2, 3, 2) == shown.ratings.counts[3]
    assert 8 == sum(map(sum, shown.ratings.counts))


def test_ratings_off_the_scale_of_whole_numbers_are_not_drawn():
    frame = drafts()
    frame.loc[0, "rating"] = 2.5

    assert shapes_of(frame).ratings is None


def test_likeness_is_not_told_of_fewer_than_twelve_people():
    assert () == shapes_of(drafts()).similarity


def test_likeness_in_a_large_run_is_of_some_cases_and_says_of_how_many(monkeypatch):
    """120 cases under two names; 60 drafts are looked at: those of 30 evenly spread cases."""
    frame = paired_frame(cases=120, groups={"gender": ("female", "male")})
    monkeypatch.setattr("govern.metrics.likeness.MOST_DRAFTS", 60)
    labels = [strip.label for strip in shapes_of(frame).similarity]

    assert ["Drafts, of 30 evenly spread cases", "The files they were drafted from"] == labels
