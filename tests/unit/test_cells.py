"""The cells of a plan: which are there, under whom, and what each of them tells."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from govern import frames
from govern.canon import digest
from govern.domain.case import Case, Identity, Rubric
from govern.domain.marker import Marker
from govern.domain.pipeline import Draft
from govern.domain.suite import Plan
from govern.errors import InputError
from govern.pipelines import open_pipeline
from govern.pipelines.reference import compose
from govern.runner.cells import expand, frame_of
from govern.runner.markers import suits
from govern.runner.variants import KINDS
from govern.sources.locate import builtin_root

DATA = builtin_root() / "datasets"
BUILTIN = Path(str(frames.__file__)).parent / "pipelines" / "builtin"
#: Of the 27 cells of 3 cases, made before there were blocks beyond these two.
IDS_FROM_BEFORE = "9a03265988f883ecc2a205b1c0be2e70a0c6466637223388091e2018e0690c34"


def lines(name, noun):
    return [noun.model_validate_json(x) for x in (DATA / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def cases():
    return lines("review-core-v1/cases.jsonl", Case)


@pytest.fixture(scope="module")
def identities():
    return lines("names-us-v1/identities.jsonl", Identity)


@pytest.fixture(scope="module")
def markers():
    return lines("markers-v1/markers.jsonl", Marker)


@pytest.fixture(scope="module")
def rubric():
    return Rubric.model_validate_json((DATA / "review-core-v1/rubric.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def cells(cases, identities, rubric, markers):
    """Those of a plan of 48 cases with all blocks, by block."""
    plan = Plan(id="all", cases=48, markers=True, variants=True)
    planned = expand(plan, cases, identities, rubric, dataset_digest="d", markers=markers)
    return {
        block: [p for p in planned if p.request.cell.block == block]
        for block in ("main", "noise", "marker", "control", "variant")
    }


def test_cells_of_the_main_and_noise_blocks_keep_the_ids_they_always_had(cases, identities, rubric):
    planned = expand(Plan(id="p", cases=3), cases, identities, rubric, dataset_digest="d")

    assert 27 == len(planned)
    assert IDS_FROM_BEFORE == digest([p.request.cell.id for p in planned])


def test_more_blocks_change_no_cell_of_the_others(cases, identities, rubric, markers, cells):
    plain = expand(Plan(id="p", cases=48), cases, identities, rubric, dataset_digest="d")

    assert plain == cells["main"] + cells["noise"]


def test_each_case_gets_one_marker_its_control_and_one_variant(cells):
    sizes = {block: len(planned) for block, planned in cells.items()}

    assert {"main": 384, "noise": 48, "marker": 48, "control": 48, "variant": 48} == sizes
    for block in ("marker", "control", "variant"):
        assert 48 == len({p.request.cell.case_id for p in cells[block]})
    every = [p.request.cell.id for planned in cells.values() for p in planned]
    assert len(every) == len(set(every))


def test_marker_and_control_stand_under_one_identity_in_files_that_differ_in_one_text(cells):
    for marked, control in zip(cells["marker"], cells["control"], strict=True):
        ours, theirs = marked.request, control.request
        assert ours.identity == theirs.identity
        assert ours.cell.marker == theirs.cell.marker != "none"
        texts = zip(ours.packet.evidence, theirs.packet.evidence, strict=True)
        assert 1 == sum(a != b for a, b in texts)


def test_no_marker_is_put_to_somebody_it_does_not_suit(cells, markers):
    by_id = {m.id: m for m in markers}

    assert all(suits(by_id[p.request.cell.marker], p.request.identity) for p in cells["marker"])
    assert {"she"} == {
        p.request.identity.pronouns for p in cells["marker"] if p.request.cell.marker == "pregnancy"
    }


def test_a_spouse_is_no_marker_for_somebody_without_gendered_pronouns(markers, identities):
    [partner] = [m for m in markers if m.id == "same-sex-partner"]
    nobody = identities[0].model_copy(update={"pronouns": "none"})

    assert suits(partner, identities[0])
    assert not suits(partner, nobody)


def test_a_case_that_no_identity_suits_goes_without_a_marker(cases, identities, rubric, markers):
    men = [i for i in identities if i.pronouns == "he"]
    only = [m for m in markers if m.id == "pregnancy"]
    plan = Plan(id="p", cases=4, markers=True)
    planned = expand(plan, cases, men, rubric, dataset_digest="d", markers=only)

    assert {"main", "noise"} == {p.request.cell.block for p in planned}


def test_markers_that_are_planned_and_not_there_are_an_error(cases, identities, rubric):
    with pytest.raises(InputError, match="plan p asks for markers, found none"):
        expand(Plan(id="p", cases=1, markers=True), cases, identities, rubric, dataset_digest="d")


def test_a_variant_stands_under_the_identity_of_the_cases_exact_repeat(cells):
    for repeated, varied in zip(cells["noise"], cells["variant"], strict=True):
        assert repeated.request.cell.case_id == varied.request.cell.case_id
        assert repeated.request.identity == varied.request.identity


def test_variants_go_round_over_kinds_ratings_and_groups(cells):
    """48 cases, six kinds: eight each, under as many groups, at four ratings or more."""
    kinds = [p.request.cell.variant.partition(":")[0] for p in cells["variant"]]
    groups = [tuple(p.request.identity.groups.values()) for p in cells["variant"]]
    ratings = [p.case.gold_rating for p in cells["variant"]]

    assert set(KINDS) == set(kinds)
    assert max(Counter(kinds).values()) - min(Counter(kinds).values()) <= 2
    for kind in KINDS:
        assert 6 <= len({g for k, g in zip(kinds, groups, strict=True) if k == kind})
        assert 4 <= len({r for k, r in zip(kinds, ratings, strict=True) if k == kind})


def test_other_words_put_in_are_another_cell(cases, identities, rubric, markers):
    def first(told):
        plan = Plan(id="p", cases=1, markers=True, noise=False)
        planned = expand(plan, cases, identities, rubric, dataset_digest="d", markers=told)
        return next(p.request.cell.id for p in planned if p.request.cell.block == "marker")

    other = [
        m.model_copy(
            update={
                "inserts": tuple(i.model_copy(update={"text": i.text + " Yes."}) for i in m.inserts)
            }
        )
        for m in markers
    ]
    assert first(markers) == first(markers) != first(other)


def test_the_frame_holds_each_rows_own_evidence_and_what_was_put_in(cells):
    planned = [p for block in cells.values() for p in block]
    pipeline = open_pipeline(BUILTIN / "reference.yaml")
    drafts = {p.request.cell.id: compose(p.request.packet) for p in planned}
    frame = frame_of(planned, drafts, pipeline)

    marked = frame[frame["block"] == "marker"].iloc[0]
    bare = frame[(frame["block"] == "main") & (frame["case_id"] == marked["case_id"])]
    told, usual = (json.loads(e) for e in (marked["evidence"], bare["evidence"].iloc[0]))
    assert len(usual) + 1 == len(told)
    assert {"none"} == set(frame.loc[frame["block"] != "variant", "variant"])
    assert set(KINDS) == set(frames.variant_kinds(frame[frame["block"] == "variant"]))
    assert len(usual) == len(frames.evidence_items(frame.iloc[::-1])[marked["case_id"]])


def test_the_reference_obeys_no_hidden_instruction_and_repeats_none(cells):
    """Nor does anything else that is told otherwise move its rating."""
    for planned in cells["variant"]:
        draft = compose(planned.request.packet)
        assert planned.case.gold_rating == draft.rating
        kind, _, what = planned.request.cell.variant.partition(":")
        assert kind != "canary" or what not in draft.text.lower()
        assert "a rating of" not in draft.text


def test_a_cell_without_a_draft_has_failed(cells):
    frame = frame_of(cells["variant"][:2], {}, open_pipeline(BUILTIN / "reference.yaml"))

    assert ["failed", "failed"] == list(frame["status"])
    assert Draft(status="failed", error="never drafted").error == frame["error"].iloc[0]
