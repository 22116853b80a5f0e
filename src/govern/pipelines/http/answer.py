"""From an answer to a draft."""

from __future__ import annotations

from typing import Any

from govern.domain.pipeline import MOST_TOKENS, Draft, Returned, Usage
from govern.pipelines.answers import LONGEST_ERROR, as_rating
from govern.pipelines.http.connection import NoDraftError
from govern.pipelines.http.credentials import Redactor
from govern.pipelines.http.settings import HttpSettings, Prices
from govern.pipelines.reply import rated_reply, read_reply, whole


class Reading:
    """Takes a draft from where the manifest says that it stands, without secrets."""

    def __init__(self, settings: HttpSettings, redact: Redactor) -> None:
        self._settings, self._redact = settings, redact

    def draft(self, answer: Any, seconds: float, *, fault: str | None = None) -> Draft:
        """The draft in an answer; ``failed`` where there is none, or with a ``fault``."""
        try:
            draft = self.failed(fault, seconds) if fault else self._text_and_rating(answer)
        except NoDraftError as err:
            draft = self.failed(str(err), seconds)
        return draft.model_copy(
            update={
                "usage": self._usage(answer),
                "returned": self._returned(answer),
                "latency_s": seconds,
            }
        )

    def failed(self, why: str, seconds: float) -> Draft:
        """No draft, and why."""
        error = self._redact(whole(why))[:LONGEST_ERROR]
        return Draft(status="failed", error=error, latency_s=seconds)

    def _text_and_rating(self, answer: Any) -> Draft:
        paths = self._settings
        text = _stated(answer, paths.text)
        if not isinstance(text, str):
            raise NoDraftError("the reply holds no text")
        text = self._redact(text)
        if paths.rating is None:
            return read_reply(text, rating_line=paths.rating_line)
        read = rated_reply(text, as_rating(found(answer, paths.rating)))
        if read.status == "ok":
            _stated(answer, paths.rating)
        return read

    def _usage(self, answer: Any) -> Usage:
        used, prices = self._settings.usage, self._settings.prices
        sent, written = (
            _count(found(answer, path)) for path in (used.input_tokens, used.output_tokens)
        )
        cost = _dollars(found(answer, used.cost_usd))
        if cost is None and prices is not None:
            cost = _priced(prices, sent, written)
        return Usage(input_tokens=sent or 0, output_tokens=written or 0, cost_usd=cost)

    def _returned(self, answer: Any) -> Returned | None:
        paths = self._settings.returned
        named = {
            what: self._redact(value)
            for what, path in (("model", paths.model), ("fingerprint", paths.fingerprint))
            if isinstance(value := found(answer, path), str) and whole(value) == value
        }
        return Returned(**named) if named else None


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path; digits index lists.

    Raises:
        LookupError: nothing does.
    """
    for part in path.split("."):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            raise LookupError(f"no {part!r} on the path {path!r}")
    return value


def _stated(answer: Any, path: str) -> Any:
    """What an answer says where the manifest expects it.

    Raises:
        NoDraftError: nothing.
    """
    try:
        return at(answer, path)
    except LookupError as err:
        raise NoDraftError(f"the reply does not hold what the manifest says: {err}") from err


def found(value: Any, path: str | None) -> Any:
    """What stands at a path, or ``None`` where nothing does or no path is given."""
    try:
        return at(value, path) if path else None
    except LookupError:
        return None


def _priced(prices: Prices, sent: int | None, written: int | None) -> float | None:
    """US dollars; ``None`` where a price is by tokens that nobody counted."""
    by_token = ((prices.million_input_usd, sent), (prices.million_output_usd, written))
    if any(price and tokens is None for price, tokens in by_token):
        return None
    return prices.draft_usd + sum(price * (tokens or 0) / 1e6 for price, tokens in by_token)


def _count(value: Any) -> int | None:
    number = isinstance(value, int) and not isinstance(value, bool)
    return value if number and 0 <= value <= MOST_TOKENS else None


def _dollars(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < 1e12 else None
