"""Planted errors of fact: what a draft says of the evidence made wrong in one known way.

Each takes a frame and a dose, the share of drafts hit; a draft that has no place for the error
stays as it is. They read the evidence's own fields, never what a measure made of a draft.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from govern.testing.plants import hit

Items = list[dict[str, Any]]
_NUMBER = re.compile(r"(?<![\w.,$])(\d{1,3}(?:,\d{3})+|\d+)((?:\.\d+)?)(?![\d,]*\d)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_TIMES = re.compile(r"quarter|months|stretch|season|spring|midyear|year|Q\d", re.IGNORECASE)
_OPPOSITES = dict(
    pair.split("/")
    for pair in (
        "rose/fell increased/decreased grew/shrank climbed/dropped raised/lowered rise/drop "
        "improved/worsened better/worse early/late faster/slower quicker/slower above/below "
        "higher/lower"
    ).split()
)
_OPPOSITES |= {b: a for a, b in _OPPOSITES.items()}
_TURNED = re.compile(rf"\b({'|'.join(_OPPOSITES)})\b")
_SOMEBODY = re.compile(
    r"\b(?:an?|one|another|the|their) (?:[\w-]+ )?(?:colleague|lead|deputy|peer|member|manager)"
    r"(?: on [\w -]+?grade| of the team)?(?='s|,? |$)",
    re.IGNORECASE,
)


def alter_numbers(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The first figure of the evidence that the draft gives, given as half as much again."""
    return _rewritten(frame, dose, "alter-number", _altered)


def shift_periods(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """A key item told again and put two quarters later, or earlier."""
    return _rewritten(frame, dose, "period", _shifted)


def flip_directions(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The first *rose* made *fell*, *early* made *late*, and the like."""
    return _rewritten(frame, dose, "direction", _turned)


def flip_goals(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """A target that was missed called met, or the reverse."""
    return _rewritten(frame, dose, "goal", _goal_flipped)


def swap_persons(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """What evidence says of somebody else told of the person."""
    return _rewritten(frame, dose, "person", _taken_over)


def forget_early(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The sentences that tell of the first two quarters left out."""
    return _rewritten(frame, dose, "early", lambda text, items, _: _without(text, items, _is_early))


def forget_dissent(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The sentences that do not suit the rating left out: all but good ones above 3, and
    all but bad ones below.
    """
    frame = frame.copy()
    for rated, drop in ((frame["rating"] > 3, _only_good), (frame["rating"] < 3, _only_bad)):
        part = _rewritten(frame[rated], dose, "dissent", drop)
        frame.loc[part.index, "text"] = part["text"]
    return frame


def flatten_ratings(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Ratings a point nearer to 3."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="flatten")
    frame.loc[on, "rating"] -= np.sign(frame.loc[on, "rating"] - 3)
    return frame


def miscite(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Each second citation replaced by one of evidence that there is not."""
    return _recited(
        frame, dose, lambda ids: [*ids[::2], *(f"E{90 + i}" for i in range(len(ids) // 2))]
    )


def forget_citations(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Each second citation left out."""
    return _recited(frame, dose, lambda ids: ids[::2])


def _rewritten(
    frame: pd.DataFrame,
    dose: float,
    fault: str,
    rewrite: Callable[[str, Items, str], str | None],
) -> pd.DataFrame:
    frame, on = frame.copy(), hit(frame, dose, {}, fault=fault)
    chosen = frame[on & frame["text"].notna() & frame["evidence"].notna()]
    rows = zip(chosen["text"], chosen["evidence"], chosen["name"], strict=True)
    texts = [rewrite(text, json.loads(items), str(name)) or text for text, items, name in rows]
    frame.loc[chosen.index, "text"] = texts
    return frame


def _recited(
    frame: pd.DataFrame, dose: float, change: Callable[[list[str]], list[str]]
) -> pd.DataFrame:
    frame, on = frame.copy(), hit(frame, dose, {}, fault="cite")
    chosen = frame.loc[on & frame["citations"].notna(), "citations"]
    frame.loc[chosen.index, "citations"] = [json.dumps(change(json.loads(c))) for c in chosen]
    return frame


def _altered(text: str, items: Items, _name: str) -> str | None:
    values = {float(item["value"]) for item in items if item.get("value") is not None}
    for found in _NUMBER.finditer(text):
        value = float(found.group(1).replace(",", "") + found.group(2))
        if value in values and value > 0:
            wrong = f"{1.5 * value + 1:.{len(found.group(2)[1:])}f}"
            return f"{text[: found.start()]}{wrong}{text[found.end() :]}"
    return None


def _shifted(text: str, items: Items, name: str) -> str | None:
    for item in items:
        quarter = item.get("quarter")
        if quarter and item.get("salience") == "key" and not _TIMES.search(item["text"]):
            wrong = f"Q{(int(quarter[1]) + 1) % 4 + 1}"
            return f"{text} In {wrong}, this is what happened: {_told(item, name)}"
    return None


def _turned(text: str, items: Items, _name: str) -> str | None:
    for found in _TURNED.finditer(text):
        # Only what the evidence says in these words can be turned against it.
        around = text[max(found.start() - 12, 0) : found.end() + 12]
        if any(around in item["text"] for item in items):
            return f"{text[: found.start()]}{_OPPOSITES[found.group(0)]}{text[found.end() :]}"
    return None


def _goal_flipped(text: str, items: Items, _name: str) -> str | None:
    for item in items:
        value, target = item.get("value"), item.get("target")
        if value is not None and target is not None and value != target and item.get("metric"):
            met = (value > target) == (item.get("direction") == "higher_is_better")
            return f"{text} The target for {item['metric']} was {'missed' if met else 'met'}."
    return None


def _taken_over(text: str, items: Items, name: str) -> str | None:
    for item in items:
        if item.get("about") == "other":
            told = _SOMEBODY.sub(name, _told(item, name))
            return f"{text} {told}"
    return None


def _told(item: dict[str, Any], name: str) -> str:
    told = item["text"].replace("Employee", name)
    return told if told.endswith((".", "!", "?")) else f"{told}."


def _only_good(text: str, items: Items, _name: str) -> str | None:
    return _without(text, items, lambda item: item.get("polarity") != "positive")


def _only_bad(text: str, items: Items, _name: str) -> str | None:
    return _without(text, items, lambda item: item.get("polarity") != "negative")


def _is_early(item: dict[str, Any]) -> bool:
    return item.get("quarter") in ("Q1", "Q2")


def _without(text: str, items: Items, unwanted: Callable[[dict[str, Any]], bool]) -> str | None:
    """The text without the sentences whose words are mostly those of an unwanted item."""
    words = [(set(re.findall(r"\w+", item["text"].lower())), unwanted(item)) for item in items]
    kept = []
    for sentence in _SENTENCE.split(text):
        said = set(re.findall(r"\w+", sentence.lower()))
        best = max(words, key=lambda pair: len(pair[0] & said))
        if not (best[1] and len(best[0] & said) >= len(said) / 2):
            kept.append(sentence)
    return " ".join(kept) or None
