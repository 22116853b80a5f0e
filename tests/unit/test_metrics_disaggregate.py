"""The trap of design.md: fairlearn's MetricFrame calls a group that vanished fair."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate

from govern.domain import Undefined
from govern.errors import FrameError
from govern.metrics import METRICS
from govern.metrics.disaggregate import selection_rates
from govern.testing import paired_frame

TEAM = pd.Series(["a", "a", "b", "b"])
ONES = pd.Series([1.0] * 4)
NAN = float("nan")


def mean_of(_true, predicted):
    return float(pd.Series(predicted).mean())


def test_fairlearn_lets_a_group_without_numbers_vanish_from_its_difference():
    """The raw behaviour that we must not pass on: b never got a rating, "no difference"."""
    values = pd.Series([0.5, 0.5, NAN, NAN])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = MetricFrame(metrics=mean_of, y_true=ONES, y_pred=values, sensitive_features=TEAM)

    assert np.isnan(raw.by_group["b"])
    assert 0.0 == raw.difference()


def test_fairlearn_calls_a_single_group_perfectly_fair():
    raw = MetricFrame(
        metrics=selection_rate, y_true=ONES, y_pred=ONES, sensitive_features=pd.Series(["a"] * 4)
    )

    assert (0.0, 1.0) == (raw.difference(), raw.ratio())


def test_our_rates_answer_for_a_missing_value():
    with pytest.raises(FrameError, match="need a 0 or 1 for every draft; some are missing"):
        selection_rates(pd.Series([1.0, 0.0, NAN, NAN]), TEAM, ONES)


def test_our_rates_answer_for_a_single_group():
    with pytest.raises(FrameError, match="need two groups or more; found a"):
        selection_rates(ONES, pd.Series(["a"] * 4), ONES)


def test_our_rates_weigh_as_they_are_told():
    """a: 1 of weights 3 and 1 selected, 3/4; b: both, 1."""
    rates = selection_rates(pd.Series([1.0, 0.0, 1.0, 1.0]), TEAM, pd.Series([3.0, 1.0, 1.0, 1.0]))

    assert {"a": 0.75, "b": 1.0} == rates


@pytest.mark.parametrize(
    "metric", ["fairness.rating_shift", "fairness.outcome_shift", "fairness.impact_ratio"]
)
def test_a_group_that_never_got_a_draft_is_not_called_fair(metric):
    """All of one team failed. pandas would skip it and report a shift of zero."""
    frame = paired_frame(groups={"team": ("a", "b")}, rating=4, outcome=1)
    lost = frame["group.team"] == "b"
    frame.loc[lost, ["status", "text", "label"]] = ["failed", None, None]
    frame.loc[lost, ["rating", "outcome"]] = NAN
    [found] = METRICS[metric].measure(frame)

    wanted = Undefined(reason="no draft of the group b could be scored", code="missing_drafts")
    assert wanted == found.estimate
    assert (120, 60, 60) == (found.counts.planned, found.counts.ok, found.counts.scored)
