"""A page as it is laid out for eyes: what is too long for anybody is cut, and says so.

The page as data (`govern report --json`) and its tables as CSV (`--tables`) are whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from govern.report.blocks import Block, Figure, Grid, Items
from govern.report.page import ClauseSection, Page, Table

ROWS, ITEMS = 200, 60
"""Rows of a table, lines of a list."""
LONGEST_WORD, LONGEST_TEXT = 200, 8_000
"""Characters. Longer words bury a page and make Typst slow; a PDF string, which a heading or a
description of a drawing becomes, has at most 32,767 bytes."""
WHOLE = "`govern report --tables` writes all of them"
# Scripts of East and South-East Asia write no spaces; there a line ends anywhere.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff"
)
_LONG = re.compile(rf"[^\s{_UNSPACED}]{{{LONGEST_WORD + 1},}}")
_WORST_FIRST = ("fail", "thin", "none", "pass")


def fitted(page: Page) -> Page:
    """``page`` with tables, lists, texts and words no longer than can be laid out and read."""
    whole = page.model_copy(
        update={
            "clauses": tuple(map(_clause, page.clauses)),
            "sections": tuple(
                one.model_copy(update={"blocks": tuple(map(_block, one.blocks))})
                for one in page.sections
            ),
        }
    )
    told = whole.as_json()
    cut = _shortened(told)
    return whole if cut == told else Page.model_validate(cut)


def _clause(one: ClauseSection) -> ClauseSection:
    table = one.table and _worst(one.table)
    return one.model_copy(update={"table": table, "notes": _few(one.notes)})


def _worst(table: Table) -> Table:
    """The rows that did not pass first, and of these the ones at either end of their order."""
    rows = [row for group in table.groups for row in group.rows]
    if len(rows) <= ROWS:
        return table

    def rank(at: int) -> tuple[int, int]:
        return _WORST_FIRST.index(rows[at].verdict.mark), min(at, len(rows) - 1 - at)

    kept = set(sorted(range(len(rows)), key=rank)[:ROWS])
    groups, at = [], 0
    for group in table.groups:
        some = tuple(row for place, row in enumerate(group.rows, at) if place in kept)
        groups += [group.model_copy(update={"rows": some})] if some else []
        at += len(group.rows)
    said = f"Shown: {ROWS} of {len(rows):,} groups, those that did not pass first; {WHOLE}."
    return table.model_copy(update={"groups": tuple(groups), "omitted": said})


def _block(one: Block) -> Block:
    match one:
        case Items():
            return one.model_copy(update={"items": _few(one.items)})
        case Grid():
            return _first(one)
        case Figure():
            return one.model_copy(update={"table": _first(one.table)})
    return one


def _first(grid: Grid) -> Grid:
    total = sum(len(group.rows) for group in grid.groups)
    if total <= ROWS:
        return grid
    groups, room = [], ROWS
    for group in grid.groups:
        if some := group.rows[:room]:
            groups.append(group.model_copy(update={"rows": some}))
            room -= len(some)
    said = f"Shown: the first {ROWS} of {total:,} rows; {WHOLE}."
    return grid.model_copy(update={"groups": tuple(groups), "notes": (said, *grid.notes)})


def _few(texts: Sequence[str]) -> tuple[str, ...]:
    more = len(texts) - ITEMS
    if more <= 0:
        return tuple(texts)
    return (*texts[:ITEMS], f"And {more:,} more; `govern report --json` prints all of them.")


def _shortened(value: Any) -> Any:
    """``value`` with each text in it, and each word of one, no longer than can be laid out."""
    match value:
        case dict():
            return {key: _shortened(one) for key, one in value.items()}
        case list():
            return [_shortened(one) for one in value]
        case str() if len(value) > LONGEST_WORD:
            return _short(_LONG.sub(lambda it: _short(it[0], LONGEST_WORD), value), LONGEST_TEXT)
    return value


def _short(text: str, most: int) -> str:
    more = len(text) - most
    return f"{text[:most]} [and {more:,} characters more]" if more > 0 else text
