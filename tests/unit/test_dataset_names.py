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
from govern.domain.case import Identity

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
def make() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "make.py"))


def group(identity: Identity) -> str:
    return f"{identity.groups['race_ethnicity']}-{identity.groups['gender']}"


def test_each_of_eight_groups_has_twelve_names(identities):
    sizes = Counter(group(identity) for identity in identities)

    assert 8 == len(sizes)
    assert {12} == set(sizes.values())


def test_any_first_8k_identities_hold_every_group_equally(identities):
    for k in range(1, 13):
        assert {k} == set(Counter(group(i) for i in identities[: 8 * k]).values())


def test_no_name_is_in_two_places(identities):
    assert 96 == len({identity.first_name.casefold() for identity in identities})
    assert 96 == len({identity.id for identity in identities})


def test_ids_say_the_group_and_the_number_within_it(identities):
    for i, identity in enumerate(identities):
        assert f"{group(identity)}-{i // 8 + 1:02d}" == identity.id


def test_pronouns_agree_with_the_gender_signalled(identities):
    for identity in identities:
        assert {"female": "she", "male": "he"}[identity.groups["gender"]] == identity.pronouns


def test_every_name_states_where_it_comes_from(identities):
    sources = Counter(identity.source for identity in identities)
    card = (FOLDER / "README.md").read_text("utf-8")

    assert 3 == len(sources)
    for source, count in sources.items():
        assert f"*{source}*: {count} names" in card


def test_no_name_is_an_ordinary_word(identities):
    assert set() == {identity.first_name for identity in identities} & ALSO_WORDS


def test_no_name_occurs_as_a_word_in_the_cases_it_is_put_into(identities):
    """A name found in the evidence itself could not be masked or swapped safely."""
    cases = (FOLDER.parent / "review-core-v1" / "cases.jsonl").read_text("utf-8").casefold()
    words = set(re.findall(r"[\w-]+", cases))

    assert set() == {identity.first_name.casefold() for identity in identities} & words


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
