"""What lies before the judge beside the policy and the findings."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from govern.domain.acts import Attestation, Signed, Waiver
from govern.domain.attempts import Attempts
from govern.domain.base import Noun
from govern.domain.certificate import Certificate, GateCertificate
from govern.domain.decision import Alternative
from govern.domain.finding import Comparison, RecordFacts
from govern.domain.metric import Spec
from govern.domain.policy import Scope


class Docket(Noun):
    """One file of a decision's folder: with policy and findings it is all that the judge knows.

    ``specs`` are those of every metric and statistic that a clause names. Signatures were checked
    before: acts and ``signed_by`` stand here with the signers that hold. ``attempts`` is ``None``
    for an exploratory run. ``policy_signed`` is when the policy was last
    signed, ``measured`` when the run began; where either is unknown, nothing follows from it.
    """

    schema_version: Literal[1] = 1
    scope: Scope
    signed_by: tuple[str, ...]
    policy_signed: AwareDatetime | None = None
    measured: AwareDatetime | None = None
    specs: tuple[Spec, ...]
    certificates: tuple[Certificate, ...] = ()
    attestations: tuple[Signed[Attestation], ...] = ()
    waivers: tuple[Signed[Waiver], ...] = ()
    attempts: Attempts | None = None
    comparison: Comparison | None = None
    record: RecordFacts | None = None
    gate: GateCertificate | None = None
    previous_decision: str | None = None
    alternatives: tuple[Alternative, ...] = ()
