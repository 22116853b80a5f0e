"""What a report is made of, gathered for its sections."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from govern.domain import (
    Clause,
    ClauseOutcome,
    Decision,
    Docket,
    Finding,
    Findings,
    Policy,
)
from govern.report.answer import clauses_of
from govern.report.beside import NOTHING, Beside
from govern.report.blocks import ClauseLink
from govern.report.page import ClauseLine

NO_REASONS: Mapping[str, str] = MappingProxyType({})
FAMILIES = ("fairness", "accuracy", "homogeneity")
"""The families of measures that have a section of their own."""


@dataclass(frozen=True)
class Material:
    """A decision with all that may lie beside it; a section says what it has no data for."""

    decision: Decision
    policy: Policy
    overview: tuple[ClauseLine, ...]
    not_tested: tuple[str, ...] = ()
    docket: Docket | None = None
    findings: Findings | None = None
    beside: Beside = NOTHING

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """The policy's clauses by id."""
        return clauses_of(self.policy)

    @cached_property
    def lines(self) -> dict[str, ClauseLine]:
        """The clauses in one line each, by id."""
        return {line.id: line for line in self.overview}

    def links(
        self, ids: Collection[str], why: Mapping[str, str] = NO_REASONS
    ) -> tuple[ClauseLink, ...]:
        """Some of the clauses as links, in the policy's order, each with a reason if it has one."""
        return tuple(
            ClauseLink(
                id=one.id,
                title=one.title,
                anchor=one.anchor,
                verdict=one.verdict,
                why=why.get(one.id, ""),
            )
            for one in self.overview
            if one.id in ids
        )

    def of_family(self, family: str) -> tuple[ClauseOutcome, ...]:
        """The clauses that a family of measures decides."""
        return tuple(c for c in self.decision.clauses if c.subject.startswith(f"{family}."))

    def found(self, *metrics: str) -> tuple[Finding, ...]:
        """The findings of some metrics, in the file's order; none without the file."""
        return tuple(f for f in self._found if f.metric in metrics)

    def asked_by_none(self, family: str) -> tuple[Finding, ...]:
        """The findings of a family that no clause of the policy speaks of."""
        asked = {clause.subject for clause in self.decision.clauses}
        mine = (f for f in self._found if f.metric.startswith(f"{family}."))
        return tuple(f for f in mine if f.metric not in asked)

    @property
    def _found(self) -> tuple[Finding, ...]:
        return self.findings.findings if self.findings else ()
