"""Quasi-identifiers made coarse until nobody stands alone: k people a class, l ratings.

Every column climbs a ladder: numbers to wider bands, dates to quarters and years, rare
categories to "other", in the end to "any". The rows that still stand out are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from govern.errors import InputError

ANY, OTHER = "any", "other"
SENSITIVE = "rating"
_WIDTHS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500)
_BANDS = 8
_CATEGORIES = 60


@dataclass(frozen=True, repr=False)
class Coarse:
    """The generalised columns, which rows are left out, and what was reached.

    ``k`` counts people, not rows: five reviews of one person do not hide them.
    """

    table: pd.DataFrame
    suppressed: tuple[int, ...]
    levels: dict[str, str]
    k: int
    l: int | None  # noqa: E741 - the name the measure has


def generalise(
    table: pd.DataFrame,
    *,
    groups: list[str],
    quasi: list[str],
    k: int,
    l: int,  # noqa: E741
    most_suppressed: float,
) -> Coarse:
    """The table with its quasi-identifiers as fine as k and l allow.

    Climbs the ladder that helps most, until at most ``most_suppressed`` of the rows stand in a
    class of fewer than k people or l ratings; only these are left out.
    """
    ladders = {role: _ladder(table, role, k) for role in quasi}
    at = dict.fromkeys(quasi, 0)
    need = l if SENSITIVE in table else 0

    def failing(levels: dict[str, int]) -> pd.Series[bool]:
        return _failing(_put(table, ladders, levels), groups + quasi, k=k, l=need)

    bad = failing(at)
    while bad.mean() > most_suppressed:
        higher = [r for r in quasi if at[r] + 1 < len(ladders[r])]
        if not higher:
            break
        tried = {role: failing(at | {role: at[role] + 1}) for role in higher}
        best = min(higher, key=lambda role: (tried[role].mean(), at[role]))
        at[best] += 1
        bad = tried[best]
    coarse = _put(table, ladders, at)
    kept = coarse[~bad]
    reached_k, reached_l = measure(kept, groups + quasi)
    return Coarse(
        kept.reset_index(drop=True),
        tuple(table.loc[bad, "row"]),
        {role: ladders[role][at[role]][0] for role in quasi},
        reached_k,
        reached_l,
    )


def measure(table: pd.DataFrame, columns: list[str]) -> tuple[int, int | None]:
    """How many people and ratings the smallest class has, by pycanon; 0 for an empty table."""
    try:
        from pycanon import anonymity
    except ImportError as err:
        raise InputError(
            "measuring k-anonymity needs pycanon: pip install '.[anonymise]' in a checkout"
        ) from err
    if table.empty:
        return 0, None
    # Two constant columns: with fewer than two, pycanon groups by a list of one.
    columns = [*columns, "__all", "__same"]
    table = table.assign(__all="all", __same="same")
    # pycanon takes index labels for positions.
    people = table.drop_duplicates(["person", *columns]).reset_index(drop=True)
    k = int(anonymity.k_anonymity(people, columns))
    if SENSITIVE not in table or table[SENSITIVE].isna().all():
        return k, None
    rated = table[table[SENSITIVE].notna()].reset_index(drop=True)
    return k, int(anonymity.l_diversity(rated, columns, [SENSITIVE]))


def _failing(table: pd.DataFrame, columns: list[str], *, k: int, l: int) -> pd.Series[bool]:  # noqa: E741
    if not columns:
        columns, table = ["__all"], table.assign(__all="all")
    cells = table.groupby(columns, dropna=False)
    bad = cells["person"].transform("nunique") < k
    if l:
        # A class without any rating discloses none.
        bad |= (cells[SENSITIVE].transform("nunique") < l) & (
            cells[SENSITIVE].transform("count") > 0
        )
    return bad


def _put(
    table: pd.DataFrame, ladders: dict[str, list[tuple[str, pd.Series[str]]]], at: dict[str, int]
) -> pd.DataFrame:
    return table.assign(**{role: ladders[role][level][1] for role, level in at.items()})


def _ladder(table: pd.DataFrame, role: str, k: int) -> list[tuple[str, pd.Series[str]]]:
    """Levels from fine to ``any``, each with the name of what it does."""
    values = table[role]
    top = ("one value for all", pd.Series(ANY, index=values.index))
    known = values != "unknown"
    numbers = pd.to_numeric(values.where(known), errors="coerce")
    if known.any() and numbers[known].notna().all():
        return [*_bands(numbers), top]
    looks_dated = values[known].str.match(r"\d{4}-\d{2}(-\d{2})?$")
    if known.any() and looks_dated.all():
        dates = pd.to_datetime(values.where(known), format="ISO8601")
        quarter = (
            dates.dt.year.astype("Int64").astype("str") + " Q" + dates.dt.quarter.astype("str")
        )
        year = dates.dt.year.astype("Int64").astype("str")
        filled = [("quarters", quarter), ("years", year)]
        return [*((name, s.where(known, "unknown")) for name, s in filled), top]
    people = table.groupby(role)["person"].transform("nunique")
    levels = []
    for least in (k, 2 * k, 4 * k):
        levels.append(
            (f"values of fewer than {least} people as other", values.where(people >= least, OTHER))
        )
    if values.nunique() > _CATEGORIES:
        levels = levels[1:]
    return [*levels, top]


def _bands(numbers: pd.Series[float]) -> list[tuple[str, pd.Series[str]]]:
    spread = float(numbers.max() - numbers.min()) or 1.0
    power = 10.0 ** np.floor(np.log10(spread / _BANDS)) if spread > _BANDS else 1.0
    widths = [w * power for w in _WIDTHS if spread / _BANDS <= w * power < spread]
    levels = []
    for width in widths[:4] or [spread + 1]:
        low = (numbers // width) * width
        high = low + width - (1 if width >= 1 else 0)
        text = low.map("{:g}".format) + ("–" + high.map("{:g}".format) if width > 1 else "")
        levels.append((f"bands of {width:g}", text.where(numbers.notna(), "unknown")))
    return levels
