"""How varied the evidence of a set of cases is: the figures of a dataset card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from govern.domain.case import Case
from govern.text.shingles import pair_jaccard, row_means, shingles, united
from govern.text.tokens import tokenise

NEAR = 0.5
"""From this 4-gram Jaccard on, two items of different cases are near-duplicates."""
MEAN = "mean pairwise 4-gram Jaccard, all cases"
ROLE_MEAN = "highest role mean of 4-gram Jaccard"
HIGHEST = "highest 4-gram Jaccard of any pair of cases"
NEAR_PAIRS = f"near-duplicate pairs of items (4-gram Jaccard {NEAR} or more)"
IDENTICAL = "identical evidence texts"


def variety(cases: Sequence[Case]) -> dict[str, float]:
    """The figures by name, counts as whole numbers.

    Raises:
        ValueError: there are fewer than two cases.
    """
    texts = [item.text for case in cases for item in case.evidence]
    of_case = np.repeat(np.arange(len(cases)), [len(case.evidence) for case in cases])
    tokens = tokenise(pd.Series(texts, dtype="str"))
    by_item = shingles(tokens)
    by_case = pair_jaccard(united(by_item, of_case))
    role = np.array([case.role for case in cases])
    near = pair_jaccard(by_item)
    apart = of_case[near["first"]] != of_case[near["second"]]
    means = [_mean_within(by_case, role == name) for name in sorted(set(role))]
    within = [mean for mean in means if mean is not None]
    return {
        "cases": len(cases),
        "evidence items": len(texts),
        IDENTICAL: len(texts) - len(set(texts)),
        MEAN: float(row_means(by_case, len(cases)).mean()),
        "mean of the role means": float(np.mean(within)) if within else 0.0,
        ROLE_MEAN: max(within, default=0.0),
        HIGHEST: float(by_case["jaccard"].max()) if len(by_case) else 0.0,
        NEAR_PAIRS: int(((near["jaccard"] >= NEAR) & apart).sum()),
        "distinct word types": len(tokens.words),
        "mean words per case": float(tokens.lengths.sum() / len(cases)),
        "mean words per item": float(tokens.lengths.mean()),
    }


def printed(figures: Mapping[str, float]) -> str:
    """The figures as a dataset card shows them, one a line."""
    return "\n".join(
        f"{name}: {figure:.0f}"
        if isinstance(figure, int)
        else f"{name}: {figure:.{_places(figure)}f}"
        for name, figure in figures.items()
    )


def _places(figure: float) -> int:
    return 4 if figure < 1 else 1


def _mean_within(pairs: pd.DataFrame, inside: np.ndarray) -> float | None:
    count = int(inside.sum())
    if count < 2:
        return None
    both = inside[pairs["first"]] & inside[pairs["second"]]
    return float(pairs.loc[both, "jaccard"].sum() / (count * (count - 1) / 2))
