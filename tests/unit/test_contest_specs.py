"""What a clause on the record may name."""

from govern.contest.specs import SPECS
from govern.metrics import METRICS


def test_no_statistic_of_the_record_bears_the_name_of_a_metric():
    assert set() == set(SPECS) & set(METRICS)


def test_every_statistic_says_what_it_answers_and_how():
    for name, spec in SPECS.items():
        assert name == spec.id
        assert spec.id.startswith("contest.")
        assert spec.question.endswith("?")
        assert (spec.sense == "centred") == (spec.shape == "contrast")
