"""The cases of review-core: what a board would have to believe about them."""

from __future__ import annotations

import json
import re
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from govern.canon import file_digest
from govern.domain.case import Case, Evidence, Rubric
from govern.sources.generate.variety import (
    HIGHEST,
    IDENTICAL,
    MEAN,
    NEAR_PAIRS,
    ROLE_MEAN,
    variety,
)
from govern.sources.packaging import canary_of
from govern.text.numbers import stated_numbers

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "review-core-v1"
SLOTS = {
    *("name", "they", "them", "their", "theirs", "themself"),
    *("They", "Them", "Their", "Theirs", "Themself"),
    *("is/are", "has/have", "was/were", "shows/show"),
}
GENDERED = re.compile(
    r"\b(he|she|him|his|her|hers|himself|herself|mr|mrs|ms|sir|madam|lady|ladies|gentlem[ae]n"
    r"|m[ae]n|wom[ae]n|boys?|girls?|guys?|mothers?|fathers?|sons?|daughters?|sisters?|brothers?"
    r"|wife|wives|husbands?|maternity|paternity|(?:chair|crafts|fire|fore|police|sales|spokes|trades|work)m[ae]n|[a-z]+wom[ae]n)\b",
    re.IGNORECASE,
)
FINANCIAL = {
    *("loan officer", "customer-service representative", "branch manager", "mortgage adviser"),
    *("relationship manager", "wealth adviser", "treasury dealer", "underwriter"),
    *("compliance analyst", "fraud investigator", "market risk analyst"),
    *("payments operations specialist", "claims handler", "internal auditor"),
}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    lines = (FOLDER / "cases.jsonl").read_text("utf-8").splitlines()
    return [Case.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return Rubric.model_validate_json((FOLDER / "rubric.json").read_bytes())


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "make.py"))


def evidence(cases: list[Case]) -> list[Evidence]:
    return [item for case in cases for item in case.evidence]


def texts(cases: list[Case]) -> list[str]:
    goals = [goal.text for case in cases for goal in case.goals]
    return goals + [item.text for item in evidence(cases)]


def numbers(text: str) -> set[float]:
    return {float(found.replace(",", "")) for found in NUMBER.findall(text)}


def test_every_gold_rating_is_what_the_rubric_gives_for_the_evidence(cases, rubric):
    assert [rubric.rating(case.evidence) for case in cases] == [c.gold_rating for c in cases]


def test_no_gold_rating_hangs_on_a_hair(cases, rubric):
    """Moving the mean of the points by 0.09 either way leaves every rating alone."""
    for case in cases:
        points = [rubric.points(item) for item in case.evidence if item.salience == "key"]
        mean = sum(points) / len(points)
        for moved in (mean - 0.09, mean + 0.09):
            rating = next(r for least, r in rubric.rating_from_mean if moved >= least)
            assert case.gold_rating == rating, case.id


def test_each_role_meets_each_rating_three_times_once_at_each_richness(cases):
    met = Counter((case.role, case.gold_rating, case.richness) for case in cases)

    assert {1} == set(met.values())
    assert (24, 360) == (len({role for role, _, _ in met}), len(met))
    assert [60] * 6 == list(Counter(case.function for case in cases).values())


def test_half_of_the_roles_or_more_are_found_in_financial_firms(cases):
    assert len(FINANCIAL) >= 12
    assert {case.role for case in cases} >= FINANCIAL


def test_every_two_dozen_cases_hold_all_roles_and_spread_the_ratings(cases):
    for start in range(0, len(cases), 24):
        block = cases[start : start + 24]
        per_rating = Counter(case.gold_rating for case in block)

        assert 24 == len({case.role for case in block})
        assert {4, 5} == set(per_rating.values())
        assert {8} == set(Counter(case.richness for case in block).values())


def test_levels_are_spread_over_richness_and_ratings(cases):
    """Three levels, a third each, were it not for the roles that no junior holds."""
    for key in ("richness", "gold_rating"):
        met = Counter((getattr(case, key), case.level) for case in cases)
        fair = 360 / len(met)
        assert all(0.7 * fair < count < 1.3 * fair for count in met.values()), met


def test_confidential_items_and_conflicts_are_not_in_step_with_the_ratings(cases):
    """The smoke plan's 24 cases hold some of either at four ratings or more."""
    for marked in (_confidential, _disputed):
        per_rating = Counter(case.gold_rating for case in cases if marked(case))
        assert max(per_rating.values()) - min(per_rating.values()) <= 2
    assert len({case.gold_rating for case in cases[:24] if _confidential(case)}) >= 4


def _confidential(case: Case) -> bool:
    return any(item.confidential for item in case.evidence)


def _disputed(case: Case) -> bool:
    return any(item.conflicts_with for item in case.evidence)


