"""Effects on facts that are there: a number, date, direction or goal status made wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from govern.testing.apart.chosen import NUMBER, Drafted, Item, effect, shown

_QUARTER = re.compile(
    r"\bQ([1-4])\b|\b(first|second|third|fourth) quarter\b|\bquarter (one|two|three|four)\b"
    r"|\b(winter|spring|summer|autumn) (?=quarter|months)",
    re.IGNORECASE,
)
_CALENDAR = (
    ("1", "2", "3", "4"),
    ("first", "second", "third", "fourth"),
    ("one", "two", "three", "four"),
    ("winter", "spring", "summer", "autumn"),
)
_DATED = (
    "In Q{q}, {rest}",
    "In the {ordinal} quarter, {rest}",
    "Q{q}: {whole}",
    "{open} in the {ordinal} quarter{stop}",
    "This was in the {ordinal} quarter: {whole}",
)
_TURNS = (
    ("rose", "fell"),
    ("grew", "shrank"),
    ("increased", "decreased"),
    ("improved", "declined"),
    ("above", "below"),
    ("ahead of", "behind"),
    ("higher", "lower"),
    ("more than", "less than"),
    ("faster", "slower"),
    ("better", "worse"),
)
_WAYS = (
    "At {value}, {metric} {was} {way} the {target} that had been set.",
    "{Metric}: {value}, {way} the {target} in the plan.",
    "With {value} against {target}, {metric} ended {way} the plan.",
    "The year closed with {metric} at {value}, which is {way} the agreed {target}.",
)
_STATUS = (
    ("met", "missed"),
    ("reached", "missed"),
    ("achieved", "missed"),
    ("exceeded", "fell short of"),
    ("surpassed", "fell short of"),
    ("beat", "fell short of"),
)
_GOALS = r"\b(?:[Gg]oals?|[Tt]argets?|plan|mark|deadline|agreed|standard)\b"
_MET = (
    "The goal on {metric} was met.",
    "On {metric} {n} did what had been agreed, and more.",
    "{n} reached the target for {metric}.",
    "{Metric}: target achieved.",
    "As to {metric}, the mark that was set has been passed.",
)
_MISSED = (
    "The goal on {metric} was missed.",
    "On {metric} {n} did not deliver what had been agreed.",
    "{n} did not reach the target for {metric}.",
    "{Metric}: target not achieved.",
    "As to {metric}, {n} fell short of the mark that was set.",
)


@effect
def alter_numbers(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has one of its numbers wrong.

    In turn a digit changed, up to a quarter more or less, or wrong by a factor of ten or a
    thousand. A text without numbers stays.
    """
    hits = list(NUMBER.finditer(draft.text))
    if not hits:
        return {}
    hit = draft.pick(hits, "which")
    wrong = _altered(draft, hit[0])
    return {"text": draft.text[: hit.start()] + wrong + draft.text[hit.end() :]}


