"""Which planted effect each metric must find, for its evaluator's certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from govern import testing

_ONE_CELL = {"gender": "female", "race_ethnicity": "black"}
# What is undefined over the 60 cases of the starter plan.
NEED_STANDARD = frozenset({"fairness.distinguishability", "fairness.name_leakage"})
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
    "fairness.distinguishability": partial(testing.add_tell, groups={"gender": "female"}),
    "fairness.name_leakage": testing.add_habits,
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
APART: Mapping[str, Mapping[str, Callable[[pd.DataFrame, float], pd.DataFrame]]] = {}
