"""Words of a free text with what the rules of a swap ask about each: where, how written, quoted.

A token is a run of letters. A clitic (``'s 're 've 'll 'd``) is kept apart from its word, so
that ``Emily's`` and ``she's`` are a name and a pronoun; ``doesn't`` stays one token.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*"
_WORD = re.compile(rf"({_LETTERS})(?:(['’])({_LETTERS}))?")
CLITICS = frozenset({"s", "re", "ve", "ll", "d"})
ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "mx", "dr", "prof"})
_ENDS = re.compile(r"[.!?\n]")
_BREAKS = re.compile(r"[.!?;:\n–—]")
_OPENS_SENTENCE = re.compile(r"(?:^|[.!?:\n])[\s\"“”'‘(•*-]*$|[\"“]$")


@dataclass(frozen=True)
class Token:
    """One word: where it stands, without its clitic, and what stands before it."""

    text: str
    start: int
    end: int
    apostrophe: str
    clitic: str
    gap: str
    initial: bool
    breaks: bool
    ends: bool
    quoted: bool
    after: str

    @property
    def low(self) -> str:
        """The word in lower case, with a straight apostrophe."""
        return self.text.replace("’", "'").lower()

    @property
    def whole_end(self) -> int:
        """Where the word ends together with its clitic."""
        return self.end + len(self.apostrophe) + len(self.clitic)

    @property
    def capitalised(self) -> bool:
        return self.text[:1].isupper()

    @property
    def shouted(self) -> bool:
        """All capitals, more than one letter."""
        return len(self.text) > 1 and self.text.isupper()

    @property
    def hyphen_before(self) -> bool:
        return self.gap.endswith("-") and not self.gap[:-1].endswith((" ", "-"))

    @property
    def hyphen_after(self) -> bool:
        return self.after == "-"


def tokenise(text: str) -> list[Token]:
    """All words of a text, in order."""
    tokens: list[Token] = []
    at, quotes = 0, 0
    for match in _WORD.finditer(text):
        word, apostrophe, clitic = match.group(1), match.group(2) or "", match.group(3) or ""
        if clitic and clitic.lower() not in CLITICS:
            word, apostrophe, clitic = match.group(0), "", ""
        gap = text[at : match.start()]
        quotes += sum(gap.count(mark) for mark in '"“”')
        abbreviated = bool(tokens) and tokens[-1].low in ABBREVIATIONS and gap.strip() == "."
        tokens.append(
            Token(
                text=word,
                start=match.start(),
                end=match.start() + len(word),
                apostrophe=apostrophe,
                clitic=clitic,
                gap=gap,
                initial=not abbreviated
                and bool(_OPENS_SENTENCE.search(left_of(text, match.start()))),
                breaks=not abbreviated and bool(_BREAKS.search(gap)),
                ends=not abbreviated and bool(_ENDS.search(gap)),
                quoted=quotes % 2 == 1,
                after=text[match.end() : match.end() + 1],
            )
        )
        at = match.end()
    return tokens


def left_of(text: str, at: int, length: int = 12) -> str:
    """The last characters before a position, none of them the text's first unless it is."""
    return text[:at] if at <= length else "a" + text[at - length : at]


def right_of(text: str, at: int, length: int = 12) -> str:
    """The next characters from a position."""
    return text[at : at + length]


def fold(word: str) -> str:
    """Lower case without accents: how two spellings of a name are compared."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def like(model: str, word: str) -> str:
    """``word`` in the capitals of ``model``."""
    letters = [c for c in model if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def sentence(tokens: list[Token], i: int) -> range:
    """The positions of the sentence that token ``i`` stands in."""
    start = i
    while start and not tokens[start].ends:
        start -= 1
    end = i + 1
    while end < len(tokens) and not tokens[end].ends:
        end += 1
    return range(start, end)
