"""Numbers, dates and names as people read them, and foreign text made harmless to read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import groupby

# Kept although they are format characters: words of Persian, Hindi and others need them.
_JOINERS = "\u200c\u200d"
_OUTSIDE_ANCHORS = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_ANCHOR = 60
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_MOST_MARKS = 8
"""On one letter, as in a Tibetan seed syllable; a higher pile paints over what stands above."""
# To `re` a mark is no part of a word; what it finds is looked at mark by mark.
_PERHAPS_MARKS = re.compile(rf"[^\w\s!-~]{{{_MOST_MARKS + 1},}}")
_FEWEST_DECIMALS, _MOST_DECIMALS = 3, 6


def visible(text: str) -> str:
    """``text`` with nothing in it that hides, reorders or paints over others.

    A character that does is written as ``[U+202E]``; of the marks on one letter eight are kept
    and the others counted.
    """
    shown = text if text.isprintable() else "".join(map(_shown, text))
    return shown if shown.isascii() else _PERHAPS_MARKS.sub(_few_marks, shown)


def _few_marks(found: re.Match[str]) -> str:
    runs = (("".join(run), marks) for marks, run in groupby(found[0], key=_is_mark))
    return "".join(_few(run) if marks else run for run, marks in runs)


def _few(marks: str) -> str:
    more = len(marks) - _MOST_MARKS
    return f"{marks[:_MOST_MARKS]}[and {counted(more, 'marks')} more]" if more > 0 else marks


def _is_mark(char: str) -> bool:
    """Whether it joins the letter before it."""
    return char in _JOINERS or unicodedata.category(char).startswith("M")


def _shown(char: str) -> str:
    if char in "\n\t" or char in _JOINERS or unicodedata.category(char) not in _HIDDEN:
        return char
    return f"[U+{ord(char):04X}]"


def first_words(text: str, most: int) -> str:
    """``text`` up to the last space within ``most`` characters, and ``…`` for what is cut."""
    if len(text) <= most:
        return text
    return f"{text[: most + 1].rpartition(' ')[0] or text[:most]} …"


def last_words(text: str, most: int) -> str:
    """``text`` from the first space within its last ``most`` characters, ``…`` before it if cut."""
    if len(text) <= most:
        return text
    return f"… {text[-most - 1 :].partition(' ')[2] or text[-most:]}"


def anchor(text: str) -> str:
    """``text`` as a part of an anchor or of a file's name: letters, digits and hyphens of ASCII."""
    return _OUTSIDE_ANCHORS.sub("-", text)[:_LONGEST_ANCHOR].strip("-") or "x"


def anchors(texts: Sequence[str]) -> list[str]:
    """An anchor for each of ``texts``, numbered where two would have one, in any case of letters.

    They name files too, and some file systems know no case.
    """
    made = [anchor(text) for text in texts]
    many = Counter(map(str.lower, made))
    taken = {one for one, count in many.items() if count == 1}
    found = []
    for place, one in enumerate(made, start=1):
        name = one
        while many[one.lower()] > 1 and (name == one or name.lower() in taken):
            name = f"{name}-{place}"
        taken.add(name.lower())
        found.append(name)
    return found


def field_words(value: object) -> str:
    """A field's value on one line, with nothing in it that hides or reorders what stands there."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{key}: {field_words(one)}" for key, one in value.items()) or "–"
        case list() | tuple():
            return ", ".join(map(field_words, value)) or "–"
        case float():
            return f"{value:.3g}"
        case _:
            return " ".join(visible(str(value)).split())


def plain_words(identifier: str) -> str:
    """``gender*race_ethnicity`` as ``gender × race ethnicity``."""
    return identifier.replace("*", " × ").replace("_", " ").replace("  ", " ").strip()


def capital(text: str) -> str:
    """``text`` with its first letter in upper case and the rest untouched."""
    return text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """``text`` with a capital letter and a full stop."""
    whole = capital(text.strip())
    return whole if not whole or whole.rstrip("”").endswith((".", "!", "?", "…")) else f"{whole}."


def listing(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(count: int, noun: str) -> str:
    """``1 clause``, ``2,880 drafts``."""
    plural = noun if noun.endswith("s") else f"{noun}s"
    return f"{count:,} {noun.removesuffix('s') if count == 1 else plural}"


def two_digits(value: float, rounding: str = ROUND_HALF_UP) -> str:
    """``value`` to two significant digits, without exponent: ``0.34``, ``6.0``, ``1,200``."""
    exact = Decimal(f"{value:.12g}")
    for _ in "once", "for a digit that rounding carried over":
        exact = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), rounding=rounding)
    return f"{exact:,f}" if exact else "0"


def roughly(count: int) -> str:
    """A count to two digits: ``7``, ``340``, ``11,000``."""
    return f"{round(count, 2 - len(str(count))) if count > 99 else count:,}"


def lower_end(value: float) -> str:
    """The lower end of an interval to two digits, never above where it is."""
    return two_digits(value, ROUND_FLOOR)


def upper_end(value: float) -> str:
    """The upper end of an interval to two digits, never below where it is."""
    return two_digits(value, ROUND_CEILING)


def as_written(value: float) -> str:
    """A number of the policy, in the digits the policy gives it."""
    return f"{Decimal(f'{value:.12g}'):,f}"


def places_of(value: float) -> int:
    """Digits after the point of a number of the policy."""
    return len(as_written(value).partition(".")[2])


def decimals_for(values: Iterable[float]) -> int:
    """Decimals that show two significant digits of the smallest value, three to six."""
    sizes = [abs(value) for value in values if value]
    if not sizes:
        return _FEWEST_DECIMALS
    exponent = Decimal(f"{min(sizes):.2e}").adjusted()
    return min(max(1 - exponent, _FEWEST_DECIMALS), _MOST_DECIMALS)


def fixed(value: float, decimals: int) -> str:
    """``value`` with so many decimals and a true minus sign, for a column of a table."""
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.removeprefix("-")
    return text.replace("-", "\N{MINUS SIGN}")


def plain_date(day: date) -> str:
    """``3 March 2027``."""
    return f"{day.day} {day:%B %Y}"


def duration(seconds: float) -> str:
    """``46 seconds``, ``12 minutes``, ``3.5 hours``."""
    if seconds < 90:
        return counted(round(seconds), "seconds")
    if seconds < 5400:
        return counted(round(seconds / 60), "minutes")
    return f"{two_digits(seconds / 3600)} hours"


def paragraphs(prose: str) -> tuple[str, ...]:
    """The paragraphs and list items of Markdown ``prose``, hard line breaks folded."""
    found: list[str] = []
    fresh = True
    for line in prose.splitlines():
        text = line.strip()
        if fresh or text.startswith(("- ", "* ")):
            found.append(text)
        elif text:
            found[-1] = f"{found[-1]} {text}"
        fresh = not text
    return tuple(text for text in found if text)
