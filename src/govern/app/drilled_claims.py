"""Claims that the file contradicts, and claims that nothing in it supports, for people to read."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from govern.app.codes import Codes
from govern.domain.finding import Findings
from govern.frames import evidence_items
from govern.metrics.checker import claims_table
from govern.report.blocks import Claim, Piece
from govern.report.wording import first_words, last_words, plain_words

SHOWN = 5
LONGEST = 400
"""Characters that are shown of what is at fault in a claim, and of what stands on either side."""
_NOTHING = "has nothing that comes near."
_CONFIDENTIAL = "has something confidential, which is not shown."
_KINDS = (
    ("accuracy.contradicted_share", "contradicted"),
    ("accuracy.unsupported_claim_share", "unverifiable"),
)


def claims_at_fault(
    main: pd.DataFrame, findings: Findings, codes: Codes
) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """Contradicted and unsupported claims of the drafts that findings name, one of each first."""
    contradicted, without = (_of(main, findings, codes, *kind) for kind in _KINDS)
    return contradicted, without


def _of(
    main: pd.DataFrame, findings: Findings, codes: Codes, metric: str, verdict: str
) -> tuple[Claim, ...]:
    named = {draft for f in findings.findings if f.metric == metric for draft in f.examples}
    rows = main[main["draft_id"].isin(named)].reset_index(drop=True)
    table = claims_table(rows)
    found = table[table["verdict"] == verdict].drop_duplicates("text")
    turn = found.groupby("draft_id").cumcount().sort_values(kind="stable")
    found = found.loc[turn.index].head(SHOWN)
    at = pd.Index(rows["draft_id"]).get_indexer(pd.Index(found["draft_id"]))
    items = evidence_items(rows)
    return tuple(
        _claim(one, rows.iloc[row], items, codes)
        for row, one in zip(at, found.to_dict("records"), strict=True)
    )


def _claim(
    one: Mapping[Hashable, Any], row: pd.Series[Any], items: Mapping[str, Any], codes: Codes
) -> Claim:
    text = str(row["text"])
    # Codes come first: half a name would be none.
    before, fault, after = (
        codes.masked(text[start:end])
        for start, end in pairwise(one[at] for at in ("start", "fault_start", "fault_end", "end"))
    )
    parts = (
        (last_words(before, LONGEST), False),
        (first_words(fault, LONGEST), True),
        (first_words(after, LONGEST), False),
    )
    near = {item["id"]: item for item in items.get(str(row["case_id"]), [])}.get(one["evidence_id"])
    return Claim(
        who=f"{codes.person(row['identity_id'])}, draft {row['draft_id']}",
        fault=plain_words(one["kind"]),
        pieces=tuple(Piece(text=part, marked=marked) for part, marked in parts if part),
        evidence=_NOTHING if near is None else _told(near, codes),
    )


def _told(item: Mapping[str, Any], codes: Codes) -> str:
    return _CONFIDENTIAL if item.get("confidential") else codes.masked(str(item["text"]))
