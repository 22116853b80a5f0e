"""What a person sees of a text: no hidden characters, and of Markdown what is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt

# Control, format (direction, zero width), private use, surrogates, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_ALLOWED = "\t\n"
# Letters and blanks that show nothing, though Unicode counts them as what they are named.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
_BREAKS = frozenset({"softbreak", "hardbreak"})


def hidden_character(text: str) -> tuple[int, str] | None:
    """The first character that nobody sees, or that changes how others are seen.

    Returns:
        How many lines it stands below the first one, and its code point; ``None`` without one.
    """
    before = ""
    for index, character in enumerate(text):
        if _hides(character, before):
            return text.count("\n", 0, index), f"U+{ord(character):04X}"
        before = character
    return None


def _hides(character: str, before: str) -> bool:
    if character.isascii():
        return (character < " " and character not in _ALLOWED) or character == "\x7f"
    category = unicodedata.category(character)
    # A mark upon a digit strikes it out, or makes another sign of it.
    struck = category in _MARKS and before.isdigit()
    return category in _HIDDEN or character in _BLANK or struck


def hidden_in(value: Any) -> str | None:
    """The first such character in what YAML made of its escapes."""
    if isinstance(value, str):
        hidden = hidden_character(value)
        return hidden[1] if hidden else None
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    else:
        parts = value if isinstance(value, list) else []
    return next((found for part in parts if (found := hidden_in(part))), None)


def shown_text(markdown: str) -> str:
    """The words of some Markdown as a browser shows them: no marks, link targets, pictures."""
    return "\n".join(_blocks(markdown))


def _blocks(markdown: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "inline":
            yield "".join(
                "\n" if child.type in _BREAKS else child.content
                for child in token.children or []
                if child.type != "image"
            )
        elif token.type in ("fence", "code_block"):
            yield token.content
