"""Sentences of a column, with their places: rules over stops, line breaks and bullets.

A working copy of the texts is marked, character for character, so that places stay true:
stops that end no sentence become marks, breaks are put in, and the copy is cut there. English.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from govern.frames import Texts
from govern.text.rewriting import rewritten

Codes = NDArray[np.int64]
# Private use characters stand in the copy for a stop that never ends a sentence (after Mr), that
# does before a capital (etc.), and that does before a word that mostly opens one (J. or U.S.).
_NEVER, _CAPITAL, _OPENER, _BREAK = "\ue000", "\ue001", "\ue002", "\ue003"
_SPACE = r"[\s\pZ]"
_CLOSES = r"[\"'”’»)\]*_]"
_NAMED = "Mr|Mrs|Ms|Mx|Messrs|Dr|Drs|Prof|Rev|Hon|Sgt|Capt|Lt|Col|Gen|Gov|Sen|Rep|St|Mt"
_LEADING = r"[Ee]\.g|[Ii]\.e|[Vv]s|[Cc]f|[Aa]pprox|[Ii]ncl|[Ee]xcl|[Rr]esp|[Vv]iz|[Cc]a"
_NUMBERED = "[Nn]os?|[Ff]igs?|[Ss]ec|[Cc]h|[Vv]ol|[Pp]p?|[Aa]rt|[Pp]aras?|[Rr]ef|[Vv]er"
_TRAILING = (
    "etc|et al|a\\.m|p\\.m|[Ii]nc|[Ll]td|[Cc]orp|[Cc]o|[Bb]ros|Jr|Sr|[Dd]epts?|[Dd]iv|[Ee]st|"
    "[Aa]vg|[Mm]ax|[Mm]in|[Mm]gr|[Aa]sst|[Aa]dmin|[Mm]gmt|[Hh]rs?|[Yy]rs?|[Mm]os|[Ww]ks?|[Qq]tr|"
    "Ave|Blvd|Rd|Mon|Tues?|Wed|Thurs?|Fri|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_STARTS = (
    "A|After|All|Also|Although|An|And|As|At|Because|Before|But|By|Despite|During|Each|Even|"
    "Every|For|From|He|Her|Here|His|However|I|If|In|It|Its|Last|My|Next|No|Not|On|One|Our|Over|"
    "She|Since|So|Some|That|The|Their|Then|There|These|They|This|Those|Through|To|Two|Under|"
    "Until|We|What|When|Where|While|With|Without|You|Your"
)
_START = r"(^|[^\pL\pN])"
_COUNTER = rf"(^|[.!?:]{_SPACE}+|[\r\n]{_SPACE}*)(\(?\d{{1,2}})\.({_SPACE})"
# What replaces a stop is one character, so that places stay true.
_MARKS = (
    (f"[{_NEVER}-{_BREAK}]", " "),
    (rf"{_START}({_NAMED}|{_LEADING})\.", rf"\1\2{_NEVER}"),
    (rf"{_START}({_NUMBERED})\.({_SPACE}*\d)", rf"\1\2{_NEVER}\3"),
    (rf"{_START}({_TRAILING})\.", rf"\1\2{_CAPITAL}"),
    (_COUNTER, rf"\1\2{_NEVER}\3"),
    (rf"{_START}((?:\pL\.)*\p{{Lu}}|Ph\.D)\.", rf"\1\2{_OPENER}"),
)
_BREAKS = (
    (rf"([\r\n][^\S\r\n]*[\r\n]{_SPACE}*)", rf"\1{_BREAK}"),
    (rf"([\r\n]{_SPACE}*)([^\s\pZ\p{{Ll}}])", rf"\1{_BREAK}\2"),
    (r"([•▪●◦‣·])([\s\pZ])", rf"{_BREAK}\1\2"),
    (rf"([\pL\pN%)\]*_\"”’'€$£°+]\.)({_SPACE}+)", rf"\1\2{_BREAK}"),
    (
        rf"((?:[!?…]|[.!?]{{2}}|[.!?]{_CLOSES})[.!?]*{_CLOSES}*{_SPACE}+)([^\s\pZ\p{{Ll}}])",
        rf"\1{_BREAK}\2",
    ),
    (rf"({_CAPITAL}{_CLOSES}*{_SPACE}+)([^\s\pZ\p{{Ll}}\d])", rf"\1{_BREAK}\2"),
    (rf"({_OPENER}{_CLOSES}*{_SPACE}+)({_STARTS})({_SPACE})", rf"\1{_BREAK}\2\3"),
)
_LIST_MARK = rf"^(?:[\s\pZ]|[•▪●◦‣·#>|]|[-*–—+]{_SPACE}|\(?\d{{1,2}}[{_NEVER})]{_SPACE})+"


def sentences(texts: pd.Series[str]) -> pd.DataFrame:
    """Every sentence of every text.

    Args:
        texts: any index; a missing text has no sentence.

    Returns:
        Columns ``row`` (position of the text), ``start`` and ``end`` (characters, as Python
        slices count them), in order. A line break ends a sentence unless a small letter
        follows; marks of lists and headings are left out, and so is what holds neither letter
        nor digit.
    """
    return _sentences(Texts(texts)).copy(deep=False)


@lru_cache(maxsize=1)
def _sentences(texts: Texts) -> pd.DataFrame:
    parts = pc.split_pattern(rewritten(texts.arrow().fill_null(""), _MARKS + _BREAKS), _BREAK)
    pieces = parts.flatten()
    opened = rewritten(pieces, [(_LIST_MARK, "")])
    row = np.repeat(np.arange(len(parts)), _integers(pc.list_value_length(parts)))
    length, rest = _integers(pc.utf8_length(pieces)), _integers(pc.utf8_length(opened))
    after = np.cumsum(length)
    first = np.concatenate([[True], row[1:] != row[:-1]]) if len(row) else row.astype(bool)
    before = after - length
    place = before - before[first][np.cumsum(first) - 1]
    start = place + length - rest
    end = start + _integers(pc.utf8_length(pc.utf8_rtrim_whitespace(opened)))
    said = pc.match_substring_regex(opened, r"[\pL\pN]").to_numpy(zero_copy_only=False)
    table: pd.DataFrame = pd.DataFrame({"row": row, "start": start, "end": end})
    found: pd.DataFrame = table[said].reset_index(drop=True)
    return found


def cut(texts: pd.Series[str], places: pd.DataFrame) -> pd.Series[str]:
    """What stands at each place, of which ``row``, ``start`` and ``end`` are as ``sentences``'."""
    row = places["row"].to_numpy()
    low, high = (int(row.min()), int(row.max()) + 1) if len(row) else (0, 0)
    whole = texts.iloc[low:high].to_numpy(dtype=object)
    each = zip(whole[row - low], places["start"], places["end"], strict=True)
    return pd.Series([text[a:b] for text, a, b in each], index=places.index, dtype="str")


def _integers(array: pa.Array) -> Codes:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.int64)
