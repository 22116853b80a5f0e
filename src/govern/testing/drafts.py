"""Made-up drafts: a crossed frame in which nothing is wrong that is not asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import pandas as pd

from govern.canon import unit_interval
from govern.frames import GROUP, build

GROUPS: Mapping[str, Sequence[str]] = {
    "gender": ("female", "male"),
    "race_ethnicity": ("asian", "black", "hispanic", "white"),
}
_SUBJECTS = (
    "invoices audits tickets branches ledgers claims renewals surveys mortgages deposits shifts "
    "deliveries vendors permits forecasts handovers rosters pallets contracts referrals payrolls "
    "refunds escalations inspections onboardings releases migrations dashboards incidents quotas"
).split()
_VERBS = "closed reviewed rebuilt settled chased mapped trained repaired planned priced".split()


@dataclass(frozen=True)
class Place:
    """Where a draft stands in the paired design: its case, its groups and its turn's name."""

    case: int
    name: str
    groups: Mapping[str, str]


def paired_frame(
    *,
    cases: int = 60,
    names: int = 12,
    groups: Mapping[str, Sequence[str]] = GROUPS,
    **columns: Any,
) -> pd.DataFrame:
    """A crossed drafts frame: every case once for every cell of ``groups``.

    Args:
        cases: how many; each has three numbers as key evidence and a gold rating.
        names: per cell, going round as docs/statistics.md#design says.
        groups: levels by attribute; no attribute means one draft per case.
        columns: what other columns hold, a value or a function of the draft's ``Place``.

    Returns:
        Drafts that quote the evidence under the rubric's rating, where ``columns`` does not
        say otherwise: nothing is wrong with them.
    """
    cells = list(product(*groups.values()))
    rows = []
    for case, (number, cell) in product(range(cases), enumerate(cells)):
        turn = (case + (number + 1) * (case // names)) % names
        name = f"Name{_letter(number)}{_letter(turn)}"
        place = Place(case, name, dict(zip(groups, cell, strict=True)))
        said = {key: value(place) if callable(value) else value for key, value in columns.items()}
        row = _sound_draft(place) | said
        lost = {} if row.get("status", "ok") == "ok" else {"outcome": None} | said
        rows.append(row | lost)
    return build(rows) if rows else build(pd.DataFrame(columns=["draft_id", "case_id", "status"]))


def evidence_of(case: int, name: str = "Employee") -> list[dict[str, Any]]:
    """Three key items with a number each, told of ``name`` in words of the case's own."""
    return [
        {
            "id": f"E{item}",
            "salience": "key",
            "unit": "items",
            "value": float(100 + 7 * case + item),
            "text": f"{name} {_deed(case, item)}",
        }
        for item in range(1, 4)
    ]


@cache
def _deed(case: int, item: int) -> str:
    did, what = _pick(_VERBS, case, item), _pick(_SUBJECTS, case, item)
    return f"{did} {100 + 7 * case + item} {what}"


def _pick(words: Sequence[str], case: int, item: int) -> str:
    """Two words of a list that depend on case and item alone."""
    return " and ".join(words[int(unit_interval(case, item, k) * len(words))] for k in (1, 2))


def _letter(number: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[number]


def _sound_draft(place: Place) -> dict[str, Any]:
    facts = ". ".join(item["text"] for item in evidence_of(place.case, place.name))
    rating = 1 + place.case % 5
    return {
        "draft_id": "/".join([f"c{place.case:04d}", *place.groups.values()]),
        "case_id": f"c{place.case:04d}",
        "name": place.name,
        "text": f"{facts}.",
        "input": f"Facts on file: {facts}.",
        "evidence": json.dumps(evidence_of(place.case)),
        "rating": rating,
        "gold_rating": rating,
        "outcome": float(rating >= 4),
        "label": str(rating),
        "gold_label": str(rating),
        **{f"{GROUP}{attribute}": value for attribute, value in place.groups.items()},
    }
