"""What an auditor takes away: a decision's bundle, and the entries of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from govern.app.board import in_record
from govern.app.bundle import bundle_bytes
from govern.app.ledger import Verified, verify_record
from govern.app.record import open_ledger
from govern.app.verify import Verification, verify
from govern.attest.trust import trust_path
from govern.domain.ledger import Entry
from govern.errors import GovernError
from govern.ledger.chain import head_of
from govern.sources.locate import Project


@dataclass(frozen=True)
class RecordPage:
    """Some entries of the record, of how many, and its head."""

    entries: tuple[Entry, ...]
    first: int
    total: int
    head: str


def decision_archive(project: Project, decision_id: str, *, now: datetime) -> bytes | None:
    """A decision's audit bundle; ``None`` if there is no such decision.

    Raises:
        GovernError: decision or record do not hold, or cannot be read.
    """
    if not in_record(project.record, decision_id):
        return None
    return bundle_bytes(project, decision_id, now=now)


@dataclass(frozen=True)
class Followed:
    """How far a decision can be followed back by the record's own keys.

    Without ``found``, ``why`` says what stood in the way.
    """

    found: Verification | None
    why: str = ""


def followed_back(project: Project, decision_id: str, *, now: datetime) -> Followed | None:
    """Digests, signatures and verdicts of a decision; ``None`` where there is no such one."""
    if not in_record(project.record, decision_id):
        return None
    folder = project.record / "decisions" / decision_id
    try:
        return Followed(verify(folder, now=now, trust=trust_path(project.record)))
    except GovernError as err:
        return Followed(None, str(err))


@dataclass(frozen=True)
class LogState:
    """Whether the record bears out what was signed of it.

    Without ``found``, ``why`` says what does not hold or cannot be told.
    """

    found: Verified | None
    why: str = ""

    @property
    def note(self) -> str:
        """The newest checkpoint as a file, to be kept outside; empty where there is none."""
        return str(self.found.newest.note) if self.found and self.found.newest else ""


def log_state(project: Project, *, now: datetime) -> LogState:
    """The whole record checked against all of its checkpoints, by the record's own keys."""
    try:
        return LogState(verify_record(project, since=None, trust=None, now=now))
    except GovernError as err:
        return LogState(None, str(err))


def record_page(project: Project, *, first: int, count: int) -> RecordPage:
    """``count`` entries of the record from number ``first`` on, and how many there are.

    Raises:
        IntegrityError: the record does not hold together.
        RunError: it cannot be reached.
    """
    entries = open_ledger(project).entries()
    return RecordPage(entries[first : first + count], first, len(entries), head_of(entries))
