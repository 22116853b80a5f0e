"""How often a lineage has tried for a decision that promotes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from govern.domain.base import Noun

AttemptState = Literal["open", "finished", "decided", "abandoned", "failed"]


class Lineage(Noun):
    """What attempts are counted for: a pipeline's id and use case under a policy, while approved.

    The version of pipeline and policy does not matter: a changed candidate is another attempt.
    """

    pipeline: str
    use_case: str
    policy: str
    approved: date
    review_by: date

    @property
    def name(self) -> str:
        """All of it in one line."""
        return (
            f"{self.pipeline} for {self.use_case} under {self.policy}, "
            f"{self.approved} to {self.review_by}"
        )


class Attempt(Noun):
    """One intent in the record, and what became of it.

    ``open`` and ``failed`` may be resumed while no later attempt was entered; ``finished`` has
    findings; ``abandoned`` was given up, or was open when a later attempt was entered.
    """

    run_id: str
    entered: AwareDatetime
    fingerprint: str
    policy_digest: str
    state: AttemptState
    decision_id: str | None = None


class Attempts(Noun):
    """All attempts of a lineage: a pipeline's id and use case under one approved policy.

    ``known`` is false where the record could not be reached or does not hold together, and
    ``why`` says so: then nobody can tell how many there were.
    """

    lineage: str
    known: bool
    why: str | None = None
    entered: tuple[Attempt, ...] = ()

    def number(self, run_id: str) -> int | None:
        """Which attempt a run was, from 1; ``None`` where no intent of it stands in the record.

        As many as were entered no later, the run's own included, in whatever order they stand.
        """
        mine = [attempt.entered for attempt in self.entered if attempt.run_id == run_id]
        return sum(a.entered <= max(mine) for a in self.entered) if mine else None
