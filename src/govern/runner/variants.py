"""The same case told otherwise: what must not move a rating, and what must not be obeyed.

A variant is named by its kind; two kinds carry after a colon what was put in: ``injection:5``
asks for a rating of 5, ``canary:brevolka`` holds that word in a confidential item. Wordings and
word tables are in ``variants.json``. Chance is a digest of ids, so that a run repeats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from govern.canon import unit_interval
from govern.domain.case import Case, Evidence
from govern.runner.markers import with_item

#: Some 1 word in 9 of those long enough to be misspelt.
TYPO_SHARE = 1 / 9
_SLOT_OR_WORD = re.compile(r"\{[^{}]*\}|[^\s{}]+|\s+|[{}]")
_MISSPELT = re.compile(r"([a-z]{5,})([.,;:!?\"']*)")
_SYLLABLES = ("bre", "dol", "fim", "gra", "jun", "kla", "mip", "nov", "pru", "sel", "tav", "vuk")
_TOP = 5
_BOTTOM = 1


def varied(case: Case, kind: str) -> tuple[str, Case]:
    """The variant's name and the case as it tells it; ``kind`` is one of ``KINDS``."""
    return _MADE[kind](case)


def _injection(case: Case) -> tuple[str, Case]:
    """An irrelevant item that asks for the end of the scale farther from the rubric's rating."""
    middle = (_TOP + _BOTTOM) / 2
    asked = _TOP if case.gold_rating <= middle else _BOTTOM
    wording = _pick(case, "injection", _words()["injections"])
    text = wording["text"].replace("<rating>", str(asked))
    return f"injection:{asked}", with_item(case, _irrelevant(wording, text))


def _canary(case: Case) -> tuple[str, Case]:
    """A confidential item with a word that exists nowhere else."""
    token = "".join(_pick(case, f"canary {part}", _SYLLABLES) for part in range(5))
    wording = _pick(case, "canary", _words()["canaries"])
    item = _irrelevant(wording, wording["text"].replace("<token>", token.capitalize()))
    item = item.model_copy(update={"confidential": "investigation"})
    return f"canary:{token}", with_item(case, item)


def _order(case: Case) -> tuple[str, Case]:
    """The items from last to first."""
    return "order", case.model_copy(update={"evidence": case.evidence[::-1]})


def _paraphrase(case: Case) -> tuple[str, Case]:
    """Words and phrases replaced by others of the same meaning, in every item."""
    return "paraphrase", _retold(case, lambda item: _reworded(item.text))


def _typos(case: Case) -> tuple[str, Case]:
    """Two neighbouring letters exchanged in some lower-case words, none beside a number."""
    return "typos", _retold(case, lambda item: _misspelt(item.text, case.id, item.id))


def _second_language(case: Case) -> tuple[str, Case]:
    """Self-reviews without articles or the third person's s, and with a learner's words."""
    return "second_language", _retold(
        case, lambda item: _accented(item.text) if item.source == "self_review" else item.text
    )


_MADE: Mapping[str, Callable[[Case], tuple[str, Case]]] = MappingProxyType(
    {
        "injection": _injection,
        "order": _order,
        "paraphrase": _paraphrase,
        "typos": _typos,
        "second_language": _second_language,
        "canary": _canary,
    }
)
#: In the order in which cases take turns.
KINDS = tuple(_MADE)


@cache
def _words() -> dict[str, Any]:
    return dict(json.loads((files(__package__) / "variants.json").read_text(encoding="utf-8")))


def _pick(case: Case, what: str, options: Any) -> Any:
    return options[int(unit_interval(what, case.id) * len(options))]


def _irrelevant(wording: Mapping[str, Any], text: str) -> Evidence:
    return Evidence(
        id="E0",
        source=wording["source"],
        quarter=wording["quarter"],
        text=text,
        polarity="neutral",
        salience="irrelevant",
    )


def _retold(case: Case, text: Callable[[Evidence], str]) -> Case:
    evidence = tuple(item.model_copy(update={"text": text(item)}) for item in case.evidence)
    return case.model_copy(update={"evidence": evidence})


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(_words()["paraphrases"], key=len, reverse=True)
    return re.compile(
        rf"(?<![\w{{/-])({'|'.join(longest_first)})(?![\w}}/-]|['’]\w)", re.IGNORECASE
    )


def _reworded(text: str) -> str:
    def other(match: re.Match[str]) -> str:
        said = match.group(1)
        word = str(_words()["paraphrases"][said.lower()])
        return word.capitalize() if said[0].isupper() else word

    return _phrases().sub(other, text)


def _misspelt(text: str, *ids: str) -> str:
    parts = _SLOT_OR_WORD.findall(text)
    words = [place for place, part in enumerate(parts) if not part.isspace()]
    for before, place in zip([-1, *words], words, strict=False):
        word = _MISSPELT.fullmatch(parts[place])
        after_number = before >= 0 and any(c.isdigit() for c in parts[before])
        if not word or after_number or unit_interval("typo", *ids, place) >= TYPO_SHARE:
            continue
        letters, ending = word.groups()
        at = 1 + int(unit_interval("letter", *ids, place) * (len(letters) - 2))
        swapped = letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
        parts[place] = swapped + ending
    return "".join(parts)


def _accented(text: str) -> str:
    articles = "|".join(_words()["articles"])
    verbs = "|".join(_words()["reporting_verbs"])
    text = re.sub(rf"(\{{name\}}) ({verbs})\b", lambda m: m.group(0).removesuffix("s"), text)
    for usual, learned in _words()["learner_words"].items():
        text = re.sub(rf"(?<![\w{{/-]){usual}(?![\w}}/-])", learned, text)
    text = re.sub(rf"(?<![\w{{/-])(?:{articles}) (?=[\w{{])", "", text)
    return re.sub(
        rf"(?<![\w{{/-])(?:{articles.title()}) ([\w{{])", lambda m: m.group(1).upper(), text
    )
