"""How fresh cases are committed to before they are drafted, and opened afterwards.

The seed follows from the intent's entry and from chance that was drawn after it stood: nobody
can have had the cases before, and whoever holds the opened record can make them again.
"""

from __future__ import annotations

from pydantic import Field

from govern.canon import digest, sha256
from govern.domain.base import DIGEST, Noun

BYTES = 32


class Secret(Noun):
    """Chance drawn for one run, and the salt of its commitment; each 32 bytes in hexadecimal."""

    drawn: str = Field(pattern=DIGEST)
    salt: str = Field(pattern=DIGEST)

    @property
    def commitment(self) -> str:
        """What may be shown of it before the run is over."""
        return digest(self.as_json())

    def seed(self, intent: str) -> bytes:
        """The seed of the cases, given the digest of the intent's entry."""
        return bytes.fromhex(sha256(bytes.fromhex(intent) + bytes.fromhex(self.drawn)))
