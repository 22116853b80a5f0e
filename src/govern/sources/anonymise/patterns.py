"""Patterns that identify: addresses, numbers, links. RE2 says which texts to look at at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from govern.sources.anonymise import dates
from govern.sources.anonymise.presidio import Recognisers
from govern.sources.anonymise.spans import Span

LABELS = {
    "email": "[email]",
    "url": "[link]",
    "handle": "[handle]",
    "phone": "[phone]",
    "national_id": "[national id]",
    "iban": "[account]",
    "card": "[account]",
    "account": "[account]",
    "address": "[address]",
    "ip": "[ip address]",
    "id": "[id]",
}
_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|io|ai|co|ly|gl|gg|tv|dev|app|me|eu|uk|us|ca|de|fr|es|it|nl|ch|"
    r"at|be|ie|in|au|nz|jp|cn|br|mx|pl|se|no|dk|fi|pt|example|test|local|internal|corp)"
)
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|"
    r"square|sq|terrace|close|crescent|gardens|highway|hwy|parkway|pkwy|circle|row|mews|quay)"
)
_CAP = r"[A-Z][\w'’.-]*"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}"
_UNIT = r"(?:apt|apartment|suite|ste|unit|flat|floor|room|no)\.?[ ]?#?\w{1,5}"
_REGION = rf"(?:[A-Z]{{2}}[ ]\d{{5}}(?:-\d{{4}})?|{_POSTCODE}|\d{{5}})(?!\w)"
_CITY = rf"(?:,?[ \n]+{_CAP}(?:[ ]{_CAP}){{0,2}})?"
_END = rf"(?:,?[ \n](?i:{_UNIT}))?(?:{_CITY},?[ \n]+{_REGION})?"

# Candidate: RE2 over the whole column. Precise: Python's re over the candidates alone.
CONTACT = rf"@|://|(?i:www\.)|\.{_TLD}\b"
DIGITS = r"\d(?:[^\n\pL]{0,3}\d){4}|\b[A-Z]{2}[ -]?\d{2}|[0-9a-fA-F]:[0-9a-fA-F:]+:"
ADDRESS = (
    rf"(?i:\d[A-Za-z]?,? (?:[\w'’.-]+ ){{1,4}}{_STREET}\b)|(?i:p\.? ?o\.? ?box)|"
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2} \d{5}\b"
)
_CONTACTS = [
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "email",
            r"(?:[^\s@<>()\[\],;:\"'’]+['’])*[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[^\W\d_]{2,}(?:\.[^\W\d_]{2,})*",
        ),
        ("email", r"[\w.+-]+[ ]?(?:\[at\]|\(at\))[ ]?[\w-]+(?:[ ]?(?:\.|\[dot\]|\(dot\))[ ]?\w+)+"),
        ("url", r"\b[A-Za-z][A-Za-z+.-]{1,9}://[^\s<>\"]*[^\s<>\".,;:!?)\]']"),
        ("url", r"\b[Ww]{3}\.[^\s<>\"]*[^\s<>\".,;:!?)\]']"),
        (
            "url",
            rf"(?<![\w@.])(?:[a-z0-9-]{{2,}}\.)+{_TLD}\b(?:[/?#][^\s<>\"]*[^\s<>\".,;:!?)\]'])?",
        ),
        ("handle", r"(?<![\w.@])@[A-Za-z_]\w{2,}"),
    )
]
_ACCOUNT_WORD = (
    r"(?:account|acct|a/c|sort[ ]code|routing|policy|customer|client|member(?:ship)?|employee|"
    r"staff|personnel|payroll|badge|case|ticket|reference|ref|passport|licen[cs]e|loan|contract|"
    r"invoice|order|swift|bic|iban|tax|vat|mrn|patient|record)"
)
_NUMBERS = [
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("national_id", r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])"),
        (
            "national_id",
            r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ -]?\d{2}){3}[ -]?[A-D](?!\w)",
        ),
        ("iban", r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?!\w)"),
        ("ip", r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{2,5})?(?![\d.]*\d)"),
        (
            "ip",
            r"(?<![\w:])(?=[0-9a-fA-F:]*(?:::|[a-fA-F]))(?=[^ ]*\d)"
            r"[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:])",
        ),
        (
            "account",
            rf"(?i:\b{_ACCOUNT_WORD}\b[ ]?(?:number|no|num|id|code|#)?[.:#]?[ ]{{0,2}}"
            r"(?:is|was|of)?[ ]?#?)"
            r"(?P<it>(?=[A-Z0-9-]*\d{3}|\d\d-\d\d-\d\d)[A-Z0-9]+(?:[ -]?[A-Z]?\d{2,})*)(?![\w%])",
        ),
        ("card", r"(?<![\w-])\d{4}(?:[ -]\d{4,6}){2,3}(?:[ -]\d{1,4})?(?![\w-])"),
        ("phone", r"(?<![\w.])(?:\+|00)\d{1,3}(?:[ .()/-]{0,3}\d){6,14}(?!\w)"),
        ("phone", r"(?<![\w.,])\(\d{2,5}\)[ .-]?\d{2,4}(?:[ .-]?\d{2,5}){1,3}(?!\w)"),
        ("phone", r"(?<![\w.,/-])\d{2,5}(?:[ .-]\d{2,8}){2,4}(?![\w%/-]|[.,]\d)"),
        ("phone", r"(?<![\w.,/-])0\d{2,5}[ /-]\d{4,8}(?![\w%/-]|[.,]\d)"),
        ("phone", r"(?<![\w.,/-])\d{3}[.-]\d{4}(?![\w%/-]|[.,]\d)"),
        ("phone", r"(?i:\b(?:ext(?:ension)?|x)\.?[ ]?)(?P<it>\d{2,6})(?!\w)"),
        ("account", r"(?<![\w.,$€£¥#-])\d{7,}(?![\w%]|[.,]\d)"),
        ("id", r"(?<![\w-])[A-Z]{1,4}-?\d{4,}(?![\w-])"),
    )
]
_MONEY = re.compile(r"[$€£¥]\s?$|\b(?:USD|EUR|GBP|CHF|CAD|AUD)\s?$")
_UNIT_AFTER = re.compile(
    r"\s?(?:dollars|euros?|pounds|USD|EUR|GBP|units|people|users|rows|records)\b"
)
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d\Z")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?: 000)+\Z|[1-9]\d{0,2}(?:\.\d{3})+\Z")
_ADDRESSES = [
    re.compile(
        rf"(?:(?i:{_UNIT}),?[ ])?(?<![\d.,$€£])\b\d{{1,5}}[A-Za-z]?,?[ ](?:[NSEW]\.?[ ])?"
        rf"(?:{_CAP}[ ]){{1,4}}(?i:{_STREET})\b\.?{_END}"
    ),
    re.compile(r"(?i:\bp\.?[ ]?o\.?[ ]?box[ ]#?\d+)" + _END),
    re.compile(rf"(?<!\w){_POSTCODE}(?!\w)"),
    re.compile(r"(?<!\w)(?:[A-Z][a-z]+,?[ ])?[A-Z]{2}[ ]\d{5}(?:-\d{4})?(?!\w)"),
]
_CODE = re.compile(r"(?<![\w])[a-z0-9][a-z0-9._-]{2,}(?![\w])")


def candidates(texts: Sequence[str], pattern: str) -> list[bool]:
    """Which texts a RE2 pattern matches anywhere."""
    column = pa.array(texts, pa.large_string())
    found: list[bool] = pc.match_substring_regex(column, pattern).to_pylist()
    return found


class Patterns:
    """Finds what identifies by its form, in many texts at a time."""

    def __init__(
        self, recognisers: Recognisers, *, codes: Collection[str], day_first: bool
    ) -> None:
        self._recognisers = recognisers
        self._codes = frozenset(code for code in codes if any(c.isdigit() for c in code))
        self._day_first = day_first

    def find(
        self, texts: Sequence[str], keys: Sequence[str], offsets: Sequence[int]
    ) -> list[list[Span]]:
        """Spans for each clean text; ``offsets`` are the days that its dates move."""
        contact = candidates(texts, CONTACT)
        digits = candidates(texts, DIGITS)
        dated = candidates(texts, dates.CANDIDATE)
        address = candidates(texts, ADDRESS)
        found: list[list[Span]] = []
        for n, text in enumerate(texts):
            spans: list[Span] = []
            if contact[n]:
                spans += _matches(_CONTACTS, text)
                spans += self._recognisers.contacts(text, spans)
            if dated[n]:
                spans += dates.find_dates(text, offset=offsets[n], day_first=self._day_first)
            if digits[n]:
                numbers = list(_numbers(text))
                spans += numbers
                spans += self._recognisers.numbers(text, spans)
            if address[n]:
                spans += [
                    Span(m.start(), m.end(), "address", LABELS["address"])
                    for form in _ADDRESSES
                    for m in form.finditer(text)
                ]
            if self._codes:
                spans += self._listed(keys[n])
            found.append(spans)
        return found

    def _listed(self, key: str) -> Iterator[Span]:
        for match in _CODE.finditer(key):
            code = match.group().rstrip(".-_")
            if code in self._codes:
                yield Span(match.start(), match.start() + len(code), "id", LABELS["id"])


def _matches(forms: Sequence[tuple[str, re.Pattern[str]]], text: str) -> Iterator[Span]:
    for kind, form in forms:
        for match in form.finditer(text):
            yield Span(match.start(), match.end(), kind, LABELS[kind])


def _numbers(text: str) -> Iterator[Span]:
    for kind, form in _NUMBERS:
        for match in form.finditer(text):
            start, end = match.span("it") if "it" in form.groupindex else match.span()
            if kind in ("phone", "account", "card") and _is_amount(text, start, end):
                continue
            yield Span(start, end, kind, LABELS[kind])


def _is_amount(text: str, start: int, end: int) -> bool:
    """Money, a span of years, a number with thousands set apart."""
    number = text[start:end]
    return (
        _YEARS.match(number) is not None
        or _THOUSANDS.match(number) is not None
        or _MONEY.search(text[max(0, start - 5) : start]) is not None
        or _UNIT_AFTER.match(text, end) is not None
    )
