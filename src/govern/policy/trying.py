"""A policy tried on a case: short-form evidence becomes all that lies before the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from govern.canon import digest
from govern.domain.acts import Attestation, Signed, Signer, Waiver
from govern.domain.attempts import Attempt, Attempts
from govern.domain.certificate import Certificate, Dose, Silence, Trial
from govern.domain.decision import Decision
from govern.domain.deployment import Deployment
from govern.domain.docket import Docket
from govern.domain.finding import (
    Binomial,
    Comparison,
    Counts,
    Finding,
    Findings,
    RecordFacts,
    RunFacts,
    StudentT,
    Undefined,
)
from govern.domain.metric import Spec
from govern.domain.policy import AttestedClause, MeasuredClause, Policy, RecordClause, Scope
from govern.errors import PolicyError
from govern.policy.cases import MANY, PolicyCase, TriedAttestation, TriedFinding, TriedWaiver
from govern.policy.judge import judge
from govern.policy.known import Known
from govern.policy.passing import EVALUATOR, made_up, passing_findings, passing_properties
from govern.policy.scope import narrowed

_ZERO, _OTHER = "0" * 64, "f" * 64
_RUN = "the-run"
_DAY, _YEAR = timedelta(days=1), timedelta(days=365)


def decide(policy: Policy, case: PolicyCase, known: Known) -> Decision:
    """What the judge says of a policy in a case.

    Raises:
        PolicyError: the case names a metric, statistic or property that does not exist.
    """
    return _Trial(policy, case, known).decision


@dataclass(frozen=True)
class _Trial:
    policy: Policy
    case: PolicyCase
    known: Known

    @property
    def decision(self) -> Decision:
        run, now = self.run, self.now
        findings = Findings(run=run, findings=tuple(self.measured(None)))
        docket = Docket(
            scope=self.scope,
            signed_by=tuple(sorted({*self.policy.approvals.roles})),
            specs=self.specs,
            certificates=tuple(self.certificates),
            attestations=tuple(self.attestations),
            waivers=tuple(self.waiver(w, digest(findings.as_json())) for w in self.case.waivers),
            attempts=self.attempts,
            comparison=self.comparison,
            record=tuple(self.record),
        )
        return judge(self.policy, findings, docket, now=now)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.case.now or self.policy.approved, time(12), UTC)

    @property
    def passing(self) -> bool:
        return self.case.start == "passing"

    @property
    def measures(self) -> tuple[MeasuredClause, ...]:
        return tuple(c for c in self.policy.clauses if isinstance(c, MeasuredClause))

    @property
    def suite(self) -> str:
        named = Counter(c.evidence.suite for c in self.measures)
        return self.case.run.suite or next((name for name, _ in named.most_common(1)), "none")

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        facts = (self.known.suites or {}).get(self.suite)
        asked = self.case.run.groups
        return asked if asked is not None else dict(facts.groups) if facts else {}

    @property
    def alterations(self) -> dict[str, tuple[str, ...]]:
        facts = (self.known.suites or {}).get(self.suite)
        asked = self.case.run.alterations
        return asked if asked is not None else dict(facts.alterations) if facts else {}

    @property
    def run(self) -> RunFacts:
        run, scope = self.case.run, self.policy.scope
        plans = [c.evidence.plan for c in self.measures if c.evidence.plan]
        return RunFacts(
            run_id=_RUN,
            mode="decide" if self.case.attempts else "explore",
            suite=self.suite,
            suite_version="0",
            plan=run.plan or next(iter(plans), "none"),
            dataset="made-up",
            dataset_digest=_ZERO,
            use_case=run.use_case or scope.use_cases[0],
            language=run.language or scope.languages[0],
            synthetic=True,
            pipeline="made-up",
            pipeline_version="0",
            fingerprint=_ZERO,
            declared_only=run.declared_only or (),
            planned=MANY,
            groups=self.groups,
            alterations=self.alterations,
            role_families=scope.role_families if run.role_families is None else run.role_families,
            deployment=self.deployment,
            drafts_digest=_ZERO,
            harness_version="0",
            seed=0,
        )

    @property
    def deployment(self) -> Deployment:
        start = passing_properties(self.policy) if self.passing else {}
        kept = {name: v for name, v in start.items() if name not in self.case.without}
        return Deployment(**kept | self.case.properties)

    @property
    def scope(self) -> Scope:
        asked = {k: v for k, v in self.case.scope if v is not None}
        return narrowed(self.policy.scope, self.run).model_copy(update=asked)

    @property
    def specs(self) -> tuple[Spec, ...]:
        every = {**self.known.specs, **self.known.record_specs}
        named = {c.subject for c in self.policy.clauses if c.subject in every}
        return tuple(every[name] for name in sorted(named))

    def measured(self, against: str | None) -> Iterator[Finding]:
        """What the case finds in drafts, or in their difference from an incumbent's."""
        clauses = [c for c in self.measures if c.against == against]
        tried = [t for t in self.case.findings if t.against == against]
        start = passing_findings(clauses, self.known.specs, self.groups | self.alterations)
        yield from self._found(start, tried, self.known.specs)

    def _found(
        self, start: Iterable[Finding], tried: Sequence[TriedFinding], specs: Mapping[str, Spec]
    ) -> Iterator[Finding]:
        own = [_finding(t, specs, self.baselines.get(t.metric)) for t in tried]
        replaced = {(f.metric, f.by, f.contrast) for f in own}
        if self.passing:
            yield from (
                f
                for f in start
                if (f.metric, f.by, f.contrast) not in replaced
                and f.metric not in self.case.without
            )
        yield from own

    @property
    def baselines(self) -> dict[str, str]:
        """What clauses ask a metric's findings to be in excess of."""
        return {c.metric: c.evidence.baseline for c in self.measures if c.evidence.baseline}

    @property
    def comparison(self) -> Comparison | None:
        found = tuple(self.measured("incumbent"))
        if not found:
            return None
        incumbent = self.run.model_copy(update={"run_id": "the-incumbent", "fingerprint": _OTHER})
        return Comparison(candidate=_ZERO, incumbent=incumbent, cells=0, findings=found)

    @property
    def record(self) -> Iterator[RecordFacts]:
        clauses = [c for c in self.policy.clauses if isinstance(c, RecordClause)]
        specs = self.known.record_specs
        for days in sorted({c.evidence.window_days for c in clauses}):
            start = passing_findings(
                [c for c in clauses if c.evidence.window_days == days],
                specs,
                self.case.record_groups,
            )
            found = tuple(self._found(start, self.case.record, specs))
            if found:
                yield RecordFacts(
                    as_of=self.now,
                    window_days=days,
                    groups=self.case.record_groups,
                    findings=found,
                )

    @property
    def certificates(self) -> Iterator[Certificate]:
        for name in sorted({c.metric for c in self.measures}):
            if name in self.known.specs and name not in self.case.uncertified:
                yield _certificate(
                    self.known.specs[name],
                    self.now.date(),
                    independent=name not in self.case.provisional,
                )

    @property
    def attestations(self) -> Iterator[Signed[Attestation]]:
        own = list(self.case.attestations)
        replaced = {a.attest for a in own} | set(self.case.without)
        if self.passing:
            own += [
                TriedAttestation(attest=name, role=role, answer=answer)
                for name, role, answer in sorted(
                    {
                        (c.attest, c.role, c.answers[0])
                        for c in self.policy.clauses
                        if isinstance(c, AttestedClause) and c.attest not in replaced
                    }
                )
            ]
        yield from (self._attestation(tried) for tried in own)

    def _attestation(self, tried: TriedAttestation) -> Signed[Attestation]:
        act = Attestation(
            attestation=tried.attest,
            answer=tried.answer,
            statement="Made up.",
            policy=self.policy.policy,
            lineage=tried.lineage,
            role=tried.role,
            made=_at(tried.made, self.now),
            expires=tried.expires or self.now.date() + _YEAR,
        )
        roles = (tried.role,) if tried.signed_by is None else tried.signed_by
        who = Signer(name="-".join(roles) or "nobody", roles=roles, keyid=_ZERO)
        return Signed(act=act, signers=(who,), digest=digest(act.as_json()))

    def waiver(self, tried: TriedWaiver, findings_digest: str) -> Signed[Waiver]:
        """A waiver for these findings, unless it is one of others."""
        created = _at(tried.created, self.now)
        rules = [c.waiver.max_days for c in self.policy.clauses if c.id == tried.clause]
        act = Waiver(
            clause=tried.clause,
            policy_digest=_OTHER if tried.of_other == "policy" else self.policy.digest,
            fingerprint=_OTHER if tried.of_other == "candidate" else _ZERO,
            findings_digest=_OTHER if tried.of_other == "findings" else findings_digest,
            requester=tried.requester,
            reason="Made up.",
            mitigation="Made up.",
            ticket=tried.ticket,
            created=created,
            expires=tried.expires or created.date() + timedelta(days=next(iter(rules), None) or 2),
        )
        signers = [Signer(name=r, roles=(r,), keyid=_ZERO) for r in tried.approvers]
        return Signed(act=act, signers=tuple(signers), digest=digest(act.as_json()))

    @property
    def attempts(self) -> Attempts | None:
        asked = self.case.attempts
        if asked is None:
            return None
        entered = tuple(
            Attempt(
                run_id=_RUN if number == asked.number else f"run-{number}",
                entered=self.now - _DAY,
                fingerprint=_ZERO,
                policy_digest=self.policy.digest,
                state="finished" if number == asked.number else "abandoned",
            )
            for number in range(1, (asked.number or 0) + 1)
        )
        return Attempts(
            lineage="made-up", known=asked.unknown is None, why=asked.unknown, entered=entered
        )


