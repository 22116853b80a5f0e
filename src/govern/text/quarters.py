"""Which quarters of the year a text names, word by word, as four bits: 1 for Q1 to 8 for Q4.

Half-years set two bits. Seasons are those of the northern year by calendar quarter; *fall* is
left to the verb. Words such as *midyear* or *year end* name no quarter.
"""

from __future__ import annotations

import numpy as np

from govern.text.lexemes import Codes, Flags, Lexemes
from govern.text.quantities import MONTHS

_NAMED = {f"q{i}": 1 << (i - 1) for i in range(1, 5)} | {"h1": 3, "h2": 12, "springtime": 2}
_ORDINAL = {
    "first": 1, "1st": 1, "opening": 1, "second": 2, "2nd": 2, "third": 4, "3rd": 4, "fourth": 8,
    "4th": 8, "final": 8, "closing": 8, "last": 8,
}  # fmt: skip
_CARDINAL = {"one": 1, "1": 1, "two": 2, "2": 2, "three": 4, "3": 4, "four": 8, "4": 8}
_SEASON = {"winter": 1, "spring": 2, "summer": 4, "autumn": 8}
_HALF = {"first": 3, "1st": 3, "second": 12, "2nd": 12, "last": 12}
_BY_MONTH = {month: 1 << (i // 3) for i, month in enumerate(MONTHS)}
_SPAN = frozenset({"quarter", "stretch"})
_SEASONAL = frozenset({"quarter", "months", "season", "term"})
_LEADS_IN = frozenset(
    "in over during by since until through throughout this the early late".split()
)
# Verbs and a modal as well: only with a capital after a word of time.
_AMBIGUOUS = frozenset({"march", "may"})
_BEFORE_MONTH = frozenset(
    "in of on by since until till to from through early late mid during and before after".split()
)


def quarters(lex: Lexemes) -> Codes:
    """Bits of the quarters that each word names; 0 for most. *Third quarter* counts at *third*."""
    if not len(lex):
        return np.zeros(0, dtype=np.int64)
    ordinal, cardinal = lex.valued(_ORDINAL), lex.valued(_CARDINAL)
    season, month = lex.valued(_SEASON), lex.valued(_BY_MONTH)
    span = lex.among(_SPAN)
    three = lex.among(frozenset({"three", "3"}))
    months = lex.among(frozenset({"months"}))
    joined = lex.gap(r"[ -]$")
    named = lex.valued(_NAMED)
    named |= ordinal * (lex.after(span) & joined)
    named |= ordinal * (lex.after(three) & lex.after(months, 2))
    named |= lex.before(span & joined) * cardinal
    led = lex.before(lex.among(_LEADS_IN)) & ~lex.gap("-")
    named |= season * (lex.after(lex.among(_SEASONAL)) | led)
    named |= lex.valued(_HALF) * lex.after(lex.among(frozenset({"half"})))
    return np.asarray(named | month * _is_month(lex), dtype=np.int64)


def _is_month(lex: Lexemes) -> Flags:
    capital = np.array([word[:1].isupper() for word in lex.words], dtype=bool)[lex.form]
    dated = lex.before(lex.among(_BEFORE_MONTH)) | lex.before(lex.where(str.isdigit))
    return np.asarray(capital & (dated | ~lex.among(_AMBIGUOUS)), dtype=bool)
