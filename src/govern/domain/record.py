"""What the gate may ask of the contest record."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from govern.domain.finding import RecordFacts


class RecordSource(Protocol):
    """The contest record, seen as a whole: never who contested, nor any number of a few people."""

    def statistics(self, *, now: datetime, window_days: int) -> RecordFacts | None:
        """A finding, or why there is none, for every statistic, over the window up to ``now``.

        ``None`` where no record is kept. Nothing that happened after ``now`` counts.

        Raises:
            GovernError: the record cannot be reached or does not hold together.
        """
        ...
