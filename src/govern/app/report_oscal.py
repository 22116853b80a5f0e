"""``govern report --oscal``: a decision as an OSCAL assessment plan and assessment results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from govern.app.opened_decision import open_decision
from govern.app.report_tables import write_files
from govern.app.reporting import docket_and_findings
from govern.app.verify_folder import NEEDED
from govern.attest.files import read_signed
from govern.canon import sha256
from govern.domain.decision import Decision
from govern.domain.docket import Docket
from govern.domain.policy import Policy
from govern.report.oscal import documents
from govern.report.oscal.parts import RESULTS, Told
from govern.report.view import require_same_policy
from govern.sources.locate import Project

COPIES = "decision/"
"""Where the files that the documents point to are copied, beside them."""


def oscal_files(
    decision: Decision,
    policy: Policy,
    docket: Docket | None,
    beside: Mapping[str, bytes],
    *,
    at: str,
) -> dict[str, bytes]:
    """``assessment-plan.json`` and ``assessment-results.json``; the same input, the same bytes.

    Args:
        decision: what was decided.
        policy: by which policy.
        docket: what else lay before the judge, for the evaluators' certificates.
        beside: files of the decision's folder by name; the documents point to those of
            ``NEEDED`` with the SHA-256 of their bytes.
        at: where that folder lies as seen from the documents, such as ``../decision/``.

    Raises:
        InputError: the extra ``oscal`` is not installed.
        IntegrityError: the decision was made under another policy.
    """
    require_same_policy(decision, policy)
    held = {name: sha256(beside[name]) for name in NEEDED if name in beside}
    return documents(Told(decision, policy, docket, held, at))


def oscal_with_evidence(project: Project, which: str) -> dict[str, bytes]:
    """Both documents of a decision, and copies of the files that they point to.

    Raises:
        InputError, IntegrityError: as ``open_decision``, a file beside the decision is not the
            one that it names, or the extra ``oscal`` is not installed.
    """
    opened = open_decision(project.record, which)
    docket, _ = docket_and_findings(opened)
    paths = {name: opened.folder / name for name in NEEDED}
    copies = {name: read_signed(path) for name, path in paths.items() if path.exists()}
    made = oscal_files(opened.decision, opened.policy, docket, copies, at=COPIES)
    return made | {f"{COPIES}{name}": data for name, data in copies.items()}


def write_oscal(made: Mapping[str, bytes], folder: Path) -> Path:
    """Write them into a new folder, and say where to begin; raises as ``write_files``."""
    return write_files(made, folder) / RESULTS