def _at(day: date | None, now: datetime) -> datetime:
    return now - _DAY if day is None else datetime.combine(day, time(), UTC)


def _finding(tried: TriedFinding, specs: Mapping[str, Spec], baseline: str | None) -> Finding:
    spec = specs.get(tried.metric)
    if spec is None:
        raise PolicyError(f"finding of {tried.metric!r}: nothing measures it")
    if tried.undefined is not None:
        estimate: float | Undefined = Undefined(reason=tried.undefined, code=tried.code)
        interval: StudentT | Binomial | None = None
    elif tried.hits is not None:
        estimate = tried.hits / tried.cases
        interval = Binomial(hits=tried.hits, n=tried.cases)
    else:
        estimate = float(tried.estimate or 0.0)
        interval = StudentT(se=tried.se, df=tried.df, clusters=tried.cases)
    n = tried.cases
    return made_up(
        spec,
        estimate,
        version=tried.version or spec.version,
        by=tried.by,
        contrast=tried.contrast,
        interval=interval,
        counts=Counts(planned=n, ok=n, scored=n, cases=n, units=n),
        baseline=tried.baseline or baseline,
        design=tried.design,
        against=tried.against,
    )


def _certificate(spec: Spec, made_on: date, *, independent: bool) -> Certificate:
    planters = ("authors", "apart") if independent else ("authors",)
    found = (Dose(dose=1.0, estimate=1.0, detected=True),)
    return Certificate(
        metric=spec.id,
        metric_version=spec.version,
        evaluator=EVALUATOR,
        made_on=made_on,
        command="none",
        invariance_max_change=0.0,
        invariance_drafts=1,
        trials=tuple(Trial(effect="made-up", planted_by=p, doses=found) for p in planters),
        must_detect_from=1.0,
        silence=Silence(runs=1, alarms=0, nominal=0.05, tail=1.0),
        scored_by="nobody",
    )
