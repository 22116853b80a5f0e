"""Drafts of the same cells by the same pipeline, from earlier runs: nobody pays for them twice.

The journals of exploratory runs are the store; there is no second copy. The latest draft of a cell
is taken whatever became of it: were those that failed asked again, fewer would fail with every run.
Those of a pipeline with parts that can only be declared stand for a week. A deciding run takes
nothing: its cells are fresh, and an attempt that was drafted before is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from govern.errors import InputError, IntegrityError
from govern.runner.folder import Intent, RunFolder
from govern.runner.journal import Kept
from govern.sources.locate import Project

DECLARED_FOR = timedelta(days=7)
"""How long a draft stands for a pipeline that may have changed behind its name."""


def reusable(project: Project, intent: Intent, cells: Collection[str]) -> dict[str, Kept]:
    """Drafts for as many of ``cells`` as earlier runs have, the latest of each."""
    found: dict[str, Kept] = {}
    wanted = set(cells)
    if intent.decide is not None or intent.anew:
        return found
    for run_id, folder in _earlier(project, intent):
        if len(found) == len(wanted):
            break
        for cell, kept in _lines(folder).items():
            # One that was taken itself is found where it was drafted, at its true age.
            if cell in wanted and kept.taken_from is None:
                found.setdefault(cell, Kept(kept.draft, taken_from=run_id))
    return found


def _lines(folder: RunFolder) -> dict[str, Kept]:
    """A journal's lines; none of one that is broken, whose own run says so."""
    try:
        return folder.journal.kept()
    except IntegrityError:
        return {}


def _earlier(project: Project, intent: Intent) -> Iterator[tuple[str, RunFolder]]:
    """Exploratory runs of this very pipeline that are not too old for it, the latest first."""
    found = []
    for path in (project.state / "runs").iterdir():
        folder = RunFolder(path)
        try:
            theirs = folder.read_intent()
        except InputError:
            continue
        if _same_asked(theirs, intent) and theirs.run_id != intent.run_id:
            found.append((theirs.created, theirs.run_id, folder))
    for _, run_id, folder in sorted(found, key=lambda one: one[:2], reverse=True):
        yield run_id, folder


def _same_asked(theirs: Intent, ours: Intent) -> bool:
    """Whether an equal cell was put to an equal pipeline in the same words, and not too long ago.

    Another release of ours may word a packet in another way, and an id may have another name by
    now. A run from the future is told by a clock that was put back, or began after ours.
    """
    age = ours.created - theirs.created
    return (
        (theirs.fingerprint, theirs.identities_digest, theirs.harness_version)
        == (ours.fingerprint, ours.identities_digest, ours.harness_version)
        and theirs.decide is None
        and (not ours.manifest.declared_only or timedelta(0) <= age <= DECLARED_FOR)
    )
