"""The generator: the same seed gives the same bytes, another seed gives other words."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from govern.errors import DatasetError, InputError, IntegrityError
from govern.sources.datasets import CaseSet, read_card
from govern.sources.generate import case_id, generate, read_grammar, read_rubric
from govern.sources.generate.chance import Draw, rng_of
from govern.sources.generate.grammar import amount, cap, fourgrams, spell
from govern.sources.generate.places import design
from govern.sources.generate.scores import POINTS_IN_BAND, gives, measured, span
from govern.sources.generate.sealed import BOUNDS, as_lines, published_texts, sealed
from govern.sources.generate.variety import variety
from govern.text.shingles import pair_jaccard, shingles
from govern.text.tokens import tokenise

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "review-core-v1"
SEEDS = ("a private seed of enough bytes", b"another seed, in bytes this time", "third seed " * 2)
RUBRIC = read_rubric(FOLDER)


@pytest.fixture(scope="module")
def splits() -> list[CaseSet]:
    return [sealed(FOLDER, seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def public() -> set[str]:
    return set(published_texts(FOLDER))


def texts(split: CaseSet) -> set[str]:
    return {item.text for case in split.cases for item in case.evidence}


def test_the_same_seed_gives_the_same_bytes_and_digest(splits):
    again = sealed(FOLDER, SEEDS[0])

    assert as_lines(splits[0].cases) == as_lines(again.cases)
    assert splits[0].digest == again.digest
    assert 3 == len({split.digest for split in splits})


def test_a_sealed_split_shares_no_text_and_no_id_with_the_published_one(splits, public):
    lines = (FOLDER / "cases.jsonl").read_text("utf-8").splitlines()
    ids = {json.loads(line)["id"] for line in lines}
    for split in splits:
        assert set() == texts(split) & public
        assert set() == {case.id for case in split.cases} & ids


def test_no_text_of_a_sealed_split_comes_near_a_published_one(splits, public):
    """Over all pairs of either side the 4-gram Jaccard stays under .5."""
    import pandas as pd

    private = sorted(texts(splits[0]))
    both = tokenise(pd.Series(private + sorted(public), dtype="str"))
    pairs = pair_jaccard(shingles(both))
    across = pairs[(pairs["first"] < len(private)) & (pairs["second"] >= len(private))]

    assert across["jaccard"].max() < 0.5


def test_private_splits_share_next_to_nothing(splits):
    """They are not written against each other: under one text in 200 may recur by chance."""
    for one, other in combinations(splits, 2):
        assert len(texts(one) & texts(other)) < len(texts(one)) / 200


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_split_stays_within_the_stated_bounds_and_design(splits, number):
    split = splits[number]
    figures = variety(split.cases)

    assert {n: b for n, b in BOUNDS.items() if figures[n] > b} == {}
    assert 360 == figures["cases"] == split.card.cases
    met = Counter((case.role, case.gold_rating, case.richness) for case in split.cases)
    assert (360, {1}) == (len(met), set(met.values()))
    for case in split.cases:
        assert RUBRIC.rating(case.evidence) == case.gold_rating
        assert 8 <= len(case.evidence) <= 16
        assert len({item.source for item in case.evidence}) >= 5


def test_ids_of_a_split_share_a_prefix_that_comes_from_the_seed(splits):
    prefixes = [{case.id.partition("-")[0] for case in split.cases} for split in splits]

    assert [1, 1, 1] == [len(prefix) for prefix in prefixes]
    assert 3 == len(set.union(*prefixes))
    for split, [prefix] in zip(splits, prefixes, strict=True):
        assert split.card.id == f"review-core-sealed-{prefix}"


def test_the_order_of_roles_and_ratings_differs_between_splits(splits):
    """So that a place in the file does not give away the rating."""
    orders = {tuple(case.gold_rating for case in split.cases[:5]) for split in splits}

    assert len(orders) >= 2


def test_the_card_of_a_sealed_split_says_nothing_of_the_seed(splits):
    for split, seed in zip(splits, SEEDS, strict=True):
        plain = seed.decode() if isinstance(seed, bytes) else seed
        assert split.card.seed is None
        assert plain not in split.card.model_dump_json()


def test_a_private_seed_that_can_be_guessed_is_refused():
    with pytest.raises(InputError, match="needs 16 bytes or more, found 4"):
        sealed(FOLDER, "1234")


def test_a_changed_bank_is_noticed_before_a_split_is_made(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder)
    bank = folder / "banks" / "accountant.json"
    bank.write_text(bank.read_text("utf-8").replace("accountant", "bookkeeper", 1), "utf-8")

    with pytest.raises(IntegrityError, match=r"accountant\.json: changed"):
        sealed(folder, SEEDS[0])


def test_a_folder_without_banks_has_no_grammar(tmp_path):
    with pytest.raises(DatasetError, match="has no grammar"):
        read_grammar(tmp_path)


def test_a_bank_that_lacks_something_is_named(tmp_path):
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "shared.json").write_text("{}")
    (tmp_path / "banks" / "clerk.json").write_text('{"role":"clerk","function":"x","topics":[]}')

    with pytest.raises(DatasetError, match=r"clerk\.json: .* needs clients, events, peers, when"):
        read_grammar(tmp_path)


def test_the_manifest_names_the_grammar_that_wrote_the_cases():
    card, _ = read_card(FOLDER)

    assert read_grammar(FOLDER).digest == card.grammar


def test_choices_are_made_inner_ones_first_and_articles_follow():
    assert "an early call" == spell("a [early] call", Random(0))
    assert "a late call" == spell("an [late] call", Random(0))
    assert "a one-page note by an heir" == spell("a one-page note by a [heir]", Random(0))
    assert {"a b", "a c d", "a c e"} == {spell("a [b|c [d|e]]", Random(i)) for i in range(40)}


def test_capitals_reach_into_slots():
    assert "{They} wrote" == cap("{they} wrote")
    assert "{name} wrote" == cap("{name} wrote")
    assert "The end" == cap("the end")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (94.0, "%", "94%"),
        (1250.0, "tickets", "1,250 tickets"),
        (420.0, "USD thousand", "$420 thousand"),
        (12.5, "USD million", "$12.5 million"),
        (18.4, "USD", "$18.40"),
        (100.0, "minutes", "100 minutes"),
    ],
)
def test_a_number_is_written_with_its_unit(value, unit, text):
    assert text == amount(value, unit)


def test_a_draw_uses_every_phrase_once_before_any_twice():
    draw = Draw(rng_of(1))
    first = [draw.one(["a", "b", "c"]) for _ in range(3)]

    assert ["a", "b", "c"] == sorted(first)


def test_a_text_that_comes_near_an_earlier_one_is_written_anew():
    """Of two texts of 12 words that differ in the last one, 8 of 10 runs are shared."""
    said = iter(["{0} j k l", "{0} j k m", "quite another matter of eight words or so"])
    draw = Draw(rng_of(1))

    def words() -> str:
        return next(said).format("a b c d e f g h i")

    assert "a b c d e f g h i j k l" == draw.fresh(words)
    assert "quite another matter of eight words or so" == draw.fresh(words)


def test_banks_that_have_nothing_new_to_say_are_an_error():
    draw = Draw(rng_of(1), avoid=["the same again"])

    with pytest.raises(DatasetError, match="nothing new left to say"):
        draw.fresh(lambda: "the same again")


def test_roles_in_a_multiple_of_five_are_refused():
    with pytest.raises(DatasetError, match="would not cross"):
        design({role: {} for role in "abcde"}, Random(0), 1)


def test_every_point_has_attainments_and_a_metric_near_its_ceiling_says_so():
    """A target of 96 % of at most 100 % cannot be beaten by 10 %."""
    metric = {"targets": [96], "step": 1, "max": 100, "better": "higher"}
    for points in (-2, -1, 0, 1, 2):
        low, high = span(RUBRIC, points)
        assert low < high
    assert measured(metric, 2, RUBRIC, Random(0)) is None
    assert measured(metric, 0, RUBRIC, Random(0)) is not None


def test_points_that_give_a_rating_only_narrowly_do_not_count():
    """Mean 1.25 lies .05 below the threshold of 5: neither a 5 nor a clear 4."""
    assert not gives(RUBRIC, [2, 1, 1, 1], 4)
    assert not gives(RUBRIC, [2, 1, 1, 1], 5)
    assert gives(RUBRIC, [2, 2, 1, 1], 5)
    assert set(POINTS_IN_BAND) == {1, 2, 3, 4, 5}


def test_one_case_for_each_role_and_rating_can_be_asked_for():
    cases = generate(read_grammar(FOLDER), RUBRIC, seed=3, cases_per_role_and_band=1)

    assert 120 == len(cases) == len({(case.role, case.gold_rating) for case in cases})


def test_fourgrams_are_runs_of_words_inside_a_text():
    assert {("a", "b", "c", "d"), ("b", "c", "d", "e2")} == fourgrams("A b, c; d-e2")
    assert frozenset() == fourgrams("only three words")


def test_ids_follow_from_seed_and_number_alone():
    assert case_id("s", 1) == case_id(b"s", 1) != case_id("s", 2)
