"""Two policies clause by clause: what was added, removed and changed, and what got looser.

A removed clause is looser and an added one stricter, whatever its severity: what was measured
and shown no longer is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from govern.domain.base import Noun
from govern.domain.policy import (
    AppliesIf,
    Approvals,
    AttestedClause,
    Clause,
    MeasuredClause,
    Policy,
    PropertyClause,
    RecordClause,
    Scope,
    Slice,
    WaiverRule,
)
from govern.policy import order
from govern.policy.order import Effect

ADDED, REMOVED = "added", "removed"


class Change(Noun):
    """One field that differs; a whole clause where ``field`` is ``added`` or ``removed``.

    ``clause`` is ``None`` for the front matter. ``both``: something else is asked than before,
    which may let through what was stopped. ``other``: nobody is let through or stopped by it.
    """

    clause: str | None = None
    field: str
    before: Any = None
    after: Any = None
    effect: Effect

    @property
    def loosens(self) -> bool:
        """Whether somebody may pass by the new policy who did not by the old one."""
        return self.effect in ("looser", "both")


def diff(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every difference that binds people or the gate, front matter first, then by clause."""
    old = {c.id: c for c in before.clauses}
    new = {c.id: c for c in after.clauses}
    changes = list(_front_matter(before, after))
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            changes.append(_whole(old[name], REMOVED, "looser"))
        elif name not in old:
            changes.append(_whole(new[name], ADDED, "stricter"))
        else:
            changes += _clause(old[name], new[name])
    return tuple(changes)


def _whole(clause: Clause, what: str, effect: Effect) -> Change:
    said = f"{clause.title} ({clause.severity}, {clause.subject})"
    side = "before" if what == REMOVED else "after"
    return Change.model_validate({"clause": clause.id, "field": what, side: said, "effect": effect})


class _Differences:
    """Collects the fields that differ between two nouns of one kind."""

    def __init__(self, clause: str | None, prefix: str = "") -> None:
        self.clause, self.prefix = clause, prefix
        self.found: list[Change] = []

    def at(self, prefix: str) -> _Differences:
        """A collector for what stands below a field, into the same list."""
        below = _Differences(self.clause, f"{prefix}.")
        below.found = self.found
        return below

    def add(self, field: str, before: Any, after: Any, how: Callable[[Any, Any], Effect]) -> None:
        """Note a field if it differs."""
        if before != after:
            self.found.append(
                Change(
                    clause=self.clause,
                    field=f"{self.prefix}{field}",
                    before=_plain(before),
                    after=_plain(after),
                    effect=how(before, after),
                )
            )


def _plain(value: Any) -> Any:
    return value.as_json() if isinstance(value, Noun) else value


def _front_matter(before: Policy, after: Policy) -> Iterator[Change]:
    found = _Differences(None)
    found.add("policy", before.policy, after.policy, order.unordered)
    found.add("version", before.version, after.version, order.unordered)
    found.add("title", before.title, after.title, order.unordered)
    found.add("approved", str(before.approved), str(after.approved), order.unordered)
    spans = [(p.review_by - p.approved).days for p in (before, after)]
    found.add(
        "review_by",
        str(before.review_by),
        str(after.review_by),
        lambda _b, _a: order.more_is_looser(spans[0], spans[1]),
    )
    if before.review_by == after.review_by:
        found.add("days until review", spans[0], spans[1], order.more_is_looser)
    for days in ("decision_valid_days", "declared_only_valid_days"):
        found.add(days, getattr(before, days), getattr(after, days), order.more_is_looser)
    _approvals(found.at("approvals"), before.approvals, after.approvals)
    if before.decision_approvals or after.decision_approvals:
        _approvals(
            found.at("decision_approvals"),
            before.approvals_of_decisions,
            after.approvals_of_decisions,
        )
    tries = [p.attempts.max_per_lineage for p in (before, after)]
    found.add("attempts.max_per_lineage", tries[0], tries[1], order.more_is_looser)
    _scope(found.at("scope"), before.scope, after.scope)
    yield from found.found


def _approvals(found: _Differences, before: Approvals, after: Approvals) -> None:
    found.add("threshold", before.threshold, after.threshold, order.less_is_looser)
    found.add("roles", before.roles, after.roles, order.wider_is_looser)
    found.add("required", before.required, after.required, order.narrower_is_looser)


def _scope(found: _Differences, before: Scope, after: Scope) -> None:
    found.add("use_cases", before.use_cases, after.use_cases, order.wider_is_looser)
    found.add(
        "stage",
        before.stage,
        after.stage,
        lambda _b, a: "looser" if a == "rollout" else "stricter",
    )
    found.add("languages", before.languages, after.languages, order.wider_is_looser)
    found.add("cohort", before.cohort, after.cohort, order.dropped_is_looser)
    for name in ("jurisdictions", "role_families"):
        found.add(
            name,
            getattr(before, name),
            getattr(after, name),
            order.wider_is_looser_empty_is_all,
        )
    found.add(
        "human_review",
        before.human_review,
        after.human_review,
        lambda b, _a: "looser" if b else "stricter",
    )


