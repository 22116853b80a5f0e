"""What holds for every measure in METRICS, whatever it measures."""

from __future__ import annotations

from functools import cache
from itertools import chain

import pytest

from govern import testing
from govern.domain import Undefined
from govern.errors import InputError
from govern.metrics import METRICS, evaluator_digest, measure
from govern.testing import paired_frame

FRAMES = {
    "clean": paired_frame,
    "nothing planned": lambda: paired_frame(cases=0),
    "one draft": lambda: paired_frame(cases=1, groups={}),
    "one group": lambda: paired_frame(groups={"gender": ("female",)}),
    "no group": lambda: paired_frame(groups={}),
    "all refused": lambda: testing.refuse(paired_frame(cases=12), 1.0),
    "all failed": lambda: testing.fail(paired_frame(cases=12), 1.0),
    "all alike": lambda: paired_frame(
        cases=12, text="Did well in 12 of 12", rating=3, outcome=1, label="a"
    ),
    "without words": lambda: testing.empty_texts(paired_frame(cases=12), 1.0),
    "all blocks": lambda: testing.add_blocks(
        paired_frame(cases=12), variants=("order", "injection:5", "canary:brevolka")
    ),
    "ids alone": lambda: paired_frame(cases=12)[["draft_id", "case_id", "status"]].pipe(
        testing.build
    ),
}


@cache
def measured(name):
    """A frame, a copy from before, and what every measure says of it."""
    frame = FRAMES[name]()
    before = frame.copy(deep=True)
    return frame, before, {m: METRICS[m].measure(frame) for m in METRICS}


def test_the_table_holds_each_metric_under_its_own_id():
    assert list(METRICS) == [metric.spec.id for metric in METRICS.values()]
    assert 86 == len(METRICS)


def test_only_contrasts_are_centred_and_events_are_never_wanted():
    for spec in (metric.spec for metric in METRICS.values()):
        assert (spec.shape == "contrast") == (spec.sense == "centred")
        assert spec.shape != "event" or spec.sense == "lower_is_better"


@pytest.mark.parametrize("name", FRAMES)
class TestEvery:
    def test_measure_finds_something_and_repeats_what_its_spec_says(self, name):
        for metric, found in measured(name)[2].items():
            spec = METRICS[metric].spec
            assert {(spec.id, spec.version, spec.unit, spec.sense)} == {
                (f.metric, f.version, f.unit, f.sense) for f in found
            }

    def test_slice_is_found_once(self, name):
        for found in measured(name)[2].values():
            slices = [f.slice for f in found]
            assert sorted(set(slices)) == sorted(slices)

    def test_number_has_an_interval_and_every_undefined_a_reason_instead(self, name):
        for f in chain.from_iterable(measured(name)[2].values()):
            if isinstance(f.estimate, Undefined):
                assert f.estimate.reason
                assert f.interval is None
            elif METRICS[f.metric].spec.shape != "table":
                assert f.interval is not None

    def test_denominator_is_no_larger_than_what_it_is_taken_from(self, name):
        frame, _, found = measured(name)
        for counts in (f.counts for f in chain.from_iterable(found.values())):
            assert len(frame) == counts.planned or (frame["block"] != "main").any()
            assert len(frame) >= counts.planned >= counts.ok
            assert counts.planned >= counts.scored
            assert frame["case_id"].nunique() >= counts.cases

    def test_measure_leaves_the_frame_as_it_was(self, name):
        frame, before, _ = measured(name)

        assert before.equals(frame)

    def test_finding_is_its_own_json(self, name):
        for f in chain.from_iterable(measured(name)[2].values()):
            assert f == type(f).model_validate_json(f.model_dump_json())


def test_measuring_stamps_every_finding_with_the_code_that_measured():
    found = measure(paired_frame(cases=12), ["coverage.failed", "fairness.rating_shift"])

    assert {evaluator_digest()} == {f.evaluator for f in found}
    assert 64 == len(evaluator_digest())


def test_a_metric_asked_for_twice_is_measured_once_and_in_the_order_asked_for():
    asked = ["coverage.failed", "accuracy.leniency", "coverage.failed"]

    assert asked[:2] == [f.metric for f in measure(paired_frame(), asked)]


def test_an_unknown_metric_is_named_beside_the_known_ones():
    with pytest.raises(
        InputError, match=r"unknown metric\(s\) tone; known: accuracy\.altered_number_share"
    ):
        measure(paired_frame(cases=1), ["coverage.failed", "tone"])


OF_OTHER_BLOCKS = (
    "coverage.",
    "privacy.",
    "robustness.",
    "fairness.marker_",
    "fairness.insert_",
    "fairness.flip_rate",
    "homogeneity.regeneration_gap",
)


@pytest.mark.parametrize("name", [m for m in METRICS if not m.startswith(OF_OTHER_BLOCKS)])
def test_what_was_put_into_cases_enters_no_other_measure(name):
    bare = paired_frame(cases=12)
    whole = testing.add_blocks(bare, variants=("order", "injection:5"))
    on = whole["block"] != "main"
    whole.loc[on, ["text", "input", "rating", "outcome", "label"]] = ["Else.", "Else.", 1, 0, "x"]

    assert METRICS[name].measure(bare) == METRICS[name].measure(whole)


def test_coverage_counts_every_planned_draft_of_every_block():
    whole = testing.add_blocks(paired_frame(cases=12))
    whole.loc[whole["block"] == "variant", "status"] = "failed"
    whole.loc[whole["block"] == "variant", ["text", "label"]] = None
    whole.loc[whole["block"] == "variant", ["rating", "outcome"]] = float("nan")
    [found] = METRICS["coverage.failed"].measure(whole)

    assert found.estimate == pytest.approx(4 / (8 + 3 + 4))
    assert 12 * 15 == found.counts.planned
