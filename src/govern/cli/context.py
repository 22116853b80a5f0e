"""Where a command runs and when: the only place where the command line reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govern.sources.locate import Project


def here() -> Project:
    """The project that the working folder belongs to."""
    from govern.sources.locate import find_project

    return find_project(Path.cwd())


def now() -> datetime:
    """The current second, with its time zone."""
    return datetime.now(UTC).replace(microsecond=0)
