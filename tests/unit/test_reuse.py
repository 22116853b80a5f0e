"""Which drafts of earlier runs are taken: all that were made in the same way, whatever they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.app.reuse import reusable
from govern.domain.pipeline import Draft, Manifest
from govern.domain.suite import Plan, Suite
from govern.runner.folder import Intent, RunFolder
from govern.runner.journal import Kept
from govern.sources.locate import Project

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PLAN = Plan(id="smoke", cases=1)
OK, FAILED = Draft(status="ok", text="A good year."), Draft(status="failed", error="no JSON")


def intent(run_id: str, *, hosted: bool = False, **changes: object) -> Intent:
    manifest = Manifest(
        id="drafter",
        version="1",
        kind="any",
        description=".",
        declared_only=("the model",) if hosted else (),
    )
    suite = Suite(
        id="su",
        version="1",
        question="?",
        dataset="d",
        identities="i",
        plans=(PLAN,),
        measures=("coverage.not_drafted",),
    )
    facts = {
        "run_id": run_id,
        "created": NOW,
        "suite": suite,
        "plan": PLAN,
        "dataset": "d",
        "dataset_digest": "1",
        "identities_digest": "2",
        "manifest": manifest,
        "fingerprint": "3",
        "pipeline_path": "p.yaml",
        "seed": 0,
        "harness_version": "1",
    }
    return Intent.model_validate(facts | changes)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ".govern" / "runs").mkdir(parents=True)
    return Project(tmp_path, configured=True)


def there_was(project: Project, theirs: Intent, **drafts: Draft) -> None:
    folder = RunFolder(project.state / "runs" / theirs.run_id)
    folder.write_intent(theirs)
    folder.journal.take({cell: Kept(draft) for cell, draft in drafts.items()})


def taken(project: Project, ours: Intent) -> dict[str, tuple[str, str | None]]:
    found = reusable(project, ours, ["a", "b"])
    return {cell: (one.draft.status, one.taken_from) for cell, one in found.items()}


def test_the_latest_draft_is_taken_whatever_became_of_it(project):
    """Else failed ones were asked for again, and a pipeline would fail less the more it is run."""
    there_was(project, intent("first", created=NOW - timedelta(hours=2)), a=OK, b=FAILED)
    there_was(project, intent("second", created=NOW - timedelta(hours=1)), a=FAILED)

    assert {"a": ("failed", "second"), "b": ("failed", "first")} == taken(project, intent("now"))


@pytest.mark.parametrize(
    "theirs", [{"identities_digest": "other names"}, {"fingerprint": "x"}, {"harness_version": "0"}]
)
def test_what_was_asked_in_other_words_is_not_taken(project, theirs):
    there_was(project, intent("before", **theirs), a=OK)

    assert {} == taken(project, intent("now"))


@pytest.mark.parametrize(
    ("age", "hosted", "stands"),
    [
        (timedelta(days=7), True, True),
        (timedelta(days=8), True, False),
        (timedelta(days=-1), True, False),
        (timedelta(days=800), False, True),
        (timedelta(days=-1), False, True),
    ],
)
def test_what_only_could_be_declared_stands_for_a_week_by_any_clock(project, age, hosted, stands):
    there_was(project, intent("before", hosted=hosted, created=NOW - age), a=OK)

    assert stands == bool(taken(project, intent("now", hosted=hosted)))


def test_a_run_that_began_anew_takes_nothing_also_where_it_is_gone_on_with(project):
    there_was(project, intent("before"), a=OK)

    assert {} == taken(project, intent("now", anew=True))
