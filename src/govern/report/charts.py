"""Funnels, matrices, distributions, dose–response curves and trends as SVG, from their numbers.

Nothing is coloured here; the page's style sheet gives the classes their colours.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from govern.report.blocks import Figure
from govern.report.drawings import Curve, Curves, Funnel, Matrix, Strip, Strips
from govern.report.strokes import Scale, framed, line, minus, text_at
from govern.report.trend_panels import trends

WIDTH = 760
_LEFT, _RIGHT = 260, 680
_ROW, _AXIS, _TOP = 30, 46, 10
_CELL, _SIDE = 64, 150  # a cell of a matrix, and the room for its row labels
_PANEL, _PANEL_HEIGHT, _PANELS = 360, 246, 2  # dose-response panels, two in a row
_CAPTION = 44  # characters of a panel's caption in a line


def drawn(figure: Figure) -> str:
    """The SVG element of a figure. Every text is escaped."""
    drawing = figure.drawing
    if isinstance(drawing, Funnel):
        made = _funnel(drawing)
    elif isinstance(drawing, Matrix):
        made = _matrix(drawing)
    elif isinstance(drawing, Strips):
        made = _strips(drawing)
    elif isinstance(drawing, Curves):
        made = _curves(drawing)
    else:
        made = trends(drawing)
    return framed(figure.id, figure.title, figure.description, made)


def _funnel(funnel: Funnel) -> tuple[int, int, str]:
    most = max(bar.count for bar in funnel.bars) or 1
    parts: list[str] = []
    for place, bar in enumerate(funnel.bars):
        y = _TOP + place * _ROW
        width = round(bar.count / most * (_RIGHT - _LEFT), 2)
        kind = "bar within" if bar.within else "bar"
        parts.append(text_at(14 if bar.within else 0, y + 19, bar.label, ""))
        parts.append(
            f'<rect class="{kind}" x="{_LEFT}" y="{y + 5}" width="{width}" height="{_ROW - 10}"/>'
        )
        parts.append(text_at(_LEFT + width + 8, y + 19, f"{bar.count:,}", ""))
    return WIDTH, _TOP * 2 + len(funnel.bars) * _ROW, "".join(parts)


def _matrix(matrix: Matrix) -> tuple[int, int, str]:
    """Circles whose area is the share of the row; the diagonal is shaded."""
    many = len(matrix.labels)
    top = 52
    parts = [text_at(_SIDE + many * _CELL / 2, 16, matrix.column_axis, "small middle muted")]
    parts.append(text_at(0, top + many * _CELL / 2 + 4, matrix.row_axis, "small muted"))
    for at, label in enumerate(matrix.labels):
        middle = at * _CELL + _CELL / 2
        parts.append(text_at(_SIDE + middle, 42, label, "middle"))
        parts.append(text_at(_SIDE - 12, top + middle + 4, label, "end"))
        parts.append(
            f'<rect class="band" x="{_SIDE + at * _CELL}" y="{top + at * _CELL}" '
            f'width="{_CELL}" height="{_CELL}"/>'
        )
    for row, counts in enumerate(matrix.counts):
        parts += _matrix_row(counts, row, top)
    return WIDTH, top + many * _CELL + 10, "".join(parts)


def _matrix_row(counts: tuple[int, ...], row: int, top: int) -> Iterator[str]:
    total = sum(counts)
    y = top + row * _CELL + _CELL / 2
    yield line("hairline", _SIDE, y + _CELL / 2, _SIDE + len(counts) * _CELL, y + _CELL / 2)
    for at, count in enumerate(counts):
        if not count:
            continue
        share = count / total
        x = _SIDE + at * _CELL + _CELL / 2
        radius = round(math.sqrt(share) * (_CELL / 2 - 14), 2)
        yield f'<circle class="dot" cx="{x}" cy="{y - 6}" r="{max(radius, 1.5)}"/>'
        yield text_at(x, y + 26, _percent(share), "small middle")


def _percent(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def _strips(strips: Strips) -> tuple[int, int, str]:
    """A thin line from the 5 to the 95 % point, a thick one between quarters, a dot mid-way."""
    low = min(0.0, *(one.points[0] for one in strips.strips))
    high = max(one.points[4] for one in strips.strips)
    scale = Scale(low, (high + (high - low) * 0.05) or 1.0, left=_LEFT, right=_RIGHT)
    bottom = _TOP + len(strips.strips) * _ROW
    parts = [part for at, one in enumerate(strips.strips) for part in _strip(one, at, scale)]
    for reference in (one for one in strips.strips if one.reference):
        x = scale.x(reference.points[2])
        parts.insert(0, line("rule", x, _TOP, x, bottom))
    parts += _ticks(scale, bottom)
    parts.append(text_at((_LEFT + _RIGHT) / 2, bottom + 40, strips.axis, "small middle"))
    return WIDTH, bottom + _AXIS, "".join(parts)


def _strip(strip: Strip, at: int, scale: Scale) -> Iterator[str]:
    y = _TOP + at * _ROW + _ROW / 2
    least, low, middle, high, most = map(scale.x, strip.points)
    kind = "strip reference" if strip.reference else "strip"
    yield text_at(0, y + 4, strip.label, "")
    yield line(kind, least, y, most, y)
    yield line(f"{kind} wide", low, y, high, y)
    yield f'<circle class="{kind.replace("strip", "dot")}" cx="{middle}" cy="{y}" r="5"/>'


def _ticks(scale: Scale, y: float) -> Iterator[str]:
    yield line("axis", scale.left, y, scale.right, y)
    for tick in scale.ticks():
        x = scale.x(tick)
        yield line("axis", x, y, x, y + 5)
        yield text_at(x, y + 19, minus(tick), "small middle")


def _curves(curves: Curves) -> tuple[int, int, str]:
    parts = [
        f'<g transform="translate({at % _PANELS * (WIDTH - _PANEL)} '
        f'{at // _PANELS * _PANEL_HEIGHT})">{"".join(_panel(curve, curves.axis))}</g>'
        for at, curve in enumerate(curves.curves)
    ]
    rows = -(-len(curves.curves) // _PANELS)
    return WIDTH, rows * _PANEL_HEIGHT, "".join(parts)


def _panel(curve: Curve, axis: str) -> Iterator[str]:
    """One fault at rising doses: dots with intervals, a band through them, shares upwards."""
    left, right, top, bottom = 46, _PANEL - 16, 68, _PANEL_HEIGHT - 54
    doses = [one.dose for one in curve.responses]
    across = Scale(0.0, max(doses) * 1.05 or 1.0, left=left, right=right)
    up = Scale(0.0, 1.0, left=bottom, right=top)
    for at, words in enumerate(textwrap.wrap(curve.label, _CAPTION)[:2]):
        yield text_at(0, 14 + at * 16, words, "strong")
    for share in (0.0, 0.5, 1.0):
        y = up.x(share)
        yield line("hairline", left, y, right, y)
        yield text_at(left - 6, y + 4, f"{share:.0%}", "small end")
    edge = [(across.x(o.dose), up.x(o.high)) for o in curve.responses]
    edge += [(across.x(o.dose), up.x(o.low)) for o in reversed(curve.responses)]
    points = " ".join(f"{x},{y}" for x, y in edge)
    yield f'<polygon class="band" points="{points}"/>'
    for one, other in pairwise(curve.responses):
        yield line(
            "curve", across.x(one.dose), up.x(one.share), across.x(other.dose), up.x(other.share)
        )
    for one in curve.responses:
        yield f'<circle class="dot" cx="{across.x(one.dose)}" cy="{up.x(one.share)}" r="4"/>'
    yield line("axis", left, bottom, right, bottom)
    for dose in doses:
        yield line("axis", across.x(dose), bottom, across.x(dose), bottom + 5)
        yield text_at(across.x(dose), bottom + 19, minus(dose), "small middle")
    yield text_at(right, bottom + 38, curve.unit, "small end")
    yield text_at(0, 50, axis, "small muted")
