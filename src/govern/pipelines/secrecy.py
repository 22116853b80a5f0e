"""Secrets of our environment, known by the names of their variables, and words without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

# A shorter value stands in ordinary text, too.
SHORTEST_SECRET = 6
_NAMES = re.compile(
    r"(?:^|_)(?:(?:API)?KEYS?|TOKENS?|SECRETS?|PASS(?:WORD|WD|PHRASE)?|PAT|CREDENTIALS?|"
    r"AUTHORIZATION)(?:_|$)"
)


def secret_values(environ: Mapping[str, str], named: Iterable[str] = ()) -> set[str]:
    """The values of variables whose names say that they are secret, and of those in ``named``."""
    also = set(named)
    return {value for name, value in environ.items() if name in also or _NAMES.search(name.upper())}


def longest_first(values: Iterable[str]) -> list[str]:
    """Values that can be told from other text, so that none hides a part of another."""
    found = {value.strip() for value in values}
    # A header says how it is to be read before it says the secret.
    found |= {value.partition(" ")[2].strip() for value in found}
    return sorted((v for v in found if len(v) >= SHORTEST_SECRET), key=len, reverse=True)


def without(value: Any, hidden: Iterable[str]) -> Any:
    """The value with every secret in its texts and keys replaced."""
    if isinstance(value, str):
        for secret in hidden:
            value = value.replace(secret, "[secret]")
        return value
    if isinstance(value, list | tuple):
        return [without(item, hidden) for item in value]
    if isinstance(value, dict):
        return {without(key, hidden): without(item, hidden) for key, item in value.items()}
    return value


def scrub(err: BaseException, hidden: Iterable[str]) -> None:
    """Take secrets out of an error and those behind it; their types and causes stay as they are."""
    hidden, seen = list(hidden), set[int]()
    left: list[BaseException | None] = [err]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.args = tuple(without(list(one.args), hidden))
        for name, said in list(vars(one).items()):
            if isinstance(said, str | list | dict):
                with suppress(AttributeError, TypeError):
                    setattr(one, name, without(said, hidden))
        left += [one.__cause__, one.__context__]
