"""Every text of the pages by its key, from one folder a language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from govern.errors import InputError

FALLBACK = "en"


@cache
def catalogue(language: str = FALLBACK) -> Mapping[str, str]:
    """The texts of a language, keys being ``section.name``.

    Raises:
        InputError: there is no such language, a file is no TOML, or a key is said twice.
    """
    folder = files("govern.web") / "texts" / language
    if not folder.is_dir():
        raise InputError(f"no texts in {language!r}")
    texts: dict[str, str] = {}
    for source in sorted(folder.iterdir(), key=lambda one: one.name):
        try:
            sections = tomllib.loads(source.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
            raise InputError(f"{source.name}: expected TOML: {err}") from err
        for name, section in sections.items():
            found = {f"{name}.{key}": text for key, text in section.items()}
            if twice := sorted(found.keys() & texts.keys()):
                raise InputError(f"{source.name}: {twice[0]} is said twice")
            texts |= found
    return MappingProxyType(texts)


class Texts:
    """The texts of one language, with its ways of writing dates and numbers."""

    def __init__(self, language: str = FALLBACK) -> None:
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, **parts: Any) -> str:
        """The text of a key with its parts put in; KeyError where it is not written."""
        text = self._texts[key]
        return text.format_map(parts) if parts else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def count(self, key: str, number: int, **parts: Any) -> str:
        """As a call, from ``key.one`` or ``key.many`` by number."""
        form = "one" if number == 1 else "many"
        return self(f"{key}_{form}", number=f"{number:,}", **parts)

    def day(self, day: date) -> str:
        """A day as people say it."""
        month = self._texts["dates.months"].split()[day.month - 1]
        return self("dates.day", day=day.day, month=month, year=day.year)

    def moment(self, at: datetime) -> str:
        """A day and the time on it, in the zone that it is written in."""
        return self("dates.moment", day=self.day(at.date()), time=f"{at:%H:%M}")
