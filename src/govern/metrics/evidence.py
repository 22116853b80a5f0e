"""The typed evidence of the cases of a frame as one table, with a slot for each item of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.frames import evidence_items

POLARITY = {"positive": 1, "negative": -1}


@dataclass(frozen=True)
class Facts:
    """I items of C cases.

    Attributes:
        items: one row each, by case, then slot: ``case`` (position in ``cases``), ``slot``
            (position in the case), ``id``, ``words`` (text, metric and unit), ``value``,
            ``target``, ``percent`` and ``quarter`` (bits; 0 where unknown), ``polarity`` and
            ``status`` (-1, 0, +1), ``gap`` (sign of value less target), ``other`` and ``key``
            (bool).
        cases: their ids.
        conflicts: pairs of items, both ways, as positions in ``items``.
    """

    items: pd.DataFrame
    cases: pd.Index[str]
    conflicts: list[tuple[int, int]]

    @property
    def slots(self) -> int:
        """The most items that a case has."""
        return int(self.items["slot"].max()) + 1

    def spread(self, column: str) -> NDArray[Any]:
        """C × K values of a column of ``items``; zero where a case has no such item."""
        values = self.items[column].to_numpy()
        table = np.zeros((len(self.cases), self.slots), dtype=values.dtype)
        table[self.items["case"], self.items["slot"]] = values
        return table


def facts_of(drafts: pd.DataFrame) -> Facts | None:
    """The evidence of the cases in ``drafts``, or ``None`` where no case has any."""
    by_case = {case: items for case, items in evidence_items(drafts).items() if items}
    if not by_case:
        return None
    rows = [
        _row(case, slot, item)
        for case, items in enumerate(by_case.values())
        for slot, item in enumerate(items)
    ]
    table = pd.DataFrame(rows)
    place = {
        (case, id_): i for i, (case, id_) in enumerate(zip(table["case"], table["id"], strict=True))
    }
    conflicts = [
        pair
        for case, items in enumerate(by_case.values())
        for item in items
        for other in item.get("conflicts_with") or ()
        if (case, other) in place
        for here, there in [(place[case, item["id"]], place[case, other])]
        for pair in ((here, there), (there, here))
    ]
    return Facts(table, pd.Index(by_case, dtype="str"), sorted(set(conflicts)))


def _row(case: int, slot: int, item: dict[str, Any]) -> dict[str, Any]:
    value, target = item.get("value"), item.get("target")
    unit = item.get("unit") or ""
    said = "\n".join(filter(None, [item["text"], item.get("metric"), unit]))
    quarter = item.get("quarter")
    return {
        "case": case,
        "slot": slot,
        "id": item["id"],
        "words": said,
        "unit": unit,
        "value": np.nan if value is None else float(value),
        "target": np.nan if target is None else float(target),
        "percent": unit == "%",
        "quarter": 1 << (int(quarter[1]) - 1) if quarter else 0,
        "polarity": POLARITY.get(item.get("polarity", ""), 0),
        "status": _status(item, value, target),
        "other": item.get("about") == "other",
        "key": item.get("salience") == "key",
        "gap": 0 if value is None or target is None else int(np.sign(value - target)),
    }


def _status(item: dict[str, Any], value: float | None, target: float | None) -> int:
    """Whether the target was met, or, without one, what the item says of the work."""
    if value is None or target is None or item.get("direction") is None:
        return POLARITY.get(item.get("polarity", ""), 0)
    higher = item["direction"] == "higher_is_better"
    return 1 if (value >= target if higher else value <= target) else -1
