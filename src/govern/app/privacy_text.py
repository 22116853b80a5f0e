"""What is held about a person, as a text to read and print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from govern.app.privacy import Held
from govern.report.wording import capital, plain_words, visible

SECTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reviews": ("Reviews", "As they came in, with what the AI wrote and was shown."),
        "outcomes": ("What HR decided", "Ratings, pay, promotion, leaving, as they came in."),
        "cases": ("Contests", "Each step of the contests of these reviews, by whom and when."),
        "mandates": ("Who speaks for this person", "In all contests, or in one."),
        "notices": ("Notices not sent yet", "What this person is about to be told."),
        "parts": ("Contests of others", "In which this person had a part, and their own steps."),
        "named_in": ("Reviews of others", "That name this person as author, manager or above."),
        "looked": ("Who looked at it", "Every time that somebody was shown something of this."),
        "looks": ("What this person looked at", "The same log, of their own looks."),
    }
)
NOT_HELD = (
    "Beside this, the ledger holds of each step its kind, hour, role and a commitment that says "
    "nothing without its key. While somebody is signed in, their session holds name and roles. "
    "Backups hold what they held when they were made."
)


def as_text(held: Held) -> str:
    """All of it, section by section; what would hide or reorder text is made visible."""
    lines = [f"What is held about {held.person}", "", f"As of {held.at:%Y-%m-%d %H:%M %Z}.", ""]
    whole = held.as_json()
    for name, (heading, lead) in SECTIONS.items():
        found = whole[name]
        lines += [heading, "=" * len(heading), lead, ""]
        for number, one in enumerate(found, start=1):
            lines += [f"{number}.", *_lines(one, "  "), ""]
        if not found:
            lines += ["Nothing.", ""]
    return visible("\n".join([*lines, NOT_HELD, ""]))


def _lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, one in value.items():
        label = f"{indent}{capital(plain_words(name))}:"
        if isinstance(one, dict):
            yield label
            yield from _lines(one, f"{indent}  ")
        elif isinstance(one, list) and one and isinstance(one[0], dict):
            yield label
            for number, part in enumerate(one, start=1):
                yield f"{indent}  {number}."
                yield from _lines(part, f"{indent}    ")
        else:
            text = ", ".join(map(str, one)) if isinstance(one, list) else str(one)
            first, *rest = text.splitlines() or [""]
            yield f"{label} {first}"
            yield from (f"{indent}  {more}" for more in rest)
