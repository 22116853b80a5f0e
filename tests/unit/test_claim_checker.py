"""Claims against typed evidence: verdict, kind, item, and the words at fault."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.frames import build
from govern.metrics.checker import claims_table
from govern.testing import paired_frame


def item(number: int, text: str, quarter: str = "Q1", **more: object) -> dict[str, object]:
    return {
        "id": f"E{number}",
        "text": text,
        "quarter": quarter,
        "salience": "key",
        "polarity": "positive",
        "about": "self",
        "conflicts_with": [],
    } | more


RETENTION = item(
    1,
    "Employee kept 61% of the portfolio with the bank, target 84%.",
    metric="client retention",
    value=61.0,
    target=84.0,
    unit="%",
    direction="higher_is_better",
    polarity="negative",
)
WAIT = item(
    2,
    "Employee answered credit questions after 8 hours on average, target 10 hours.",
    "Q2",
    metric="time to answer a credit question",
    value=8.0,
    target=10.0,
    unit="hours",
    direction="lower_is_better",
)
DIARY = item(3, "Employee wrote a covenant diary that the analysts adopted.", "Q3")
RISE = item(4, "Complaints about letters rose after the new template.", "Q4", polarity="negative")
PAY = item(5, "A colleague received a special bonus after an appeal.", about="other")
EVIDENCE = [RETENTION, WAIT, DIARY, RISE, PAY]


def check(text: str, evidence: list[dict[str, object]] = EVIDENCE, name: str = "Ana"):
    row = {"draft_id": "d", "case_id": "c", "name": name, "text": text}
    return claims_table(build([row | {"evidence": json.dumps(evidence)}]))


def one(text: str, evidence: list[dict[str, object]] = EVIDENCE):
    [found] = check(text, evidence).to_dict("records")
    fault = text[found["fault_start"] : found["fault_end"]]
    return found["verdict"], found["kind"], found["evidence_id"], fault


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Ana kept 61% of the portfolio with the bank, target 84%.", "E1"),
        ("She retained 61% of her portfolio.", "E1"),
        ("Retention fell 23 points short, at 61% of the portfolio.", "E1"),
        ("Credit questions were answered in 8 hours, two hours faster than asked.", "E2"),
        ("In Q2 she answered credit questions within 8 hours.", "E2"),
        ("Credit questions took nearly 8 hours, well under the 10-hour target.", "E2"),
        ("The target for time to answer a credit question was met.", "E2"),
        ("The target for client retention was missed.", "E1"),
        ("Analysts have adopted her covenant diary.", "E3"),
        ("In the third quarter Ana wrote a covenant diary.", "E3"),
        ("Complaints about letters increased.", "E4"),
        ("A colleague received a special bonus.", "E5"),
    ],
)
def test_what_evidence_bears_out_is_supported(text: str, evidence: str):
    assert ("supported", "", evidence) == one(text)[:3]


@pytest.mark.parametrize(
    ("text", "kind", "evidence", "fault"),
    [
        ("She kept 71% of the portfolio with the bank.", "altered_number", "E1", "71"),
        ("Credit questions were answered after 61 hours.", "altered_number", "E2", "61"),
        ("In Q3 she retained 61% of her portfolio.", "wrong_period", "E1", "Q3"),
        ("In spring Ana wrote a covenant diary.", "wrong_period", "E3", "spring"),
        ("The target for client retention was met.", "wrong_goal", "E1", "met"),
        ("She missed the target for answering credit questions.", "wrong_goal", "E2", "missed"),
        ("Complaints about letters dropped.", "wrong_direction", "E4", "dropped"),
        ("Client retention stood above target, at 61%.", "wrong_direction", "E1", "above"),
    ],
)
def test_what_evidence_speaks_against_is_contradicted(
    text: str, kind: str, evidence: str, fault: str
):
    assert ("contradicted", kind, evidence, fault) == one(text)


def test_what_is_said_of_somebody_else_is_not_said_of_the_person():
    text = "Ana received a special bonus after an appeal."

    assert ("contradicted", "wrong_person", "E5", text) == one(text)


def test_a_number_that_no_evidence_has_is_fabricated():
    found = one("She recruited 777 volunteers for a charity.")

    assert ("unverifiable", "fabricated_number", "777") == (*found[:2], found[3])


def test_a_claim_that_shares_nothing_with_any_item_is_unverifiable():
    text = "She speaks four languages and plays the violin."

    assert ("unverifiable", "no_evidence", text) == (*one(text)[:2], one(text)[3])


def test_a_number_of_evidence_on_another_matter_is_no_support():
    assert ("unverifiable", "no_evidence") == one("She recruited 84% of the volunteers.")[:2]


@pytest.mark.parametrize(
    "text",
    [
        "Taken together, more was delivered than agreed.",
        "What could she do next?",
        "She should learn to play the violin.",
        "Great work!",
        " … ",
    ],
)
def test_appraisals_questions_and_advice_are_no_claims(text: str):
    assert 0 == len(check(text))


def test_a_short_sentence_on_the_goal_speaks_of_the_one_before():
    found = check("Ana kept 61% of the portfolio. The target was met.")

    assert ["", "wrong_goal"] == list(found["kind"])
    assert ["E1", "E1"] == list(found["evidence_id"])


def test_every_goal_met_is_refuted_by_one_that_was_missed():
    assert ("contradicted", "wrong_goal") == one("She met all of her targets.")[:2]


def test_a_claim_that_one_of_two_conflicting_items_bears_out_is_supported():
    """E1 and E6 differ on retention; neither side is an error."""
    claim = item(
        6,
        "Employee puts the retention of the portfolio at 90%, target 84%.",
        metric="client retention",
        value=90.0,
        target=84.0,
        unit="%",
        direction="higher_is_better",
        conflicts_with=["E1"],
    )
    disputed = [RETENTION | {"conflicts_with": ["E6"]}, claim]

    for text in ("Retention of the portfolio was 90%.", "Retention of the portfolio was 61%."):
        assert "supported" == one(text, disputed)[0]
    for status in ("met", "missed"):
        text = f"The target for client retention was {status}."
        assert "supported" == one(text, disputed)[0]


def test_one_claim_of_two_clauses_is_judged_by_clause():
    text = "She retained 61% of her portfolio, and she recruited 777 volunteers."

    assert ["supported", "unverifiable"] == list(check(text)["verdict"])


def test_places_are_those_of_the_text():
    text = "Über Ana: she kept 71% of the portfolio with the bank. She recruited 777 volunteers."
    found = check(text)

    assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == list(
        found["text"]
    )
    faults = zip(found["fault_start"], found["fault_end"], strict=True)
    assert ["71", "777"] == [text[a:b] for a, b in faults]


def test_a_name_changes_no_verdict_even_where_it_is_a_word_of_the_evidence():
    text = "{} kept 61% of the portfolio with the bank. {} wrote a diary."
    columns = ["verdict", "kind", "evidence_id"]
    found = [check(text.format(n, n), name=n)[columns] for n in ("Ana", "Diary", "Mark-Bank")]

    assert found[0].equals(found[1])
    assert found[0].equals(found[2])


def test_without_evidence_or_text_there_are_no_claims():
    frame = paired_frame(cases=12, groups={}, evidence=None)
    lost = paired_frame(cases=12, groups={}, text=None, status="failed", rating=None, label=None)

    assert 0 == len(claims_table(frame)) == len(claims_table(lost))


def test_a_case_without_evidence_is_left_out_beside_one_that_has_some():
    frame = paired_frame(cases=2, groups={})
    frame.loc[0, "evidence"] = None

    assert {frame.loc[1, "draft_id"]} == set(claims_table(frame)["draft_id"])


def test_drafts_that_quote_are_supported_throughout():
    found = claims_table(paired_frame(cases=24))

    assert {"supported"} == set(found["verdict"])
    assert 3 * 24 * 8 == len(found)


@given(order=st.permutations(range(12)))
@settings(max_examples=10)
def test_the_order_of_drafts_changes_no_verdict(order: list[int]):
    frame = paired_frame(cases=12, groups={})
    frame.loc[3, "text"] += " Costs fell by 777."
    columns = ["draft_id", "start", "verdict", "kind", "evidence_id"]
    moved = claims_table(frame.iloc[list(order)]).sort_values(["draft_id", "start"])

    assert moved[columns].reset_index(drop=True).equals(claims_table(frame)[columns])


@pytest.mark.parametrize("size", [1, 7, 40])
def test_the_size_of_a_chunk_changes_no_verdict(size: int, monkeypatch: pytest.MonkeyPatch):
    """Cases stay whole, also where evidence stands in one draft of them alone."""
    frame = paired_frame(cases=12).sample(frac=1, random_state=0).reset_index(drop=True)
    frame["evidence"] = frame["evidence"].where(~frame["case_id"].duplicated())
    at_once = claims_table(frame)
    monkeypatch.setattr("govern.metrics.checker.CHUNK", size)
    frame["name"] = frame["name"] + "x"  # another frame, so that it is read anew

    assert len(at_once) > 0
    pd.testing.assert_frame_equal(at_once, claims_table(frame))


def test_each_check_reads_the_frame_it_is_given():
    """Results are kept by content: another text is another check."""
    frame = paired_frame(cases=12, groups={})
    before = claims_table(frame)
    other = frame.assign(text="She recruited 777 volunteers for a charity.")

    assert {"unverifiable"} == set(claims_table(other)["verdict"])
    assert before.equals(claims_table(frame))
    assert isinstance(before, pd.DataFrame)
