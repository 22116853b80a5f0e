"""``govern certify``: every evaluator on trial, on the reference's drafts of the shipped cases.

Invariance: over drafts that differ in name and pronouns alone, nothing may move. Sensitivity:
what is planted at a dose, into drafts that vary by chance, must be found. Silence: over clean
drafts that vary by chance, alarms may be as frequent as the error rate says and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from govern import frames
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.plants import APART, NEED_LARGE, PLANTS
from govern.domain.certificate import Certificate, Dose, Planter, Silence, Trial
from govern.domain.finding import REFERENCE, Finding, Undefined
from govern.domain.metric import Spec
from govern.domain.pipeline import Draft
from govern.domain.suite import Plan
from govern.metrics import METRICS, OWN, evaluator_digest, measure
from govern.runner.cells import frame_of
from govern.sources.locate import Project, builtin_root
from govern.sources.policies import load_agreements
from govern.stats.intervals import bounds
from govern.stats.quantiles import beta_cdf
from govern.testing import vary
from govern.whole_files import write_text

ALPHA = 0.05
SMALL = Plan(id="small", cases=60, noise=False)
# So many cases that each marker has twelve and a classifier can be taught.
LARGE = Plan(id="large", cases=192, noise=False, markers=True, variants=True)
DOSES = (0.25, 0.5, 1.0)
MUST_DETECT_FROM = 0.5
# As many clean runs without an alarm as show, at 95 %, that fewer than 5 % raise one.
CLEAN_RUNS = 59
COMMAND = "govern certify"


def certify(
    project: Project, metrics: tuple[str, ...], *, out: Path, made_on: date
) -> Iterator[Certificate]:
    """Try each evaluator and write its certificate, whatever it says."""
    names = metrics or certifiable()
    people = load_agreements(builtin_root() / "evals/certificates/labels/agreements.json")
    plans = [LARGE if name in NEED_LARGE else SMALL for name in names]
    clean = {plan.id: clean_frame(project, plan) for plan in {p.id: p for p in plans}.values()}
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        tried = partial(try_evaluator, made_on=made_on)
        for certificate in pool.map(tried, names, (clean[plan.id] for plan in plans)):
            made = certificate.model_copy(update={"agreement": people.get(certificate.metric)})
            text = made.model_dump_json(indent=1, exclude_none=True) + "\n"
            write_text(out / f"{made.metric}.json", text)
            yield made


def certifiable() -> tuple[str, ...]:
    """Metrics that a clause may be judged by; tables need no certificate.

    A model's verdicts cannot be tried without the model.
    """
    return tuple(name for name in OWN if METRICS[name].spec.shape != "table")


def clean_frame(project: Project, plan: Plan) -> pd.DataFrame:
    """The reference's drafts of the shipped cases, each drafted twice and its own baseline.

    Outcome and label are derived from ratings.
    """
    suite = load_suite(project, "builtin:review-core").model_copy(update={"plans": (plan,)})
    prepared = prepare(project, suite, plan.id, "builtin:reference")
    drafts = asyncio.run(_draft(prepared))
    frame = frame_of(prepared.planned, drafts, prepared.pipeline)
    frame = frame.assign(
        outcome=(frame["rating"] >= 4).astype(float),
        label=frame["rating"].astype("str"),
        gold_label=frame["gold_rating"].astype("str"),
        baseline=frame["text"],
        baseline_kind=REFERENCE,
    )
    main = frames.main_block(frame)
    again = main.assign(block="noise", repeat=1, draft_id=main["draft_id"] + "-again")
    return frames.build(pd.concat([frame, again], ignore_index=True))


async def _draft(prepared: Prepared) -> dict[str, Draft]:
    return {
        planned.request.cell.id: await prepared.pipeline.draft(planned.request)
        for planned in prepared.planned
    }


def try_evaluator(name: str, clean: pd.DataFrame, *, made_on: date) -> Certificate:
    """The certificate of one metric's evaluator."""
    spec = METRICS[name].spec
    runs = [_findings(name, vary(clean, seed)) for seed in range(CLEAN_RUNS)]
    calm = _typical(spec, runs)
    planted: list[tuple[Planter, str, Callable[[pd.DataFrame, float], pd.DataFrame]]] = [
        ("authors", name, PLANTS[name]),
        *(("apart", effect, plant) for effect, plant in APART.get(name, {}).items()),
    ]
    return Certificate(
        metric=name,
        metric_version=spec.version,
        evaluator=evaluator_digest(),
        made_on=made_on,
        command=COMMAND,
        invariance_max_change=_change(name, spec, clean),
        invariance_drafts=len(clean),
        trials=tuple(
            _trial(spec, calm, vary(clean, CLEAN_RUNS), plant, effect=effect, planted_by=by)
            for by, effect, plant in planted
        ),
        must_detect_from=MUST_DETECT_FROM,
        silence=_silence(spec, runs, calm),
        scored_by=COMMAND,
    )


