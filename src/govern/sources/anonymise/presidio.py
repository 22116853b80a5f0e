"""Presidio's recognisers, called directly and only around what a fast search has found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from govern.errors import InputError
from govern.sources.anonymise.spans import Span

_KINDS = {
    "US_SSN": ("national_id", "[national id]"),
    "UK_NINO": ("national_id", "[national id]"),
    "UK_NHS": ("national_id", "[national id]"),
    "IBAN_CODE": ("iban", "[account]"),
    "CREDIT_CARD": ("card", "[account]"),
    "PHONE_NUMBER": ("phone", "[phone]"),
    "IP_ADDRESS": ("ip", "[ip address]"),
    "EMAIL_ADDRESS": ("email", "[email]"),
    "URL": ("url", "[link]"),
}
_AROUND = 24
_LONG = re.compile(
    r"[A-Z+(]{0,3}\d(?:[^\nA-Za-z]{0,2}\d){5,}|[0-9a-fA-F]*:[0-9a-fA-F:]+:[0-9a-fA-F:]*"
)
_LEAST_SCORE = 0.4
# Thousands and spans of years: long, and nobody's.
_PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?:19|20)\d\d[-–/](?:19|20)\d\d")


class Recognisers:
    """US social security and UK insurance numbers, IBAN, cards, phones, IP, e-mail addresses."""

    def __init__(self) -> None:
        try:
            import tldextract

            # Otherwise the e-mail recogniser fetches the public suffix list from the web.
            tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(
                suffix_list_urls=(), cache_dir=None
            )
            from presidio_analyzer import predefined_recognizers as known
        except ImportError as err:
            raise InputError(
                "anonymising needs Presidio's recognisers: pip install '.[anonymise]' in a checkout"
            ) from err
        import logging

        logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
        self._contacts: list[Any] = [known.EmailRecognizer()]
        self._numbers: list[Any] = [
            known.UsSsnRecognizer(),
            known.UkNinoRecognizer(),
            known.IbanRecognizer(),
            known.CreditCardRecognizer(),
            known.PhoneRecognizer(),
            known.IpRecognizer(),
        ]

    def contacts(self, text: str, around: Sequence[Span]) -> list[Span]:
        """E-mail addresses near what is marked already or near an @."""
        places = [(s.start, s.end) for s in around]
        places += [(n, n + 1) for n, char in enumerate(text) if char == "@"]
        return list(_found(self._contacts, text, places))

    def numbers(self, text: str, marked: Sequence[Span]) -> list[Span]:
        """Numbers among those long enough that are not marked yet."""
        places = [
            match.span()
            for match in _LONG.finditer(text)
            if not _PLAIN.fullmatch(match.group())
            and not any(s.start <= match.start() and match.end() <= s.end for s in marked)
        ]
        return list(_found(self._numbers, text, places))


def _found(
    recognisers: Sequence[Any], text: str, places: Iterable[tuple[int, int]]
) -> Iterator[Span]:
    for start, end in _windows(text, places):
        window = text[start:end]
        for recogniser in recognisers:
            for hit in recogniser.analyze(window, recogniser.supported_entities, None) or ():
                if hit.score < _LEAST_SCORE or hit.entity_type not in _KINDS:
                    continue
                kind, label = _KINDS[hit.entity_type]
                inside = window[hit.start : hit.end]
                first = start + hit.start + len(inside) - len(inside.lstrip())
                yield Span(first, start + hit.end, kind, label)


def _windows(text: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches around the places, cut at blanks, overlapping ones joined."""
    last: tuple[int, int] | None = None
    for start, end in sorted(places):
        a, b = max(0, start - _AROUND), min(len(text), end + _AROUND)
        while a > 0 and not text[a - 1].isspace():
            a -= 1
        while b < len(text) and not text[b].isspace():
            b += 1
        if last and a <= last[1]:
            last = (last[0], max(b, last[1]))
        else:
            if last:
                yield last
            last = (a, b)
    if last:
        yield last
