"""A share of verdicts, corrected for the errors of who gave them.

The estimate is Rogan & Gladen's (American Journal of Epidemiology 107(1), 1978). The interval is
Lang & Reiczigel's (Preventive Veterinary Medicine 113(1), 2014), which counts the doubt about
sensitivity and specificity as well; their binomial sample of drafts is replaced by one that
carries as much information as the cases, within which verdicts hang together.

Source: docs/statistics.md#corrected-rates.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from govern.domain.finding import Corrected
from govern.domain.judging import Errors
from govern.stats.quantiles import t_quantile

Floats = NDArray[np.float64]


def rogan_gladen(share: float, sensitivity: float, specificity: float) -> float:
    """The share behind a ``share`` of positive verdicts, within 0 and 1.

    (share + specificity - 1)/(sensitivity + specificity - 1).

    Raises:
        ValueError: the two add up to 1 or less: the verdicts say nothing.
    """
    informed = sensitivity + specificity - 1
    if informed <= 0:
        raise ValueError("sensitivity and specificity add up to 1 or less")
    return min(1.0, max(0.0, (share + specificity - 1) / informed))


def corrected_share(by_case: Floats, drafts: int, errors: Errors) -> tuple[float, Corrected]:
    """The corrected share and its interval.

    Args:
        by_case: share of positive verdicts of each of two or more cases.
        drafts: how many verdicts there are in all.
        errors: of who gave them, on labelled drafts of either kind.

    Raises:
        ValueError: as ``rogan_gladen``.
    """
    share = float(by_case.mean())
    estimate = rogan_gladen(share, errors.found / errors.spoiled, errors.cleared / errors.sound)
    interval = Corrected(
        share=share,
        n=independent_drafts(by_case, drafts),
        clusters=len(by_case),
        **errors.model_dump(),
    )
    return estimate, interval


def independent_drafts(by_case: Floats, drafts: int) -> float:
    """How many independent drafts would give a share as precise as these cases do.

    share·(1 - share)/variance of the mean, at most ``drafts``. Cases that are all alike show
    nothing about their variance: they count as one draft each.
    """
    share, cases = float(by_case.mean()), len(by_case)
    variance = float(by_case.var(ddof=1)) / cases
    if variance <= 0:
        return float(cases)
    return min(float(drafts), share * (1 - share) / variance)


def corrected_bounds(estimate: float, interval: Corrected, alpha: float) -> tuple[float, float]:
    """Both ends, each of one-sided level ``alpha``, within 0 and 1.

    With t in place of z, as the variance of cases is estimated. 0 and 1 where the calibration
    leaves it open whether the verdicts say anything.
    """
    t = t_quantile(alpha, interval.clusters - 1)
    n, spoiled, sound = interval.n + t * t, interval.spoiled + 2, interval.sound + 2
    share = (interval.n * interval.share + t * t / 2) / n
    sensitivity = (interval.found + 1) / spoiled
    specificity = (interval.cleared + 1) / sound
    informed = sensitivity + specificity - 1
    if informed <= 0:
        return 0.0, 1.0
    theta = (share + specificity - 1) / informed
    of_spoiled = sensitivity * (1 - sensitivity) / spoiled
    of_sound = specificity * (1 - specificity) / sound
    shift = 2 * t * t * (theta * of_spoiled - (1 - theta) * of_sound)
    variance = share * (1 - share) / n + theta**2 * of_spoiled + (1 - theta) ** 2 * of_sound
    reach = t * sqrt(variance) / informed
    low, high = theta + shift - reach, theta + shift + reach
    return max(0.0, min(low, estimate)), min(1.0, max(high, estimate))
