"""Small panels of numbers from version to version as SVG, with what the policy allowed behind them.

Nothing is coloured here; the page's style sheet gives the classes their colours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import pairwise

from govern.report.drawings import Trend, TrendPoint, Trends
from govern.report.strokes import NARROW, WIDTH, Scale, line, minus, text_at
from govern.report.svg import mark

_PANEL, _HEIGHT, _ROW = 236, 172, 3  # a panel, and how many stand in a row of a page
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 228, 52, 132
_LABEL_CHARS, _CHAR, _PADDING = 30, 6.2, 0.08  # a version's characters are so wide


def trends(drawing: Trends, width: int = WIDTH) -> tuple[int, int, str]:
    """Width, height and the panels: a mark per version with its interval, joined by lines."""
    row = 1 if width == NARROW else _ROW
    gap = (WIDTH - _PANEL) / (_ROW - 1)
    panels = [
        f'<g transform="translate({at % row * gap:g} {at // row * _HEIGHT})">'
        f"{''.join(_panel(one, drawing.versions))}</g>"
        for at, one in enumerate(drawing.trends)
    ]
    return width, -(-len(panels) // row) * _HEIGHT, "".join(panels)


def _panel(trend: Trend, versions: tuple[str, ...]) -> Iterator[str]:
    up = _scale(trend)
    wide = (_RIGHT - _LEFT) / len(versions)
    middles = [round(_LEFT + (at + 0.5) * wide, 2) for at in range(len(versions))]
    drawn = list(zip(middles, trend.points, strict=True))
    for at, words in enumerate(textwrap.wrap(trend.label, _LABEL_CHARS)[:2]):
        yield text_at(0, 12 + 14 * at, words, "strong")
    yield text_at(0, _TOP - 10, trend.unit, "small muted")
    for x, point in drawn:
        yield from _band(point, x, wide, up)
    for tick in (ticks := up.ticks())[:: max(len(ticks) - 1, 1)]:
        yield line("hairline", _LEFT, up.x(tick), _RIGHT, up.x(tick))
        yield text_at(_LEFT - 6, up.x(tick) + 4, minus(tick), "small end")
    for (x, one), (other, next_one) in pairwise(drawn):
        if one.value is not None and next_one.value is not None:
            yield line("axis", x, up.x(one.value), other, up.x(next_one.value))
    for x, point in drawn:
        yield from _point(point, x, up)
    yield line("axis", _LEFT, _BOTTOM, _RIGHT, _BOTTOM)
    for x, version in zip(middles, versions, strict=True):
        yield text_at(x, _BOTTOM + 17, _short(version, int(wide / _CHAR)), "small middle")


def _scale(trend: Trend) -> Scale:
    """Everything drawn fits; what is allowed on one side only reaches to the edge."""
    values = [
        value
        for p in trend.points
        for value in (p.value, p.low, p.high, p.allowed_low, p.allowed_high)
        if value is not None
    ]
    low, high = min(values), max(values)
    room = (high - low) * _PADDING or 1.0
    return Scale(low - room, high + room, left=_BOTTOM, right=_TOP)


def _band(point: TrendPoint, x: float, wide: float, up: Scale) -> Iterator[str]:
    if point.allowed_low is None and point.allowed_high is None:
        return
    top = up.x(up.high if point.allowed_high is None else point.allowed_high)
    bottom = up.x(up.low if point.allowed_low is None else point.allowed_low)
    yield (
        f'<rect class="band" x="{x - wide / 2:g}" y="{top}" width="{wide:g}" '
        f'height="{round(bottom - top, 2)}"/>'
    )


def _point(point: TrendPoint, x: float, up: Scale) -> Iterator[str]:
    if point.value is None:
        yield text_at(x, (_TOP + _BOTTOM) / 2, "–", "small middle muted")
        return
    low = up.x(point.value if point.low is None else point.low)
    high = up.x(point.value if point.high is None else point.high)
    yield f'<path class="whisker {point.verdict.mark}" d="M{x} {low}V{high}"/>'
    yield mark(point.verdict.mark, x, up.x(point.value))


def _short(version: str, most: int) -> str:
    return version if len(version) <= most else f"{version[: most - 1]}…"
