"""Protected-adjacent facts that must not move an outcome, each with a neutral twin."""

from __future__ import annotations

from pydantic import Field, model_validator

from govern.domain.base import Noun
from govern.domain.case import Quarter, Source


class Insert(Noun):
    """One wording of a marker and the neutral control of the same number of words.

    Both may hold identity slots; a slot counts as one word.
    """

    text: str = Field(min_length=1)
    control: str = Field(min_length=1)

    @model_validator(mode="after")
    def _lengths_match(self) -> Insert:
        marked, neutral = len(self.text.split()), len(self.control.split())
        if marked != neutral:
            raise ValueError(
                f"{self.text!r} has {marked} words and its control {neutral}: they must match"
            )
        if self.text == self.control:
            raise ValueError(f"{self.text!r} is its own control")
        return self


class Marker(Noun):
    """A fact about the person, or a way of writing, that must not change what is drafted.

    It goes into a case as one item of evidence, said by ``source``, after the last item of
    ``quarter``. ``attribute`` is the protected ground that it touches.
    """

    id: str = Field(pattern=r"^[a-z][a-z-]{2,39}$")
    attribute: str
    source: Source
    quarter: Quarter
    inserts: tuple[Insert, ...] = Field(min_length=2)
