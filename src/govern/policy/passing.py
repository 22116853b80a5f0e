"""Made-up evidence by which every clause of a policy passes, for cases to start from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from govern.domain.finding import Binomial, Counts, Finding, StudentT, Undefined
from govern.domain.metric import Spec
from govern.domain.policy import JudgedClause, MeasuredClause, Must, Policy, PropertyClause
from govern.policy.cases import MANY
from govern.policy.lint_property import answer_of
from govern.policy.measured import expected
from govern.policy.stated import meets

EVALUATOR = "made-up"
_DF = 1_000


def made_up(spec: Spec, estimate: float | Undefined, **changes: Any) -> Finding:
    """A finding without doubt over very many cases, with ``changes``."""
    counts = Counts(planned=MANY, ok=MANY, scored=MANY, cases=MANY, units=MANY)
    exact = StudentT(se=0.0, df=_DF, clusters=MANY)
    facts: dict[str, Any] = {
        "metric": spec.id,
        "version": spec.version,
        "estimate": estimate,
        "interval": Binomial(hits=0, n=MANY) if spec.shape == "event" else exact,
        "unit": spec.unit,
        "sense": spec.sense,
        "method": "made up",
        "counts": counts,
        "evaluator": EVALUATOR,
    }
    return Finding(**(facts | changes))


def passing_findings(
    clauses: Sequence[JudgedClause],
    specs: Mapping[str, Spec],
    groups: Mapping[str, tuple[str, ...]],
) -> Iterator[Finding]:
    """One for every contrast that some clauses need, each on the good side of all of them.

    Args:
        clauses: on metrics, or on statistics of the record.
        specs: of each.
        groups: levels by attribute, and by ``marker`` and ``variant``.
    """
    made = set()
    for clause in clauses:
        spec = specs[clause.subject]
        against = clause.against if isinstance(clause, MeasuredClause) else None
        alike = [c for c in clauses if _about(c) == _about(clause)]
        baseline = next(
            (b for c in alike if isinstance(c, MeasuredClause) and (b := c.evidence.baseline)), None
        )
        for slice_ in clause.slices:
            for contrast in sorted(expected(spec, slice_, groups)):
                key = (spec.id, against, slice_.by, contrast)
                if key not in made:
                    made.add(key)
                    yield made_up(
                        spec,
                        _good(alike),
                        by=slice_.by,
                        contrast=contrast,
                        baseline=baseline,
                        against=against,
                    )


def _about(clause: JudgedClause) -> tuple[str, str | None]:
    return clause.subject, clause.against if isinstance(clause, MeasuredClause) else None


def _good(clauses: Iterable[JudgedClause]) -> float:
    """A value that clears every threshold of clauses on one metric: none, or all, or beyond."""
    bounds = [c.pass_if for c in clauses if c.pass_if is not None]
    if not bounds:
        return 0.0
    values = [b.value for b in bounds]
    if bounds[0].on_upper:
        return 0.0 if min(values) > 0 else min(values) - 1
    return 1.0 if max(values) < 1 else max(values) + 1


def passing_properties(policy: Policy) -> dict[str, Any]:
    """Answers of a manifest that meet every demand that clauses make on them."""
    demands: dict[str, list[Must]] = {}
    for clause in policy.clauses:
        if isinstance(clause, PropertyClause):
            demands.setdefault(clause.property, []).append(clause.must)
    answers = {name: _answer(name, asked) for name, asked in demands.items()}
    return {name: answer for name, answer in answers.items() if answer is not None}


def _answer(name: str, demands: Sequence[Must]) -> Any:
    kind, choices = answer_of(name)
    asked = [must.value for must in demands if must.name != "stated"]
    lists = [value for value in asked if isinstance(value, tuple) and value]
    candidates: dict[str, Sequence[Any]] = {
        "yes or no": (True, False),
        "a number": (*asked, 1),
        "one of some words": choices,
        "words": (*(v for v in asked if v not in lists), *(v[0] for v in lists), "stated"),
        "a list of words": (*lists, ("stated",)),
    }
    return next((c for c in candidates[kind] if all(meets(m, c) for m in demands)), None)
