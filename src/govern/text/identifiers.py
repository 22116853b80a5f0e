"""Things in a text that point to a person: e-mail addresses, telephone and national numbers.

RE2 says over the whole column which texts to look at; the exact patterns see those alone.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_CANDIDATE = r"@|\d(?:[^\n\pL]{0,2}\d){5}"
_EXACT = re.compile(
    r"""
    (?P<email> [\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,} )
    | (?P<national_id>
        (?<![\w-])\d{3}(?P<sign>[- ])\d{2}(?P=sign)\d{4}(?![\w-])
        | (?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ ]?\d{2}){3}[ ]?[A-D](?!\w)
    )
    | (?P<phone>
        (?<![\w+])(?:\+|00)\d{1,3}(?:[ ()./-]{0,2}\d){7,12}(?![\w%])
        | (?<![\w.,$£€])\(?0?\d{2,4}\)?[ .-]\d{3,4}[ .-]\d{3,4}(?![\w%]|[.,]\d)
    )
    """,
    re.VERBOSE,
)


def identifiers(texts: pd.Series[str]) -> pd.DataFrame:
    """Every identifier of every text.

    Args:
        texts: any index; a missing text has none.

    Returns:
        Columns ``row`` (position of the text), ``kind`` and ``value`` (letters and digits in
        lower case, and of an address its signs).
    """
    column = pa.array(texts.fillna("").to_numpy(dtype=object), pa.large_string())
    maybe = pc.match_substring_regex(column, _CANDIDATE).to_numpy(zero_copy_only=False)
    rows = [
        (row, kind, _plain(kind, match.group()))
        for row in np.flatnonzero(maybe)
        for match in _EXACT.finditer(column[int(row)].as_py())
        for kind in ("email", "national_id", "phone")
        if match.group(kind)
    ]
    return pd.DataFrame(rows, columns=["row", "kind", "value"]).drop_duplicates(["row", "value"])


def _plain(kind: str, value: str) -> str:
    return value.lower() if kind == "email" else re.sub(r"[^a-z0-9]", "", value.lower())
