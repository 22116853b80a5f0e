"""From what a program answers to a draft: text, or an object with ``text`` and more."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import ValidationError

from govern.domain.pipeline import Draft, Returned, Status, Usage
from govern.pipelines.reply import read_reply
from govern.strict_yaml import explain

_STATUSES = get_args(Status)
LONGEST_ERROR = 500


def from_reply(reply: object, rating_line: str, latency_s: float) -> Draft:
    """A draft from text with a rating line, or from an object.

    An object has ``text``; ``rating`` (without one it is read from the text's line),
    ``citations``, ``status`` with ``error``, ``usage``, ``model`` and ``fingerprint`` may stand
    beside it. Anything else is ``failed``.
    """
    if isinstance(reply, str):
        return _written({"text": reply}, rating_line, latency_s)
    if not isinstance(reply, dict):
        return failed(f"expected text, or a dict with 'text', found {type(reply).__name__}")
    status = reply.get("status") or "ok"
    if status not in _STATUSES:
        return failed(f"expected the status ok, refused or failed, found {status!r}", latency_s)
    if status == "ok":
        return _written(reply, rating_line, latency_s)
    said = str(reply.get("error") or reply.get("text") or "no reason was given")
    none = Draft(status=status, error=_whole(said)[:LONGEST_ERROR], latency_s=latency_s)
    try:
        return none.model_copy(update=_beside(reply))
    except (ValidationError, TypeError) as err:
        return _unreadable(err, latency_s)


def _unreadable(err: ValidationError | TypeError, latency_s: float) -> Draft:
    why = explain(err) if isinstance(err, ValidationError) else str(err)
    return failed(f"the reply does not hold what it may: {why}", latency_s)


def _written(reply: dict[str, Any], rating_line: str, latency_s: float) -> Draft:
    text = reply.get("text")
    if not isinstance(text, str):
        return failed(f"expected a dict with 'text', found {_told(text)}", latency_s)
    if not text.strip():
        return failed("the reply holds no text", latency_s)
    if not _is_unicode(text):
        return failed("the reply's text holds halves of characters (lone surrogates)", latency_s)
    try:
        beside = _beside(reply)
    except (ValidationError, TypeError) as err:
        return _unreadable(err, latency_s)
    if "rating" not in reply:
        read = read_reply(text, rating_line=rating_line, latency_s=latency_s)
        return read.model_copy(update=beside)
    rated = {"rating": as_rating(reply["rating"]), "latency_s": latency_s}
    return Draft(status="ok", text=text).model_copy(update=rated | beside)


def failed(error: str, latency_s: float = 0.0) -> Draft:
    """A draft that is none, for this reason."""
    return Draft(status="failed", error=_whole(error)[:LONGEST_ERROR], latency_s=latency_s)


def as_rating(value: Any) -> float | None:
    """A number from 1 to 5, or ``None`` where there is no such number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 1 <= number <= 5 else None


def _beside(reply: dict[str, Any]) -> dict[str, Any]:
    """What a reply may say beside text and rating.

    Raises:
        TypeError: citations are no list of ids.
        ValidationError: usage, model or fingerprint are not what they have to be.
    """
    said: dict[str, Any] = {}
    if (cited := reply.get("citations")) is not None:
        if not isinstance(cited, list | tuple) or not all(
            isinstance(c, str) and _is_unicode(c) for c in cited
        ):
            raise TypeError(f"citations: expected a list of ids, found {_told(cited)}")
        said["citations"] = tuple(cited)
    if reply.get("usage") is not None:
        said["usage"] = Usage.model_validate(reply["usage"])
    names = {name: reply.get(name) for name in Returned.model_fields}
    if any(names.values()):
        said["returned"] = Returned.model_validate(names)
    return said


def _is_unicode(text: str) -> bool:
    return _whole(text) == text


def _whole(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()


def _told(value: object) -> str:
    return "nothing" if value is None else f"{value!r:.80}"
