"""Text without the ways a name can hide, and its folded key of the same length.

Names are looked for in the key, and replaced in the clean text at the same places.
"""

from __future__ import annotations

import html
import re
import unicodedata

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BREAK = re.compile(r"<br\s*/?>|<return>|\r\n?|[\x0b\x0c\x85\u2028\u2029]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPLIT_WORD = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[a-zß-öø-ÿ])")
_SINGLES = {"ß": "s", "æ": "a", "œ": "o", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i"}
_SINGLES |= {"þ": "t", "ħ": "h", "ŋ": "n", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"}
_SINGLES |= dict.fromkeys("‐‑‒–—−", "-")
_LONG = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"}


class _Hidden(dict[int, str]):
    """Per character: nothing for the invisible, plain letters for the disguised."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        plain = char
        if category == "Cf" or code == 0x34F or 0x300 <= code <= 0x36F or 0xFE00 <= code <= 0xFE0F:
            plain = ""
        elif category == "Zs" or (category == "Cc" and char not in "\n\t"):
            plain = " "
        elif (category[0] in "LN" and category != "No") or 0xFF01 <= code <= 0xFF5E:
            plain = unicodedata.normalize("NFKC", char)
        self[code] = plain
        return plain


class _Folded(dict[int, str]):
    """Per character: one lower-case character without accent."""

    def __missing__(self, code: int) -> str:
        char = chr(code).lower()[:1]
        base = _SINGLES.get(char) or unicodedata.normalize("NFD", char)[:1]
        plain = _SINGLES.get(base, base).lower()[:1] or base
        self[code] = plain
        return plain


_HIDDEN, _FOLDED = _Hidden(), _Folded()


def clean(text: str) -> str:
    """Entities resolved, invisible characters gone, accents composed, one kind of line end."""
    if "&" in text:
        for _ in range(2):  # twice: exports escape what is escaped
            text = _ENTITY.sub(lambda m: html.unescape(m.group()), text)
    if "\r" in text or "<" in text or not text.isascii():
        text = _BREAK.sub("\n", text)
    if not text.isascii() or _CONTROL.search(text):
        text = unicodedata.normalize("NFC", text).translate(_HIDDEN)
    return _SPLIT_WORD.sub("", text) if "-" in text and "\n" in text else text


def key(cleaned: str) -> str:
    """The folded text: as long as ``cleaned``, lower case, no accents, straight quotes."""
    return cleaned.lower() if cleaned.isascii() else cleaned.translate(_FOLDED)


def fold(name: str) -> str:
    """The key of a short piece such as a name."""
    return key(clean(name)).strip()


def foldings(name: str) -> set[str]:
    """Every way a name may be written without its accents: Müller is muller and mueller."""
    cleaned = clean(name)
    long = "".join(_LONG.get(char, char) for char in cleaned.lower())
    return {key(cleaned).strip(), key(long).strip()}
