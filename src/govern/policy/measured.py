"""The verdict on a clause about an interval: of the drafts, against an incumbent, of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations, product

from govern.domain.certificate import Certificate
from govern.domain.decision import ClauseOutcome, SliceOutcome
from govern.domain.docket import Docket
from govern.domain.finding import REFERENCE, Finding, RunFacts, Undefined
from govern.domain.metric import Spec
from govern.domain.policy import JudgedClause, MeasuredClause, RecordClause, Slice
from govern.policy.outcomes import WORST_FIRST, outcome_of, worst
from govern.policy.scope import Doubt
from govern.policy.verdicts import judge_slices, unjudged, weight

FRESH = timedelta(days=7)
"""How old statistics of the record may be."""


def judge_measured(
    clause: MeasuredClause, run: RunFacts, findings: Sequence[Finding], docket: Docket, spec: Spec
) -> ClauseOutcome:
    """The verdict on a clause about the drafts, or about their difference from an incumbent's.

    An evaluator without a certificate shows nothing, neither a pass nor a fail; evidence
    that does not fit the clause cannot pass it, but may still show that it fails.
    """
    if alone := _no_incumbent(clause, run, docket):
        return outcome_of(clause, "insufficient_evidence", *alone, unit=spec.unit)
    found = findings
    if clause.against:
        found = docket.comparison.findings if docket.comparison else ()
    mine = [f for f in found if f.metric == clause.metric and f.against == clause.against]
    certificate, uncertain = _certificate(clause, mine, docket.certificates)
    judged = _from_slices(
        clause,
        spec,
        _slices(clause, mine, run.groups | run.alterations, spec),
        distrust=uncertain or _may_only_warn(clause, mine),
        unfit=_unfit(clause, run, mine, spec),
    )
    provisional = certificate is not None and not certificate.independent
    return judged.model_copy(update={"provisional": provisional})


def judge_record(
    clause: RecordClause, docket: Docket, spec: Spec, *, now: datetime
) -> ClauseOutcome:
    """The verdict on a clause about the contest record, as it stood within the last week."""
    days = clause.evidence.window_days
    asked = [r for r in docket.record if r.window_days == days]
    latest = max(asked, key=lambda r: (r.as_of, r.model_dump_json()), default=None)
    if latest is None or not now - FRESH <= latest.as_of <= now:
        when = f"; it was read at {latest.as_of:%Y-%m-%d %H:%M}" if latest else ""
        said = (
            f"the last {days} days of the contest record were not read within the last week{when}"
        )
        return outcome_of(clause, "insufficient_evidence", "no_record", said, unit=spec.unit)
    mine = [f for f in latest.findings if f.metric == clause.record]
    slices = _slices(clause, mine, latest.groups, spec)
    return _from_slices(clause, spec, slices, distrust=None, unfit=_outdated(mine, spec))


def _slices(
    clause: JudgedClause,
    mine: Sequence[Finding],
    groups: Mapping[str, tuple[str, ...]],
    spec: Spec,
) -> list[SliceOutcome]:
    wanted = [s.by for s in clause.slices]
    asked = sorted((f for f in mine if f.by in wanted), key=partial(_place, wanted))
    slices = [*judge_slices(clause, asked), *_absent(clause, mine, groups, spec)]
    slices.sort(key=lambda s: (WORST_FIRST.index(s.outcome), -weight(clause, s)))
    return slices


def _from_slices(
    clause: JudgedClause,
    spec: Spec,
    slices: Sequence[SliceOutcome],
    *,
    distrust: Doubt | None,
    unfit: Doubt | None,
) -> ClauseOutcome:
    """The worst slice; ``distrust`` sets aside a pass and a fail, ``unfit`` only a pass."""
    outcome = worst([s.outcome for s in slices])
    decisive = next((s for s in slices if s.outcome == outcome), None)
    reason = decisive.reason if decisive else "missing_finding"
    explanation = decisive.explanation if decisive else "nothing was measured"
    if distrust and outcome != "insufficient_evidence":
        outcome, (reason, explanation) = "insufficient_evidence", distrust
    elif unfit and outcome == "pass":
        outcome, (reason, explanation) = "insufficient_evidence", unfit
    return outcome_of(clause, outcome, reason, explanation, unit=spec.unit, slices=slices)


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
    clause: JudgedClause,
    mine: Sequence[Finding],
    groups: Mapping[str, tuple[str, ...]],
    spec: Spec,
) -> list[SliceOutcome]:
    absent = []
    for slice_ in clause.slices:
        found = [f for f in mine if f.by == slice_.by]
        if not found:
            absent.append(_unmeasured(clause, slice_, mine))
            continue
        if all(f.contrast == "all" and isinstance(f.estimate, Undefined) for f in found):
            continue
        planned = expected(spec, slice_, groups)
        lost = sorted(planned - {f.contrast for f in found}) if planned else [slice_.by]
        absent += [
            unjudged(f"{slice_.by}: {label}", "missing_slice", f"no finding for {label}")
            for label in lost
        ]
    return absent


def _unmeasured(clause: JudgedClause, slice_: Slice, mine: Sequence[Finding]) -> SliceOutcome:
    """A slice without findings: the measure said why for all of them, or nothing was measured."""
    why = [f.estimate for f in mine if f.by == "all" and isinstance(f.estimate, Undefined)]
    if why:
        return unjudged(slice_.by, "not_assessable", min(u.reason for u in why))
    return unjudged(slice_.by, "missing_finding", f"no finding of {clause.subject} by {slice_.by}")


def _certificate(
    clause: MeasuredClause, mine: Sequence[Finding], certificates: Sequence[Certificate]
) -> tuple[Certificate | None, Doubt | None]:
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


def _may_only_warn(clause: MeasuredClause, mine: Sequence[Finding]) -> Doubt | None:
    if clause.severity == "block" and any(f.baseline == REFERENCE for f in mine):
        return "wrong_baseline", "a reference drafter as baseline may warn, not block"
    return None


def _no_incumbent(clause: MeasuredClause, run: RunFacts, docket: Docket) -> Doubt | None:
    if clause.against is None:
        return None
    if run.looks is not None:
        return "no_incumbent", "a run that may stop early is compared with nobody on its way"
    if docket.comparison is None:
        return "no_incumbent", "no incumbent's run was given to compare with"
    if docket.comparison.candidate != run.drafts_digest:
        return "no_incumbent", "the incumbent was compared with other drafts than these"
    if docket.comparison.incumbent.fingerprint == run.fingerprint:
        return "no_incumbent", "the incumbent is the candidate itself"
    return None


def _unfit(
    clause: MeasuredClause, run: RunFacts, mine: Sequence[Finding], spec: Spec
) -> Doubt | None:
    needed = clause.evidence
    if run.suite != needed.suite:
        return "wrong_suite", f"measured on suite {run.suite}, the clause asks for {needed.suite}"
    if needed.plan and run.plan != needed.plan:
        return "wrong_plan", f"measured on plan {run.plan}, the clause asks for {needed.plan}"
    if needed.baseline and any(f.baseline != needed.baseline for f in mine):
        return "wrong_baseline", f"the clause asks for baseline {needed.baseline}"
    return _outdated(mine, spec)


def _outdated(mine: Sequence[Finding], spec: Spec) -> Doubt | None:
    if any(f.version != spec.version for f in mine):
        return "wrong_metric_version", f"{spec.id} is at version {spec.version} now"
    if any(f.sense != spec.sense for f in mine):
        return "wrong_metric_version", f"{spec.id} was measured in another direction"
    return None
