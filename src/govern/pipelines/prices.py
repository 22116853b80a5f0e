"""What a draft costs by the prices that a manifest states."""

from __future__ import annotations

from pydantic import Field

from govern.domain.base import Noun

MILLION = 1_000_000


class Prices(Noun):
    """US dollars for a million tokens.

    ``cached_input`` is for input that the provider's own cache served; left out, it costs what
    other input does.
    """

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)

    def cost_usd(self, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float:
        """US dollars; ``cached_tokens`` are not among ``input_tokens``."""
        cached = self.input if self.cached_input is None else self.cached_input
        spent = input_tokens * self.input + cached_tokens * cached + output_tokens * self.output
        return spent / MILLION
