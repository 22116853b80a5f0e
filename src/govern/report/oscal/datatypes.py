"""Texts, names and properties as OSCAL's datatypes have them, whatever is given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from govern.canon import digest
from govern.report.escaping import inline
from govern.report.wording import visible

Json = dict[str, Any]
Value = str | float | bool | None

NS = "urn:govern:oscal:v1"
"""The namespace of every property that is ours and not OSCAL's."""
_ROOT = uuid5(NAMESPACE_URL, NS)
_NOTHING_SAID = "—"


def uuid_of(*what: str) -> str:
    """A UUID of version 5 that depends on ``what`` alone."""
    return str(uuid5(_ROOT, digest(list(what))))


def day_end(day: date) -> str:
    """The last second of a day, in UTC: what holds until that day holds until then."""
    return f"{day.isoformat()}T23:59:59+00:00"


def text(*said: str) -> str:
    """A markup-multiline, which is Markdown: each text a paragraph that is shown, never obeyed."""
    return "\n\n".join(filter(None, map(inline, said))) or _NOTHING_SAID


def line(said: str) -> str:
    """A markup-line: ``said`` on one line of Markdown that is shown, never obeyed."""
    return text(said)


def string(said: str) -> str:
    """A string: one plain line, not empty, where what hides or reorders others is visible."""
    return " ".join(visible(said).split()) or _NOTHING_SAID


def role_id(role: str) -> str:
    """A role as a token: by its name where that is one, else by its digest."""
    plain = role[:1].isalpha() and role.isascii() and role.replace("-", "").isalnum()
    return role if plain else f"role-{digest(role)}"


def kept(**parts: Any) -> Json:
    """An object without what is absent: OSCAL has no empty list. ``a_b`` becomes ``a-b``."""
    return {
        name.replace("_", "-"): value
        for name, value in parts.items()
        if value is not None and value != []
    }


def prop(name: str, value: str) -> Json:
    """A property that OSCAL defines."""
    return {"name": name, "value": string(value)}


def props(**values: Value | Iterable[str]) -> list[Json]:
    """Properties of ours: one for each value, one for each different text of a list."""
    return [
        {"name": name.replace("_", "-"), "ns": NS, "value": one}
        for name, value in values.items()
        for one in dict.fromkeys(_written(value))
    ]


def _written(value: Value | Iterable[str]) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return ["yes" if value else "no"]
        case int() | float():
            return [repr(value)]
        case str():
            return [string(value)]
    return [string(one) for one in value]
