"""``govern compare``: a candidate's run beside an incumbent's, over the cells that both drafted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from govern import frames
from govern.app.run_folders import find_run
from govern.canon import file_digest
from govern.domain.finding import Comparison, Finding, Findings, RunFacts
from govern.domain.policy import MeasuredClause, Policy
from govern.errors import InputError, IntegrityError
from govern.metrics import METRICS
from govern.metrics.paired import LEVELS, pair_up, paired_differences
from govern.policy.comparing import Margin, Verdict, margins, verdicts
from govern.policy.verdicts import ends_of
from govern.runner.folder import RunFolder
from govern.sources.locate import Project

ALPHA = 0.05
SAME = {
    "suite": "suite",
    "suite_version": "version of the suite",
    "use_case": "use case",
    "language": "language",
    "dataset_digest": "digest of the dataset",
    "identities_digest": "digest of the identities",
}


@dataclass(frozen=True)
class Difference:
    """A paired difference with what it shows, and the margin that it was held against."""

    finding: Finding
    verdict: Verdict
    margin: Margin | None

    def as_json(self) -> dict[str, Any]:
        """The finding with the ends of its interval, the verdict and the margin."""
        margin = {"margin": self.margin.size} if self.margin else {}
        return _with_ends(self.finding) | {"verdict": self.verdict} | margin


@dataclass(frozen=True)
class Gap:
    """The same gap in both runs; one of them may lack it."""

    metric: str
    slice: str
    candidate: Finding | None
    incumbent: Finding | None

    def as_json(self) -> dict[str, Any]:
        """Both findings with the ends of their intervals."""
        sides = {"candidate": self.candidate, "incumbent": self.incumbent}
        found = {side: _with_ends(one) for side, one in sides.items() if one}
        return {"metric": self.metric, "slice": self.slice} | found


@dataclass(frozen=True)
class Compared:
    """Differences of levels with their verdicts, and gaps side by side."""

    candidate: RunFacts
    incumbent: RunFacts
    cells: int
    differences: tuple[Difference, ...]
    gaps: tuple[Gap, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything, with 90 % intervals."""
        return {
            "candidate": self.candidate.as_json(),
            "incumbent": self.incumbent.as_json(),
            "cells": self.cells,
            "confidence": 1 - 2 * ALPHA,
            "differences": [one.as_json() for one in self.differences],
            "gaps": [gap.as_json() for gap in self.gaps],
        }


def compare(
    project: Project,
    candidate: str,
    incumbent: str,
    *,
    metrics: Sequence[str] = (),
    policy: Policy | None = None,
) -> Compared:
    """Compare two finished runs over the cells that both drafted.

    Args:
        project: where runs are.
        candidate: a run's id or folder.
        incumbent: as ``candidate``.
        metrics: to compare; without them those of the policy's clauses against the incumbent and
            on gaps, and without a policy every level that both runs measured.
        policy: whose margins say which difference is material.

    Raises:
        InputError: as ``compare_runs``; the policy has no clause to compare by; or a run stopped
            early.
    """
    ours, theirs = (find_run(project, run).read_findings() for run in (candidate, incumbent))
    for run in (ours.run, theirs.run):
        _require_whole(run)
    asked = list(metrics) or _asked(ours, theirs, policy)
    _require_known(asked)
    allowed = margins(policy) if policy else {}
    levels = [name for name in asked if not _is_gap(name, ours)]
    found = compare_runs(project, candidate, incumbent, levels)
    shown = verdicts(found.findings, allowed, alpha=ALPHA)
    return Compared(
        candidate=ours.run,
        incumbent=theirs.run,
        cells=found.cells,
        differences=tuple(
            Difference(finding, verdict, allowed.get(finding.metric))
            for finding, verdict in zip(found.findings, shown, strict=True)
        ),
        gaps=tuple(
            gap for name in asked if name not in levels for gap in _gaps(name, ours, theirs)
        ),
    )


