"""What ``--columns`` says: our name for a column, and the file's own, by comma."""

from __future__ import annotations

from collections.abc import Collection

from govern.errors import InputError


def asked_columns(
    asked: str, known: Collection[str], prefixes: Collection[str], *, noun: str = "role"
) -> dict[str, str]:
    """Our name to the file's column, in ``text=review,case=id,group.gender=sex``.

    Args:
        asked: as the user gave it.
        known: our names.
        prefixes: of names that end as the user likes.
        noun: what our names are called.

    Raises:
        InputError: a part is not ``role=column``, or a role is unknown or given twice.
    """
    mapping: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in asked.split(","))):
        name, equals, column = part.partition("=")
        if not equals or not column:
            raise InputError(f"--columns: expected {noun}=column, found {part!r}")
        if name not in known and not any(
            name.startswith(prefix) and name != prefix for prefix in prefixes
        ):
            there = ", ".join((*known, *(f"{prefix}<attribute>" for prefix in prefixes)))
            raise InputError(f"--columns: unknown {noun} {name!r}; known: {there}")
        if name in mapping:
            raise InputError(f"--columns: {noun} {name!r} is given twice")
        mapping[name] = column
    return mapping
