"""A review held against its evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.app.checked_review import checked_review
from govern.domain.finding import Undefined
from govern.domain.review_intake import IntakeReview, ShownEvidence

SHOWN = (
    ShownEvidence(id="export", kind="tickets", text="14 tickets closed between April and June."),
    ShownEvidence(id="note", kind="note", text="The billing jobs moved on 27 June."),
)
DRAFT = "She closed 41 tickets between April and June. The billing jobs moved on 27 June."


def review(**changes):
    given = {
        "review_id": "r-1",
        "version": 1,
        "employee": "e-1",
        "author": "e-2",
        "manager": "e-3",
        "period_start": date(2026, 1, 1),
        "period_end": date(2026, 6, 30),
        "finalised": datetime(2026, 7, 1, tzinfo=UTC),
        "ai_role": "drafted",
        "draft": DRAFT,
        "final": DRAFT,
        "evidence": SHOWN,
    }
    return IntakeReview(**(given | changes))


def whole(passages):
    return "".join(one.before + one.fault + one.after for one in passages)


def test_a_number_that_the_evidence_has_otherwise_stands_out_with_where_it_stands():
    found = checked_review(review())
    [wrong] = [one for one in found.draft if one.verdict == "contradicted"]
    [right] = [one for one in found.draft if one.verdict == "supported"]

    assert ("41", "export") == (wrong.fault, wrong.evidence)
    assert ("", "note") == (right.fault, right.evidence)
    assert found.draft == found.final


def test_a_claim_that_no_evidence_speaks_of_is_not_found():
    found = checked_review(review(final="She led the audit of 12 suppliers in Lisbon."))

    assert ["unverifiable"] == [one.verdict for one in found.final if one.verdict]


@pytest.mark.parametrize(
    ("evidence", "why"), [((), "no_evidence"), (None, "evidence_not_supplied")]
)
def test_without_evidence_nothing_counts_as_supported(evidence, why):
    found = checked_review(review(evidence=evidence))

    assert why == found.unchecked
    assert {None} == {one.verdict for one in found.final}
    assert DRAFT == whole(found.final)


def test_without_a_draft_the_final_is_checked_and_what_changed_is_undefined():
    found = checked_review(review(draft=None))

    assert found.draft is None
    assert isinstance(found.share, Undefined)
    assert () == found.changed
    assert "contradicted" in {one.verdict for one in found.final}


def test_evidence_that_has_one_id_twice_is_checked_or_said_not_to_be():
    found = checked_review(review(evidence=SHOWN[:1] * 2))

    assert found.unchecked or "contradicted" in {one.verdict for one in found.final}


TEXT = st.text(st.sampled_from("ab 41.\n\t“é<&\u202e"), max_size=60)


@settings(max_examples=40, deadline=None)
@given(draft=TEXT, final=TEXT)
def test_passages_put_together_are_the_text_whatever_it_is(draft, final):
    found = checked_review(review(draft=f"{DRAFT} {draft}", final=final))

    assert f"{DRAFT} {draft}" == whole(found.draft)
    assert final == whole(found.final)