def compare_runs(
    project: Project, candidate_run: str, incumbent_run: str, metrics: Sequence[str]
) -> Comparison:
    """Paired differences of ``metrics`` between two finished runs of the same cells.

    Raises:
        InputError: a run is unknown or unfinished, they are of different suites or data, or have
            no cell in common; a metric is unknown.
        IntegrityError: the drafts are not those that were measured.
    """
    folders = [find_run(project, run) for run in (candidate_run, incumbent_run)]
    ours, theirs = (folder.read_findings() for folder in folders)
    _require_same(ours.run, theirs.run)
    _require_known(metrics)
    pair = pair_up(*(_drafts(folder) for folder in folders))
    if not pair.cells:
        raise InputError(f"runs {ours.run.run_id} and {theirs.run.run_id} have no cell in common")
    return Comparison(
        candidate=ours.run.drafts_digest,
        incumbent=theirs.run,
        cells=pair.cells,
        findings=paired_differences(pair, metrics),
    )


def _require_same(ours: RunFacts, theirs: RunFacts) -> None:
    """Refuse runs of different cases: what differs could be the cases."""
    for name, what in SAME.items():
        mine, other = getattr(ours, name), getattr(theirs, name)
        if mine != other:
            raise InputError(
                f"runs {ours.run_id} and {theirs.run_id} cannot be compared, the {what} differs: "
                f"{mine} and {other}; run both pipelines on the same suite and data"
            )


def _require_whole(run: RunFacts) -> None:
    """Refuse a run that stopped early: it stopped because of what it showed."""
    looks = run.looks
    if looks is not None and looks.taken < len(looks.cases):
        raise InputError(
            f"run {run.run_id} stopped once it was decided, at {looks.cases[looks.taken - 1]} of "
            f"{looks.cases[-1]} cases, and what stops by what is seen seems better than it is; "
            "compare runs of the whole plan"
        )


def _require_known(metrics: Sequence[str]) -> None:
    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise InputError(f"unknown metric(s) {', '.join(unknown)}; see `govern list metrics`")


def _drafts(folder: RunFolder) -> pd.DataFrame:
    """The drafts that a run's findings are of."""
    expected, found = folder.read_findings().run.drafts_digest, file_digest(folder.frame)
    if found != expected:
        raise IntegrityError(
            f"{folder.frame}: not the drafts that were measured: expected SHA-256 {expected}, "
            f"found {found}; measure again with `govern run --resume {folder.root.name}`"
        )
    return frames.read(folder.frame)


def _asked(ours: Findings, theirs: Findings, policy: Policy | None) -> list[str]:
    if policy is None:
        both = {f.metric for f in ours.findings} & {f.metric for f in theirs.findings}
        return [name for name in METRICS if name in both and not _is_gap(name, ours)]
    measured = [c for c in policy.clauses if isinstance(c, MeasuredClause)]
    named = [c.metric for c in measured if c.against or _is_gap(c.metric, ours)]
    if not named:
        raise InputError(
            f"policy {policy.policy} has no clause with `against: incumbent` and none on a gap; "
            "name measures with --measure"
        )
    return list(dict.fromkeys(named))


def _is_gap(name: str, run: Findings) -> bool:
    """Whether a metric compares groups, by its shape or by what the run found."""
    return METRICS[name].spec.shape not in LEVELS or any(
        f.metric == name and f.by != "all" for f in run.findings
    )


def _gaps(name: str, ours: Findings, theirs: Findings) -> list[Gap]:
    mine, others = (
        {f.slice: f for f in run.findings if f.metric == name} for run in (ours, theirs)
    )
    if not mine | others:
        raise InputError(f"neither run measured {name}; run a suite that has it")
    return [Gap(name, key, mine.get(key), others.get(key)) for key in mine | others]


def ends(finding: Finding) -> tuple[float, float] | None:
    """Both ends of a finding's 90 % interval, where it has one."""
    return ends_of(finding, ALPHA)


def _with_ends(finding: Finding) -> dict[str, Any]:
    """A finding with ``lower`` and ``upper``, absent where there is no such end."""
    named = zip(("lower", "upper"), ends(finding) or (), strict=False)
    return finding.as_json() | {name: end for name, end in named if isfinite(end)}
