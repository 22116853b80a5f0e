"""What a model that judges drafts was asked, and how it did on drafts whose answer is known."""

from __future__ import annotations

from pydantic import Field, model_validator

from govern.domain.base import Noun

EVERYBODY = "all"


class Errors(Noun):
    """Verdicts on labelled drafts: ``found`` of the spoiled and ``cleared`` of the sound ones."""

    found: int = Field(ge=0)
    spoiled: int = Field(ge=0)
    cleared: int = Field(ge=0)
    sound: int = Field(ge=0)

    @model_validator(mode="after")
    def _shares_are_shares(self) -> Errors:
        if self.found > self.spoiled or self.cleared > self.sound:
            raise ValueError("more verdicts than labelled drafts")
        return self


class JudgeFacts(Noun):
    """Who gave the verdicts of a frame, and the calibration that they are corrected by.

    ``asked`` is the digest of question, order and answer form. ``errors`` holds one entry for
    everybody and one for each group, named as ``group_key`` does; none without a calibration.
    ``labelled`` drafts were in it, of which ``unscored`` got no verdict.
    """

    model: str
    asked: str
    calibration: str | None = None
    labelled: int = Field(default=0, ge=0)
    unscored: int = Field(default=0, ge=0)
    errors: dict[str, Errors] = {}


def group_key(attribute: str, group: str) -> str:
    """A group's key among the errors."""
    return f"{attribute}: {group}"
