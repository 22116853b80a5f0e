"""Texts that no longer say who they are about, for a reader who must not know.

Words, numbers and punctuation stay where they are, unlike in the tokens that similarity is
measured on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import normalize

from govern.text.swap.names import TITLES_OF
from govern.text.swap.nouns import ADJECTIVES, KIN, ROLES, SPOUSES
from govern.text.tokens import PRONOUN_WORDS

PERSON, PRONOUN, GROUP = "Employee", "‹pronoun›", "‹group›"
#: Titles and nouns that say a person's gender.
GENDERED = frozenset(
    word for row in (*SPOUSES, *KIN, *ROLES, *ADJECTIVES) for word in row[:2] if word is not None
) | frozenset(title for titles in TITLES_OF.values() for title in titles)
_WORD = re.compile(r"[^\W\d_]+")


def blinded(text: str, *, name: str | None, group_words: Iterable[str] = ()) -> str:
    """``text`` with its person's name, all pronouns and group words masked.

    A name becomes ``Employee``, whole or in part, where it is written as a name: *Mark* is
    one, *the mark* is not. Pronouns and words of ``group_words`` or ``GENDERED`` become a
    placeholder each, in any case.
    """
    composed = normalize("NFC", text)
    if name:
        composed = _name_pattern(normalize("NFC", name)).sub(PERSON, composed)
    hidden = GENDERED | {word.lower() for word in group_words}

    def mask(word: re.Match[str]) -> str:
        low = word[0].lower()
        return PRONOUN if low in PRONOUN_WORDS else GROUP if low in hidden else word[0]

    return _WORD.sub(mask, composed)


@cache
def _name_pattern(name: str) -> re.Pattern[str]:
    parts = [part for part in re.split(r"[\s\-]+", name) if len(part) > 1]
    spellings = {s for part in (name, *parts) for s in (part, part.upper())}
    longest_first = sorted(spellings, key=lambda s: (-len(s), s))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
