"""Reasons that whoever reads a report understands."""

from __future__ import annotations

import re

import pytest

from govern.metrics import METRICS, measure
from govern.metrics.reasons import none_scored, short_of, too_many_lack
from govern.testing import paired_frame


@pytest.mark.parametrize(
    ("missing", "said"), [(1 / 12, "8%"), (0.051, "just over 5%"), (0.0549, "just over 5%")]
)
def test_a_share_that_rounds_to_what_is_allowed_is_said_to_be_over_it(missing, said):
    assert f"{said} of drafts are blank, and the measure allows 5%" == (
        too_many_lack(missing, "drafts are blank")
    )


def test_too_few_says_how_many_of_what_and_what_for():
    assert "6 complete cases, 12 needed for an estimate" == short_of(6, "complete cases", 12)


def test_a_cell_of_a_cross_is_named_in_words():
    assert "no draft of the group female × asian american could be scored" == (
        none_scored("female*asian_american")
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"cases": 6},
        {"cases": 0},
        {"groups": {}},
        {"groups": {"gender": ("non_binary",)}},
        {"text": None, "rating": None},
        {"gold_rating": None, "gold_label": None, "evidence": None, "input": None},
    ],
)
def test_no_reason_holds_a_raw_name(columns):
    reasons = {
        found.estimate.reason
        for found in measure(paired_frame(**columns), METRICS)
        if not isinstance(found.estimate, float)
    }

    assert reasons
    assert [] == [said for said in sorted(reasons) if re.search(r"[_*`]", said)]
