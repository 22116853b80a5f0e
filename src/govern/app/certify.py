"""``govern certify``: every evaluator on trial, against effects that were planted.

Invariance: over drafts that differ in name and pronouns alone, nothing may move. Sensitivity:
what is planted at a dose must be found. Both on the shipped cases and the reference's drafts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path

import pandas as pd

from govern import frames
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.plants import NEED_STANDARD, PLANTS
from govern.domain.decision import Certificate, Dose
from govern.domain.finding import Finding, Undefined
from govern.domain.metric import Spec
from govern.domain.pipeline import Draft
from govern.metrics import METRICS, evaluator_digest, measure
from govern.runner.cells import frame_of
from govern.runner.folder import write_text
from govern.sources.locate import Project
from govern.stats.intervals import bounds

ALPHA = 0.05
DOSES = (0.25, 0.5, 1.0)
MUST_DETECT_FROM = 0.5
COMMAND = "govern certify"
AUTHORS = "govern, the authors of the evaluator"


def certify(
    project: Project, metrics: tuple[str, ...], *, out: Path, made_on: date
) -> Iterator[Certificate]:
    """Try each evaluator and write its certificate, whatever it says."""
    frame_of_plan = cache(partial(clean_frame, project))
    out.mkdir(parents=True, exist_ok=True)
    for name in metrics or tuple(METRICS):
        clean = frame_of_plan("standard" if name in NEED_STANDARD else "starter")
        certificate = try_evaluator(name, clean, made_on=made_on)
        write_text(out / f"{name}.json", certificate.model_dump_json(indent=1) + "\n")
        yield certificate


def clean_frame(project: Project, plan: str) -> pd.DataFrame:
    """The reference's drafts of the shipped cases, with outcome and label derived from ratings."""
    suite = load_suite(project, "builtin:review-core")
    prepared = prepare(project, suite, plan, "builtin:reference")
    drafts = asyncio.run(_draft(prepared))
    frame = frames.main_block(frame_of(prepared.planned, drafts, prepared.pipeline))
    frame = frame.assign(
        outcome=(frame["rating"] >= 4).astype(float),
        label=frame["rating"].astype("str"),
        gold_label=frame["gold_rating"].astype("str"),
    )
    return frames.build(frame.reset_index(drop=True))


async def _draft(prepared: Prepared) -> dict[str, Draft]:
    return {
        planned.request.cell.id: await prepared.pipeline.draft(planned.request)
        for planned in prepared.planned
    }


def try_evaluator(name: str, clean: pd.DataFrame, *, made_on: date) -> Certificate:
    """The certificate of one metric's evaluator."""
    spec = METRICS[name].spec
    calm = _findings(name, clean)
    doses = tuple(
        Dose(dose=dose, estimate=_extreme(spec, found), detected=_detected(spec, found, calm))
        for dose in DOSES
        for found in [_findings(name, PLANTS[name](clean, dose))]
    )
    return Certificate(
        metric=name,
        metric_version=spec.version,
        evaluator=evaluator_digest(),
        made_on=made_on,
        command=COMMAND,
        invariance_max_change=_change(name, spec, clean, calm),
        invariance_drafts=len(clean),
        doses=doses,
        must_detect_from=MUST_DETECT_FROM,
        silent_estimate=_extreme(spec, calm),
        planted_by=AUTHORS,
        labelled_by="nobody",
        scored_by=COMMAND,
        independent=False,
    )


def _findings(name: str, frame: pd.DataFrame) -> list[Finding]:
    return [f for f in measure(frame, [name]) if not isinstance(f.estimate, Undefined)]


def _extreme(spec: Spec, found: list[Finding]) -> float:
    """The estimate farthest from neutral; for a level, the level."""
    values = [_number(f) for f in found] or [0.0]
    farthest = max(values, key=lambda value: abs(value - spec.neutral))
    return round(farthest, 9)


def _number(finding: Finding) -> float:
    return 0.0 if isinstance(finding.estimate, Undefined) else finding.estimate


def _change(name: str, spec: Spec, clean: pd.DataFrame, calm: list[Finding]) -> float:
    """How far the number moves where only identity differs; 0 is required."""
    if not calm:
        return 1.0
    if calm[0].by != "all":
        return round(float(max(abs(_number(f) - spec.neutral) for f in calm)), 9)
    groups = [f"{frames.GROUP}{a}" for a in frames.group_attributes(clean)]
    levels = [
        float(_number(finding))
        for _, part in clean.groupby(groups)
        for finding in _findings(name, part.reset_index(drop=True))
    ]
    return round(float(max(levels) - min(levels)), 9) if levels else 1.0


def _detected(spec: Spec, found: list[Finding], calm: list[Finding]) -> bool:
    """Some interval no longer holds what the clean drafts gave."""
    before = {f.slice: _number(f) for f in calm}
    for finding in found:
        if finding.interval is None:
            continue
        low, high = bounds(_number(finding), finding.interval, ALPHA)
        if not low <= before.get(finding.slice, spec.neutral) <= high:
            return True
    return False
