"""What got looser between two policies, whatever was changed in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.domain import (
    AppliesIf,
    Approvals,
    AttemptRule,
    AttestedClause,
    Bound,
    EvidenceNeeded,
    MeasuredClause,
    Must,
    Policy,
    PropertyClause,
    RecordNeeded,
    Scope,
    Slice,
    Statistic,
    WaiverRule,
)
from govern.domain.policy import RecordClause
from govern.policy.diff import diff
from govern.policy.order import turned

ROLES = ("board-chair", "worker-representative", "data-protection-officer")
some_roles = st.lists(st.sampled_from(ROLES), min_size=1, unique=True).map(tuple)
words = st.lists(st.sampled_from("abc"), unique=True).map(tuple)
some_words = st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple)
numbers = st.sampled_from([0.01, 0.02, 0.05])
few = st.integers(1, 3)
confidences = st.sampled_from([0.9, 0.95, 0.99])
waivers = st.builds(
    WaiverRule,
    allowed=st.booleans(),
    approvers=words,
    max_days=st.none() | few,
    needs=st.sampled_from([(), ("ticket",)]),
)
common: dict[str, Any] = {
    "severity": st.sampled_from(["block", "warn", "report"]),
    "waiver": waivers,
    "applies_if": st.none() | st.builds(AppliesIf, use_cases=words, jurisdictions=words),
    "prose": st.sampled_from(["One.", "Two."]),
}
statistics = st.builds(Statistic, confidence=confidences, sided=st.sampled_from(["one", "two"]))
needed = st.builds(
    EvidenceNeeded,
    min_cases=few,
    suite=st.sampled_from("ab"),
    plan=st.none() | st.sampled_from("ab"),
    certificate=st.sampled_from(["independent", "provisional"]),
    baseline=st.none() | st.sampled_from("ab"),
)
upper = st.builds(lambda v: Bound(upper_le=v), numbers) | st.builds(
    lambda v: Bound(upper_lt=v), numbers
)
lower = st.builds(lambda v: Bound(lower_ge=v), numbers) | st.builds(
    lambda v: Bound(lower_gt=v), numbers
)
margins = st.dictionaries(st.sampled_from("ab"), numbers, min_size=1).map(
    lambda d: tuple(Slice(by=by, inside=m) for by, m in d.items())
)
contrasts = st.builds(
    MeasuredClause,
    id=st.just("AA-1"),
    metric=st.sampled_from("ab"),
    slices=margins,
    statistic=statistics,
    evidence=needed,
    **common,
)
levels = st.builds(
    MeasuredClause,
    id=st.just("AA-2"),
    metric=st.just("a"),
    against=st.none() | st.just("incumbent"),
    pass_if=upper | lower,
    fail_if=upper | lower,
    statistic=statistics,
    evidence=needed,
    **common,
)
demands = st.one_of(
    st.builds(lambda v: Must(equals=v), st.sampled_from("abc")),
    st.builds(lambda v: Must(one_of=v), some_words),
    st.builds(lambda v: Must(none_of=v), some_words),
    st.builds(lambda v: Must(includes=v), some_words),
    st.builds(lambda v: Must(at_most=v), few),
    st.just(Must(stated=True)),
)
properties = st.builds(
    PropertyClause, id=st.just("AA-3"), property=st.sampled_from("ab"), must=demands, **common
)
attested = st.builds(
    AttestedClause,
    id=st.just("AA-4"),
    attest=st.sampled_from("ab"),
    role=st.sampled_from("ab"),
    answers=st.sampled_from([("done",), ("agreed",), ("agreed", "consulted")]),
    max_age_days=few,
    **common,
)
records = st.builds(
    RecordClause,
    id=st.just("AA-5"),
    record=st.sampled_from("ab"),
    pass_if=upper,
    fail_if=lower,
    statistic=statistics,
    evidence=st.builds(RecordNeeded, min_cases=few, window_days=few),
    **common,
)
clauses = st.tuples(*((st.none() | kind) for kind in (contrasts, levels, properties, attested)))
approvals = st.builds(Approvals, threshold=few, roles=some_roles, required=words)
scopes = st.builds(
    Scope,
    use_cases=some_words,
    stage=st.sampled_from(["pilot", "rollout"]),
    languages=some_words,
    cohort=st.none() | st.sampled_from("ab"),
    jurisdictions=words,
    role_families=words,
    human_review=st.booleans(),
)
policies = st.builds(
    lambda some, record, **fields: Policy(
        policy="made-up",
        version="1",
        digest="0" * 64,
        source="p.md",
        title="Made up",
        clauses=(*(c for c in some if c is not None), record),
        **fields,
    ),
    clauses,
    records,
    approved=st.sampled_from([date(2026, 1, 1), date(2026, 2, 1)]),
    review_by=st.sampled_from([date(2026, 6, 1), date(2026, 7, 1)]),
    decision_valid_days=few,
    declared_only_valid_days=few,
    approvals=approvals,
    decision_approvals=st.none() | approvals,
    attempts=st.builds(AttemptRule, max_per_lineage=few),
    scope=scopes,
)


@given(policies)
def test_a_policy_does_not_differ_from_itself(policy):
    assert () == diff(policy, policy)


@given(policies, policies)
def test_what_is_looser_one_way_is_stricter_the_other(a, b):
    def seen(changes, *, back):
        swap = {"added": "removed", "removed": "added"}
        return sorted(
            (
                c.clause or "",
                swap.get(c.field, c.field) if back else c.field,
                turned(c.effect) if back else c.effect,
            )
            for c in changes
        )

    assert seen(diff(a, b), back=False) == seen(diff(b, a), back=True)


@given(policies, policies)
def test_nothing_that_differs_goes_unsaid(a, b):
    """Equal clauses and front matter are the only way to an empty answer."""
    silent = not diff(a, b)
    same = {"decision_approvals", "clauses", "approvals"}

    assert not silent or a.model_dump(exclude=same) == b.model_dump(exclude=same)
    assert not silent or a.approvals_of_decisions == b.approvals_of_decisions


STRICT: dict[str, Any] = {
    "severity": "block",
    "waiver": {"allowed": False},
}
CONTRAST = MeasuredClause(
    id="AA-1",
    metric="a",
    slices=(Slice(by="a", inside=0.1), Slice(by="b", inside=0.1)),
    statistic=Statistic(confidence=0.9, sided="two"),
    evidence=EvidenceNeeded(
        min_cases=9, suite="s", plan="p", certificate="independent", baseline="b"
    ),
    **STRICT,
)
LEVEL = MeasuredClause(
    id="AA-2",
    metric="b",
    pass_if=Bound(lower_gt=0.8),
    fail_if=Bound(upper_le=0.8),
    statistic=Statistic(confidence=0.95, sided="one"),
    evidence=EvidenceNeeded(min_cases=9, suite="s"),
    **STRICT,
)
PROPERTY = PropertyClause(id="AA-3", property="p", must=Must(one_of=("a",)), **STRICT)
ATTESTED = AttestedClause(id="AA-4", attest="t", role="r", max_age_days=9, **STRICT)
RECORD = RecordClause(
    id="AA-5",
    record="r",
    pass_if=Bound(upper_lt=0.1),
    fail_if=Bound(lower_ge=0.1),
    statistic=Statistic(confidence=0.95, sided="one"),
    evidence=RecordNeeded(min_cases=9, window_days=9),
    **{
        **STRICT,
        "waiver": {"allowed": True, "approvers": ("a", "b"), "max_days": 9, "needs": ("ticket",)},
    },
)
WHOLE = Policy(
    policy="made-up",
    version="1",
    approved=date(2026, 1, 1),
    review_by=date(2026, 6, 1),
    decision_valid_days=9,
    declared_only_valid_days=5,
    approvals=Approvals(threshold=2, roles=ROLES[:2], required=ROLES[:1]),
    decision_approvals=Approvals(threshold=2, roles=ROLES[:2], required=ROLES[:1]),
    attempts=AttemptRule(max_per_lineage=2),
    scope=Scope(use_cases=("review",), stage="pilot", cohort="ten", jurisdictions=("NYC",)),
    title="Made up",
    clauses=(CONTRAST, LEVEL, PROPERTY, ATTESTED, RECORD),
    digest="0" * 64,
    source="p.md",
)
LOOSER: list[tuple[str | None, str, Any]] = [
    ("AA-1", "severity", "warn"),
    ("AA-1", "severity", "report"),
    ("AA-1", "applies_if", {"stages": ["rollout"]}),
    ("AA-1", "applies_if", {"jurisdictions": ["NYC"]}),
    ("AA-1", "waiver", {"allowed": True, "approvers": ["a"], "max_days": 1}),
    ("AA-1", "slices", [{"by": "a", "inside": 0.11}, {"by": "b", "inside": 0.1}]),
    ("AA-1", "slices", [{"by": "a", "inside": 0.1}]),
    ("AA-1", "statistic.confidence", 0.8),
    ("AA-1", "statistic.sided", "one"),
    ("AA-1", "evidence.min_cases", 8),
    ("AA-1", "evidence.suite", "t"),
    ("AA-1", "evidence.plan", None),
    ("AA-1", "evidence.plan", "q"),
    ("AA-1", "evidence.certificate", "provisional"),
    ("AA-1", "evidence.baseline", None),
    ("AA-1", "metric", "c"),
    ("AA-1", "against", "incumbent"),
    ("AA-2", "pass_if", {"lower_gt": 0.7}),
    ("AA-2", "pass_if", {"lower_ge": 0.8}),
    ("AA-2", "pass_if", {"upper_le": 0.9}),
    ("AA-2", "fail_if", {"upper_le": 0.7}),
    ("AA-2", "fail_if", {"upper_lt": 0.8}),
    ("AA-3", "must", {"one_of": ["a", "b"]}),
    ("AA-3", "must", {"stated": True}),
    ("AA-3", "must", {"none_of": ["b"]}),
    ("AA-3", "property", "q"),
    ("AA-4", "answers", ["done", "not_applicable"]),
    ("AA-4", "max_age_days", 10),
    ("AA-4", "role", "s"),
    ("AA-4", "attest", "u"),
    ("AA-5", "pass_if", {"upper_le": 0.1}),
    ("AA-5", "pass_if", {"upper_lt": 0.2}),
    ("AA-5", "fail_if", {"lower_gt": 0.1}),
    ("AA-5", "evidence.min_cases", 1),
    ("AA-5", "evidence.window_days", 1),
    ("AA-5", "waiver.approvers", ["a"]),
    ("AA-5", "waiver.max_days", 10),
    ("AA-5", "waiver.max_days", None),
    ("AA-5", "waiver.needs", []),
    (None, "review_by", "2026-07-01"),
    (None, "approved", "2025-12-01"),
    (None, "decision_valid_days", 10),
    (None, "declared_only_valid_days", 6),
    (None, "approvals.threshold", 1),
    (None, "approvals.roles", ROLES),
    (None, "approvals.required", []),
    (None, "decision_approvals.threshold", 1),
    (None, "decision_approvals.required", []),
    (None, "attempts.max_per_lineage", 3),
    (None, "scope.use_cases", ["review", "goal"]),
    (None, "scope.stage", "rollout"),
    (None, "scope.languages", ["en", "de"]),
    (None, "scope.cohort", None),
    (None, "scope.cohort", "twenty"),
    (None, "scope.jurisdictions", []),
    (None, "scope.jurisdictions", ["NYC", "EU"]),
    (None, "scope.human_review", False),
]


def mutated(clause: str | None, path: str, value: Any, *, of: Policy = WHOLE) -> Policy:
    whole = of.as_json()
    part = next((c for c in whole["clauses"] if c["id"] == clause), whole)
    *inside, last = path.split(".")
    for key in inside:
        part = part[key]
    part[last] = value
    if value is None:
        del part[last]
    return Policy.model_validate(whole)


@pytest.mark.parametrize(("clause", "path", "value"), LOOSER)
def test_each_known_way_to_loosen_a_policy_is_marked_where_it_stands(clause, path, value):
    looser = mutated(clause, path, value)
    found = diff(WHOLE, looser)

    assert {clause} == {c.clause for c in found}
    assert any(c.loosens for c in found)
    assert not any(c.effect == "looser" for c in diff(looser, WHOLE))


REPLACED = {"metric", "property", "attest", "against"}


@given(
    st.lists(
        st.sampled_from([m for m in LOOSER if m[1] not in REPLACED]),
        min_size=1,
        unique_by=lambda m: (m[0], m[1].partition(".")[0]),
    )
)
def test_loosened_in_many_places_at_once_is_marked_in_each(changes):
    looser = WHOLE
    for change in changes:
        looser = mutated(*change, of=looser)
    found = diff(WHOLE, looser)

    assert {clause for clause, _, _ in changes} == {c.clause for c in found if c.loosens}
    assert not any(c.effect == "stricter" for c in found)


@pytest.mark.parametrize("clause", WHOLE.clauses, ids=lambda c: c.id)
def test_a_clause_taken_away_is_looser_and_one_put_in_is_stricter(clause):
    rest = tuple(c for c in WHOLE.clauses if c != clause)
    less = WHOLE.model_copy(update={"clauses": rest})
    [gone], [new] = diff(WHOLE, less), diff(less, WHOLE)

    assert (clause.id, "removed", "looser") == (gone.clause, gone.field, gone.effect)
    assert (clause.id, "added", "stricter") == (new.clause, new.field, new.effect)


@pytest.mark.parametrize(
    ("path", "value"),
    [("version", "2"), ("title", "Other"), ("policy", "other")],
)
def test_a_name_is_a_difference_that_loosens_nothing(path, value):
    [change] = diff(WHOLE, mutated(None, path, value))

    assert (path, "other") == (change.field, change.effect)


def test_words_of_a_clause_are_a_difference_that_loosens_nothing():
    [change] = diff(WHOLE, mutated("AA-1", "prose", "Other words."))

    assert ("AA-1", "prose", "other") == (change.clause, change.field, change.effect)


def test_slices_in_another_order_are_no_difference():
    turned_round = WHOLE.as_json()
    turned_round["clauses"][0]["slices"].reverse()

    assert () == diff(WHOLE, Policy.model_validate(turned_round))
