"""Which drafts an effect spoils, and how one draft is read and written anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from typing import Any, Protocol, TypeVar, cast

import pandas as pd

from govern.canon import unit_interval
from govern.frames import GROUP, evidence_items

T = TypeVar("T")
Item = Mapping[str, Any]
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w])")
_BREAK = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“$\d])")
_WORD = re.compile(r"[A-Za-z]{4,}")
_FORMS = {
    "she": {"they": "she", "them": "her", "their": "her"},
    "he": {"they": "he", "them": "him", "their": "his"},
}


class Effect(Protocol):
    """A planted effect: spoils about a share ``dose`` of the drafts of ``groups``."""

    __name__: str
    __doc__: str | None

    def __call__(
        self, frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
    ) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Around:
    """What an effect may take from the other drafts of the frame."""

    frame: pd.DataFrame
    spoiled: Sequence[int]

    @cached_property
    def evidence(self) -> Mapping[str, Sequence[Item]]:
        """Typed evidence by case."""
        return evidence_items(self.frame)

    @cached_property
    def cases(self) -> Sequence[str]:
        """The cases that have evidence, in a fixed order."""
        return sorted(self.evidence)

    @cached_property
    def model(self) -> tuple[str, str] | None:
        """Name and text of the draft that others are copied from: the first of the spoiled."""
        texts = self.frame.iloc[list(self.spoiled)]
        texts = texts[texts["text"].notna()].sort_values("draft_id")
        if texts.empty:
            return None
        return _name(texts["name"].iloc[0]), str(texts["text"].iloc[0])


@dataclass(frozen=True)
class Drafted:
    """One draft that is to be spoiled."""

    effect: str
    row: Mapping[str, Any]
    around: Around

    @property
    def id(self) -> str:
        """The draft's id."""
        return str(self.row["draft_id"])

    @property
    def name(self) -> str:
        """The name the draft is about."""
        return _name(self.row["name"])

    @property
    def text(self) -> str:
        """The text, "" where there is none."""
        return str(self.row["text"]) if pd.notna(self.row["text"]) else ""

    @property
    def input(self) -> str:
        """What the pipeline was sent, "" where nobody kept it."""
        return str(self.row["input"]) if pd.notna(self.row["input"]) else ""

    @property
    def rating(self) -> float | None:
        """The rating, where there is one."""
        return float(self.row["rating"]) if pd.notna(self.row["rating"]) else None

    @cached_property
    def sentences(self) -> list[str]:
        """The text's sentences."""
        return sentences(self.text)

    @property
    def evidence(self) -> list[Item]:
        """The case's items of evidence."""
        evidence = self.row["evidence"]
        return list(json.loads(evidence)) if pd.notna(evidence) else []

    @property
    def results(self) -> list[Item]:
        """Key items about the person that may be told."""
        return [
            item
            for item in self.evidence
            if item.get("salience") == "key"
            and item.get("about", "self") == "self"
            and not item.get("confidential")
        ]

    def chance(self, *salt: str | int) -> float:
        """A number in [0, 1) that hangs on effect, draft and ``salt``."""
        return unit_interval("apart", self.effect, self.id, "choice", *salt)

    def pick(self, options: Sequence[T], *salt: str | int) -> T:
        """One of the options."""
        return options[int(self.chance(*salt) * len(options))]

    def several(self, options: Sequence[T], count: int) -> list[T]:
        """Some of the options, none of them twice."""
        order = sorted(range(len(options)), key=lambda at: self.chance("order", at))
        return [options[at] for at in order[:count]]

    def whole(self, least: int, most: int, *salt: str | int) -> int:
        """A whole number from ``least`` to ``most``."""
        return least + int(self.chance(*salt) * (most - least + 1))

    def told(self, wording: str) -> str:
        """A wording with the name, and the pronouns the draft itself uses, put in."""
        forms = _FORMS.get(self._pronoun, {})
        name = self.name
        slots = {
            "n": name,
            "they": forms.get("they", name),
            "them": forms.get("them", name),
            "their": forms.get("their", f"{name}'s"),
        }
        slots |= {key.capitalize(): value[:1].upper() + value[1:] for key, value in slots.items()}
        slots["n"] = name
        return wording.format(**slots)

    def of(self, item: Item) -> str:
        """An item of evidence in its own words, told of this person."""
        text = re.sub(r"\bEmployee\b", self.name, str(item.get("text", ""))).strip()
        return text if text.endswith((".", "!", "?", '"')) else f"{text}."

    def states(self, item: Item, sentence: str) -> bool:
        """Whether a sentence tells an item: half of its longer words or its number are there."""
        words = {w.lower() for w in _WORD.findall(str(item.get("text", "")))} - {"employee"}
        shared = words & {w.lower() for w in _WORD.findall(sentence)}
        if words and 2 * len(shared) >= len(words):
            return True
        value = item.get("value")
        return value is not None and shown(value) in NUMBER.findall(sentence) and bool(shared)

    def lower(self, sentence: str) -> str:
        """A sentence as it goes on after a comma: small first letter, save for names."""
        first = re.split(r"\W", sentence, maxsplit=1)[0]
        keep = first in (self.name, "I", "Legal") or (len(first) > 1 and first.isupper())
        return sentence if keep else sentence[:1].lower() + sentence[1:]

    def with_added(self, *added: str) -> str:
        """The text with sentences put in at places of the draft's own."""
        out = list(self.sentences)
        for at, sentence in enumerate(added):
            out.insert(1 + int(self.chance("place", at) * len(out)), sentence)
        return " ".join(out)

    @cached_property
    def _pronoun(self) -> str:
        words = re.findall(r"[a-z]+", f"{self.text} {self.input}".lower())
        she = sum(words.count(w) for w in ("she", "her", "hers"))
        he = sum(words.count(w) for w in ("he", "him", "his"))
        return "she" if she > he else "he" if he > she else ""


def effect(change: Callable[[Drafted], Mapping[str, object]]) -> Effect:
    """An effect from what it changes in one draft: column and new value.

    A change that is empty, or a draft that is not ``ok``, leaves the draft as it is.
    """
    name = change.__name__

    def planted(
        frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
    ) -> pd.DataFrame:
        spoiled = _spoiled(frame, name, dose, groups)
        around = Around(frame, spoiled)
        columns: dict[str, list[object]] = {}
        rows = cast("list[dict[str, Any]]", frame.iloc[spoiled].to_dict("records"))
        for at, row in zip(spoiled, rows, strict=True):
            for column, value in change(Drafted(name, row, around)).items():
                columns.setdefault(column, frame[column].tolist())[at] = value
        out = frame.copy()
        for column, values in columns.items():
            out[column] = pd.Series(values, index=frame.index, dtype=frame[column].dtype)
        return out

    update_wrapper(planted, change)
    del planted.__wrapped__  # type: ignore[attr-defined]
    return planted


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in _BREAK.split(text.strip()) if part]


def shown(value: float) -> str:
    """A number as reviews write it."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _spoiled(
    frame: pd.DataFrame, name: str, dose: float, groups: Mapping[str, str] | None
) -> list[int]:
    meant = frame["status"] == "ok"
    for attribute, value in (groups or {}).items():
        meant &= frame[f"{GROUP}{attribute}"] == value
    ids = frame["draft_id"].tolist()
    return [
        at for at, yes in enumerate(meant) if yes and unit_interval("apart", name, ids[at]) < dose
    ]


def _name(name: Any) -> str:
    return str(name) if pd.notna(name) else "this employee"
