"""Numbers that texts state, with units and places: digits, words, percentages, money, ranks.

What looks like a number and is none is left out: years, dates, quarters, evidence ids, list
marks and the rating itself.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.text.lexemes import Codes, Flags, Lexemes

Floats = NDArray[np.float64]
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {w: float(i) for i, w in enumerate(_UNITS)} | {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_TEN = {w: 10.0 * i for i, w in enumerate(_TENS, 2)}
_SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0}
_SUFFIX = {"": 1.0, "x": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
_RANKS = {f"{w}": float(i) for i, w in enumerate("first second third fourth fifth".split(), 1)}
_LITERAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(k|m|mn|bn|b|x)?$")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH = frozenset(MONTHS)
_ABOUT = frozenset("about around roughly nearly almost approximately circa some close".split())
_MORE = frozenset("over exceeding above beyond".split())
_LESS = frozenset("under below".split())
_RANKED = frozenset("rank ranked ranks ranking place placed places finished came top".split())
# *This one* and *no one* count nothing.
_POINTS_AT = frozenset("this that no any each every the which another someone".split())
SOFT_UP_TO = 12.0
# Kinds of number words; small ones are below twenty.
NONE, SMALL, TEN, SCALE, LITERAL, ORDINAL = range(6)


def quantities(lex: Lexemes) -> pd.DataFrame:
    """Every number of every text.

    Returns:
        In order: ``word`` and ``last``, its first and last word, as places in ``lex``; ``value``;
        ``slack``, half of the last digit given; ``percent`` and ``money`` (bool); ``rank``
        (bool, *ranked third*, *top 3*); ``soft`` (bool: spelled out and no more than
        twelve, often no figure at all, as in *one of them*); ``bound`` (-1 *under*, 0, +1
        *over*) and ``about`` (bool, *nearly*).
    """
    if not len(lex):
        return _table(*(np.zeros(0) for _ in range(10)))
    different, word = lex.lower
    kinds = [_read(each) for each in different]
    kind, value, slack, scale = (np.array(c)[word] for c in zip(*kinds, strict=True))
    rank = _ranked(lex, kind)
    kind[((kind == ORDINAL) & ~rank) | _no_quantity(lex, kind, value)] = NONE
    joins = _continues(lex, kind, value)
    number = kind != NONE
    opens = np.flatnonzero(number & ~joins)
    last = _last(opens, joins)
    total, factor = _evaluate(kind, value * scale, opens, last)
    percent = _percent(lex)[last]
    spelled = ~np.isin(kind[opens], [LITERAL, ORDINAL]) & (total <= SOFT_UP_TO)
    bound, about = _hedges(lex)
    return _table(
        opens,
        last,
        total,
        slack[opens] * scale[opens] * factor,
        percent,
        _money(lex, opens, last) & ~percent,
        rank[opens],
        spelled & ~percent & ~rank[opens],
        bound[opens],
        about[opens],
    )


def _table(*columns: NDArray[Any]) -> pd.DataFrame:
    names = ("word", "last", "value", "slack", "percent", "money", "rank", "soft", "bound", "about")
    types = "int64 int64 float64 float64 bool bool bool bool int64 bool".split()
    return pd.DataFrame(dict(zip(names, columns, strict=True))).astype(
        dict(zip(names, types, strict=True))
    )


def _read(word: str) -> tuple[int, float, float, float]:
    """Kind, value, slack and scale of one form."""
    if word in _SMALL:
        return SMALL, _SMALL[word], 0.5, 1.0
    if word in _TEN:
        return TEN, _TEN[word], 0.5, 1.0
    if word.removesuffix("s") in _SCALE:
        return SCALE, _SCALE[word.removesuffix("s")], 0.5, 1.0
    if word in _RANKS:
        return ORDINAL, _RANKS[word], 0.0, 1.0
    if found := _ORDINAL.match(word):
        return ORDINAL, float(found.group(1)), 0.0, 1.0
    found = _LITERAL.match(word)
    if found is None or not (found.group(1) or found.group(2)):
        return NONE, 0.0, 0.0, 1.0
    whole, part, suffix = (piece or "" for piece in found.groups())
    value = float((whole.replace(",", "") or "0") + part)
    return LITERAL, value, 0.5 * 10.0 ** -len(part.rstrip("0").lstrip(".")), _SUFFIX[suffix]


def _continues(lex: Lexemes, kind: Codes, value: Floats) -> Flags:
    """Words that go on with the number of the word before: twenty-one, 420 thousand."""
    before, was = lex.before(kind), lex.before(value)
    joined = lex.before(lex.gap(r"[ -]$"))
    unit = (kind == SMALL) & (value < 10) & (before == TEN)
    scaled = (kind == SCALE) & np.isin(before, [SMALL, TEN, LITERAL, SCALE])
    rest = np.isin(kind, [SMALL, TEN]) & (before == SCALE) & (was >= 100)
    return np.asarray(joined & (unit | scaled | rest), dtype=bool)


def _last(opens: Codes, joins: Flags) -> Codes:
    """The last word of each number."""
    last = opens.copy()
    follows = np.append(joins, False)
    while (longer := follows[last + 1]).any():
        last = last + longer
    return last


def _evaluate(kind: Codes, value: Floats, opens: Codes, last: Codes) -> tuple[Floats, Floats]:
    """The value of each number, and what its first word is multiplied by."""
    done, current, factor = np.zeros(len(opens)), value[opens].copy(), np.ones(len(opens))
    for step in range(1, int((last - opens).max(initial=0)) + 1):
        at = np.minimum(opens + step, last)
        inside, scales = opens + step <= last, kind[at] == SCALE
        times = inside & scales
        current[times] *= value[at][times]
        factor[times] *= value[at][times]
        closed = times & (value[at] >= 1e3)
        done[closed] += current[closed]
        current[closed] = 0.0
        plus = inside & ~scales
        current[plus] += value[at][plus]
    return done + current, factor


def _percent(lex: Lexemes) -> Flags:
    per, cent = lex.among(frozenset({"per"})), lex.among(frozenset({"cent"}))
    word = lex.among(frozenset({"percent", "pct"}))
    spelled = lex.after(word) | (lex.after(per) & lex.after(cent, 2))
    return np.asarray(lex.gap(r"[ -]*%") | spelled, dtype=bool)


def _money(lex: Lexemes, opens: Codes, last: Codes) -> Flags:
    sign = r"(?:.|\n)*\$\s?[+-]?$"
    signed = lex.before(lex.gap(sign)) | lex.lead(sign)
    named = lex.after(lex.among(frozenset("usd dollar dollars euro euros pounds".split())))
    return np.asarray(signed[opens] | named[last], dtype=bool)


def _ranked(lex: Lexemes, kind: Codes) -> Flags:
    """Ordinals after *ranked*, and whatever follows *top*."""
    ranked = lex.before(lex.among(_RANKED))
    top = lex.before(lex.among(frozenset({"top"}))) & np.isin(kind, [LITERAL, SMALL])
    return np.asarray(((kind == ORDINAL) & ranked) | top, dtype=bool)


def _no_quantity(lex: Lexemes, kind: Codes, value: Floats) -> Flags:
    """Years, dates, numbered quarters, marks of lists, and the rating."""
    literal = kind == LITERAL
    year = lex.where(lambda w: bool(_YEAR.match(w)))
    year &= ~_percent(lex) & ~lex.before(lex.gap(r".*\$$"))
    month = lex.among(_MONTH)
    day = literal & (value <= 31) & (lex.before(month) | lex.after(month))
    dash = lex.gap(r"[-/]$")
    iso = literal & (
        (lex.before(year) & lex.before(dash)) | (lex.before(year, 2) & lex.before(dash, 2))
    )
    quarter = lex.before(lex.among(frozenset({"quarter", "h", "q"})))
    line = lex.first() | lex.before(lex.gap(r"(?:.|\n)*\n[\s(]*$"))
    mark = literal & (value <= 30) & line & lex.gap(r"[.)] ")
    one = lex.among(frozenset({"one"})) & (lex.before(lex.among(_POINTS_AT)) | _each_in_turn(lex))
    rating = lex.among(frozenset({"rating", "rated", "rate", "rates"}))
    near = lex.before(rating) | lex.before(rating, 2)
    scored = (value <= 5) & near & ~_percent(lex)
    of_five = (value == 5) & (lex.before(scored) | lex.before(scored, 3))
    return np.asarray(year | day | iso | quarter | mark | one | scored | of_five, dtype=bool)


def _each_in_turn(lex: Lexemes) -> Flags:
    """*From one quarter to the next*, *from one year to another*, at what follows *from*."""
    onward = lex.after(lex.among(frozenset({"next"})), 4) | lex.after(
        lex.among(frozenset({"another"})), 3
    )
    return np.asarray(lex.before(lex.among(frozenset({"from"}))) & onward, dtype=bool)


def _hedges(lex: Lexemes) -> tuple[Codes, Flags]:
    """*Over* and *more than* as +1, *under* and *less than* as -1; *nearly* apart."""
    than = lex.before(lex.among(frozenset({"than"})))
    up = (than & lex.before(lex.among(frozenset({"more", "greater", "higher"})), 2)) | lex.before(
        lex.among(_MORE)
    )
    up |= lex.before(lex.among(frozenset({"least"})))
    down = (than & lex.before(lex.among(frozenset({"less", "fewer", "lower"})), 2)) | lex.before(
        lex.among(_LESS)
    )
    about = lex.before(lex.among(_ABOUT))
    return up.astype(np.int64) - down.astype(np.int64), about
