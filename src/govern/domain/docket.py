"""What lies before the judge beside the policy and the findings."""

from __future__ import annotations

from typing import Literal

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
    for an exploratory run. ``record`` holds one set of statistics for each window that a
    clause asks for. ``rejudged`` says that a policy was applied to findings that stood before it.
    """

    schema_version: Literal[1] = 1
    scope: Scope
    signed_by: tuple[str, ...]
    specs: tuple[Spec, ...]
    certificates: tuple[Certificate, ...] = ()
    attestations: tuple[Signed[Attestation], ...] = ()
    waivers: tuple[Signed[Waiver], ...] = ()
    attempts: Attempts | None = None
    comparison: Comparison | None = None
    record: tuple[RecordFacts, ...] = ()
    rejudged: bool = False
    gate: GateCertificate | None = None
    previous_decision: str | None = None
    alternatives: tuple[Alternative, ...] = ()
