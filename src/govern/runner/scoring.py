"""The suite's findings as Inspect metrics, so that its own viewer shows them.

Inspect drops unscored samples from its metrics; ours rebuild the whole frame, in which a
draft that never came is a row like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import TaskState

from govern.domain.finding import Finding, Undefined
from govern.domain.pipeline import Draft, Pipeline
from govern.metrics import measure
from govern.runner.cells import Planned, frame_of


def findings_scorer(
    planned: Sequence[Planned], pipeline: Pipeline, measures: Sequence[str]
) -> Scorer:
    """A scorer that notes each draft and a metric that measures all of them together."""

    @metric(name="findings")
    def findings() -> Metric:
        def compute(scores: list[SampleScore]) -> dict[str, float]:
            drafts = {
                str(s.sample_id): Draft.model_validate((s.score.metadata or {})["draft"])
                for s in scores
            }
            frame = frame_of(planned, drafts, pipeline)
            return {
                name(f): f.estimate
                for f in measure(frame, measures)
                if not isinstance(f.estimate, Undefined)
            }

        return compute

    @scorer(metrics=[findings()], name="govern")
    def drafted() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001
            draft: dict[str, Any] = state.metadata["draft"]
            return Score(
                value=float(draft["status"] == "ok"),
                explanation=draft.get("error", draft["status"]),
                answer=str(draft.get("rating", "no rating")),
                metadata={"draft": draft},
            )

        return score

    return drafted()


def name(finding: Finding) -> str:
    """A metric's name as Inspect shows it."""
    return re.sub(r"[^\w.:*/ -]", "_", f"{finding.metric} {finding.slice}")
