"""Words that give a confidential matter away by themselves, on token boundaries."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def sensitive_words() -> frozenset[str]:
    """All words of ``sensitive.json``, lower case, whatever the matter."""
    source = files("govern.text") / "sensitive.json"
    table = json.loads(source.read_text(encoding="utf-8"))
    return frozenset(word for words in table.values() if isinstance(words, list) for word in words)
