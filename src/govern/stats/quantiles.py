"""Quantiles of Student's t and the beta distribution in plain Python.

The judge and ``verify`` need a handful of them and must not load scipy, whose import
costs more than everything else they do. Tests hold them against scipy.

Source: the continued fraction of the incomplete beta function, DLMF 8.17.22, evaluated by
Lentz's method.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, lgamma, log, log1p, sqrt

_TINY = 1e-300


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    h = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + term * d
            c = 1 + term / c
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = c if abs(c) > _TINY else _TINY
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b), absolute error under 1e-13."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


@lru_cache(maxsize=4096)
def beta_quantile(p: float, a: float, b: float) -> float:
    """The x in [0, 1] with I_x(a, b) = p, by bisection to the last bit."""
    low, high = 0.0, 1.0
    for _ in range(1100):
        mid = (low + high) / 2
        if mid in (low, high):
            break
        if beta_cdf(mid, a, b) < p:
            low = mid
        else:
            high = mid
    return (low + high) / 2


@lru_cache(maxsize=4096)
def t_quantile(alpha: float, df: float) -> float:
    """The upper ``alpha`` point of Student's t with ``df`` degrees of freedom, 0 < alpha < .5."""
    x = beta_quantile(2 * alpha, df / 2, 0.5)
    return sqrt(df * (1 - x) / x) if x > 0 else inf


def clopper_pearson(hits: int, n: int, alpha: float) -> tuple[float, float]:
    """One-sided exact bounds, each at ``alpha``, of the probability behind ``hits`` of ``n``."""
    low = 0.0 if hits == 0 else beta_quantile(alpha, hits, n - hits + 1)
    high = 1.0 if hits == n else beta_quantile(1 - alpha, hits + 1, n - hits)
    return low, high
