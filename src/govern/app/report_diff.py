"""``govern report-diff``: what changed between two decisions."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from govern.app.decision_folder import templates
from govern.app.opened_bundle import is_bundle, opened_bundle
from govern.app.opened_decision import Opened, open_decision, open_folder
from govern.report.decision_diff import DecisionDiff, decision_diff
from govern.report.html import render_diff
from govern.sources.locate import Project
from govern.whole_files import write_text


def diff_decisions(project: Project, before: str, after: str) -> DecisionDiff:
    """Two decisions side by side: each its folder, its bundle, or its id in the record.

    Raises:
        InputError, IntegrityError: as ``open_decision`` and ``opened_bundle``.
    """
    with ExitStack() as stack:
        old, new = (_opened(project, which, stack) for which in (before, after))
    return decision_diff(old.decision, old.policy, new.decision, new.policy)


def write_diff(found: DecisionDiff, path: Path) -> None:
    """The same as a page that needs nothing else."""
    write_text(path, render_diff(found, templates()))


def _opened(project: Project, which: str, stack: ExitStack) -> Opened:
    if is_bundle(Path(which)):
        return open_folder(stack.enter_context(opened_bundle(Path(which))).root / "decision")
    return open_decision(project.record, which)
