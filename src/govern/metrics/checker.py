"""Every claim of every draft, held against the typed evidence of its case.

Source and limits: docs/metrics/accuracy.md#how-claims-are-checked.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.metrics.evidence import Facts, facts_of
from govern.metrics.kept import kept
from govern.metrics.reading import Reading, read
from govern.metrics.verdicts import Verdicts, judge
from govern.text.sentences import sentences

CHUNK = 5_000
# Numpy and Arrow work outside Python's lock.
THREADS = 2
_READ = ("block", "case_id", "name", "text", "evidence")
COLUMNS = (
    "draft_id",
    "start",
    "end",
    "text",
    "verdict",
    "kind",
    "evidence_id",
    "fault_start",
    "fault_end",
)


def claims_table(drafts: pd.DataFrame) -> pd.DataFrame:
    """One row per claim, for people to read.

    Args:
        drafts: a drafts frame.

    Returns:
        ``draft_id``, ``start`` and ``end`` (characters of the draft's text), ``text``,
        ``verdict`` (supported, contradicted or unverifiable), ``kind`` (of the fault, missing
        where supported), ``evidence_id`` (missing where none comes near), ``fault_start`` and
        ``fault_end`` (what is at fault; the whole claim where no part of it is). Empty
        where no case has evidence.
    """
    found = checked_claims(drafts)
    if found is None:
        return pd.DataFrame(columns=list(COLUMNS))
    row = found["row"].to_numpy()
    said = drafts["text"].to_numpy(dtype=object)[row]
    places = zip(said, found["start"], found["end"], strict=True)
    return found.assign(
        draft_id=drafts["draft_id"].to_numpy()[row],
        text=pd.Series([text[a:b] for text, a, b in places], index=found.index, dtype="str"),
    )[list(COLUMNS)]


@kept(*_READ)
def checked_claims(drafts: pd.DataFrame) -> pd.DataFrame | None:
    """The claims of all drafts that have text and evidence, or ``None`` without evidence.

    Returns:
        In text order: ``row`` (position in ``drafts``), ``start``, ``end``, ``verdict``,
        ``kind``, ``item`` (position in the case's evidence, -1 where none comes near),
        ``evidence_id``, ``fault_start``, ``fault_end``, and what the item is: ``quarter``
        (bits), ``polarity``, ``key``, ``other``.
    """
    case = pd.factorize(drafts["case_id"])[0]
    by_case = drafts[list(_READ)].reset_index(drop=True).iloc[np.argsort(case, kind="stable")]
    found = sentences(by_case["text"])

    def check(start: int, stop: int) -> pd.DataFrame | None:
        chunk = by_case.iloc[start:stop]
        facts = facts_of(chunk)
        if facts is None:
            return None
        first, last = np.searchsorted(found["row"], [start, stop])
        said = found.iloc[first:last]
        reading = read(chunk, said.assign(row=said["row"] - start), facts)
        part = _table(reading, facts, judge(reading, facts))
        return part.assign(row=chunk.index.to_numpy()[part["row"]])

    ends = _ends(np.bincount(case))
    with ThreadPoolExecutor(THREADS) as pool:
        parts = [part for part in pool.map(check, ends[:-1], ends[1:]) if part is not None]
    if not parts:
        return None
    whole = pd.concat(parts, ignore_index=True)
    return whole.sort_values(["row", "start"], kind="stable", ignore_index=True)


def _ends(drafts: NDArray[np.int64]) -> list[int]:
    """Where chunks of whole cases of about ``CHUNK`` drafts end, from the drafts of each case."""
    after = np.cumsum(drafts)
    last = np.append(np.diff(after // CHUNK) > 0, True)[: len(after)]
    return [0, *map(int, after[last])]


def per_draft(values: pd.Series[Any], drafts: pd.DataFrame) -> pd.Series[float]:
    """Values by position in ``drafts`` as one value per row of it, NaN where there is none."""
    whole = values.reindex(np.arange(len(drafts))).to_numpy(dtype=np.float64)
    return pd.Series(whole, index=drafts.index)


def _table(reading: Reading, facts: Facts, found: Verdicts) -> pd.DataFrame:
    claims = reading.claims
    place = np.full((len(facts.cases), facts.slots), -1, dtype=np.int64)
    place[facts.items["case"], facts.items["slot"]] = np.arange(len(facts.items))
    slot = np.maximum(found.slot, 0)
    item = np.where(found.slot >= 0, place[reading.case, slot], -1)
    near = item >= 0

    def of_item(column: str, missing: Any) -> NDArray[Any]:
        return np.where(near, facts.items[column].to_numpy()[item], missing)

    whole = found.first < 0
    start = np.where(whole, claims["start"], reading.lex.start[np.maximum(found.first, 0)])
    end = np.where(whole, claims["end"], reading.lex.end[np.maximum(found.last, 0)])
    table = pd.DataFrame(
        {
            "row": claims["row"].to_numpy(),
            "start": claims["start"].to_numpy(),
            "end": claims["end"].to_numpy(),
            "verdict": found.verdict,
            "kind": found.kind,
            "item": np.where(near, slot, -1),
            "evidence_id": pd.Series(of_item("id", None), dtype="str"),
            "fault_start": start,
            "fault_end": end,
            "quarter": of_item("quarter", 0).astype(np.int64),
            "polarity": of_item("polarity", 0).astype(np.int64),
            "key": of_item("key", False).astype(bool),
            "other": of_item("other", False).astype(bool),
        }
    )
    return table[found.claim].reset_index(drop=True)
