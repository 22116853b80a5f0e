"""Level 3 of ``govern verify``: the findings measured again from the drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from govern import __version__, frames
from govern.app.beside import drafts_of
from govern.app.checks import Check, checked, differences, note
from govern.app.decision_folder import BESIDE
from govern.app.looking import measured
from govern.app.run_facts import planned_alterations, planned_groups
from govern.app.verify_folder import DecisionFolder
from govern.canon import file_digest
from govern.domain.base import Noun
from govern.domain.finding import Comparison, Finding
from govern.errors import IntegrityError
from govern.metrics import METRICS, evaluator_digest
from govern.metrics.paired import pair_up, paired_differences
from govern.report.beside import NOTHING, Beside


def measured_again(
    folder: DecisionFolder, drafts: Path, incumbent: Path | None = None
) -> Iterator[Check]:
    """The checks of level 3: the file, what the run says of it, then metric by metric.

    Where other code measured, numbers that differ are no mismatch; nothing can be said then. A
    comparison is measured again where the ``incumbent``'s drafts are at hand.
    """
    expected = folder.decision.run.drafts_digest
    same = checked(3, "drafts", _same_file, expected, drafts, folder.root)
    yield same
    if not same.holds:
        return
    frame = frames.read(drafts)
    yield checked(3, "run", _same_run, folder, frame)
    yield checked(3, "specs", _same_specs, folder)
    again = partial(measured, frame, looks=folder.findings.run.looks)
    yield from _findings("findings", folder.findings.findings, again)
    if folder.beside != NOTHING and (folder.drafts or _shows_drafts(folder.beside)):
        yield from _shown(folder, drafts)
    if folder.docket.comparison:
        yield from _comparison(folder.docket.comparison, frame, incumbent)


def _shows_drafts(beside: Beside) -> bool:
    """Whether a report shows anything of drafts, which a folder may be too small for."""
    return beside.excerpts is not None or beside.shapes != NOTHING.shapes


def _shown(folder: DecisionFolder, drafts: Path) -> Iterator[Check]:
    """Whether what the report shows of the drafts comes out of them again."""
    stands = folder.beside
    again = drafts_of(drafts, folder.decision, folder.findings, shown=stands.excerpts is not None)
    if folder.decision.harness_version != __version__:
        said = f"not compared: release {folder.decision.harness_version} chose what it shows"
        yield note(3, BESIDE, said)
        return
    pairs = ((stands.shapes, again.shapes), (stands.excerpts, again.excerpts))
    yield checked(3, BESIDE, _same_shown, pairs)


def _same_shown(pairs: Iterable[tuple[Noun | None, Noun | None]]) -> str:
    for stands, again in pairs:
        mine, anew = ({} if one is None else one.as_json() for one in (stands, again))
        if found := list(differences(mine, anew)):
            raise IntegrityError(f"not what the drafts give: {'; '.join(found[:3])}")
    return "excerpts and distributions come out of the drafts again"


def _comparison(
    stands: Comparison, candidate: pd.DataFrame, incumbent: Path | None
) -> Iterator[Check]:
    if incumbent is None:
        said = f"not measured again: the drafts of {stands.incumbent.run_id} are not here"
        yield note(3, "comparison", f"{said}; name them with --incumbent")
        return
    same = checked(3, "incumbent", _same_file, stands.incumbent.drafts_digest, incumbent)
    yield same
    if same.holds:
        pair = pair_up(candidate, frames.read(incumbent))
        yield checked(3, "cells", _same_cells, stands.cells, pair.cells)
        yield from _findings("comparison", stands.findings, partial(paired_differences, pair))


def _same_cells(expected: int, found: int) -> str:
    if expected != found:
        raise IntegrityError(f"the comparison says {expected}, both runs have {found}")
    return f"{found} cells that both runs have"


def _same_file(expected: str, drafts: Path, root: Path | None = None) -> str:
    """Named by its place below ``root``, which of a bundle is a folder that is gone afterwards."""
    shown = drafts.relative_to(root) if root and drafts.is_relative_to(root) else drafts
    found = file_digest(drafts)
    if expected != found:
        raise IntegrityError(f"{shown}: the run names SHA-256 {expected}, this file is {found}")
    return f"{shown}: SHA-256 {found[:12]}… as the run names it"


def _same_run(folder: DecisionFolder, frame: pd.DataFrame) -> str:
    run = folder.findings.run
    stands = {"planned": run.planned, "groups": run.groups, "alterations": run.alterations}
    found = {
        "planned": len(frame),
        "groups": planned_groups(frame),
        "alterations": planned_alterations(frame),
    }
    differ = [
        f"{name} {stands[name]}, not {found[name]}"
        for name in stands
        if stands[name] != found[name]
    ]
    if differ:
        raise IntegrityError(f"the run says {'; '.join(differ)}")
    return f"{len(frame)} planned drafts, by {', '.join(run.groups) or 'no group'}"


def _same_specs(folder: DecisionFolder) -> str:
    known = {name: metric.spec for name, metric in METRICS.items()}
    differ = [s.id for s in folder.docket.specs if s.id in known and s != known[s.id]]
    if differ:
        raise IntegrityError(f"not as this release describes them: {', '.join(differ)}")
    return "metrics as this release describes them"


def _findings(
    what: str,
    stand: tuple[Finding, ...],
    anew: Callable[[list[str]], tuple[Finding, ...]],
) -> Iterator[Check]:
    names = list(dict.fromkeys(finding.metric for finding in stand))
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        said = f"this release measures no {', '.join(unknown)}"
        yield Check(3, what, False, said)
    again = anew([name for name in names if name in METRICS])
    told = [_told(name, stand, again) for name in names if name in METRICS]
    same = Counter(check.holds for check in told)[True]
    said = f"{same} of {len(names)} metrics come out the same, to 1e-9"
    yield Check(3, what, True if same == len(names) else None, said)
    other = {f.evaluator for f in stand} - {f.evaluator for f in again}
    if other:
        listed = ", ".join(sorted(digest[:12] for digest in other))
        yield note(
            3,
            "evaluator",
            f"measured by {listed}; this release's code is {evaluator_digest()[:12]}",
        )
    yield from (check for check in told if not check.holds)


def _told(name: str, stand: tuple[Finding, ...], again: tuple[Finding, ...]) -> Check:
    mine, anew = _numbers(name, stand), _numbers(name, again)
    found = list(differences(mine, anew))
    if not found:
        return Check(3, name, True, "the same")
    codes = [{f.evaluator for f in findings if f.metric == name} for findings in (stand, again)]
    if codes[0] != codes[1]:
        return Check(3, name, False, f"other code measured it, and now: {found[0]}")
    return Check(3, name, False, "; ".join(found[:3]), IntegrityError.exit_code)


def _numbers(name: str, findings: tuple[Finding, ...]) -> dict[str, list[dict[str, Any]]]:
    """Findings of a metric as JSON, by slice, without whose code they are by."""
    numbers: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        if finding.metric == name:
            said = {k: v for k, v in finding.as_json().items() if k != "evaluator"}
            numbers.setdefault(finding.slice, []).append(said)
    return numbers
