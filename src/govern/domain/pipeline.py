"""The candidate: its manifest, what it is asked, what it returns."""

from __future__ import annotations

from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from govern.domain.base import Noun
from govern.domain.case import Identity, Packet
from govern.domain.deployment import Deployment
from govern.domain.suite import Cell

Status = Literal["ok", "refused", "failed"]


class Manifest(Noun):
    """What a pipeline is made of.

    ``settings`` belong to the kind and are checked by its adapter. ``digests`` name
    every byte that was reached, ``declared_only`` what could not be. ``code`` (files or patterns)
    and ``lockfile`` are digested with the rest; both stand relative to the manifest.
    ``deployment`` is what the owner declares about its use.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")
    version: str
    kind: str
    use_case: str = "review"
    description: str
    model: str | None = None
    settings: dict[str, Any] = {}
    code: tuple[str, ...] | None = Field(default=None, min_length=1)
    lockfile: str | None = None
    digests: dict[str, str] = {}
    declared_only: tuple[str, ...] = ()
    deployment: Deployment | None = None


class Usage(Noun):
    """Tokens that a draft cost; 0 where the pipeline counts none.

    ``cost_usd`` is what the provider or the manifest's prices say, ``None`` where neither does.
    """

    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_usd: float | None = Field(default=None, ge=0)


class Returned(Noun):
    """What a provider says answered: its model and the fingerprint of its system, where it does."""

    model: str | None = None
    fingerprint: str | None = None


class Step(Noun):
    """One step of a chain, as it came back; ``asked`` is the SHA-256 of what it was sent."""

    name: str
    status: Status
    asked: str
    text: str = ""
    rating: float | None = None
    usage: Usage = Usage()
    latency_s: float = 0.0
    error: str | None = None


class Draft(Noun):
    """What the pipeline returned for a cell.

    ``ok`` has text; ``refused`` is the pipeline's own no; ``failed`` has an ``error``.
    A rating that could not be read is ``None``, never a default. ``steps`` are those of a chain,
    so that a fault can be placed.
    """

    status: Status
    text: str = ""
    rating: float | None = Field(default=None, ge=1, le=5)
    citations: tuple[str, ...] = ()
    usage: Usage = Usage()
    latency_s: float = 0.0
    error: str | None = None
    returned: Returned | None = None
    steps: tuple[Step, ...] = ()


class DraftRequest(Noun):
    """One cell to be drafted.

    Adapters send ``packet`` and nothing else to a service; ``identity`` is for the planted
    control, which must know whom to treat unequally.
    """

    cell: Cell
    packet: Packet
    identity: Identity


class Pipeline(Protocol):
    """A drafting pipeline.

    ``draft`` reports an answer that is no draft as ``failed``; an outage (nobody answered) raises
    RunError and leaves the cell undrafted.
    """

    @property
    def manifest(self) -> Manifest: ...

    def prompt(self, packet: Packet) -> str:
        """The text that stands for the input in transcripts and in the prompt-echo check."""
        ...

    async def draft(self, request: DraftRequest) -> Draft: ...

    async def aclose(self) -> None:
        """Give back connections, on the event loop that drafted; ``draft`` may open new ones."""
        ...


@runtime_checkable
class Caching(Protocol):
    """A pipeline that may answer from replies that it kept."""

    def ask_anew(self) -> None:
        """Leave kept replies aside from now on."""
        ...
