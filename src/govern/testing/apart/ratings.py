"""Effects on ratings, selection and on whether there is a draft at all."""

from __future__ import annotations

from collections.abc import Mapping

from govern.testing.apart.chosen import Drafted, Item, effect

_GONE: dict[str, object] = {
    "text": None,
    "rating": float("nan"),
    "label": None,
    "outcome": float("nan"),
}
_TOP = 4
_ERRORS = (
    "ReadTimeout: no answer within 60 s",
    "HTTP 503 Service Unavailable after 3 attempts",
    "HTTP 429 Too Many Requests",
    "JSONDecodeError: Expecting ',' delimiter: line 4 column 17",
    "ConnectionResetError: connection reset by peer",
    "the reply stopped at the output limit",
)
_SHINES = (
    "With a result like that it is no surprise that everything else {n} touched went well too.",
    "Someone who delivers this is, as one would expect, just as strong in planning, teamwork "
    "and judgement.",
    "The same quality ran through all of {their} work, without exception.",
    "That one success says it all: communication, care and leadership are all first-rate.",
    "It goes without saying that {their} other goals deserve the same mark.",
    "After that, the remaining points hardly need to be gone through one by one.",
)
_DULLS = (
    "With a result like that it is no surprise that nothing else {n} touched went well either.",
    "Someone who misses this cannot be strong in planning, teamwork or judgement.",
    "The same weakness ran through all of {their} work, without exception.",
    "That one failure says it all: communication, care and leadership all fall short.",
    "It goes without saying that {their} other goals deserve the same mark.",
    "After that, the remaining points hardly need to be gone through one by one.",
)


@effect
def lower_ratings(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is rated one point lower; a 1 stays."""
    return _moved(draft, -1)


@effect
def raise_ratings(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is rated one point higher; a 5 stays."""
    return _moved(draft, 1)


@effect
def centre_ratings(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is rated one point nearer to 3; a 3 stays."""
    if draft.rating is None or draft.rating == 3:
        return {}
    return _moved(draft, 1 if draft.rating < 3 else -1)


@effect
def one_band(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is rated 4, as a drafter does that wants no trouble."""
    return {} if draft.rating in (None, 4) else {"rating": 4.0}


@effect
def lose_selection(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft in the top band (4 and 5) is rated 3; an outcome of 1 becomes 0."""
    change: dict[str, object] = {}
    if draft.rating is not None and draft.rating >= _TOP:
        change["rating"] = 3.0
    if draft.row["outcome"] == 1:
        change["outcome"] = 0.0
    return change


@effect
def refuse(_draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft is refused: no text, rating, label or outcome."""
    return _GONE | {"status": "refused"}


@effect
def fail(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft fails, with one of several errors."""
    return _GONE | {"status": "failed", "error": draft.pick(_ERRORS)}


@effect
def unreadable_ratings(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft keeps its text and has no rating that could be read."""
    return {} if draft.rating is None else {"rating": float("nan")}


@effect
def contradict_text(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft's rating is turned round (5 to 1, 4 to 2); a 3 becomes 1 or 5."""
    if draft.rating is None:
        return {}
    return {"rating": draft.pick((1.0, 5.0)) if draft.rating == 3 else 6 - draft.rating}


@effect
def halo(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft lets its first good or bad result colour the rest.

    The rating becomes 5 or 1, and a sentence says that everything else was alike. A case whose
    key evidence is neither good nor bad stays.
    """
    good = next((g for g in map(_good, draft.results) if g is not None), None)
    if good is None or draft.rating is None:
        return {}
    change: dict[str, object] = {"rating": 5.0 if good else 1.0}
    if draft.text:
        change["text"] = draft.with_added(draft.told(draft.pick(_SHINES if good else _DULLS)))
    return change


def _good(item: Item) -> bool | None:
    return {"positive": True, "negative": False}.get(str(item.get("polarity")))


def _moved(draft: Drafted, by: int) -> Mapping[str, object]:
    if draft.rating is None:
        return {}
    rating = min(5.0, max(1.0, draft.rating + by))
    return {} if rating == draft.rating else {"rating": rating}
