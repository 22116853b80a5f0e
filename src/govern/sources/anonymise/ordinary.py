"""Whether a word that is both a name and an everyday word is used as a name here."""

from __future__ import annotations

import re

# Never straight after a person's name, often after the verb or noun of the same letters.
_NOT_AFTER_A_NAME = frozenset(
    "you he she it they we i the a an this that these those there my our your his her their its "
    "be not of under to me us them him some any all each every no more".split()
)
_VERB = frozenset(
    "has is was did does had made led took gave kept ran built wrote met won held says said".split()
)
_TITLE = re.compile(r"(?:^|[^\w])(?:mr|mrs|ms|mx|miss|dr|prof)\.?[ \t\n]*$")
_MONTHS = frozenset(["may", "april", "june", "august", "march", "january"])
_BEFORE_MONTH = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:in|since|by|until|till|of|early|late|mid|during|last|"
    r"this|next))[ \t\n-]*$"
)
_AFTER_MONTH = re.compile(r"[ \t\n,]*(?:\d|to\b|and (?:june|july|august|april)\b|-)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\n•*\-–—>\"“(\[])[ \t\"'“‘(\[*\-]*$")
_NEXT_WORD = re.compile(r"[ \t\n]+([^\W\d_]+)")
_ARTICLE = re.compile(r"\b(?:the|a|an|its|their|our|this)\s+$")
_WINDOW = 24


def starts_sentence(key: str, start: int) -> bool:
    """Whether the word at ``start`` would have a capital anyhow."""
    return _SENTENCE_START.search(key[max(0, start - _WINDOW) : start]) is not None


def has_title(key: str, start: int) -> bool:
    """Whether Mr, Ms, Dr … stands before the word."""
    return _TITLE.search(key[max(0, start - _WINDOW) : start]) is not None


def used_as_name(text: str, key: str, start: int, end: int, *, cased: bool) -> bool:
    """Whether ``text[start:end]``, a word that is also a name, is the name.

    Args:
        text: the clean text; ``key`` its folded form.
        start: where the word begins; ``end`` where it ends.
        cased: whether capitals mean something in this text.
    """
    if has_title(key, start):
        return True
    word, after = key[start:end], key[end : end + _WINDOW]
    if word in _MONTHS and _is_month(key, start, after):
        return False
    following = _NEXT_WORD.match(after)
    next_word = following.group(1) if following else ""
    possessive = after[:2] == "'s"
    if not cased:
        return possessive or next_word in _VERB
    if not text[start].isupper():
        return possessive and not _has_article(key, start)
    if not starts_sentence(key, start):
        return True
    return next_word not in _NOT_AFTER_A_NAME


def is_cased(text: str) -> bool:
    """Whether a text uses both capitals and small letters."""
    return not (text.islower() or text.isupper())


def _is_month(key: str, start: int, after: str) -> bool:
    before = key[max(0, start - _WINDOW) : start]
    return _AFTER_MONTH.match(after) is not None or _BEFORE_MONTH.search(before) is not None


def _has_article(key: str, start: int) -> bool:
    return _ARTICLE.search(key[max(0, start - _WINDOW) : start]) is not None
