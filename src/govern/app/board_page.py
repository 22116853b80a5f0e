"""``govern board``: what one policy has judged, on one page for those who choose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from govern.app.beside import trust_of
from govern.app.decision_folder import templates
from govern.app.opened_decision import open_folder
from govern.app.past import past_decisions
from govern.attest.acts import load_every_approval
from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.errors import InputError
from govern.report.board import BoardPage, board_page, policies_of
from govern.report.html import laid_out
from govern.sources.locate import Project
from govern.whole_files import write_whole


def compared(project: Project, policy: str | None, *, now: datetime) -> BoardPage:
    """The candidates that a policy judged, by the decisions in the record.

    Args:
        project: whose record.
        policy: a policy's id; may be left out where the record knows one alone.
        now: when.

    Raises:
        InputError: no decision, or by which policy is left open.
        IntegrityError, PolicyError: a decision or an approval is damaged.
    """
    every = past_decisions(project.record)
    mine = [d for d in every if policy in (None, d.policy.id)]
    if not mine or len({d.policy.id for d in mine}) > 1:
        expected = f"by policy {policy!r}" if policy else "by one policy"
        todo = "name one with --policy" if every else "make one with `govern gate`"
        raise InputError(
            f"{project.record}: expected decisions {expected}, found by "
            f"{policies_of(every)}; {todo}"
        )
    trust = trust_of(project)
    answers = load_every_approval(project.record, trust, now=now) if trust else ()
    reasons = {
        (answer.act.decision_id, one.candidate): one.reason
        for answer in answers
        for one in answer.act.not_chosen
    }
    policies = _policies(project.record, mine)
    return board_page(mine, reasons, policies=policies, as_of=now.astimezone(UTC))


def _policies(record: Path, decisions: Sequence[Decision]) -> dict[str, Policy]:
    """The policies that decisions were made by, by digest; without those that are not there."""
    found: dict[str, Policy] = {}
    for decision in decisions:
        if decision.policy.digest not in found:
            try:
                opened = open_folder(record / "decisions" / decision.decision_id)
            except InputError:
                continue
            found[decision.policy.digest] = opened.policy
    return found


def write_board(page: BoardPage, out: Path) -> Path:
    """Write a board page as one HTML file.

    Raises:
        InputError: it cannot be written.
    """
    return write_page(out, laid_out("board.html.j2", templates(), page=page))


def write_page(out: Path, text: str) -> Path:
    """Write a page where somebody asked for it; raises as ``write_file``."""
    return write_file(out, text.encode())


def write_file(out: Path, data: bytes) -> Path:
    """Write a file where somebody asked for it.

    Raises:
        InputError: it cannot be written.
    """
    try:
        write_whole(out, data)
    except OSError as err:
        raise InputError(f"{out}: cannot be written: {err.strerror}") from err
    return out
