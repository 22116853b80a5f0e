"""What a file of a bundle is, by its name, and what vouches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FileKind:
    """A file, or all below a folder where ``name`` ends in a slash, which nothing longer names.

    ``vouched`` says what a change of it runs into; ``None`` for nothing but the bundle's own
    manifest, which nobody signs.
    """

    name: str
    what: str
    vouched: str | None

    def covers(self, name: str) -> bool:
        """Whether a file is of this kind."""
        return name == self.name or (self.name.endswith("/") and name.startswith(self.name))


def kind_of(kinds: Sequence[FileKind], name: str) -> FileKind | None:
    """The kind that names a file most closely; ``None`` where none does."""
    return max(
        (kind for kind in kinds if kind.covers(name)), key=lambda kind: len(kind.name), default=None
    )
