"""The record: a chain of what was intended, done and decided, a tree over it, and the ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import AwareDatetime, Field

from govern.domain.base import DIGEST, SLUG, Noun

EntryKind = Literal[
    "intent",
    "seed",
    "finished",
    "failed",
    "abandoned",
    "decision",
    "waiver",
    "attestation",
    "approval",
    "promotion",
]


class Entry(Noun):
    """One event. ``digest`` covers everything else in it, ``previous`` is that of the one before.

    ``seq`` counts from 0; ``at`` is by the clock of whoever entered it, to the second.
    """

    seq: int = Field(ge=0)
    kind: EntryKind
    at: AwareDatetime
    payload: dict[str, Any]
    previous: str = Field(pattern=DIGEST)
    digest: str = Field(pattern=DIGEST)


class Ledger(Protocol):
    """Where the entries are kept, in order, each once and for good."""

    def entries(self) -> tuple[Entry, ...]:
        """All entries, checked; none where nothing was entered yet.

        Raises:
            IntegrityError: they do not hold together.
            RunError: the record cannot be reached.
        """
        ...

    def append(
        self, kind: EntryKind, payload: dict[str, Any], at: datetime, *, head: str | None = None
    ) -> Entry:
        """Enter an event and return once it is kept; with ``head``, only right after that entry.

        Raises:
            MovedError: something was entered after ``head``.
            InputError: the payload has no canonical JSON, or ``at`` has no time zone.
            IntegrityError, RunError: as ``entries``.
        """
        ...

    def head(self) -> str:
        """The digest of the last entry, 64 zeros where there is none; raises as ``entries``."""
        ...


ID = "[0-9a-f]{32}"
KIND = "[a-z_]{1,32}(?:[.][a-z_]{1,32})?"
ROLE = "[a-z-]{1,32}"
HOUR = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z"


class Leaf(Noun):
    """What the tree holds of one event.

    ``id`` is random, ``kind`` such as ``entry.decision`` or ``contest.submitted``, ``hour`` in UTC;
    ``commitment`` is to the payload, which is kept elsewhere and may go.
    """

    id: str = Field(pattern=f"^{ID}$")
    kind: str = Field(pattern=f"^{KIND}$")
    hour: str = Field(pattern=f"^{HOUR}$")
    actor_role: str = Field(pattern=f"^{ROLE}$")
    commitment: str = Field(pattern=DIGEST)


class LeafStore(Protocol):
    """Where a tree's leaves and its signed checkpoints are kept, in order and for good."""

    def leaves(self) -> Iterator[bytes]:
        """The bytes of each leaf, in order and as they lie there: whoever verifies reads them.

        Raises:
            IntegrityError: what is there are no rows of leaves.
            RunError: the record cannot be reached.
        """
        ...

    def add(self, leaves: Sequence[Leaf], *, size: int | None = None) -> int:
        """Add leaves, all or none, and return the index of the first once they are kept.

        Raises:
            MovedError: there are not ``size`` leaves, where that is given.
            IntegrityError, RunError: as ``leaves``.
        """
        ...

    def checkpoints(self) -> tuple[str, ...]:
        """The signed notes, the oldest first; raises as ``leaves``."""
        ...

    def keep(self, note: str) -> None:
        """Keep a signed note; raises as ``leaves``."""
        ...


class Intended(Noun):
    """An ``intent``: what a deciding run is about to do. It drafts ``cells`` and no more.

    It may stop after so many cases as ``looks`` say, where it is to stop once it is decided.
    """

    run_id: str
    pipeline: str
    pipeline_version: str
    use_case: str
    fingerprint: str = Field(pattern=DIGEST)
    policy: str
    policy_version: str
    policy_digest: str = Field(pattern=DIGEST)
    suite: str
    suite_version: str
    plan: str
    cells: int = Field(ge=1)
    looks: tuple[int, ...] | None = None
    requested_by: str | None = Field(default=None, pattern=f"^{SLUG}$")
    harness_version: str


class Seeded(Noun):
    """A ``seed``: which fresh cases were made; of what they came from only a commitment."""

    run_id: str
    commitment: str = Field(pattern=DIGEST)
    dataset: str
    dataset_digest: str = Field(pattern=DIGEST)


class Finished(Noun):
    """A ``finished``: what the run found, and the opening of its commitment."""

    run_id: str
    findings_digest: str = Field(pattern=DIGEST)
    drafts_digest: str = Field(pattern=DIGEST)
    drawn: str = Field(pattern=DIGEST)
    salt: str = Field(pattern=DIGEST)


class Stopped(Noun):
    """A ``failed`` (it may be resumed) or an ``abandoned`` (it may not)."""

    run_id: str
    reason: str | None = None


class Judged(Noun):
    """A ``decision``, and the SHA-256 of its envelope where it was signed."""

    run_id: str
    decision_id: str
    decision_digest: str = Field(pattern=DIGEST)
    policy: str
    policy_digest: str = Field(pattern=DIGEST)
    findings_digest: str = Field(pattern=DIGEST)
    outcome: str
    effective_outcome: str
    advisory: bool
    envelope_digest: str | None = Field(default=None, pattern=DIGEST)


class Acted(Noun):
    """A ``waiver``, ``attestation`` or ``approval``: which envelope, who signed, about what."""

    envelope_digest: str = Field(pattern=DIGEST)
    signers: tuple[str, ...]
    about: str


class Promotion(Noun):
    """A ``promotion``: which alias of the registry was moved to which version, by what decision."""

    pipeline: str
    version: str
    alias: str
    fingerprint: str = Field(pattern=DIGEST)
    decision_id: str
    decision_digest: str = Field(pattern=DIGEST)
