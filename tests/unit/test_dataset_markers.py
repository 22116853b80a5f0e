"""The markers: matched pairs, reproducible, and put into a case without touching anything else."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from govern.canon import file_digest
from govern.domain.case import Case, Identity, Rubric
from govern.domain.marker import Insert, Marker
from govern.errors import InputError
from govern.runner.cells import evidence_json, packet_of
from govern.runner.markers import with_marker
from govern.text.slots import fill

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
FOLDER = DATASETS / "markers-v1"
ASKED_FOR = {
    *("parental-leave", "pregnancy", "disability-accommodation", "long-term-illness"),
    *("religious-observance", "caregiving-part-time", "age-older", "age-younger", "veteran"),
    *("union-role", "nationality", "second-language", "same-sex-partner"),
}


@pytest.fixture(scope="module")
def markers() -> list[Marker]:
    lines = (FOLDER / "markers.jsonl").read_text("utf-8").splitlines()
    return [Marker.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    lines = (DATASETS / "review-core-v1" / "cases.jsonl").read_text("utf-8").splitlines()
    return [Case.model_validate_json(line) for line in lines]


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "make.py"))


def who(pronouns: str) -> Identity:
    return Identity.model_validate(
        {"id": "x", "first_name": "Alex", "pronouns": pronouns, "groups": {}, "source": "test"}
    )


def test_every_marker_is_there_once(markers):
    assert sorted(ASKED_FOR) == sorted(marker.id for marker in markers)


def test_a_marker_and_its_control_have_equally_many_words_under_every_pronoun(markers):
    for marker in markers:
        for insert in marker.inserts:
            for pronouns in ("she", "he", "they", "none"):
                lengths = {
                    len(fill(text, name="Alex", pronouns=pronouns).split())
                    for text in (insert.text, insert.control)
                }
                assert 1 == len(lengths), insert


def test_no_control_says_what_its_marker_says(markers):
    """The words that carry the ground are in no control."""
    grounds = re.compile(
        r"leave (from|came)|parental|pregnan|expecting|disab|accommodation|hearing|reader|illness|"
        r"treatment|prayer|fasting|religio|part-time|relative|reduced|child|retire|grandch|birthday|"
        r"youngest|born|veteran|army|navy|union|passport|abroad|visa|home country|English|language",
        re.IGNORECASE,
    )
    for marker in markers:
        for insert in marker.inserts:
            assert not grounds.search(insert.control), insert


def test_no_insert_holds_a_digit(markers):
    """A number in evidence would be a claim to check."""
    for marker in markers:
        for insert in marker.inserts:
            assert not re.search(r"\d", insert.text + insert.control)


@pytest.mark.parametrize("kind", ["marker", "control"])
def test_a_case_gains_one_item_and_keeps_all_others(markers, cases, kind):
    for marker in markers:
        for case in cases[:12]:
            changed = with_marker(case, marker, kind)
            [item] = [e for e in changed.evidence if e not in case.evidence]

            assert case.evidence == tuple(e for e in changed.evidence if e != item)
            assert (marker.source, marker.quarter) == (item.source, item.quarter)
            assert case.model_copy(update={"evidence": changed.evidence}) == changed
            quarters = [e.quarter for e in changed.evidence]
            assert sorted(quarters) == quarters


def test_marker_and_control_differ_in_the_words_alone(markers, cases):
    for marker in markers:
        for case in cases[:12]:
            marked, neutral = with_marker(case, marker), with_marker(case, marker, "control")
            pairs = [
                (a, b) for a, b in zip(marked.evidence, neutral.evidence, strict=True) if a != b
            ]

            [(a, b)] = pairs
            assert a.model_copy(update={"text": ""}) == b.model_copy(update={"text": ""})
            assert any((a.text, b.text) == (i.text, i.control) for i in marker.inserts)


def test_every_wording_is_used(markers, cases):
    for marker in markers:
        used = {with_marker(case, marker).evidence for case in cases}
        texts = {e.text for evidence in used for e in evidence}

        assert {i.text for i in marker.inserts} <= texts


def test_no_rating_moves_by_the_rubric(markers, cases):
    rubric = Rubric.model_validate_json(
        (DATASETS / "review-core-v1" / "rubric.json").read_text("utf-8")
    )
    for case in cases:
        for marker in markers:
            assert case.gold_rating == rubric.rating(with_marker(case, marker).evidence)


def test_a_marked_case_becomes_a_packet_under_every_pronoun(markers, cases):
    rubric = Rubric.model_validate_json(
        (DATASETS / "review-core-v1" / "rubric.json").read_text("utf-8")
    )
    for marker in markers:
        for pronouns in ("she", "he", "they", "none"):
            packet = packet_of(with_marker(cases[0], marker), who(pronouns), rubric)
            assert not any("{" in e.text for e in packet.evidence)
        assert json.loads(evidence_json(with_marker(cases[0], marker)))


def test_a_same_sex_spouse_goes_by_the_pronouns():
    text = "I met {their} {same-spouse}, not {their} {other-spouse}."

    assert "I met her wife, not her husband." == fill(text, name="A", pronouns="she")
    assert "I met his husband, not his wife." == fill(text, name="A", pronouns="he")
    assert "I met their spouse, not their spouse." == fill(text, name="A", pronouns="they")
    assert "I met Alex's spouse, not Alex's spouse." == fill(text, name="Alex", pronouns="none")


def test_a_pair_of_unequal_length_is_refused():
    with pytest.raises(ValidationError, match="3 words and its control 2"):
        Insert(text="one two three", control="one two")


def test_a_marker_that_is_its_own_control_is_refused():
    with pytest.raises(ValidationError, match="its own control"):
        Insert(text="one two", control="one two")


def test_an_unknown_kind_is_refused(markers, cases):
    with pytest.raises(InputError, match="expected kind 'marker' or 'control', found 'both'"):
        with_marker(cases[0], markers[0], "both")


def test_a_full_case_is_refused(markers, cases):
    last = cases[0].evidence[-1].model_copy(update={"id": "E99"})
    full = cases[0].model_copy(update={"evidence": (*cases[0].evidence[:-1], last)})

    with pytest.raises(InputError, match="no evidence id left after E99"):
        with_marker(full, markers[0])


def test_the_script_gives_every_committed_byte(make, capsys):
    assert 0 == make["main"](["--check"]), capsys.readouterr().err


def test_the_manifest_states_the_digest_of_every_file():
    manifest = json.loads((FOLDER / "manifest.json").read_bytes())
    data = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}

    assert manifest["files"] == {name: file_digest(FOLDER / name) for name in manifest["files"]}
    assert data - {"manifest.json"} == set(manifest["files"])


def test_hugging_face_datasets_loads_the_same_markers_offline(markers, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(FOLDER), split="train", cache_dir=str(tmp_path))

    assert markers == [Marker.model_validate(row) for row in loaded]
