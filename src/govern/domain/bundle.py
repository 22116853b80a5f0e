"""What an audit bundle says of itself: which files it holds, and what was left out of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from govern.domain.base import DIGEST, Noun


class Held(Noun):
    """A file by its digest and its size in bytes."""

    sha256: str = Field(pattern=DIGEST)
    bytes: int = Field(ge=0)


class LeftOut(Noun):
    """What an auditor may look for and does not find, and why."""

    what: str
    why: str


class Contents(Noun):
    """The ``manifest.json`` of a bundle or of its restricted annex.

    ``files`` are all others in it. Of a bundle, ``annex`` are those of its annex, whether or not
    anybody wrote one. ``pdf_by`` is what laid out its PDF, where it has one.
    """

    schema_version: Literal[1] = 1
    kind: Literal["bundle", "annex"]
    decision_id: str
    decision_digest: str = Field(pattern=DIGEST)
    made_by: str
    pdf_by: str | None = None
    files: dict[str, Held]
    annex: dict[str, Held] = {}
    left_out: tuple[LeftOut, ...] = ()
