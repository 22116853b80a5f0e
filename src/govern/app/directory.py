"""Who has which mail address: from the company's own file of people, and lists for roles."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from govern.domain.contest import Role
from govern.domain.sending import ADDRESS
from govern.errors import InputError

ROLE = "role:"
_FIELDS = ("person", "email")


class Directory:
    """Mail addresses of people, and of everybody in a role."""

    def __init__(
        self, people: Mapping[str, str], roles: Mapping[Role, tuple[str, ...]] | None = None
    ) -> None:
        self._people = people
        self._roles = {f"{ROLE}{role}": found for role, found in (roles or {}).items()}

    def addresses(self, to: str) -> tuple[str, ...]:
        """Those of a person, or of a ``role:<role>``; none where nobody knows any."""
        if to.startswith(ROLE):
            return self._roles.get(to, ())
        return (self._people[to],) if to in self._people else ()


def read_people(path: Path) -> dict[str, str]:
    """Address by person, out of .csv or .jsonl with the fields ``person`` and ``email``.

    Raises:
        InputError: the file cannot be read, or a line is not what it must be.
    """
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, person, email in _lines(path, stream):
                if not person or not re.fullmatch(ADDRESS, email):
                    raise InputError(
                        f"{path}, line {number}: expected a person and one mail address such as "
                        f"ana@company.example, found {person!r} and {email!r}"
                    )
                if found.setdefault(person, email) != email:
                    raise InputError(f"{path}, line {number}: {person} has another address above")
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise InputError(f"{path}: cannot be read: {err}") from err
    return found


def _lines(path: Path, stream: TextIO) -> Iterator[tuple[int, str, str]]:
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(stream, strict=True)
        if missing := set(_FIELDS) - set(reader.fieldnames or ()):
            raise InputError(f"{path}: no column {', '.join(sorted(missing))}")
        for row in reader:
            cells = {} if None in row else row
            yield reader.line_num, cells.get("person") or "", cells.get("email") or ""
    elif path.suffix.lower() == ".jsonl":
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield number, *_fields(path, number, line)
    else:
        raise InputError(f"{path}: expected .csv or .jsonl, found {path.suffix!r}")


def _fields(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        read = json.loads(line)
        person, email = (read[name] for name in _FIELDS)
    except (ValueError, RecursionError, KeyError, TypeError) as err:
        raise InputError(
            f"{path}, line {number}: expected an object with person and email"
        ) from err
    return str(person), str(email)
