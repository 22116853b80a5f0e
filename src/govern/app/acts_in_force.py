"""What people signed beside decisions, waivers and statements, and how long it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from govern.attest.acts import load_attestations, load_waivers
from govern.attest.trust import TrustRoot, read_trust
from govern.domain.acts import Attestation, Signed, Waiver
from govern.sources.locate import Project

A = TypeVar("A", Waiver, Attestation)
SOON = timedelta(days=30)
"""What runs out within this is to be looked at now."""


@dataclass(frozen=True)
class Lasting:
    """Something that holds until a day: ``days`` are left, below 0 since it is over."""

    until: date
    days: int

    @property
    def over(self) -> bool:
        return self.days < 0

    @property
    def soon(self) -> bool:
        return not self.over and self.days <= SOON.days


@dataclass(frozen=True)
class ActLine(Generic[A]):
    """A waiver or an attestation, who signed it, and how long it holds."""

    act: A
    signers: tuple[str, ...]
    lasts: Lasting


@dataclass(frozen=True)
class ActsInForce:
    """What people signed beside decisions, what runs out first standing first."""

    waivers: tuple[ActLine[Waiver], ...]
    attestations: tuple[ActLine[Attestation], ...]

    @property
    def soon(self) -> int:
        """How many of them run out soon."""
        lasts = [one.lasts for one in self.waivers] + [one.lasts for one in self.attestations]
        return sum(one.soon for one in lasts)


def acts_in_force(project: Project, *, now: datetime) -> ActsInForce:
    """Every waiver and attestation of the record; what ended stands last.

    Raises:
        IntegrityError, PolicyError: one of them is damaged or signed by nobody who counts.
    """
    trust = trust_of(project.record)
    if trust is None:
        return ActsInForce((), ())
    return ActsInForce(
        _lines(load_waivers(project.record, trust, now=now), now),
        _lines(load_attestations(project.record, trust, now=now), now),
    )


def _lines(signed: Iterable[Signed[A]], now: datetime) -> tuple[ActLine[A], ...]:
    found = [
        ActLine(
            one.act,
            tuple(f"{signer.name} ({', '.join(signer.roles)})" for signer in one.signers),
            lasting(one.act.expires, now),
        )
        for one in signed
    ]
    return tuple(sorted(found, key=lambda line: (line.lasts.over, line.lasts.until)))


def lasting(until: date, now: datetime) -> Lasting:
    """What holds until a day, as seen now."""
    return Lasting(until, (until - now.date()).days)


def trust_of(record: Path) -> TrustRoot | None:
    """The trust root; ``None`` where nobody has made a key yet, so nothing can be signed."""
    return read_trust(record) if (record / "trust.json").exists() else None
