"""The identities of names-us: groups of equal size, names that can be swapped safely."""

from __future__ import annotations

import json
import re
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from govern.canon import file_digest
from govern.domain.case import Case, Evidence, Identity, Rubric, Surname
from govern.domain.suite import Plan
from govern.runner.cells import expand
from govern.text.swap.tokens import fold
from govern.text.swap.words import WORD_NAMES

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "names-us-v1"
ALSO_WORDS = {
    *("Ebony", "Jasmine", "Kenya", "Jay", "Grace", "Will", "Mark", "Rich", "May", "Faith"),
    *("Hope", "Joy", "Rose", "Bill", "Frank", "Art", "Grant", "Chase", "Precious", "Amber"),
    *("Heather", "Dawn", "April", "June", "Summer", "Angel", "Rob", "Drew", "Pat", "Iris"),
}


@pytest.fixture(scope="module")
def identities() -> list[Identity]:
    lines = (FOLDER / "identities.jsonl").read_text("utf-8").splitlines()
    return [Identity.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def extra() -> list[Identity]:
    lines = (FOLDER / "identities-extra.jsonl").read_text("utf-8").splitlines()
    return [Identity.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def surnames() -> list[Surname]:
    lines = (FOLDER / "surnames.jsonl").read_text("utf-8").splitlines()
    return [Surname.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "make.py"))


def case(name: str) -> Case:
    said = Evidence(
        id="E1",
        source="manager_note",
        quarter="Q1",
        text="{They} {works/work}.",
        polarity="positive",
        salience="key",
    )
    return Case(
        id=name,
        use_case="review",
        role="r",
        function="f",
        level="junior",
        period="2024",
        richness="narrative",
        goals=(),
        evidence=(said,),
        gold_rating=3,
    )


def group(identity: Identity) -> str:
    return f"{identity.groups['race_ethnicity']}-{identity.groups['gender']}"


def test_each_of_eight_groups_has_twenty_four_names(identities):
    sizes = Counter(group(identity) for identity in identities)

    assert 8 == len(sizes)
    assert {24} == set(sizes.values())


def test_any_first_8k_identities_hold_every_group_equally(identities):
    for k in range(1, 25):
        assert {k} == set(Counter(group(i) for i in identities[: 8 * k]).values())


def test_no_name_is_in_two_places(identities):
    assert 192 == len({fold(identity.first_name) for identity in identities})
    assert 192 == len({identity.id for identity in identities})


def test_ids_say_the_group_and_the_number_within_it(identities):
    for i, identity in enumerate(identities):
        assert f"{group(identity)}-{i // 8 + 1:02d}" == identity.id


def test_pronouns_agree_with_the_gender_signalled(identities):
    for identity in identities:
        assert {"female": "she", "male": "he"}[identity.groups["gender"]] == identity.pronouns


def test_every_name_states_where_it_comes_from(identities):
    sources = Counter(identity.source for identity in identities)
    card = (FOLDER / "README.md").read_text("utf-8")

    assert 6 == len(sources)
    for source, count in sources.items():
        assert f"*{source}*: {count} names" in card


def test_no_name_is_an_ordinary_word(identities, extra, surnames):
    names = {i.first_name for i in [*identities, *extra]} | {s.surname for s in surnames}

    assert set() == names & ALSO_WORDS
    assert set() == {fold(name) for name in names} & WORD_NAMES


def test_no_name_is_part_of_another(identities, surnames):
    """Replacing one would break the other: Mei and Mei-Ling."""
    parts = Counter(p for i in identities for p in set(re.split("[- ]", fold(i.first_name))))
    whole = {fold(identity.first_name) for identity in identities}

    assert set() == {part for part, count in parts.items() if count > 1 and part in whole}
    assert set() == {fold(s.surname) for s in surnames} & whole


def test_perception_is_given_for_whom_it_is_known_and_for_nobody_else(identities):
    known = [identity for identity in identities if identity.perception]
    card = (FOLDER / "README.md").read_text("utf-8")

    assert 24 == len(known)
    assert f"Known for {len(known)} of the {len(identities)} names" in card
    shares = [identity.perception.share for identity in known]
    assert f"It is {min(shares):.2f} to {max(shares):.2f}".replace("0.", ".") in card
    assert {"race_ethnicity"} == {identity.perception.attribute for identity in known}
    few = ("asian-female", "hispanic-female", "white-female")
    assert 1 == sum(group(identity) in few for identity in known)


def test_they_and_no_pronoun_identities_share_their_names(extra):
    by_pronouns = {p: [i.first_name for i in extra if i.pronouns == p] for p in ("they", "none")}

    assert by_pronouns["they"] == by_pronouns["none"]
    assert 12 == len(by_pronouns["they"])
    for identity in extra:
        assert {"pronouns": identity.pronouns} == identity.groups


def test_surnames_are_borne_mostly_by_their_group_and_mixed_ones_by_none(surnames):
    sizes = Counter(s.race_ethnicity for s in surnames)

    assert dict.fromkeys(["asian", "black", "hispanic", "mixed", "white"], 12) == sizes
    for s in surnames:
        assert sum(s.shares.values()) <= 1
        if s.race_ethnicity == "mixed":
            assert 0.33 < s.shares["black"] < 0.4
            assert s.shares["white"] < 0.6
        else:
            assert s.shares[s.race_ethnicity] > (0.41 if s.race_ethnicity == "black" else 0.9)


def test_a_group_of_another_size_is_refused(make):
    bank = json.loads((FOLDER / "names.json").read_bytes())
    del bank["names"]["black-male"]["Jamal"]

    with pytest.raises(ValueError, match="black-male holds 23 names, 24 needed"):
        make["make_identities"](bank)


def test_a_plan_of_two_drafts_goes_round_all_twenty_four_names(identities):
    plan = Plan.model_validate({"id": "two", "cases": 48, "drafts": 2, "noise": False})
    cases = [case(f"case-{i:03d}") for i in range(48)]
    rubric = Rubric(
        id="r",
        text="t",
        attainment_points=((0, 3),),
        polarity_points={"positive": 4},
        rating_from_mean=((0, 3),),
    )
    planned = expand(plan, cases, identities, rubric, dataset_digest="d")
    uses = Counter(p.request.identity.id for p in planned)

    assert {48 * 2 // 24} == set(uses.values())
    assert 192 == len(uses)


def test_no_name_occurs_as_a_word_in_the_cases_it_is_put_into(identities, extra, surnames):
    """A name found in the evidence itself could not be masked or swapped safely."""
    cases = (FOLDER.parent / "review-core-v1" / "cases.jsonl").read_text("utf-8").casefold()
    words = set(re.findall(r"[\w-]+", cases))

    assert set() == {i.first_name.casefold() for i in [*identities, *extra]} & words
    assert set() == {s.surname.casefold() for s in surnames} & words


def test_the_list_gives_every_committed_byte(make, capsys):
    assert 0 == make["main"](["--check"]), capsys.readouterr().err


def test_the_manifest_states_the_digest_of_every_file(identities):
    manifest = json.loads((FOLDER / "manifest.json").read_bytes())
    data = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}

    assert manifest["files"] == {name: file_digest(FOLDER / name) for name in manifest["files"]}
    assert data - {"README.md", "manifest.json"} == set(manifest["files"])
    assert len(identities) == manifest["identities"]


def test_hugging_face_datasets_loads_the_same_identities_offline(identities, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(FOLDER), split="train", cache_dir=str(tmp_path))

    assert identities == [Identity.model_validate(row) for row in loaded]
