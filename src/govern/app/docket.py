"""What lies before the judge of a run: gathered from the record, its signatures checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from govern.app.acts_entered import require_all_there
from govern.app.attempts import attempts_for
from govern.app.past import alternatives, past_decisions, previous
from govern.app.record import look
from govern.attest.acts import load_attestations, load_waivers
from govern.attest.policies import approvers, read_policy_envelope
from govern.attest.trust import read_trust
from govern.contest.specs import SPECS as RECORD_SPECS
from govern.domain.docket import Docket
from govern.domain.finding import Comparison, Findings, RecordFacts, RunFacts
from govern.domain.metric import Spec
from govern.domain.policy import Policy, RecordClause, Scope
from govern.domain.record import RecordSource
from govern.metrics import METRICS
from govern.policy.reading import readings as readings_by
from govern.policy.scope import narrowed
from govern.sources.locate import Project, builtin_root
from govern.sources.policies import load_certificates, load_gate_certificate

SPECS: Mapping[str, Spec] = MappingProxyType({name: m.spec for name, m in METRICS.items()})
JUDGED: Mapping[str, Spec] = MappingProxyType({**SPECS, **RECORD_SPECS})


@dataclass(frozen=True)
class Terms:
    """On which terms a run is judged.

    ``jurisdictions``, ``role_families`` and ``cohort`` are for what less than the policy's scope
    the decision is to hold; nothing, for all of it. ``incumbent`` is the run to compare with.
    ``rejudge`` says that the policy came after the result.
    """

    jurisdictions: tuple[str, ...] = ()
    role_families: tuple[str, ...] = ()
    cohort: str | None = None
    incumbent: str | None = None
    rejudge: bool = False

    def scope(self, policy: Scope, run: RunFacts) -> Scope:
        """The scope of the decision; the judge refuses what the policy does not cover."""
        names = ("jurisdictions", "role_families", "cohort")
        asked = {name: value for name in names if (value := getattr(self, name))}
        return narrowed(policy, run).model_copy(update=asked)


PLAIN = Terms()


def docket_of(
    project: Project,
    record: Path | None,
    policy: Policy,
    findings: Findings,
    *,
    terms: Terms,
    comparison: Comparison | None,
    source: RecordSource | None,
    now: datetime,
) -> Docket:
    """Everything beside policy and findings; of what people signed, all about either.

    ``record`` is a folder in place of the project's own record; a database that holds the ledger
    still counts.

    Raises:
        PolicyError: the policy is not signed as it requires, or an attestation or waiver is not
            signed by anybody who counts.
        IntegrityError: something in the record does not match its digest or signature.
    """
    kept, run = record or project.record, findings.run
    seen = look(project, record)
    said = readings(policy)
    envelope = read_policy_envelope(kept, policy, said)
    trust = read_trust(kept)
    folders = [builtin_root() / "evals/certificates", project.root / "evals/certificates"]
    named = {clause.subject for clause in policy.clauses}
    past = past_decisions(kept)
    attestations = load_attestations(kept, trust, now=now)
    require_all_there(seen.entries, "attestation", attestations, trust, record=kept)
    return Docket(
        scope=terms.scope(policy.scope, run),
        signed_by=approvers(policy, said, envelope, trust, now=now),
        specs=tuple(JUDGED[name] for name in sorted(named & set(JUDGED))),
        certificates=tuple(c for c in load_certificates(folders) if c.metric in named),
        attestations=tuple(a for a in attestations if a.act.policy == policy.policy),
        waivers=tuple(
            signed
            for signed in load_waivers(kept, trust, now=now)
            if policy.digest == signed.act.policy_digest
            or run.fingerprint == signed.act.fingerprint
        ),
        attempts=attempts_for(seen, findings, policy),
        comparison=comparison,
        record=_statistics(policy, source, now),
        rejudged=terms.rejudge,
        gate=load_gate_certificate(folders, policy),
        previous_decision=previous(past, policy, run),
        alternatives=alternatives(past, policy, run),
    )


def _statistics(
    policy: Policy, source: RecordSource | None, now: datetime
) -> tuple[RecordFacts, ...]:
    """What the contest record says over each window that a clause asks for."""
    windows = {c.evidence.window_days for c in policy.clauses if isinstance(c, RecordClause)}
    if source is None:
        return ()
    found = [source.statistics(now=now, window_days=days) for days in sorted(windows)]
    return tuple(facts for facts in found if facts is not None)


def readings(policy: Policy) -> dict[str, str]:
    """What the gate reads each clause as; signed with the policy."""
    return readings_by(policy, JUDGED)
