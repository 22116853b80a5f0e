"""Numbers a text states, as (value, is a percentage), ready to be held against evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Quarters, evidence ids, years of the period and the rating itself are not claims about work.
_NOT_CLAIMS = (
    r"(?i)\b(?:Q[1-4]|[EG]\d{1,2})\b",
    r"\b(?:19|20)\d\d\b",
    r"(?i)\brat(?:ing|ed)\b(?: (?:of|is|at))?:? ?[1-5](?:\.0)?(?: ?(?:/|out of) ?5)?",
)
_SPLIT_THOUSANDS = r"(\d),(\d{3})"
_NUMBER = r"\d+(?:\.\d+)?"


def stated_numbers(texts: pd.Series[str]) -> pd.DataFrame:
    """Every number of every text.

    Args:
        texts: any index; missing texts state nothing.

    Returns:
        Columns ``row`` (position of the text), ``value`` (float) and ``percent`` (bool),
        in text order. Numbers spelled out in words are not seen.
    """
    column = pa.array(texts.fillna("").to_numpy(dtype=object), pa.large_string())
    for pattern in _NOT_CLAIMS:
        column = pc.replace_substring_regex(column, pattern, " ")
    for _ in range(2):
        column = pc.replace_substring_regex(column, _SPLIT_THOUSANDS, r"\1\2")
    marked = pc.replace_substring_regex(column, rf"({_NUMBER})\s*(?:%|per ?cent\b)", " \\1§ ")
    spaced = pc.replace_substring_regex(marked, r"[^\d.§]+", " ")
    parts = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(spaced))
    lengths = pc.list_value_length(parts).to_numpy(zero_copy_only=False)
    table = pd.DataFrame(
        {
            "row": np.repeat(np.arange(len(lengths)), lengths),
            "token": pd.Series(parts.flatten().to_pandas(), dtype="str").str.strip("."),
        }
    )
    table["percent"] = table["token"].str.endswith("§")
    table["value"] = pd.to_numeric(table["token"].str.rstrip("§."), errors="coerce")
    return table.dropna(subset=["value"])[["row", "value", "percent"]].reset_index(drop=True)
