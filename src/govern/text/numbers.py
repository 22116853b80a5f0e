"""Numbers a text states, as (value, is a percentage), ready to be held against evidence."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from govern.frames import Texts
from govern.text.rewriting import rewritten

# Quarters, evidence ids, years of the period and the rating itself are not claims about work.
# RE2 looks neither ahead nor behind: what must not follow is matched and put back.
_LABEL = (r"(?i)\b(?:Q[1-4]|[EG]\d{1,2})\b", " ")
_YEAR = (r"(^|[^\d.,])(?:19|20)\d\d($|[^\d.,%]|[.,]\D|[.,]$)", r"\1 \2")
_BARE_DECIMAL = (r"(^|[\s\pZ(£$€+-])\.(\d)", r"\1 0.\2")
_THOUSANDS = (r"(\d),(\d{3})", r"\1\2")
_PERCENT = (r"(?i)(\d+(?:\.\d+)?)[\s\pZ-]*(?:%|per ?cent\b)", " \\1§ ")
_RATING = (
    r"(?i)\brat(?:ing|ed)\b(?: (?:of|is|at))?:? ?[1-5](?:\.\d+)?(?: ?(?:/|out of) ?5)?\b",
    " ",
)
# Twice where one match takes what the next begins with. A rating is below 10 only once
# thousands are joined, and no percentage.
_REST = (r"[^\d.§]+", " ")
_STEPS = (_LABEL, _YEAR, _YEAR, _BARE_DECIMAL, _THOUSANDS, _THOUSANDS, _PERCENT, _RATING, _REST)


def stated_numbers(texts: pd.Series[str]) -> pd.DataFrame:
    """Every number of every text.

    Args:
        texts: any index; missing texts state nothing.

    Returns:
        Columns ``row`` (position of the text), ``value`` (float) and ``percent`` (bool),
        in text order. Numbers spelled out in words are not seen.
    """
    return _numbers(Texts(texts)).copy(deep=False)


@lru_cache(maxsize=1)
def _numbers(texts: Texts) -> pd.DataFrame:
    spaced = rewritten(texts.arrow().fill_null(""), _STEPS)
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