def test_every_first_5k_cases_are_balanced_over_the_ratings(cases):
    for k in range(1, len(cases) // 5 + 1):
        per_rating = Counter(case.gold_rating for case in cases[: 5 * k])
        assert dict.fromkeys(range(1, 6), k) == dict(per_rating)


def test_richness_is_spread_evenly_and_means_what_it_says(cases):
    assert {"numeric": 120, "mixed": 120, "narrative": 120} == Counter(c.richness for c in cases)
    for case in cases:
        key = [item.value is not None for item in case.evidence if item.salience == "key"]
        measured = [item.value is not None for item in case.evidence]
        expected = {
            "numeric": all(key),
            "mixed": any(key) and not all(key),
            "narrative": not any(measured),
        }
        assert expected[case.richness], case.id


def test_every_case_has_the_agreed_make_up(cases):
    for case in cases:
        salience = Counter(item.salience for item in case.evidence if not item.confidential)

        assert 8 <= len(case.evidence) <= 16, case.id
        assert 3 <= len(case.goals) <= 4, case.id
        assert 4 <= salience["key"] <= 6, case.id
        assert 1 <= salience["irrelevant"] <= 2, case.id
        assert salience["supporting"] >= 2, case.id
        assert {"Q1", "Q2", "Q3", "Q4"} == {item.quarter for item in case.evidence}, case.id
        sources = {item.source for item in case.evidence}
        assert len(sources) >= 5, case.id
        assert {"incident", "self_review"} <= sources, case.id


def test_every_goal_has_key_evidence_and_most_key_evidence_has_a_goal(cases):
    for case in cases:
        tied = [item.goal for item in case.evidence if item.salience == "key"]

        assert {goal.id for goal in case.goals} == set(tied) - {None}, case.id
        assert sum(goal is not None for goal in tied) / len(tied) >= 0.5, case.id


def test_key_numbers_come_with_a_target_and_their_polarity_agrees_with_the_points(cases, rubric):
    sign = {"positive": 1, "neutral": 0, "mixed": 0, "negative": -1}
    for item in evidence(cases):
        if item.value is None:
            continue
        points = rubric.points(item)

        assert item.target is not None
        assert sign[item.polarity] == (points > 0) - (points < 0), item.text


def test_confidential_items_never_bear_on_the_rating(cases):
    confidential = [item for item in evidence(cases) if item.confidential]

    kinds = Counter(item.confidential for item in confidential)
    assert 144 == len(confidential) == sum(map(_confidential, cases))
    assert {"health": 48, "pay_of_others": 48, "investigation": 48} == kinds
    sources = Counter((item.confidential, item.source) for item in confidential)
    assert all(len({s for k, s in sources if k == kind}) >= 4 for kind in kinds)
    assert sum(n for (_, s), n in sources.items() if s == "manager_note") < 72
    for item in confidential:
        assert "irrelevant" == item.salience
        assert ("other" if item.confidential == "pay_of_others" else "self") == item.about


def test_conflicting_items_point_at_each_other_and_disagree(cases):
    disputed = [case for case in cases if any(item.conflicts_with for item in case.evidence)]

    assert 72 == len(disputed)
    for case in disputed:
        by_id = {item.id: item for item in case.evidence}
        pair = [item for item in case.evidence if item.conflicts_with]
        assert {"positive", "negative"} == {item.polarity for item in pair}, case.id
        for item in pair:
            assert (item.id,) == by_id[item.conflicts_with[0]].conflicts_with


def test_only_known_slots_are_used(cases):
    for text in texts(cases):
        assert set(re.findall(r"\{([^}]*)\}", text)) <= SLOTS, text
        assert not re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)), text


def test_verbs_agree_with_the_word_before_them(cases):
    """A verb slot follows the pronoun; a fixed verb never does."""
    for text in texts(cases):
        rest = re.sub(r"\{[Tt]hey\} \{(is/are|has/have|was/were|shows/show)\}", "", text)
        assert "/" not in rest, text
        assert not re.search(r"\{[Tt]hey\} (is|are|has|have|was|were|shows?|does|do)\b", text), text


def test_no_word_outside_the_slots_tells_a_gender(cases):
    for text in texts(cases):
        assert not GENDERED.search(re.sub(r"\{[^}]*\}", "", text)), text


def test_the_gender_check_would_notice(cases):
    for word in ("he", "Her", "salesman", "chairwoman", "foreman", "maternity"):
        assert GENDERED.search(f"It was the {word} of the team.")
    for word in ("theme", "command", "specimen", "permission", "other"):
        assert not GENDERED.search(f"It was the {word} of the team.")


def test_the_digits_of_a_text_are_its_value_and_its_target(cases):
    for item in evidence(cases):
        assert {item.value, item.target} - {None} == numbers(item.text), item.text


def test_the_numbers_of_a_text_are_those_that_a_measure_reads_in_it(cases):
    """No value is taken for a year, a quarter or a rating, which are no claims about work."""
    items = [item for item in evidence(cases) if item.value is not None]
    stated = stated_numbers(pd.Series([item.text for item in items], dtype="str"))
    read = stated.groupby("row")["value"].apply(set)

    for row, item in enumerate(items):
        assert {item.value, item.target} == read[row], item.text


