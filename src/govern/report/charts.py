"""Funnels, matrices, distributions, dose–response curves and trends as SVG, from their numbers.

Nothing is coloured here; the page's style sheet gives the classes their colours.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from govern.report.blocks import Figure
from govern.report.drawings import Curve, Curves, Funnel, Matrix, Strip, Strips
from govern.report.strokes import NARROW, WIDTH, Scale, framed, line, minus, text_at
from govern.report.trend_panels import trends

_ROW, _AXIS, _TOP = 30, 46, 10
_PANELS, _PANEL_HEIGHT = 2, 246  # dose-response panels, so many in a row of a page
_CHAR = 8.2  # how wide a character of a panel's caption is


class _Rows(NamedTuple):
    """Where rows stand in a drawing: what is drawn of them, and how far down a row it begins."""

    width: int
    left: int
    right: int
    height: int
    name: int
    data: int


_WIDE = _Rows(WIDTH, 260, 680, _ROW, 19, 0)
_HAND = _Rows(NARROW, 0, NARROW - 56, _ROW + 18, 14, 18)


def drawn(figure: Figure, *, narrow: bool = False) -> str:
    """The SVG element of a figure, for a page or for a ``narrow`` screen. Texts are escaped."""
    drawing = figure.drawing
    if isinstance(drawing, Funnel):
        made = _funnel(drawing, _HAND if narrow else _WIDE)
    elif isinstance(drawing, Matrix):
        made = _matrix(drawing, NARROW if narrow else WIDTH)
    elif isinstance(drawing, Strips):
        made = _strips(drawing, _HAND if narrow else _WIDE)
    elif isinstance(drawing, Curves):
        made = _curves(drawing, NARROW if narrow else WIDTH)
    else:
        made = trends(drawing, NARROW if narrow else WIDTH)
    return framed(figure.id, figure.title, figure.description, made)


def _funnel(funnel: Funnel, rows: _Rows) -> tuple[int, int, str]:
    most = max(bar.count for bar in funnel.bars) or 1
    parts: list[str] = []
    for place, bar in enumerate(funnel.bars):
        y = _TOP + place * rows.height
        width = round(bar.count / most * (rows.right - rows.left), 2)
        kind = "bar within" if bar.within else "bar"
        parts.append(text_at(14 if bar.within else 0, y + rows.name, bar.label, ""))
        y += rows.data
        parts.append(
            f'<rect class="{kind}" x="{rows.left}" y="{y + 5}" width="{width}" '
            f'height="{_ROW - 10}"/>'
        )
        parts.append(text_at(rows.left + width + 8, y + 19, f"{bar.count:,}", ""))
    return rows.width, _TOP * 2 + len(funnel.bars) * rows.height, "".join(parts)


def _matrix(matrix: Matrix, width: int) -> tuple[int, int, str]:
    """Circles whose area is the share of the row; the diagonal is shaded."""
    many = len(matrix.labels)
    # A cell, and the room for the labels of rows: on a narrow screen their axis stands above them.
    cell, side, top = (64, 150, 52) if width == WIDTH else ((NARROW - 40) // many, 40, 72)
    parts = [text_at(side + many * cell / 2, top - 36, matrix.column_axis, "small middle muted")]
    beside = top + many * cell / 2 + 4 if width == WIDTH else 14
    parts.append(text_at(0, beside, matrix.row_axis, "small muted"))
    for at, label in enumerate(matrix.labels):
        middle = at * cell + cell / 2
        parts.append(text_at(side + middle, top - 10, label, "middle"))
        parts.append(text_at(side - 12, top + middle + 4, label, "end"))
        parts.append(
            f'<rect class="band" x="{side + at * cell}" y="{top + at * cell}" '
            f'width="{cell}" height="{cell}"/>'
        )
    for row, counts in enumerate(matrix.counts):
        parts += _matrix_row(counts, side, top + row * cell, cell)
    return width, top + many * cell + 10, "".join(parts)


def _matrix_row(counts: tuple[int, ...], side: int, top: int, cell: int) -> Iterator[str]:
    total = sum(counts)
    y = top + cell / 2
    yield line("hairline", side, top + cell, side + len(counts) * cell, top + cell)
    for at, count in enumerate(counts):
        if not count:
            continue
        share = count / total
        x = side + at * cell + cell / 2
        radius = round(math.sqrt(share) * (cell / 2 - 14), 2)
        yield f'<circle class="dot" cx="{x}" cy="{y - 6}" r="{max(radius, 1.5)}"/>'
        yield text_at(x, top + cell - 6, _percent(count, total), "small middle")


def _percent(count: int, total: int) -> str:
    """A share of a whole in whole per cent; a half goes up, as people round."""
    if 0 < count / total < 0.005:
        return "<1%"
    return f"{(Decimal(100 * count) / total).quantize(Decimal(1), ROUND_HALF_UP)}%"


def _strips(strips: Strips, rows: _Rows) -> tuple[int, int, str]:
    """A thin line from the 5 to the 95 % point, a thick one between quarters, a dot mid-way."""
    low = min(0.0, *(one.points[0] for one in strips.strips))
    high = max(one.points[4] for one in strips.strips)
    left, right = max(rows.left, 10), rows.right
    scale = Scale(low, (high + (high - low) * 0.05) or 1.0, left=left, right=right)
    bottom = _TOP + len(strips.strips) * rows.height
    parts: list[str] = []
    for at, one in enumerate(strips.strips):
        parts += _strip(one, _TOP + at * rows.height, rows, scale)
    tops = [_TOP + at * rows.height + rows.data for at in range(len(strips.strips))]
    spans = [(top, top + _ROW) for top in tops] if rows.data else [(_TOP, bottom)]
    for reference in (one for one in strips.strips if one.reference):
        x = scale.x(reference.points[2])
        parts[:0] = [line("rule", x, top, x, end) for top, end in spans]
    parts += _ticks(scale, bottom)
    parts.append(text_at((left + right) / 2, bottom + 40, strips.axis, "small middle"))
    return rows.width, bottom + _AXIS, "".join(parts)


def _strip(strip: Strip, top: int, rows: _Rows, scale: Scale) -> Iterator[str]:
    y = top + rows.data + _ROW / 2
    least, low, middle, high, most = map(scale.x, strip.points)
    kind = "strip reference" if strip.reference else "strip"
    yield text_at(0, top + rows.name, strip.label, "")
    yield line(kind, least, y, most, y)
    yield line(f"{kind} wide", low, y, high, y)
    yield f'<circle class="{kind.replace("strip", "dot")}" cx="{middle}" cy="{y}" r="5"/>'


def _ticks(scale: Scale, y: float) -> Iterator[str]:
    yield line("axis", scale.left, y, scale.right, y)
    for tick in scale.ticks():
        x = scale.x(tick)
        yield line("axis", x, y, x, y + 5)
        yield text_at(x, y + 19, minus(tick), "small middle")


def _curves(curves: Curves, width: int) -> tuple[int, int, str]:
    beside, panel = (_PANELS, 360) if width == WIDTH else (1, NARROW)
    parts = [
        f'<g transform="translate({at % beside * (width - panel)} '
        f'{at // beside * _PANEL_HEIGHT})">{"".join(_panel(curve, curves.axis, panel))}</g>'
        for at, curve in enumerate(curves.curves)
    ]
    rows = -(-len(curves.curves) // beside)
    return width, rows * _PANEL_HEIGHT, "".join(parts)


def _panel(curve: Curve, axis: str, width: int) -> Iterator[str]:
    """One fault at rising doses: dots with intervals, a band through them, shares upwards."""
    left, right, top, bottom = 46, width - 16, 68, _PANEL_HEIGHT - 54
    doses = [one.dose for one in curve.responses]
    across = Scale(0.0, max(doses) * 1.05 or 1.0, left=left, right=right)
    up = Scale(0.0, 1.0, left=bottom, right=top)
    for at, words in enumerate(textwrap.wrap(curve.label, int(width / _CHAR))[:2]):
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
