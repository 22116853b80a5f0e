"""The judge: policy, findings and certificates in, one decision out. Pure; the clock is given.

Missing, undefined, thin or uncertified is never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations, product
from math import ceil

from govern import __version__
from govern.canon import digest
from govern.domain.certificate import Certificate
from govern.domain.decision import (
    ClauseOutcome,
    Decision,
    MoreEvidence,
    Outcome,
    PolicyRef,
    Reason,
    SliceOutcome,
)
from govern.domain.finding import REFERENCE, Finding, Findings, RunFacts, Undefined
from govern.domain.metric import Spec
from govern.domain.policy import Clause, Policy, Scope, Slice
from govern.policy.reading import reading
from govern.policy.verdicts import judge_slices, unjudged, weight

WORST_FIRST: tuple[Outcome, ...] = ("fail", "insufficient_evidence", "pass")


def judge(
    policy: Policy,
    findings: Findings,
    certificates: Sequence[Certificate],
    specs: Mapping[str, Spec],
    *,
    signed_by: tuple[str, ...],
    now: datetime,
) -> Decision:
    """Decide about the candidate behind ``findings``.

    Args:
        policy: linted, and signed by ``signed_by``.
        findings: of one run.
        certificates: all that are known; only one for a finding's very evaluator counts.
        specs: what each metric is today; a finding of another version is no evidence.
        signed_by: who approved the policy.
        now: when.

    Returns:
        The worst outcome over blocking clauses; never a pass where nothing blocks.
    """
    outside = _out_of_scope(policy.scope, findings.run)
    clauses = tuple(
        _within(outside, judge_clause(clause, findings, certificates, specs))
        for clause in policy.clauses
    )
    findings_digest = digest(findings.as_json())
    blocking = [c.outcome for c in clauses if c.severity == "block"]
    valid_days = (
        policy.declared_only_valid_days
        if findings.run.declared_only
        else policy.decision_valid_days
    )
    return Decision(
        decision_id=digest([policy.digest, findings_digest, now.isoformat()])[:16],
        created=now,
        expires=min(now.date() + timedelta(days=valid_days), policy.review_by),
        outcome=worst(blocking),
        advisory=findings.run.mode == "explore",
        scope=policy.scope,
        policy=PolicyRef(
            id=policy.policy,
            version=policy.version,
            title=policy.title,
            digest=policy.digest,
            review_by=policy.review_by,
            signed_by=signed_by,
        ),
        run=findings.run,
        findings_digest=findings_digest,
        clauses=clauses,
        not_tested=not_tested(findings.run, clauses),
        more_evidence=more_evidence(findings, clauses),
        harness_version=__version__,
    )


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The worst of some outcomes; nothing at all is not enough evidence."""
    return next((o for o in WORST_FIRST if o in outcomes), "insufficient_evidence")


def judge_clause(
    clause: Clause,
    findings: Findings,
    certificates: Sequence[Certificate],
    specs: Mapping[str, Spec],
) -> ClauseOutcome:
    """The verdict on one clause, with the sentence the gate read it as.

    An evaluator without a certificate shows nothing, neither a pass nor a fail; evidence
    that does not fit the clause cannot pass it, but may still show that it fails.
    """
    spec = specs[clause.metric]
    mine = [f for f in findings.findings if f.metric == clause.metric]
    wanted = [s.by for s in clause.slices]
    asked = sorted((f for f in mine if f.by in wanted), key=partial(_place, wanted))
    slices = list(judge_slices(clause, asked))
    slices += _absent(clause, mine, findings.run, spec)
    slices.sort(key=lambda s: (WORST_FIRST.index(s.outcome), -weight(clause, s)))
    outcome = worst([s.outcome for s in slices])
    decisive = next((s for s in slices if s.outcome == outcome), None)
    reason = decisive.reason if decisive else "missing_finding"
    explanation = decisive.explanation if decisive else "nothing was measured"
    certificate, distrust = _certificate(clause, mine, certificates)
    distrust = distrust or _may_only_warn(clause, mine)
    unfit = _unfit(clause, findings.run, mine, spec)
    if distrust and outcome != "insufficient_evidence":
        outcome, (reason, explanation) = "insufficient_evidence", distrust
    elif unfit and outcome == "pass":
        outcome, (reason, explanation) = "insufficient_evidence", unfit
    return ClauseOutcome(
        id=clause.id,
        title=clause.title,
        severity=clause.severity,
        metric=clause.metric,
        unit=spec.unit,
        outcome=outcome,
        reason=reason if outcome == "insufficient_evidence" else None,
        explanation=explanation,
        reading=reading(clause, spec),
        provisional=certificate is not None and not certificate.independent,
        slices=tuple(slices),
    )


def _out_of_scope(scope: Scope, run: RunFacts) -> str | None:
    if run.use_case not in scope.use_cases:
        return f"drafts for {run.use_case}, the policy is for {', '.join(scope.use_cases)}"
    if run.language not in scope.languages:
        return f"drafts in {run.language}, the policy is for {', '.join(scope.languages)}"
    return None


def _within(outside: str | None, judged: ClauseOutcome) -> ClauseOutcome:
    """What was shown outside the policy's scope passes nothing within it."""
    if outside is None or judged.outcome != "pass":
        return judged
    doubt = {"outcome": "insufficient_evidence", "reason": "out_of_scope", "explanation": outside}
    return judged.model_copy(update=doubt)


