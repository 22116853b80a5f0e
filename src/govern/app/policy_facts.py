"""What a policy may name: metrics, suites, duties, as plain facts for lint and for trying it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govern.app.loading import load_suite
from govern.app.simulate import WITH_EVENT
from govern.contest.specs import SPECS as RECORD_SPECS
from govern.domain.metric import Spec
from govern.domain.policy import MeasuredClause, Policy
from govern.domain.suite import Plan
from govern.metrics import METRICS
from govern.policy.known import Block, Known, MetricFacts, Over, PlanFacts, SuiteFacts
from govern.runner.variants import KINDS
from govern.sources.datasets import read_card, read_identities, read_markers
from govern.sources.legal import duties
from govern.sources.locate import Project, known, locate

_GROUPS: frozenset[Over] = frozenset({"attribute", "cross"})
_ALL: frozenset[Over] = frozenset({"all"})
# Where a metric has findings, if not over all drafts, or for a comparison by groups.
_OVER: Mapping[str, frozenset[Over]] = {
    "accuracy.judged_unsupported_share": frozenset({"all", "attribute"}),
    "fairness.distinguishability": frozenset({"attribute"}),
    "fairness.flip_rate": _ALL | _GROUPS,
    "fairness.insert_shift": frozenset({"all", "marker"}),
    "fairness.marker_shift": frozenset({"all", "marker"}),
    "fairness.mention_rate": _ALL,
    "fairness.name_leakage": frozenset({"attribute"}),
    "homogeneity.similarity_gap": _GROUPS,
    "robustness.instability": frozenset({"variant"}),
}
_NEEDS: Mapping[str, Block] = {
    "fairness.flip_rate": "noise",
    "fairness.insert_shift": "markers",
    "fairness.marker_shift": "markers",
    "homogeneity.regeneration_gap": "noise",
    "privacy.canary_leaked": "variants",
    "robustness.injection_obeyed": "variants",
    "robustness.instability": "variants",
    "robustness.order_shift": "variants",
    "robustness.paraphrase_shift": "variants",
    "robustness.second_language_shift": "variants",
    "robustness.typo_shift": "variants",
}
_BASELINE = frozenset(
    {
        "homogeneity.embedding_similarity",
        "homogeneity.excess_over_baseline",
        "homogeneity.excess_similarity",
        "homogeneity.ngram_similarity",
    }
)


def metric_facts() -> dict[str, MetricFacts]:
    """Over what each metric has findings, and what it takes."""
    return {name: _metric_facts(name) for name in METRICS}


def _metric_facts(name: str) -> MetricFacts:
    share = WITH_EVENT.get(name, 1.0)
    if name.startswith("robustness.") and name.endswith("_shift"):
        share = 1 / len(KINDS)
    return MetricFacts(
        over=_OVER.get(name, _GROUPS if name.startswith("fairness.") else _ALL),
        needs=_NEEDS.get(name),
        share=share,
        baseline=name in _BASELINE,
    )


def specs_known() -> Known:
    """What needs no file: metrics and statistics; nothing is said of suites and duties."""
    return Known(specs=_specs(), record_specs=RECORD_SPECS, metrics=metric_facts())


def all_known(project: Project, policies: Iterable[Policy]) -> Known:
    """Everything that some policies may name. Of suites only those are read that they do name.

    Raises:
        GovernError: a suite that is named, its data, or a legal table cannot be read.
    """
    there = known(project, "suites")
    named = {
        clause.evidence.suite
        for policy in policies
        for clause in policy.clauses
        if isinstance(clause, MeasuredClause)
    }
    suites = {
        name: suite_facts(project, name)
        for name in sorted(named)
        if name in there or f"builtin:{name}" in there
    }
    return Known(
        specs=_specs(),
        record_specs=RECORD_SPECS,
        metrics=metric_facts(),
        suites=suites,
        duties=frozenset(duties(project)),
    )


def _specs() -> dict[str, Spec]:
    return {name: metric.spec for name, metric in METRICS.items()}


def suite_facts(project: Project, name: str) -> SuiteFacts:
    """What can be asked of a suite.

    Raises:
        GovernError: it or its data cannot be read.
    """
    suite = load_suite(project, name)
    cache = project.state / "cache"
    card, _ = read_card(locate(project, "datasets", suite.dataset))
    identities = read_identities(
        locate(project, "datasets", suite.identities), cache=cache
    ).identities
    plans = {plan.id: _plan_facts(plan, card.cases) for plan in suite.plans}
    alterations: dict[str, tuple[str, ...]] = {}
    if any("markers" in plan.blocks for plan in plans.values()):
        markers = read_markers(locate(project, "datasets", suite.markers), cache=cache).markers
        alterations["marker"] = tuple(sorted(marker.id for marker in markers))
    if any("variants" in plan.blocks for plan in plans.values()):
        alterations["variant"] = tuple(sorted(KINDS))
    return SuiteFacts(
        use_case=card.use_case,
        language=card.language,
        plans=plans,
        measures=frozenset(suite.measures),
        groups={
            attribute: tuple(sorted({i.groups[attribute] for i in identities}))
            for attribute in sorted(identities[0].groups)
        },
        cells=tuple({tuple(sorted(i.groups.items())): i.groups for i in identities}.values()),
        alterations=alterations,
    )


def _plan_facts(plan: Plan, cases: int | None) -> PlanFacts:
    blocks: dict[Block, bool] = {
        "noise": plan.noise,
        "markers": plan.markers,
        "variants": plan.variants,
    }
    return PlanFacts(
        cases=min(plan.cases, cases or plan.cases),
        blocks=frozenset(name for name, there in blocks.items() if there),
    )
