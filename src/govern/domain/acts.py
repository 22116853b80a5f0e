"""What people sign: attestations, waivers, approvals; and who signed."""

from __future__ import annotations

from datetime import date
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field

from govern.domain.base import DIGEST, SLUG, Noun

Answer = Literal["done", "agreed", "consulted", "objected", "not_applicable"]


class Signer(Noun):
    """A person or machine by its key, with the roles that the trust root gives it."""

    name: str
    roles: tuple[str, ...]
    keyid: str


class Attestation(Noun):
    """That a duty which no metric can show was done, or what a body answered.

    ``policy`` is the policy's id; ``lineage`` the pipeline it speaks of, or none for all of them.
    """

    attestation: str = Field(pattern=f"^{SLUG}$")
    answer: Answer
    statement: str = Field(min_length=1)
    policy: str
    lineage: str | None = None
    role: str
    made: AwareDatetime
    expires: date
    refs: tuple[str, ...] = ()


class Waiver(Noun):
    """That a clause is set aside for this candidate, as measured, until a day.

    It dies when policy, candidate or findings change: their digests are named.
    """

    clause: str
    policy_digest: str = Field(pattern=DIGEST)
    fingerprint: str
    findings_digest: str = Field(pattern=DIGEST)
    requester: str = Field(pattern=f"^{SLUG}$")
    reason: str = Field(min_length=1)
    mitigation: str = Field(min_length=1)
    ticket: str | None = None
    created: AwareDatetime
    expires: date


class NotChosen(Noun):
    """Another candidate, and why it was not preferred."""

    candidate: str
    reason: str = Field(min_length=1)


class Approval(Noun):
    """One person's yes or no to a decision, with what they attach to it.

    ``conflict`` states the signer's interests, or that there are none; ``owner`` is who answers
    for the use; ``kill_criteria`` say what ends it.
    """

    decision_id: str
    decision_digest: str = Field(pattern=DIGEST)
    role: str
    verdict: Literal["approve", "object"]
    conflict: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    reasons: str = Field(min_length=1)
    not_chosen: tuple[NotChosen, ...] = ()
    conditions: tuple[str, ...] = ()
    kill_criteria: tuple[str, ...] = ()
    created: AwareDatetime


Act = TypeVar("Act", Attestation, Waiver, Approval)


class Signed(Noun, Generic[Act]):
    """An act with the distinct known signers whose signatures hold, and its envelope's SHA-256."""

    act: Act
    signers: tuple[Signer, ...] = Field(min_length=1)
    digest: str = Field(pattern=DIGEST)
