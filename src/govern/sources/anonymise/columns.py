"""What the columns of the user's file are: the ``--columns`` dialect with ``quasi.…``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govern import frames
from govern.errors import InputError

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
        InputError: a role is unknown, doubled or lacking, or a part is not ``role=column``.
    """
    mapping: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in asked.split(","))):
        role, equals, column = part.partition("=")
        if not equals or not column:
            raise InputError(f"--columns: expected role=column, found {part!r}")
        prefix = next((p for p in (frames.GROUP, QUASI) if role.startswith(p)), None)
        if role not in ROLES and (prefix is None or role == prefix):
            raise InputError(
                f"--columns: unknown role {role!r}; known: {', '.join(ROLES)}, "
                "group.<attribute>, quasi.<attribute>"
            )
        if role in mapping:
            raise InputError(f"--columns: role {role!r} is given twice")
        mapping[role] = column
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
