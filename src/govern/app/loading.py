"""A suite, its data and a pipeline, made ready to be drafted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from govern.domain.marker import Marker
from govern.domain.pipeline import Pipeline
from govern.domain.suite import Plan, Suite
from govern.errors import InputError
from govern.pipelines import fingerprint, open_pipeline
from govern.runner.cells import Planned, expand
from govern.sources.datasets import (
    CaseSet,
    IdentitySet,
    read_cases,
    read_identities,
    read_markers,
)
from govern.sources.locate import Project, locate
from govern.sources.suites import plan_of, read_suite


@dataclass(frozen=True)
class Prepared:
    """Everything that a run needs, checked."""

    suite: Suite
    plan: Plan
    cases: CaseSet
    identities: IdentitySet
    pipeline: Pipeline
    pipeline_path: Path
    planned: list[Planned]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.pipeline.manifest)


def prepare(project: Project, suite: Suite, plan: str, pipeline: str) -> Prepared:
    """Read and check data and pipeline, and expand the plan.

    Raises:
        GovernError: whatever is wrong with one of them, before anything is drafted.
    """
    chosen = plan_of(suite, plan)
    path = locate(project, "pipelines", pipeline)
    opened = open_pipeline(path)
    cache = project.state / "cache"
    cases = read_cases(locate(project, "datasets", suite.dataset), cache=cache)
    identities = read_identities(locate(project, "datasets", suite.identities), cache=cache)
    if opened.manifest.use_case != cases.card.use_case:
        raise InputError(
            f"pipeline {opened.manifest.id} is for use case {opened.manifest.use_case!r}, "
            f"dataset {cases.card.id} for {cases.card.use_case!r}"
        )
    planned = _cells(project, suite, chosen, cases, identities)
    return Prepared(suite, chosen, cases, identities, opened, path, planned)


def with_cases(project: Project, prepared: Prepared, cases: CaseSet) -> Prepared:
    """The same over other cases."""
    planned = _cells(project, prepared.suite, prepared.plan, cases, prepared.identities)
    return replace(prepared, cases=cases, planned=planned)


def _cells(
    project: Project, suite: Suite, plan: Plan, cases: CaseSet, identities: IdentitySet
) -> list[Planned]:
    return expand(
        plan,
        cases.cases,
        identities.identities,
        cases.rubric,
        dataset_digest=cases.digest,
        markers=_markers(project, suite) if plan.markers else (),
    )


def _markers(project: Project, suite: Suite) -> tuple[Marker, ...]:
    folder = locate(project, "datasets", suite.markers)
    return read_markers(folder, cache=project.state / "cache").markers


def load_suite(project: Project, name: str) -> Suite:
    """The suite that ``name`` stands for."""
    return read_suite(locate(project, "suites", name))
