"""Words of others as a terminal may be shown them."""

from __future__ import annotations

import re

# What moves a terminal's cursor, colours it, or turns the order of what is read.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text with such characters written out; line breaks and tabs stay."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
