"""Whether evidence, attempt and clause are for what is being decided."""

from __future__ import annotations

from govern.domain.attempts import Attempts
from govern.domain.decision import Reason
from govern.domain.finding import RunFacts
from govern.domain.places import beyond, meet
from govern.domain.policy import AppliesIf, Policy, Scope

Doubt = tuple[Reason, str]
OF_ALL: frozenset[Reason] = frozenset({"out_of_scope", "attempts_unknown", "attempts_used_up"})
"""What is wrong with a whole decision, not with one clause."""


def why_not_applied(condition: AppliesIf | None, scope: Scope) -> str | None:
    """Why a clause is not for a scope, or ``None`` where it applies."""
    if condition is None:
        return None
    unmet = []
    if condition.use_cases and not set(condition.use_cases) & set(scope.use_cases):
        unmet.append(f"use {_or(condition.use_cases)}")
    if condition.stages and scope.stage not in condition.stages:
        unmet.append(f"stage {_or(condition.stages)}")
    named = scope.jurisdictions
    if condition.jurisdictions and named and not meet(named, condition.jurisdictions):
        unmet.append(f"jurisdiction {_or(condition.jurisdictions)}")
    return f"it is for {' and '.join(unmet)} alone" if unmet else None


def outside(policy: Scope, scope: Scope, run: RunFacts) -> Doubt | None:
    """Why a run under ``policy`` says nothing of ``scope``, or ``None`` where it does."""
    wider = _wider(policy, scope)
    if wider:
        return "out_of_scope", f"the decision is to hold for {wider}, the policy does not"
    if set(scope.use_cases) != {run.use_case}:
        return (
            "out_of_scope",
            f"drafts for {run.use_case}, the policy is for {_or(scope.use_cases)}",
        )
    if set(scope.languages) != {run.language}:
        return "out_of_scope", f"drafts in {run.language}, the policy is for {_or(scope.languages)}"
    untested = sorted(set(scope.role_families) - set(run.role_families))
    if untested:
        return "out_of_scope", f"no drafts for the role families {', '.join(untested)}"
    return None


def _wider(policy: Scope, scope: Scope) -> str | None:
    """What a scope claims beyond a policy's; where a policy lists nothing, anything is within."""
    for name in ("use_cases", "languages", "jurisdictions", "role_families"):
        allowed, asked = getattr(policy, name), getattr(scope, name)
        more = (
            beyond(asked, allowed) if name == "jurisdictions" else sorted(set(asked) - set(allowed))
        )
        if allowed and (more or not asked):
            what = name.replace("_", " ")
            return f"{what} {', '.join(more)}" if more else f"{what} without a limit"
    if policy.cohort and scope.cohort != policy.cohort:
        return f"cohort {scope.cohort or 'everybody'}"
    if policy.stage == "pilot" and scope.stage != "pilot":
        return "a rollout"
    return "use without human review" if policy.human_review and not scope.human_review else None


def narrowed(policy: Scope, run: RunFacts) -> Scope:
    """The policy's scope as far as a run tested it: its use case and language, where allowed."""
    return policy.model_copy(
        update={
            name: (tested,)
            for name, tested in (("use_cases", run.use_case), ("languages", run.language))
            if tested in getattr(policy, name)
        }
    )


def attempt_doubt(policy: Policy, run: RunFacts, attempts: Attempts | None) -> Doubt | None:
    """Why nobody can tell how often it was tried, or that it was too often; none for exploring."""
    if run.mode == "explore":
        return None
    if attempts is None or not attempts.known:
        why = f": {attempts.why}" if attempts and attempts.why else ""
        return "attempts_unknown", f"the record of attempts was not at hand{why}"
    number = attempts.number(run.run_id)
    if number is None:
        return "attempts_unknown", f"no intent of run {run.run_id} stands in the record"
    intents = [a for a in attempts.entered if a.run_id == run.run_id]
    if any(intent.fingerprint != run.fingerprint for intent in intents):
        return "attempts_unknown", f"the intent of run {run.run_id} was for another candidate"
    most = policy.attempts.max_per_lineage
    if number > most:
        return "attempts_used_up", f"attempt {number}, the policy allows {most}"
    return None


def _or(values: tuple[str, ...]) -> str:
    return " or ".join(values)
