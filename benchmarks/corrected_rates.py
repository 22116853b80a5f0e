"""How often the interval of a corrected share misses the truth, on either side, at 5 % a side.

Made-up runs of 8 drafts a case, judged with the given errors, which are estimated from as many
labelled drafts of either kind; *alike* is the correlation of two drafts of a case.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from govern.domain import Errors
from govern.stats.corrected import corrected_bounds, corrected_share

RUNS, DRAFTS, ALPHA = 1000, 8, 0.05
JUDGES = ((0.95, 0.98, 120), (0.9, 0.95, 60), (0.7, 0.9, 30), (0.6, 0.75, 30))


def missed(
    cases: int,
    theta: float,
    judge: tuple[float, float, int],
    alike: float,
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """Shares of runs whose interval lies above and below the truth, and its mean width."""
    sensitivity, specificity, labelled = judge
    spread = (1 - alike) / alike if alike else 0.0
    above = below = width = used = 0.0
    for _ in range(RUNS):
        own = (
            rng.beta(theta * spread, (1 - theta) * spread, cases)
            if alike and theta
            else np.full(cases, theta)
        )
        spoiled = rng.random((cases, DRAFTS)) < own[:, None]
        objected = rng.random(spoiled.shape) < np.where(spoiled, sensitivity, 1 - specificity)
        errors = Errors(
            found=int(rng.binomial(labelled, sensitivity)),
            spoiled=labelled,
            cleared=int(rng.binomial(labelled, specificity)),
            sound=labelled,
        )
        if errors.found + errors.cleared <= labelled:
            continue
        estimate, interval = corrected_share(objected.mean(axis=1), objected.size, errors)
        low, high = corrected_bounds(estimate, interval, ALPHA)
        above, below, width = above + (theta < low), below + (theta > high), width + high - low
        used += 1
    return above / used, below / used, width / used


def main() -> None:
    rng = np.random.default_rng(1)
    print("| cases | share | sensitivity, specificity, labelled | alike | above | below | width |")
    print("|---|---|---|---|---|---|---|")
    for cases, judge, theta, alike in product((24, 60, 360), JUDGES, (0.0, 0.034, 0.1), (0.0, 0.3)):
        above, below, width = missed(cases, theta, judge, alike, rng)
        judged = ", ".join(map(str, judge))
        print(
            f"| {cases} | {theta} | {judged} | {alike} | {above:.3f} | {below:.3f} | {width:.3f} |"
        )


if __name__ == "__main__":
    main()