def _trial(
    spec: Spec,
    calm: dict[str, float],
    drafts: pd.DataFrame,
    plant: Callable[[pd.DataFrame, float], pd.DataFrame],
    *,
    effect: str,
    planted_by: Planter,
) -> Trial:
    doses = tuple(
        Dose(dose=dose, estimate=_extreme(spec, found), detected=_alarm(spec, found, calm))
        for dose in DOSES
        for found in [_findings(spec.id, plant(drafts, dose))]
    )
    return Trial(effect=effect, planted_by=planted_by, doses=doses)


def _silence(spec: Spec, runs: Sequence[list[Finding]], calm: dict[str, float]) -> Silence:
    alarms = sum(_alarm(spec, found, calm) for found in runs)
    n = len(runs)
    at_least_as_many = beta_cdf(ALPHA, alarms, n - alarms + 1) if alarms else 1.0
    return Silence(runs=n, alarms=alarms, nominal=ALPHA, tail=round(at_least_as_many, 6))


def _typical(spec: Spec, runs: Sequence[list[Finding]]) -> dict[str, float]:
    """What clean drafts give by slice: no contrast, or a level's mean over the clean runs."""
    if spec.shape in ("contrast", "ratio"):
        return {f.slice: spec.neutral for found in runs for f in found}
    values: dict[str, list[float]] = {}
    for found in runs:
        for finding in found:
            values.setdefault(finding.slice, []).append(_number(finding))
    return {slice_: sum(seen) / len(seen) for slice_, seen in values.items()}


def _findings(name: str, frame: pd.DataFrame) -> list[Finding]:
    return [f for f in measure(frame, [name]) if not isinstance(f.estimate, Undefined)]


def _extreme(spec: Spec, found: list[Finding]) -> float:
    """The estimate farthest from neutral; for a level, the level."""
    values = [_number(f) for f in found] or [0.0]
    farthest = max(values, key=lambda value: abs(value - spec.neutral))
    return round(farthest, 9)


def _number(finding: Finding) -> float:
    return 0.0 if isinstance(finding.estimate, Undefined) else finding.estimate


def _change(name: str, spec: Spec, clean: pd.DataFrame) -> float:
    """How far the number moves where only identity differs; 0 is required."""
    calm = _findings(name, clean)
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
    if not levels and spec.shape == "contrast":
        # Too few cases in each group; each pair is of one identity already.
        return round(float(max(abs(_number(f)) for f in calm)), 9)
    return round(float(max(levels) - min(levels)), 9) if levels else 1.0


def _alarm(spec: Spec, found: list[Finding], calm: dict[str, float]) -> bool:
    """Some interval, at its share of the error rate, does not hold what clean drafts give."""
    intervals = [(f.slice, _number(f), f.interval) for f in found if f.interval is not None]
    alpha = ALPHA / 2 / max(len(intervals), 1)
    ends = ((slice_, bounds(value, interval, alpha)) for slice_, value, interval in intervals)
    return any(not low <= calm.get(slice_, spec.neutral) <= high for slice_, (low, high) in ends)
