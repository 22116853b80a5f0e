"""What every noun shares: frozen, closed, and equal to its JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

SLUG = "[a-z0-9][a-z0-9-]{0,63}"
DIGEST = r"^[0-9a-f]{64}$"
Version = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""The version of a review; no more than every database can hold."""


class Noun(BaseModel):
    """A frozen value. An unknown field, NaN or infinity is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def as_json(self) -> dict[str, Any]:
        """The plain JSON form, the one that is digested and signed."""
        return self.model_dump(mode="json", exclude_none=True)
