"""Hostile texts, and decisions in which every free text is one."""

from __future__ import annotations

from typing import Any, Literal, TypeVar, get_args, get_origin

from govern.domain.base import Noun

_Of = TypeVar("_Of")
MARK = "Zx9q"
"""Stands behind each hostile text, so that a test sees that one got through at all."""
HOSTILE = {
    "script": '</title><script>alert(1)</script><img src="//x.example" onerror=alert(1)>',
    "attribute": '" \' ` onload=alert(1) x="',
    "bidi": "\u202egnp.\u2066exe\u2069\u200f\u061c",
    "control": "a\x00\x07\x1b[31mb\r\u2028\ufeff\U000e0041",
    "gigantic": "W" * 3_000,
    "stacked": "e" + "\u0301" * 400,
    "emoji": "👩🏿\u200d🚀🏳️\u200d🌈",
    "right to left": "שלום (1) مرحبا 2",
    "formula": '=HYPERLINK("http://x.example","1")',
    "template": "{{ 7*7 }}{% include 'x' %}${7*7}#eval(1)",
    "path": "../../../etc/x",
}
_READ_BY_CODE = frozenset(
    "id subject metric unit by digest policy decision_id findings_digest docket_digest".split()
)


def poisoned(value: _Of, text: str, field: str = "") -> _Of:
    """``value`` with ``text`` before each string in it that people chose, not a fixed word."""
    made: Any = value
    match made:
        case Noun():
            fields = type(made).model_fields
            free = {
                name: poisoned(getattr(made, name), text, name)
                for name in made.model_fields_set
                if name not in _READ_BY_CODE and not _fixed(fields[name].annotation)
            }
            made = made.model_copy(update=free)
        case str():
            made = f"{text} {MARK} {value}"
        case tuple():
            made = tuple(poisoned(one, text, field) for one in made)
        case dict():
            made = {name: poisoned(one, text, field) for name, one in made.items()}
    return made


def _fixed(annotation: Any) -> bool:
    """Whether a field holds one of a few words."""
    return get_origin(annotation) is Literal or any(map(_fixed, get_args(annotation)))
