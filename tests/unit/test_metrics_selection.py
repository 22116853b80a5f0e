"""Selection and scoring rates, the tables of Local Law 144, and the Guidelines' companions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern import testing
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.metrics.ll144 import tables
from govern.metrics.ugesp import companions
from govern.stats.intervals import bounds
from govern.testing import paired_frame

TABLES = [name for name, metric in METRICS.items() if metric.spec.shape == "table"]


def people(groups, *, race=None, **columns):
    """Rows in the order of ``groups``, a dict of label: how many."""
    label = [name for name, n in groups.items() for _ in range(n)]
    table = {
        "draft_id": [f"d{i}" for i in range(len(label))],
        "case_id": [f"p{i}" for i in range(len(label))],
        "status": "ok",
        "group.gender": label,
    }
    more = {} if race is None else {"group.race_ethnicity": race}
    return testing.build(pd.DataFrame(table | more | columns))


def measure(metric, frame):
    return {f.slice: f for f in METRICS[metric].measure(frame)}


def table_of(frame, by="gender", rate="selection rate", **options):
    [table] = [t for t in tables(frame, **options) if (t.by, t.rate) == (by, rate)]
    return table, {row.label: row for row in table.categories}


def test_selection_rates_by_hand():
    """6 of 20 and 12 of 20. Variance .3·.7·20/19/20 = .21/19, t of 19 degrees of freedom."""
    frame = people({"f": 20, "m": 20}, outcome=[1] * 6 + [0] * 14 + [1] * 12 + [0] * 8)
    found = measure("fairness.selection_rate", frame)
    reach = stats.t.ppf(0.95, 19) * np.sqrt(0.21 / 19)

    assert (0.3, 0.6) == (found["gender: f"].estimate, found["gender: m"].estimate)
    assert bounds(0.3, found["gender: f"].interval, 0.05) == pytest.approx(
        (0.3 - reach, 0.3 + reach)
    )
    assert (40, 20) == (found["gender: f"].counts.planned, found["gender: f"].counts.units)


def test_names_that_recur_widen_a_rate():
    """20 women under 10 names, each selected both times or never; 3 names are.

    Sums of deviations under a name 1.4 or -.6: 10/9·(3·1.96 + 7·.36)/400.
    """
    name = [f"n{i // 2}" for i in range(20)]
    outcome = [float(i // 2 < 3) for i in range(20)]
    frame = people({"f": 20}, outcome=outcome, name=name)
    found = measure("fairness.selection_rate", frame)["gender: f"]

    assert 0.3 == found.estimate
    assert found.interval.se == pytest.approx(np.sqrt(10 / 9 * 8.4 / 400))
    assert 9 == found.interval.df


def test_scoring_is_above_the_median_of_everybody_and_ties_are_told():
    """1 2 3 3 3 4 5: the median is 3, three at it; none of 1 2 3 3 is above, of 3 4 5 two are."""
    frame = people({"f": 4, "m": 3}, rating=[1, 2, 3, 3, 3, 4, 5])
    found = measure("fairness.scoring_rate", frame)

    assert 0.0 == found["gender: f"].estimate
    assert found["gender: m"].estimate == pytest.approx(2 / 3)
    assert found["gender: m"].method.endswith("median 3, 3 of 7 at it")


class TestLocalLaw144:
    def test_ratios_are_to_the_most_selected_category(self):
        """667 of 1,390 and 555 of 1,181: 48.0 % and 47.0 %, ratio .979."""
        outcome = [1] * 667 + [0] * 723 + [1] * 555 + [0] * 626
        table, rows = table_of(people({"male": 1390, "female": 1181}, outcome=outcome))

        assert ("male", 2571, 0) == (table.reference, table.assessed, table.unknown)
        assert (1390, 667, 1.0) == (
            rows["male"].assessed,
            rows["male"].chosen,
            rows["male"].ratio,
        )
        assert rows["female"].rate == pytest.approx(555 / 1181)
        assert round(rows["female"].ratio, 3) == 0.979

    def test_a_small_category_leaves_before_the_highest_is_sought(self):
        """x: 1 of 1, the highest rate, but 1 of 101 people: a (30/60) becomes the reference."""
        frame = people(
            {"a": 60, "b": 40, "x": 1}, outcome=[1] * 30 + [0] * 30 + [1] * 10 + [0] * 30 + [1]
        )
        table, rows = table_of(frame)

        assert "a" == table.reference
        assert (1.0, 0.5) == (rows["a"].ratio, rows["b"].ratio)
        assert (1, 1.0, None) == (rows["x"].assessed, rows["x"].rate, rows["x"].ratio)
        assert "1.0% of 101 assessed, under 2%" == rows["x"].without
        assert "x" == table_of(frame, leave_out_under=0.0)[0].reference
        estimates = {k: f.estimate for k, f in measure(TABLES[2], frame).items()}
        assert (
            Undefined(reason="1.0% of 101 assessed, under 2%; 1 of 1 selected", code="too_few")
            == (estimates["gender: x"])
        )

    def test_exactly_two_in_a_hundred_stay(self):
        frame = people({"a": 98, "x": 2}, outcome=1)

        assert 1.0 == table_of(frame)[1]["x"].ratio

    def test_the_unknown_are_counted_and_enter_no_rate_but_the_median(self):
        """Ratings 1 1 | 3 3 | 5 5 5 5 5: with the unknown the median is 5, nobody is above."""
        frame = people({"f": 2, "m": 2, "unknown": 5}, rating=[1, 1, 3, 3, 5, 5, 5, 5, 5])
        table, rows = table_of(frame, rate="scoring rate")

        assert ["f", "m"] == list(rows)
        assert (9, 5) == (table.assessed, table.unknown)
        assert "median 5, 5 of 9 at it" == table.median
        assert {"the highest rate is 0"} == {row.without for row in rows.values()}

    def test_someone_unknown_in_one_attribute_is_known_in_the_other(self):
        frame = people(
            {"f": 3, "m": 3}, race=["a", "unknown", "b", "a", "b", "a"], outcome=[1, 1, 0, 1, 1, 0]
        )

        assert 0 == table_of(frame)[0].unknown
        assert 1 == table_of(frame, "race_ethnicity")[0].unknown
        cross, rows = table_of(frame, "gender*race_ethnicity")
        assert (1, ["f*a", "f*b", "m*a", "m*b"]) == (cross.unknown, list(rows))

    def test_findings_carry_the_reference_and_no_interval(self):
        frame = people({"f": 20, "m": 20}, outcome=[1] * 6 + [0] * 14 + [1] * 12 + [0] * 8)
        found = measure("fairness.ll144_selection_ratio", frame)

        assert (0.5, None, "m") == (
            found["gender: f"].estimate,
            found["gender: f"].interval,
            found["gender: f"].baseline,
        )
        assert "0 of 40 of unknown category" in found["gender: f"].method

    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1)), min_size=30, max_size=60))
    def test_rates_and_ratios_are_those_of_fairlearn(self, drawn):
        group, outcome = zip(*sorted(drawn), strict=True)
        frame = people({g: group.count(g) for g in sorted(set(group))}, outcome=list(outcome))
        _, rows = table_of(frame, leave_out_under=0.0)
        theirs = MetricFrame(
            metrics=selection_rate,
            y_true=list(outcome),
            y_pred=list(outcome),
            sensitive_features=list(group),
        ).by_group

        for label, row in rows.items():
            assert row.rate == pytest.approx(theirs[label])
            if theirs.max() > 0:
                assert row.ratio == pytest.approx(theirs[label] / theirs.max())


class TestGuidelines:
    FRAME = people({"f": 20, "m": 20}, outcome=[1] * 6 + [0] * 14 + [1] * 12 + [0] * 8)

    def test_ratio_p_and_shortfall_stand_side_by_side(self):
        """20 women at the men's .6 would be 12 selections: 6 more."""
        women, men = companions(self.FRAME)

        assert ("m", 0.5, True, 6.0) == (
            women.reference.label,
            women.row.ratio,
            women.below_four_fifths,
            women.shortfall,
        )
        assert women.p_value == pytest.approx(stats.fisher_exact([[6, 14], [12, 8]]).pvalue)
        assert (0.0, None, False) == (men.shortfall, men.p_value, men.below_four_fifths)

    def test_findings_repeat_it(self):
        found = measure("fairness.shortfall", self.FRAME)

        assert (6.0, 0.0) == (found["gender: f"].estimate, found["gender: m"].estimate)
        assert 0 < found["gender: f"].p_value < 1

    def test_cases_that_stand_in_both_groups_have_no_exact_p(self):
        for one in companions(paired_frame()):
            assert one.p_value is None

    def test_nobody_selected_is_no_shortfall_of_nothing(self):
        found = measure("fairness.shortfall", people({"f": 5, "m": 5}, outcome=0))

        assert {Undefined(reason="nobody was selected", code="too_few")} == {
            f.estimate for f in found.values()
        }


