"""Which planted effect each metric must find, for its evaluator's certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from govern import testing
from govern.testing.apart import EFFECTS

_ONE_CELL = {"gender": "female", "race_ethnicity": "black"}
PLANTS: Mapping[str, Callable[[pd.DataFrame, float], pd.DataFrame]] = {
    "coverage.refused": testing.refuse,
    "coverage.failed": testing.fail,
    "coverage.not_drafted": testing.fail,
    "coverage.unrated": testing.lose_ratings,
    "fairness.rating_shift": partial(testing.shift_ratings, groups=_ONE_CELL),
    "fairness.outcome_shift": partial(testing.shift_ratings, groups=_ONE_CELL, points=-4),
    "fairness.omission_gap": partial(testing.cut_short, groups=_ONE_CELL),
    "fairness.unsupported_gap": partial(testing.invent_numbers, groups=_ONE_CELL),
    "fairness.length_gap": partial(testing.add_boilerplate, groups=_ONE_CELL),
    "fairness.impact_ratio": partial(testing.shift_ratings, groups=_ONE_CELL, points=-4),
    "accuracy.unsupported_number_share": testing.invent_numbers,
    "accuracy.key_coverage": testing.cut_short,
    "accuracy.rating_agreement": partial(testing.shift_ratings, points=-2),
    "accuracy.leniency": testing.shift_ratings,
    "accuracy.label_agreement": testing.mislabel,
    "homogeneity.similarity": testing.add_boilerplate,
    "homogeneity.excess_similarity": testing.add_boilerplate,
    "integrity.identical_drafts": testing.copy_texts,
    "integrity.echo": testing.echo_input,
    "integrity.empty": testing.empty_texts,
    "integrity.inexact_swap": testing.alter_inputs,
}

# Effects written apart, by somebody who had not seen the evaluators, by metric and effect.
_BY_METRIC: Mapping[str, tuple[str, ...]] = {
    "coverage.refused": ("refuse",),
    "coverage.failed": ("fail",),
    "coverage.not_drafted": ("refuse", "fail"),
    "coverage.unrated": ("unreadable_ratings",),
    "fairness.rating_shift": ("lower_ratings", "raise_ratings"),
    "fairness.outcome_shift": ("lose_selection",),
    "fairness.omission_gap": ("omit_achievements", "forget_early_quarters"),
    "fairness.unsupported_gap": ("invent_numbers", "alter_numbers"),
    "fairness.length_gap": ("shorten", "lengthen"),
    "fairness.impact_ratio": ("lose_selection",),
    "accuracy.unsupported_number_share": ("invent_numbers", "alter_numbers"),
    "accuracy.key_coverage": ("omit_achievements", "forget_early_quarters", "shorten"),
    "accuracy.rating_agreement": ("contradict_text", "halo", "one_band"),
    "accuracy.leniency": ("lower_ratings", "raise_ratings"),
    "homogeneity.similarity": ("boilerplate", "near_copies", "identical_texts"),
    "homogeneity.excess_similarity": ("boilerplate", "near_copies", "identical_texts"),
    "integrity.identical_drafts": ("identical_texts",),
    "integrity.echo": ("echo_input",),
    "integrity.empty": ("empty_texts",),
    "integrity.inexact_swap": ("alter_inputs",),
}
APART: Mapping[str, Mapping[str, Callable[[pd.DataFrame, float], pd.DataFrame]]] = {
    metric: {
        name: partial(EFFECTS[name], groups=_ONE_CELL)
        if metric.startswith("fairness.")
        else EFFECTS[name]
        for name in names
    }
    for metric, names in _BY_METRIC.items()
}
