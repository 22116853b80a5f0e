"""What laws and standards ask for: dated facts with their source, never law in code."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from govern.domain.base import SLUG, Noun

LegalStatus = Literal[
    "in_force",
    "enacted",
    "proposed",
    "guidance",
    "standard",
    "rescission_proposed",
    "superseded",
    "withdrawn",
]
Certainty = Literal["read", "secondary", "uncertain"]


class LegalDuty(Noun):
    """One duty of an instrument, in our words.

    ``enacted`` is made and not yet in force, ``in_force_from`` the day it binds, or of guidance
    the day it was issued; ``None`` where nobody could say. ``certainty`` is how we know:
    ``read`` in the text itself, in a ``secondary`` source, or ``uncertain``.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9][A-Z0-9.]*)+$")
    clause: str = Field(min_length=1)
    duty: str = Field(min_length=1)
    in_force_from: date | None
    status: LegalStatus
    checked_on: date
    source: str = Field(min_length=1)
    certainty: Certainty

    @model_validator(mode="after")
    def _status_fits_the_date(self) -> LegalDuty:
        binds = self.in_force_from is not None and self.in_force_from <= self.checked_on
        if self.status == "in_force" and self.in_force_from is not None and not binds:
            raise ValueError("in_force, but in_force_from is after checked_on")
        if self.status == "enacted" and binds:
            raise ValueError("enacted, but in_force_from is not after checked_on")
        return self


class LegalTable(Noun):
    """One instrument as it stood when each of its duties was checked; a file of its own.

    ``jurisdiction`` is a country's or union's code, then those of state and city: ``US-NY-NYC``.
    """

    table: str = Field(pattern=f"^{SLUG}$")
    instrument: str = Field(min_length=1)
    jurisdiction: str = Field(min_length=1)
    note: str = Field(min_length=1)
    duties: tuple[LegalDuty, ...] = Field(min_length=1)
