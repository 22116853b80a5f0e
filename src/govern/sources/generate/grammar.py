"""The phrase banks of a dataset folder, and how a phrase becomes words.

A phrase may hold choices, ``[early|late]``, parts that the writer puts in, ``{peer}``, ``{q}``,
and identity slots, ``{name}``, ``{they}``, which stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from govern.canon import digest
from govern.domain.case import Rubric
from govern.errors import DatasetError

Json = dict[str, Any]
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_ARTICLE = re.compile(r"\b([Aa])n? (?=([\w'-]+))")
_LIKE_CONSONANT = re.compile(r"(one|once|us[aeiu]|uni|eu|uti)", re.IGNORECASE)
_LIKE_VOWEL = re.compile(r"([aeio]|u|hour|hono|hones|heir)", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+")
_ROLE_KEYS = {"role", "function", "peers", "clients", "when", "events", "topics"}


@dataclass(frozen=True)
class Grammar:
    """What every role shares, and the bank of each role by its id."""

    shared: Json
    roles: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """SHA-256 over all banks: which grammar wrote a case."""
        return digest({"shared": self.shared, **self.roles})


def read_grammar(folder: Path) -> Grammar:
    """The banks in ``folder/banks``: ``shared.json`` and one file for each role.

    Raises:
        DatasetError: there are none, or one of them is no bank.
    """
    banks: dict[str, Json] = {}
    for path in sorted((folder / "banks").glob("*.json")):
        try:
            bank = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as err:
            raise DatasetError(f"{path}: expected JSON: {err}") from err
        missing = _ROLE_KEYS - set(bank) if path.stem != "shared" else set()
        if missing:
            raise DatasetError(f"{path}: a role's bank needs {', '.join(sorted(missing))}")
        banks[path.stem] = bank
    if len(banks) < 2 or "shared" not in banks:
        raise DatasetError(
            f"{folder}: has no grammar: expected banks/shared.json and one bank for each role"
        )
    return Grammar(banks.pop("shared"), banks)


def read_rubric(folder: Path) -> Rubric:
    """The rubric in ``folder/rubric.json``.

    Raises:
        DatasetError: it is absent or no rubric.
    """
    path = folder / "rubric.json"
    try:
        return Rubric.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise DatasetError(f"{path}: expected a rubric: {err}") from err


def spell(phrase: str, rng: Random) -> str:
    """The phrase with one way chosen for each ``[this|that]``, inner ones first."""
    while _CHOICE.search(phrase):
        phrase = _CHOICE.sub(lambda found: rng.choice(found.group(1).split("|")), phrase)
    return _ARTICLE.sub(_article, re.sub(r" {2,}", " ", phrase).strip())


def _article(found: re.Match[str]) -> str:
    a, word = found.groups()
    vowel = _LIKE_VOWEL.match(word) and not _LIKE_CONSONANT.match(word)
    return f"{a}n " if vowel else f"{a} "


def cap(text: str) -> str:
    """The phrase with a capital first letter; slots have capital forms of their own."""
    at = 1 if text[0] == "{" and not text.startswith("{name}") else 0
    return text[:at] + text[at].upper() + text[at + 1 :]


def amount(value: float, unit: str) -> str:
    """The number as it is written in a text: ``94%``, ``$420 thousand``, ``1,250 tickets``."""
    digits = f"{value:,.2f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    if unit == "%":
        return f"{digits}%"
    if unit == "USD thousand":
        return f"${digits} thousand"
    if unit == "USD million":
        return f"${digits} million"
    if unit == "USD":
        return f"${value:,.2f}".removesuffix(".00")
    return f"{digits} {unit}"


def fourgrams(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of four words of a text; words as ``govern.text.tokens`` makes them."""
    words = _TOKEN.findall(text.lower())
    return frozenset(tuple(words[i : i + 4]) for i in range(len(words) - 3))