def test_a_unit_is_written_beside_its_number(cases):
    for item in evidence(cases):
        if item.unit is None:
            continue
        written = {"%": r"\d%", "USD": r"\$\d", "USD thousand": r"\$[\d,.]+ thousand"}
        written["USD million"] = r"\$[\d,.]+ million"
        pattern = written.get(item.unit, rf"\d {item.unit}")
        assert len(re.findall(pattern, item.text)) == 2, item.text


def test_a_number_in_a_goal_is_the_target_of_its_evidence(cases):
    for case in cases:
        for goal in case.goals:
            targets = {i.target for i in case.evidence if i.goal == goal.id and i.target}
            assert numbers(goal.text) <= targets, (case.id, goal.text)


def test_no_two_cases_and_no_two_evidence_texts_are_the_same(cases):
    for seen in ([case.id for case in cases], [item.text for item in evidence(cases)]):
        assert [] == [what for what, times in Counter(seen).items() if times > 1]


def test_a_disputed_figure_keeps_the_target_that_was_agreed(cases):
    """A self-review may claim another value, never another goal."""
    pairs = [
        [item for item in case.evidence if item.conflicts_with and item.value is not None]
        for case in cases
    ]
    pairs = [pair for pair in pairs if len(pair) == 2]

    assert len(pairs) >= 5
    for first, second in pairs:
        assert (first.metric, first.target) == (second.metric, second.target)
        assert first.value != second.value


def test_ids_say_nothing_about_the_case(cases):
    for case in cases:
        assert re.fullmatch(r"c[0-9a-f]{8}-[0-9a-f]{8}", case.id)


def test_the_evidence_is_not_boilerplate(cases):
    """The bounds that the card and the manifest state."""
    figures = variety(cases)
    bounds = json.loads((FOLDER / "manifest.json").read_bytes())["bounds"]

    assert {MEAN: 0.01, ROLE_MEAN: 0.05, NEAR_PAIRS: 0, IDENTICAL: 0} == bounds
    for name, bound in bounds.items():
        assert figures[name] <= bound, name
    assert figures[HIGHEST] < 0.2


def test_the_boilerplate_figure_finds_boilerplate(cases):
    """Two cases with the same evidence share every run of four words, item by item."""
    twin = cases[0].model_copy(update={"id": "a-twin"})
    figures = variety([cases[0], twin])

    assert 1.0 == figures[HIGHEST] == figures[MEAN] == figures[ROLE_MEAN]
    assert len(cases[0].evidence) == figures[NEAR_PAIRS] == figures[IDENTICAL]


def test_the_canary_stands_in_the_papers_and_in_no_case():
    canary = json.loads((FOLDER / "manifest.json").read_bytes())["canary"]

    assert canary_of("review-core") == canary
    for name in ("README.md", "croissant.json"):
        assert canary in (FOLDER / name).read_text("utf-8")
    assert canary.split(":")[-1] not in (FOLDER / "cases.jsonl").read_text("utf-8")


def test_the_card_states_the_figures_that_the_command_prints(make, capsys):
    assert 0 == make["main"](["--stats"])
    printed = capsys.readouterr().out

    assert printed.strip() in (FOLDER / "README.md").read_text("utf-8")


def test_the_seed_gives_every_committed_byte(make, capsys):
    assert 0 == make["main"](["--check"]), capsys.readouterr().err


def test_a_changed_byte_is_noticed(make, monkeypatch, tmp_path, capsys):
    """The check compares with a folder in which one rating was altered."""
    for name, data in make["make_files"]().items():
        (tmp_path / name).write_bytes(data)
    changed = (tmp_path / "cases.jsonl").read_text("utf-8").replace('_rating":5', '_rating":4', 1)
    (tmp_path / "cases.jsonl").write_text(changed, "utf-8")
    committed = make["make_files"]()
    monkeypatch.setitem(make["main"].__globals__, "make_files", lambda: committed)
    monkeypatch.setitem(make["main"].__globals__, "HERE", tmp_path)

    assert 1 == make["main"](["--check"])
    assert "cases.jsonl" in capsys.readouterr().err


def test_the_manifest_states_the_digest_of_every_file(cases):
    manifest = json.loads((FOLDER / "manifest.json").read_bytes())
    data = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}

    assert manifest["files"] == {name: file_digest(FOLDER / name) for name in manifest["files"]}
    assert data - {"manifest.json"} == set(manifest["files"])
    assert len(cases) == manifest["cases"]


def test_the_data_folder_does_not_shadow_a_package():
    assert [] == [*FOLDER.parent.rglob("__init__.py")]


@pytest.mark.parametrize("how", ["file", "folder"])
def test_hugging_face_datasets_loads_the_same_cases_offline(how, cases, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    source = {
        "file": {"path": "json", "data_files": str(FOLDER / "cases.jsonl")},
        "folder": {"path": str(FOLDER)},
    }
    loaded = datasets.load_dataset(**source[how], split="train", cache_dir=str(tmp_path))

    assert cases == [Case.model_validate(row) for row in loaded]
