"""What the columns of the user's file are: the ``--columns`` dialect with ``quasi.…``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govern import frames
from govern.errors import InputError
from govern.sources.asked_columns import asked_columns

ROLES = ("text", "name", "person", "case", "id", "rating", "stratum")
QUASI = "quasi."


@dataclass(frozen=True)
class Columns:
    """Our role to the file's column."""

    of: Mapping[str, str]

    @property
    def groups(self) -> list[str]:
        """Roles of group attributes."""
        return [role for role in self.of if role.startswith(frames.GROUP)]

    @property
    def quasi(self) -> list[str]:
        """Roles that may be generalised; the stratum is written out, so it is one of them."""
        return [r for r in self.of if r.startswith(QUASI) or r == "stratum"]


def read_columns(asked: str) -> Columns:
    """The mapping in ``text=review,name=who,case=id,group.gender=sex,quasi.site=office``.

    Raises:
        InputError: as ``asked_columns``, or a role is lacking.
    """
    mapping = asked_columns(asked, ROLES, [frames.GROUP, QUASI])
    for role, why in (("text", "the review itself"), ("name", "whom it is about")):
        if role not in mapping:
            raise InputError(f"--columns: needs {role}=…, {why}")
    return Columns(mapping)


def check_header(columns: Columns, header: Sequence[str], where: str) -> None:
    """Refuse a file that lacks a mapped column.

    The file's own first row is not shown: without a header it would be somebody's review.

    Raises:
        InputError: naming the columns that were asked for and are not there.
    """
    absent = [c for c in columns.of.values() if c not in header]
    if absent:
        raise InputError(
            f"{where}: no column {', '.join(absent)}; its first row has {len(header)} cells and "
            "none with that name (is the header missing, or spelt otherwise?)"
        )
