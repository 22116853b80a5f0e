"""What an eval file's task is made of, for ``inspect eval``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govern.app.loading import prepare
from govern.domain.suite import Plan, Suite
from govern.runner.drafting import task_for
from govern.runner.scoring import findings_scorer
from govern.sources.locate import find_project

if TYPE_CHECKING:
    from inspect_ai import Task

# Cases × 8 groups. The probe looks whether a pipeline answers at all, smoke explores; full
# drafts each case and group under two names. The larger plans add to each case a repeat, a
# marker with its control, and a variant.
PLANS = (
    Plan(id="probe", cases=6, noise=False),
    Plan(id="smoke", cases=24, markers=True, variants=True),
    Plan(id="starter", cases=60),
    Plan(id="standard", cases=360, markers=True, variants=True),
    Plan(id="full", cases=360, drafts=2, markers=True, variants=True),
)


def inspect_task(suite: Suite, *, plan: str, pipeline: str) -> Task:
    """The suite as an Inspect task: a sample a cell, the findings as its metrics.

    Raises:
        GovernError: as ``govern run`` would, for data, plan or pipeline.
    """
    prepared = prepare(find_project(Path.cwd()), suite, plan, pipeline)
    requests = [planned.request for planned in prepared.planned]
    return task_for(
        prepared.pipeline,
        requests,
        name=suite.id,
        scorer=findings_scorer(prepared.planned, prepared.pipeline, suite.measures),
    )
