"""What a manifest may tell Inspect about generation: a closed list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from govern.canon import unit_interval
from govern.domain.base import Noun

if TYPE_CHECKING:
    from inspect_ai.model import CachePolicy, GenerateConfig, ResponseSchema

SLOTS = 8
BATCH_SLOTS = 100
"""As many requests as Inspect waits for before it sends a batch."""
TIMEOUT_S = 120
Expiry = Annotated[str, Field(pattern=r"^[1-9][0-9]*[smhDWMY]$")]
Many = Annotated[int, Field(ge=2, strict=True)]


class Generate(Noun):
    """What Inspect passes to the provider, by the names that Inspect gives it.

    ``timeout_s`` is for one attempt: 120 s where left out, none in a batch. ``cache`` keeps
    replies in Inspect's cache, for a week or as long as the text says (``12h``, ``3D``).
    ``batch`` uses the provider's batch mode, with so many requests at once. Without
    ``max_connections`` and ``adaptive_connections`` there are as many as slots.
    """

    max_tokens: int = Field(default=400, ge=1)
    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=1)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = (
        None
    )
    reasoning_tokens: int | None = Field(default=None, ge=0)
    seed: int | None = None
    stop: tuple[str, ...] = ()
    extra_body: dict[str, Any] | None = None
    timeout_s: int | None = Field(default=None, ge=1)
    max_retries: int = Field(default=2, ge=0)
    max_connections: int | None = Field(default=None, ge=1)
    adaptive_connections: bool | Many | None = None
    cache: bool | Expiry = False
    cache_prompt: bool | None = None
    batch: bool | Many = False

    @property
    def slots(self) -> int:
        """Drafts asked for at once where the manifest does not say."""
        if not self.batch:
            return SLOTS
        return BATCH_SLOTS if self.batch is True else self.batch

    def config(
        self, cell: str, *, slots: int, cached: bool, response: ResponseSchema | None
    ) -> GenerateConfig:
        """Inspect's form of it, for one cell.

        ``cached`` false asks anew whatever the cache holds.
        """
        from inspect_ai.model import GenerateConfig

        timeout = self.timeout_s or (None if self.batch else TIMEOUT_S)
        free = self.batch or self.adaptive_connections is not None
        return GenerateConfig(
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
            reasoning_effort=self.reasoning_effort,
            reasoning_tokens=self.reasoning_tokens,
            seed=_seed(self.seed, cell),
            stop_seqs=list(self.stop) or None,
            extra_body=self.extra_body,
            attempt_timeout=timeout,
            max_retries=self.max_retries,
            max_connections=self.max_connections or (None if free else slots),
            adaptive_connections=self.adaptive_connections,
            cache=self._cache(cell) if cached else False,
            cache_prompt=self.cache_prompt,
            batch=self.batch or None,
            response_schema=response,
        )

    def _cache(self, cell: str) -> bool | CachePolicy:
        """A policy for one cell: an exact repeat is sent the same words and is a draft of its own.

        Kept under the prompt alone, it would be the first draft once more, and a pipeline
        without any noise.
        """
        from inspect_ai.model import CachePolicy

        if not self.cache:
            return False
        expiry = "1W" if self.cache is True else self.cache
        return CachePolicy(expiry=expiry, scopes={"cell": cell})


def _seed(base: int | None, cell: str) -> int | None:
    """A seed for each cell, so that a true repeat is a fresh draw; none where none was asked."""
    return None if base is None else int(unit_interval(base, cell) * 2**31)