def expected(spec: Spec, slice_: Slice, groups: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The contrasts that a slice must have; none where the plan lacks the groups for any."""
    if slice_.by == "all":
        return {"all"}
    levels = [sorted(groups.get(attribute, ())) for attribute in slice_.by.split("*")]
    labels = ["*".join(cell) for cell in product(*levels)]
    if spec.shape == "ratio":
        return {f"{g} / {h}" for g, h in permutations(labels, 2)}
    return {labels[0]} if len(labels) == 2 and len(levels) == 1 else set(labels)


def _place(wanted: Sequence[str], finding: Finding) -> tuple[int, str, str]:
    """Where a finding stands within its clause, whatever order it was read in."""
    return wanted.index(finding.by), finding.contrast, finding.model_dump_json()


def _absent(
    clause: Clause, mine: Sequence[Finding], run: RunFacts, spec: Spec
) -> list[SliceOutcome]:
    absent = []
    for slice_ in clause.slices:
        found = [f for f in mine if f.by == slice_.by]
        if not found:
            absent.append(_unmeasured(clause, slice_, mine))
            continue
        if all(f.contrast == "all" and isinstance(f.estimate, Undefined) for f in found):
            continue
        planned = expected(spec, slice_, run.groups | run.alterations)
        lost = sorted(planned - {f.contrast for f in found}) if planned else [slice_.by]
        absent += [
            unjudged(f"{slice_.by}: {label}", "missing_slice", f"no finding for {label}")
            for label in lost
        ]
    return absent


def _unmeasured(clause: Clause, slice_: Slice, mine: Sequence[Finding]) -> SliceOutcome:
    """A slice without findings: the measure said why for all of them, or nothing was measured."""
    why = [f.estimate for f in mine if f.by == "all" and isinstance(f.estimate, Undefined)]
    if why:
        return unjudged(slice_.by, "not_assessable", min(u.reason for u in why))
    return unjudged(slice_.by, "missing_finding", f"no finding of {clause.metric} by {slice_.by}")


def _certificate(
    clause: Clause, mine: Sequence[Finding], certificates: Sequence[Certificate]
) -> tuple[Certificate | None, tuple[Reason, str] | None]:
    fits = [
        c
        for c in certificates
        if c.metric == clause.metric
        and mine
        and all(f.version == c.metric_version and f.evaluator == c.evaluator for f in mine)
    ]
    if not fits:
        return None, ("uncertified", f"no certificate for the evaluator of {clause.metric}")
    best = max(fits, key=lambda c: (c.holds, c.independent, c.made_on))
    if not best.holds:
        return best, ("certificate_failed", f"the evaluator of {clause.metric} failed its own test")
    if clause.evidence.certificate == "independent" and not best.independent:
        return best, ("certificate_provisional", "effects were planted by the evaluator's authors")
    return best, None


def _may_only_warn(clause: Clause, mine: Sequence[Finding]) -> tuple[Reason, str] | None:
    if clause.severity == "block" and any(f.baseline == REFERENCE for f in mine):
        return "wrong_baseline", "a reference drafter as baseline may warn, not block"
    return None


def _unfit(
    clause: Clause, run: RunFacts, mine: Sequence[Finding], spec: Spec
) -> tuple[Reason, str] | None:
    needed = clause.evidence
    if run.suite != needed.suite:
        return "wrong_suite", f"measured on suite {run.suite}, the clause asks for {needed.suite}"
    if needed.plan and run.plan != needed.plan:
        return "wrong_plan", f"measured on plan {run.plan}, the clause asks for {needed.plan}"
    if needed.baseline and any(f.baseline != needed.baseline for f in mine):
        return "wrong_baseline", f"the clause asks for baseline {needed.baseline}"
    if any(f.version != spec.version for f in mine):
        return "wrong_metric_version", f"{spec.id} is at version {spec.version} now"
    return None


def not_tested(run: RunFacts, clauses: Sequence[ClauseOutcome]) -> tuple[str, ...]:
    """What a reader must not take this decision to have shown."""
    said = [
        f"{c.id} {c.title}: {c.explanation}"
        for c in clauses
        if c.outcome == "insufficient_evidence" and c.reason != "straddles"
    ]
    groups = ", ".join(a.replace("_", " and ") for a in run.groups) or "none"
    said.append(f"Groups other than those by {groups}")
    said.append(f"Languages other than {'English' if run.language == 'en' else run.language}")
    if run.synthetic:
        said.append("Real employees: every case is synthetic")
    if run.declared_only:
        said.append(f"Parts that could only be declared: {', '.join(run.declared_only)}")
    return tuple(said)


def more_evidence(findings: Findings, clauses: Sequence[ClauseOutcome]) -> MoreEvidence | None:
    """What would settle every blocking clause that more cases can settle."""
    measured = max((f.counts.cases for f in findings.findings), default=0)
    # A measure that could use a tenth of the cases gains one case in ten more.
    asked = [
        ceil((s.cases_needed - s.finding.counts.cases) * measured / s.finding.counts.cases)
        for c in clauses
        if c.severity == "block" and c.outcome == "insufficient_evidence"
        for s in c.slices
        if s.cases_needed and s.finding and s.finding.counts.cases
    ]
    if not asked:
        return None
    run = findings.run
    more = max(*asked, 1)
    drafts = ceil(more * run.planned / measured)
    spent = run.spend
    each = 1 / spent.drafts if spent.drafts else 0.0
    tokens = round((spent.input_tokens + spent.output_tokens) * each * drafts)
    return MoreEvidence(
        cases=more,
        drafts=drafts,
        tokens=tokens or None,
        minutes=round(spent.seconds * each * drafts / 60, 1) or None,
    )
