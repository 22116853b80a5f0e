"""The first pass: who each row is about and what else it says of them; no text is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from govern.errors import InputError
from govern.sources.anonymise.columns import Columns, check_header
from govern.sources.anonymise.problems import Problem, row_words
from govern.sources.anonymise.reading import Chunk, Row, read_rows
from govern.sources.anonymise.roster import Person, by_name, from_names, name_key

UNKNOWN = "unknown"
_TEXTS = ("text", "name")


@dataclass(frozen=True, repr=False)
class Survey:
    """One row per review: ``row person case rating stratum group.… quasi.…``; and the people.

    ``unlisted`` are the rows whose name is not on the roster; they are protected like the rest.
    """

    table: pd.DataFrame
    people: list[Person]
    unlisted: tuple[int, ...]
    without_text: tuple[int, ...]


def survey(
    path: Path,
    columns: Columns,
    roster: list[Person],
    *,
    chunk_rows: int,
    encoding: str | None,
    tick: Callable[[float], None],
) -> Survey:
    """Read everything but the texts.

    Raises:
        InputError: a column is absent, an id stands twice, a row has no name, a rating is no
            number, or there are no rows: with row numbers.
    """
    taker = _Taker(path, columns, roster)
    for chunk in read_rows(path, chunk_rows=chunk_rows, encoding=encoding):
        if not taker.rows:
            check_header(columns, chunk.header, str(path))
        taker.take(chunk)
        tick(chunk.done)
    return taker.survey()


class _Taker:
    def __init__(self, path: Path, columns: Columns, roster: list[Person]) -> None:
        self.path, self.columns, self.roster = path, columns, roster
        self.rows: list[int] = []
        kept = [role for role in columns.of if role not in (*_TEXTS, "person")]
        self._values: dict[str, list[str | None]] = {role: [] for role in kept}
        self._people: list[int] = []
        self._known = by_name(roster)
        self._ids = {code: one.number for one in roster for code in one.ids}
        self._extra: dict[str, int] = {}
        self._extra_names: list[str] = []
        self._keys: dict[str, str] = {}
        self._bare: list[int] = []
        self._nameless: list[int] = []

    def take(self, chunk: Chunk) -> None:
        for number, row in zip(chunk.numbers, chunk.rows, strict=True):
            text = row[self.columns.of["text"]]
            if not (text or "").strip():
                self._bare.append(number)
                continue
            person = self._person(row)
            if person is None:
                self._nameless.append(number)
                continue
            self.rows.append(number)
            self._people.append(person)
            for role, values in self._values.items():
                values.append(row[self.columns.of[role]])

    def _person(self, row: Row) -> int | None:
        code = (row.get(self.columns.of.get("person", "")) or "").strip().lower()
        if code in self._ids:
            return self._ids[code]
        name = (row[self.columns.of["name"]] or "").strip()
        if name not in self._keys:
            self._keys[name] = name_key(name)
        key = self._keys[name]
        if not key:
            return None
        if key in self._known:
            return self._known[key]
        if key not in self._extra:
            self._extra[key] = len(self.roster) + len(self._extra)
            self._extra_names.append(name)
        return self._extra[key]

    def survey(self) -> Survey:
        if self._nameless:
            raise InputError(
                f"{self.path}: {row_words(self._nameless)}: no name in the column for name="
            )
        if not self.rows:
            raise InputError(f"{self.path}: holds no row with text")
        table = pd.DataFrame({"row": self.rows, "person": self._people, **self._values})
        self._check(table)
        if "case" not in table:
            table["case"] = table["row"].astype("str")
        table["case"] = table["case"].fillna("row " + table["row"].astype("str"))
        for role in (*self.columns.groups, *self.columns.quasi):
            plain = table[role].astype("str").str.strip().str.lower()
            table[role] = plain.where(table[role].notna() & (plain != ""), UNKNOWN)
        if "rating" in table:
            table["rating"] = self._ratings(table)
        extra = set(self._extra.values())
        return Survey(
            table.drop(columns=[c for c in ("id",) if c in table]),
            [*self.roster, *from_names(self._extra_names, len(self.roster))],
            tuple(table.loc[table["person"].isin(extra), "row"]),
            tuple(self._bare),
        )

    def _check(self, table: pd.DataFrame) -> None:
        if "id" not in table:
            return
        again = table["id"].notna() & table["id"].duplicated(keep=False)
        if again.any():
            rows = table.loc[again, "row"].tolist()
            raise InputError(
                f"{self.path}: {row_words(rows)}: the id in column "
                f"{self.columns.of['id']!r} stands more than once"
            )

    def _ratings(self, table: pd.DataFrame) -> pd.Series[float]:
        numbers = pd.to_numeric(table["rating"], errors="coerce")
        bad = numbers.isna() & table["rating"].notna()
        if bad.any():
            raise InputError(
                f"{self.path}: {row_words(table.loc[bad, 'row'].tolist())}: the rating is no number"
            )
        return numbers


def roster_mismatch(found: Survey, *, most: float) -> list[Problem]:
    """A roster that does not fit the file: too many rows about people who are not on it."""
    share = len(found.unlisted) / len(found.table)
    if share <= most:
        return []
    return [
        Problem(
            "roster",
            f"{share:.1%} of the rows are about people who are not on the roster, at most "
            f"{most:.1%} may be (is it the right roster, and the right column for name=?)",
            found.unlisted,
        )
    ]
