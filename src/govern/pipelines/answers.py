"""From what a program answers to a draft: text, or an object with ``text`` and more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from pydantic import ValidationError

from govern.domain.pipeline import Draft, Returned, Status, Usage
from govern.pipelines.reply import rated_reply, read_reply, whole
from govern.strict_yaml import explain

_STATUSES = get_args(Status)
LONGEST_ERROR = 500


def from_reply(
    reply: object, rating_line: str, latency_s: float, *, hide: Callable[[str], str]
) -> Draft:
    """A draft from text with a rating line, or from an object.

    An object has ``text``; ``rating`` (without one it is read from the text's line),
    ``citations``, ``status`` with ``error``, ``usage``, ``model`` and ``fingerprint`` may stand
    beside it. Anything else is ``failed``. ``hide`` takes secrets out of an error, before it is
    cut: half a secret would not be found.
    """
    draft = _read(reply, rating_line, latency_s)
    return draft if draft.status == "ok" else _read(_hidden(reply, hide), rating_line, latency_s)


def _read(reply: object, rating_line: str, latency_s: float) -> Draft:
    if isinstance(reply, str):
        reply = {"text": reply}
    if not isinstance(reply, dict):
        return failed(f"expected text, or a dict with 'text', found {type(reply).__name__}")
    try:
        beside = _beside(reply)
    except (ValidationError, TypeError) as err:
        why = explain(err) if isinstance(err, ValidationError) else str(err)
        return failed(f"the reply does not hold what it may: {why}", latency_s)
    return _said(reply, rating_line).model_copy(update=beside | {"latency_s": latency_s})


def _said(reply: dict[str, Any], rating_line: str) -> Draft:
    """Text and rating, or why there is none."""
    text, status = reply.get("text"), reply.get("status") or "ok"
    if status not in _STATUSES:
        return failed(f"expected the status ok, refused or failed, found {status!r}")
    if status != "ok":
        why = str(reply.get("error") or text or "no reason was given")
        return Draft(status=status, error=whole(why)[:LONGEST_ERROR])
    if not isinstance(text, str):
        return failed(f"expected a dict with 'text', found {_told(text)}")
    if "rating" in reply:
        return rated_reply(text, as_rating(reply["rating"]))
    return read_reply(text, rating_line=rating_line)


def failed(error: str, latency_s: float = 0.0) -> Draft:
    """A draft that is none, for this reason."""
    return Draft(status="failed", error=whole(error)[:LONGEST_ERROR], latency_s=latency_s)


def as_rating(value: Any) -> float | None:
    """A number from 1 to 5, or ``None`` where there is no such number; true is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
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
            isinstance(c, str) and whole(c) == c for c in cited
        ):
            raise TypeError(f"citations: expected a list of ids, found {_told(cited)}")
        said["citations"] = tuple(cited)
    if reply.get("usage") is not None:
        said["usage"] = Usage.model_validate(reply["usage"])
    names = {name: _told_of(reply.get(name)) for name in Returned.model_fields}
    if any(names.values()):
        said["returned"] = Returned.model_validate(names)
    return said


def _told_of(name: Any) -> Any:
    return whole(name) if isinstance(name, str) else name


def _hidden(said: Any, hide: Callable[[str], str]) -> Any:
    """The same with all its texts hidden from."""
    if isinstance(said, str):
        return hide(said)
    if isinstance(said, list):
        return [_hidden(one, hide) for one in said]
    if isinstance(said, dict):
        return {hide(name): _hidden(one, hide) for name, one in said.items()}
    return said


def _told(value: object) -> str:
    return "nothing" if value is None else f"{value!r:.80}"
