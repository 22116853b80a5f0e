"""From a pipeline's reply to text and rating. A rating is read from its own line or not at all."""

from __future__ import annotations

import re

from govern.domain.pipeline import Draft, Usage

_REFUSALS = re.compile(
    r"^\W*(?:sorry\b|I(?:['’]m| am) (?:sorry|unable|not able)|I (?:cannot|can['’]t|won['’]t)|"
    r"As an AI\b)",
    re.IGNORECASE,
)
HALVES = "the reply's text holds halves of characters (lone surrogates)"


def read_reply(
    reply: str, *, rating_line: str, usage: Usage | None = None, latency_s: float = 0.0
) -> Draft:
    """The draft in a reply.

    Args:
        reply: what the pipeline wrote.
        rating_line: what the line with the rating begins with, such as ``Rating:``.
        usage: tokens, where known.
        latency_s: seconds from request to reply.

    Returns:
        ``failed`` where nothing was written, ``refused`` where the reply opens with a
        refusal and rates nothing; else ``ok``, with a rating only where one line is
        ``rating_line`` and a whole number from 1 to 5.
    """
    cost = {"usage": usage or Usage(), "latency_s": latency_s}
    if whole(reply) != reply:
        return Draft.model_validate({"status": "failed", "error": HALVES} | cost)
    pattern = re.compile(rf"^[\s*_#]*{re.escape(rating_line)}[\s*_]*([1-5])(?:\.0)?[\s*_.]*$", re.I)
    kept, ratings = [], []
    for line in reply.strip().splitlines():
        match = pattern.match(line)
        if match:
            ratings.append(int(match.group(1)))
        elif not line.strip().lower().startswith(rating_line.lower()):
            kept.append(line)
    text = "\n".join(kept).strip()
    if not text:
        return Draft.model_validate({"status": "failed", "error": "the reply holds no text"} | cost)
    if not ratings and opens_with_refusal(text):
        return Draft.model_validate({"status": "refused", "error": text[:200]} | cost)
    rating = ratings[0] if len(set(ratings)) == 1 else None
    return Draft.model_validate({"status": "ok", "text": text, "rating": rating} | cost)


def rated_reply(text: str, rating: float | None) -> Draft:
    """The draft of a reply whose rating stands beside its text, told by the same rules."""
    if not text.strip():
        return Draft(status="failed", error="the reply holds no text")
    if whole(text) != text:
        return Draft(status="failed", error=HALVES)
    if rating is None and opens_with_refusal(text):
        return Draft(status="refused", error=text.strip()[:200])
    return Draft(status="ok", text=text, rating=rating)


def whole(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()


def opens_with_refusal(text: str) -> bool:
    """Whether a reply begins as models say no."""
    return _REFUSALS.match(text) is not None
