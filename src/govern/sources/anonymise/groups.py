"""Group attributes: optional, coarse, and no cell small enough to point at somebody."""

from __future__ import annotations

import pandas as pd

from govern.sources.anonymise.problems import Problem

MOST_VALUES = 12


def small_cells(table: pd.DataFrame, groups: list[str], *, k: int) -> list[Problem]:
    """What forbids carrying these attributes: too many values, or a cell of fewer than k people.

    Values are not named in the message: a rare one may itself say who it is.
    """
    problems = []
    for role in groups:
        values = table[role].nunique()
        if values > MOST_VALUES:
            problems.append(
                Problem(
                    "group attributes",
                    f"{role} has {values} values, at most {MOST_VALUES} are coarse; merge some or "
                    "leave the column out",
                    (),
                )
            )
    for roles in [[role] for role in groups] + ([groups] if len(groups) > 1 else []):
        people = table.groupby(roles, dropna=False)["person"].transform("nunique")
        small = table[people < k]
        if len(small):
            cells = small.groupby(roles, dropna=False).ngroups
            problems.append(
                Problem(
                    "group attributes",
                    f"{' × '.join(roles)}: {cells} cell(s) with fewer than {k} people; merge "
                    "values or leave a column out",
                    tuple(small["row"]),
                )
            )
    return problems