def _clause(before: Clause, after: Clause) -> list[Change]:
    found = _Differences(before.id)
    found.add("title", before.title, after.title, order.unordered)
    found.add("prose", before.prose, after.prose, order.unordered)
    found.add("severity", before.severity, after.severity, order.severity)
    _applies(found.at("applies_if"), before.applies_if, after.applies_if)
    _waiver(found.at("waiver"), before.waiver, after.waiver)
    found.add("maps", before.maps, after.maps, order.unordered)
    if before.kind != after.kind:
        found.add("kind", before.kind, after.kind, order.replaced)
        return found.found
    match before, after:
        case (MeasuredClause(), MeasuredClause()):
            _measured(found, before, after)
        case (RecordClause(), RecordClause()):
            _record(found, before, after)
        case (PropertyClause(), PropertyClause()):
            found.add("property", before.property, after.property, order.replaced)
            if before.property == after.property:
                found.add("must", before.must, after.must, order.demand)
        case (AttestedClause(), AttestedClause()):
            found.add("attest", before.attest, after.attest, order.replaced)
            found.add("role", before.role, after.role, order.replaced)
            found.add("answers", before.answers, after.answers, order.wider_is_looser)
            found.add("max_age_days", before.max_age_days, after.max_age_days, order.more_is_looser)
    return found.found


def _applies(found: _Differences, before: AppliesIf | None, after: AppliesIf | None) -> None:
    old, new = before or AppliesIf(), after or AppliesIf()
    for name in AppliesIf.model_fields:
        found.add(
            name, getattr(old, name), getattr(new, name), order.narrower_is_looser_empty_is_all
        )


def _waiver(found: _Differences, before: WaiverRule, after: WaiverRule) -> None:
    found.add(
        "allowed",
        before.allowed,
        after.allowed,
        lambda _b, a: "looser" if a else "stricter",
    )
    if before.allowed and after.allowed:
        found.add("approvers", before.approvers, after.approvers, order.narrower_is_looser)
        found.add("max_days", before.max_days, after.max_days, order.more_is_looser_or_no_limit)
        found.add("needs", before.needs, after.needs, order.narrower_is_looser)


def _measured(found: _Differences, before: MeasuredClause, after: MeasuredClause) -> None:
    found.add("metric", before.metric, after.metric, order.replaced)
    found.add("against", before.against, after.against, order.replaced)
    if (before.metric, before.against) == (after.metric, after.against):
        _thresholds(found, before, after)
    below, old, new = found.at("evidence"), before.evidence, after.evidence
    below.add("min_cases", old.min_cases, new.min_cases, order.less_is_looser)
    below.add("suite", old.suite, new.suite, order.replaced)
    below.add("plan", old.plan, new.plan, order.dropped_is_looser)
    below.add(
        "certificate",
        old.certificate,
        new.certificate,
        lambda _b, a: "looser" if a == "provisional" else "stricter",
    )
    below.add("baseline", old.baseline, new.baseline, order.dropped_is_looser)


def _record(found: _Differences, before: RecordClause, after: RecordClause) -> None:
    found.add("record", before.record, after.record, order.replaced)
    if before.record == after.record:
        _thresholds(found, before, after)
    below, old, new = found.at("evidence"), before.evidence, after.evidence
    below.add("min_cases", old.min_cases, new.min_cases, order.less_is_looser)
    below.add("window_days", old.window_days, new.window_days, order.replaced)


def _thresholds(
    found: _Differences,
    before: MeasuredClause | RecordClause,
    after: MeasuredClause | RecordClause,
) -> None:
    old, new = _margins(before.slices), _margins(after.slices)
    for by in dict.fromkeys((*old, *new)):
        name = f"slices ({by})"
        if by not in new or by not in old:
            found.add(name, old.get(by), new.get(by), order.dropped_is_looser)
        elif None not in (old[by]["inside"], new[by]["inside"]):
            found.add(f"inside ({by})", old[by]["inside"], new[by]["inside"], order.more_is_looser)
    found.add("statistic", before.statistic, after.statistic, order.certainty)
    found.add("pass_if", before.pass_if, after.pass_if, order.passing)
    found.add("fail_if", before.fail_if, after.fail_if, order.failing)


def _margins(slices: tuple[Slice, ...]) -> dict[str, dict[str, Any]]:
    return {s.by: {"by": s.by, "inside": s.inside} for s in slices}
