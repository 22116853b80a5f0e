"""What lint has to know of metrics, suites and duties: plain facts, handed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from govern.domain.metric import Spec

Over = Literal["all", "attribute", "cross", "marker", "variant"]
Block = Literal["noise", "markers", "variants"]


@dataclass(frozen=True)
class MetricFacts:
    """Over what a metric has findings, and what it takes.

    ``share`` of a suite's cases can show it; ``needs`` is a block of cells that a plan must
    have; ``baseline`` that its findings name one.
    """

    over: frozenset[Over]
    needs: Block | None = None
    share: float = 1.0
    baseline: bool = False


@dataclass(frozen=True)
class PlanFacts:
    """How many cases a plan drafts, and which blocks beside the main one."""

    cases: int
    blocks: frozenset[Block]


@dataclass(frozen=True)
class SuiteFacts:
    """What can be asked of a suite.

    ``groups`` are the levels of each attribute, ``cells`` the combinations of all attributes
    that some identity has; ``alterations`` the kinds of markers and variants.
    """

    use_case: str
    language: str
    plans: Mapping[str, PlanFacts]
    measures: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    cells: Collection[Mapping[str, str]]
    alterations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """Everything that a policy may name.

    Where ``suites`` or ``duties`` are ``None`` nobody looked, and nothing is said of them.
    """

    specs: Mapping[str, Spec]
    record_specs: Mapping[str, Spec] = field(default_factory=dict)
    metrics: Mapping[str, MetricFacts] = field(default_factory=dict)
    suites: Mapping[str, SuiteFacts] | None = None
    duties: Collection[str] | None = None
