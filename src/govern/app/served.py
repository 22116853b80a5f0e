"""What stands behind the web application: a project's record, and where it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from govern.app.acts_in_force import ActsInForce, acts_in_force
from govern.app.audit import (
    Followed,
    LogState,
    RecordPage,
    decision_archive,
    followed_back,
    log_state,
    record_page,
)
from govern.app.board import (
    DecisionFile,
    DecisionLine,
    decision_file,
    decision_lines,
    decision_report,
)
from govern.app.case_store import store_url
from govern.app.record import record_url
from govern.sources.locate import Project


@dataclass(frozen=True)
class ProjectRecords:
    """A project's record as the pages ask for it; see ``web.services.Records``."""

    project: Project

    def decisions(self, *, now: datetime) -> tuple[DecisionLine, ...]:
        return decision_lines(self.project, now=now)

    def decision(self, decision_id: str, *, now: datetime) -> DecisionFile | None:
        return decision_file(self.project, decision_id, now=now)

    def report(self, decision_id: str, *, now: datetime) -> str | None:
        return decision_report(self.project, decision_id, now=now)

    def acts(self, *, now: datetime) -> ActsInForce:
        return acts_in_force(self.project, now=now)

    def archive(self, decision_id: str, *, now: datetime) -> bytes | None:
        return decision_archive(self.project, decision_id, now=now)

    def followed_back(self, decision_id: str, *, now: datetime) -> Followed | None:
        return followed_back(self.project, decision_id, now=now)

    def log_state(self, *, now: datetime) -> LogState:
        return log_state(self.project, now=now)

    def entries(self, *, first: int, count: int) -> RecordPage:
        return record_page(self.project, first=first, count=count)


def databases_of(project: Project) -> tuple[str, str]:
    """Where the record is kept, and where contests and sessions are; empty for a file."""
    return record_url(project) or "", store_url(project) or ""