@pytest.mark.parametrize("metric", TABLES)
class TestEveryTable:
    def test_says_so_without_a_group(self, metric):
        [found] = measure(metric, paired_frame(groups={})).values()

        assert "the data names no groups to compare" == found.estimate.reason
        assert found.counts.planned == found.counts.scored

    def test_says_so_where_all_are_refused(self, metric):
        found = measure(metric, testing.refuse(paired_frame(cases=12), 1.0))

        assert all(isinstance(f.estimate, Undefined) for f in found.values())

    def test_is_even_on_a_clean_frame(self, metric):
        for by in ("gender", "race_ethnicity", "gender*race_ethnicity"):
            found = [f.estimate for f in METRICS[metric].measure(paired_frame()) if f.by == by]
            assert 1 == len(set(found))

    def test_shows_a_cell_whose_top_ratings_are_gone(self, metric):
        frame = testing.shift_ratings(
            paired_frame(), 1.0, {"gender": "female", "race_ethnicity": "black"}, -4
        )
        found = measure(metric, frame)
        cell = found["gender*race_ethnicity: female*black"].estimate
        other = found["gender*race_ethnicity: male*white"].estimate

        assert cell > other if metric == "fairness.shortfall" else cell < other

    def test_is_not_moved_by_the_order_of_rows(self, metric):
        frame = testing.shift_ratings(paired_frame(), 0.3)
        turned = frame.sample(frac=1, random_state=1).reset_index(drop=True)

        assert {k: f.estimate for k, f in measure(metric, frame).items()} == pytest.approx(
            {k: f.estimate for k, f in measure(metric, turned).items()}
        )
