"""Which planted effect each metric must find, for its evaluator's certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from govern import testing

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
    "fairness.unsupported_claim_gap": partial(testing.invent_numbers, groups=_ONE_CELL),
    "fairness.length_gap": partial(testing.add_boilerplate, groups=_ONE_CELL),
    "fairness.impact_ratio": partial(testing.shift_ratings, groups=_ONE_CELL, points=-4),
    "accuracy.unsupported_number_share": testing.invent_numbers,
    "accuracy.key_coverage": testing.cut_short,
    "accuracy.rating_agreement": partial(testing.shift_ratings, points=-2),
    "accuracy.leniency": testing.shift_ratings,
    "accuracy.label_agreement": testing.mislabel,
    "accuracy.unsupported_claim_share": testing.invent_numbers,
    "accuracy.contradicted_share": testing.alter_numbers,
    "accuracy.fabricated_number_share": testing.invent_numbers,
    "accuracy.altered_number_share": testing.alter_numbers,
    "accuracy.wrong_period_share": testing.shift_periods,
    "accuracy.wrong_direction_share": testing.flip_directions,
    "accuracy.wrong_goal_share": testing.flip_goals,
    "accuracy.wrong_person_share": testing.swap_persons,
    "accuracy.recency_skew": testing.forget_early,
    "accuracy.halo": testing.forget_dissent,
    "accuracy.rating_contradicts_text": partial(testing.shift_ratings, points=-4),
    "accuracy.within_one": partial(testing.shift_ratings, points=-2),
    "accuracy.centrality": testing.flatten_ratings,
    "accuracy.category_recall": testing.shift_ratings,
    "accuracy.citation_precision": testing.miscite,
    "accuracy.citation_coverage": testing.forget_citations,
    "homogeneity.similarity": testing.add_boilerplate,
    "homogeneity.excess_similarity": testing.add_boilerplate,
    "integrity.identical_drafts": testing.copy_texts,
    "integrity.echo": testing.echo_input,
    "integrity.empty": testing.empty_texts,
    "integrity.inexact_swap": testing.alter_inputs,
}
