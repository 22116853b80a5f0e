"""Common English words: a name that is one of them is a name only where it is used as one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def common_words() -> frozenset[str]:
    """Some 4,300 lower-case words: this project's own vocabulary, review words, word-names."""
    text = (files("govern.sources.anonymise") / "words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
