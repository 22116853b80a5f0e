"""What an owner declares about a pipeline's use reaches the findings, and binds."""

from pathlib import Path

import pytest

from govern.app import run as runs
from govern.app.drafting import Manner
from govern.app.progress import Reporter
from govern.errors import ManifestError
from govern.pipelines.manifest import fingerprint, read_manifest
from govern.sources.locate import Project, known
from govern.testing.record import NOW

BARE = """
id: own
version: "1"
kind: reference
description: Ours.
"""


def manifest(folder: Path, more: str = "") -> Path:
    path = folder / "own.yaml"
    path.write_text(BARE + more, encoding="utf-8")
    return path


def test_what_is_declared_is_part_of_the_fingerprint(tmp_path):
    declared = "deployment: {{automatic_submission: {}}}\n"
    prints = {
        fingerprint(read_manifest(manifest(tmp_path, more)))
        for more in ("", declared.format("false"), declared.format("true"))
    }

    assert 3 == len(prints)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("deployment: {human_reveiw: required}", "human_reveiw"),
        ("deployment: {human_review: sometimes}", "human_review"),
        ("deployment: {automatic_submission: perhaps}", "automatic_submission"),
        ("deployment: {provider_regions: EU}", "provider_regions"),
    ],
)
def test_a_declaration_that_says_nothing_clear_is_refused(tmp_path, more, said):
    with pytest.raises(ManifestError, match=said):
        read_manifest(manifest(tmp_path, more))


def test_every_shipped_pipeline_says_that_a_person_reviews_and_nothing_sends_itself():
    shipped = known(Project(Path("nowhere"), configured=False), "pipelines")

    assert len(shipped) >= 4
    for path in shipped.values():
        deployment = read_manifest(path).deployment
        assert deployment, path
        assert ("required", False) == (deployment.human_review, deployment.automatic_submission)
        assert deployment.disclosure


def test_no_shipped_pipeline_states_where_a_model_runs_that_it_does_not_choose():
    path = known(Project(Path("nowhere"), configured=False), "pipelines")["builtin:active-model"]
    deployment = read_manifest(path).deployment

    assert deployment is not None
    assert deployment.provider_regions is None
    assert deployment.trains_on_data is None


def test_a_run_names_what_was_declared_and_the_roles_that_were_drafted(tmp_path):
    project = Project(tmp_path, configured=False)
    folder = runs.start(
        project,
        "builtin:review-core",
        pipeline="builtin:reference",
        plan="probe",
        now=NOW,
        reporter=Reporter(),
        manner=Manner(mirrored=False),
    )
    facts = folder.read_findings().run

    assert facts.deployment is not None
    assert ("this-machine",) == facts.deployment.provider_regions
    assert tuple(sorted(set(facts.role_families))) == facts.role_families
    assert 1 <= len(facts.role_families) <= 6