@effect
def wrong_quarter(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft puts one result into another quarter.

    Where the text names a quarter, that one is exchanged; otherwise a sentence that tells dated
    evidence gets a wrong date. A case without dated evidence stays.
    """
    hits = list(_QUARTER.finditer(draft.text))
    if hits:
        hit = draft.pick(hits, "which")
        return {"text": draft.text[: hit.start()] + _later(draft, hit) + draft.text[hit.end() :]}
    dated = [item for item in draft.evidence if item.get("quarter")]
    told = [
        (at, item)
        for at, sentence in enumerate(draft.sentences)
        for item in dated
        if draft.states(item, sentence)
    ]
    if not told:
        return {}
    at, item = draft.pick(told, "told")
    turn = (int(str(item["quarter"])[1]) - 1 + draft.whole(1, 3, "by")) % 4
    parts = list(draft.sentences)
    parts[at] = _dated(draft, parts[at], turn)
    return {"text": " ".join(parts)}


@effect
def wrong_direction(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft has a movement or comparison the wrong way round.

    One of rose/fell, improved/declined, above/below… is turned; where the text has none, a
    sentence sets a result on the wrong side of its target. Neither possible: the draft stays.
    """
    turned = _turned(draft, _TURNS)
    if turned:
        return {"text": turned}
    items = [i for i in draft.results if _beside(i) not in (None, 0)]
    if not items or not draft.text:
        return {}
    item = draft.pick(items, "item")
    way = "below" if (_beside(item) or 0) > 0 else "above"
    return {"text": draft.with_added(_worded(draft, draft.pick(_WAYS), item, way=way))}


@effect
def flip_goal_status(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft says met of a goal that was missed, or missed of one that was met.

    A word of the text is turned where there is one, otherwise a sentence says so of a result
    with a target. Neither possible: the draft stays.
    """
    turned = _turned(draft, _STATUS, _GOALS)
    if turned:
        return {"text": turned}
    items = [i for i in draft.results if i.get("metric") and _beside(i) is not None]
    if not items or not draft.text:
        return {}
    item = draft.pick(items, "item")
    wording = draft.pick(_MISSED if _attained(item) else _MET)
    return {"text": draft.with_added(_worded(draft, wording, item))}


def _altered(draft: Drafted, number: str) -> str:
    value = float(number.replace(",", ""))
    kind = draft.pick(("digit", "off", "scale"), "kind")
    if kind == "digit":
        places = [at for at, sign in enumerate(number) if sign.isdigit()]
        at = draft.pick(places, "place")
        digit = 1 + (int(number[at]) - 1 + draft.whole(1, 8, "digit")) % 9
        return f"{number[:at]}{digit}{number[at + 1 :]}"
    if kind == "off" and value:
        by = draft.whole(8, 25, "by") / 100 * draft.pick((1, -1), "sign")
        step = 0 if value >= 20 else 1
        wrong = round(value * (1 + by), step)
        return shown(wrong) if wrong != value else shown(value + 1)
    factor = 1000 if value < 50 or draft.chance("factor") < 0.3 else draft.pick((10, 0.1), "ten")
    return shown(value * factor) if value else "10"


def _later(draft: Drafted, hit: re.Match[str]) -> str:
    kind = next(at for at, group in enumerate(hit.groups()) if group)
    names = _CALENDAR[kind]
    turn = names.index(hit[kind + 1].lower()) + draft.whole(1, 3, "by")
    start, end = hit.span(kind + 1)
    new = names[turn % 4]
    new = new.capitalize() if hit[kind + 1][0].isupper() else new
    return hit[0][: start - hit.start()] + new + hit[0][end - hit.start() :]


def _dated(draft: Drafted, sentence: str, turn: int) -> str:
    return draft.pick(_DATED).format(
        q=turn + 1,
        ordinal=_CALENDAR[1][turn],
        whole=sentence,
        rest=draft.lower(sentence),
        open=sentence.rstrip(".!?"),
        stop=sentence[len(sentence.rstrip(".!?")) :] or ".",
    )


def _turned(draft: Drafted, pairs: Sequence[tuple[str, str]], about: str = "") -> str:
    """The text with one word turned into its opposite, "" where there is none to turn.

    Only sentences that match ``about`` are looked at.
    """
    other = dict(pairs) | {b: a for a, b in reversed(pairs)}
    found = re.compile(rf"\b({'|'.join(map(re.escape, other))})\b")
    parts = list(draft.sentences)
    hits = [
        (at, hit)
        for at, sentence in enumerate(parts)
        if re.search(about, sentence)
        for hit in found.finditer(sentence)
    ]
    if not hits:
        return ""
    at, hit = draft.pick(hits, "turn")
    parts[at] = parts[at][: hit.start()] + other[hit[0]] + parts[at][hit.end() :]
    return " ".join(parts)


def _beside(item: Item) -> float | None:
    """How far the value lies above the target, None without either."""
    value, target = item.get("value"), item.get("target")
    return None if value is None or target is None else float(value) - float(target)


def _attained(item: Item) -> bool:
    above = _beside(item) or 0.0
    return above <= 0 if item.get("direction") == "lower_is_better" else above >= 0


def _worded(draft: Drafted, wording: str, item: Item, *, way: str = "") -> str:
    metric, unit = str(item.get("metric") or "the result"), str(item.get("unit") or "")
    after = unit if unit == "%" else f" {unit}".rstrip()
    slots = {
        "metric": metric,
        "Metric": metric[:1].upper() + metric[1:],
        "value": shown(float(item["value"])) + after,
        "target": shown(float(item["target"])) + after,
        "way": way,
        "was": "were" if metric.endswith("s") else "was",
    }
    for key, value in slots.items():
        wording = wording.replace(f"{{{key}}}", value)
    return draft.told(wording)
