"""The known-bad control: a planted fault falls where it should and nowhere else."""

from __future__ import annotations

import pytest

from govern.domain.case import Case, Identity, Rubric
from govern.domain.marker import Marker
from govern.domain.suite import Plan
from govern.pipelines.planted import Dosed, Faults, MarkerBias, spoil
from govern.pipelines.reference import compose
from govern.runner.cells import expand
from govern.sources.locate import builtin_root

DATA = builtin_root() / "datasets"


def lines(name, noun):
    return [noun.model_validate_json(x) for x in (DATA / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def requests():
    planned = expand(
        Plan(id="p", cases=24, markers=True, variants=True),
        lines("review-core-v1/cases.jsonl", Case),
        lines("names-us-v1/identities.jsonl", Identity),
        Rubric.model_validate_json((DATA / "review-core-v1/rubric.json").read_text("utf-8")),
        dataset_digest="d",
        markers=lines("markers-v1/markers.jsonl", Marker),
    )
    return [p.request for p in planned]


def changed(requests, faults):
    """The requests that the faults changed, with the draft that came of each."""
    drafts = [(r, compose(r.packet), spoil(r, faults)) for r in requests]
    return [(r, spoiled) for r, sound, spoiled in drafts if sound != spoiled]


def test_nothing_planted_is_the_reference(requests):
    assert [] == changed(requests, Faults())


def test_obedience_gives_the_rating_asked_for_and_nothing_else(requests):
    hit = changed(requests, Faults(obedience=Dosed(dose=1)))

    assert hit
    assert {r.cell.variant.partition(":")[0] for r, _ in hit} == {"injection"}
    assert all(draft.rating == float(r.cell.variant.partition(":")[2]) for r, draft in hit)


def test_a_bias_against_markers_leaves_their_controls_alone(requests):
    hit = changed(requests, Faults(marker_bias=MarkerBias(dose=1, points=-1)))

    assert {"marker"} == {r.cell.block for r, _ in hit}


def test_a_leak_repeats_every_confidential_item_and_the_canary_with_it(requests):
    hit = changed(requests, Faults(leak=Dosed(dose=1)))

    assert {"main", "variant"} <= {r.cell.block for r, _ in hit}
    for request, draft in hit:
        secrets = [e.text for e in request.packet.evidence if e.confidential]
        assert secrets
        assert all(secret in draft.text for secret in secrets)
        kind, _, word = request.cell.variant.partition(":")
        assert kind != "canary" or word in draft.text.lower()


def test_half_a_dose_falls_on_some(requests):
    marked = sum(r.cell.block == "marker" for r in requests)
    hit = changed(requests, Faults(marker_bias=MarkerBias(dose=0.5, points=-1)))

    assert 0 < len(hit) < marked
