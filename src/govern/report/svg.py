"""Forest plots as SVG: a dot and a line per group, with what the policy allows behind them.

Nothing is coloured here. The page's style sheet gives the classes their colours, so one
drawing serves light, dark and print.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import chain

from govern.report.page import Plot, PlotGroup, PlotRow
from govern.report.strokes import Scale, framed, minus, text_at

WIDTH = 760
_LEFT, _RIGHT = 200, 500  # the plotting area; names stand left of it, n and verdict right
_N, _VERDICT = 556, 576
_TOP, _ROW, _HEADING, _AXIS = 24, 30, 30, 52
_LABEL_CHARS, _HEADING_CHARS, _PADDING = 26, 30, 0.06
_END_CHARS, _LINE = 24, 14  # what lies left and right of zero has half the plotting area each
_CAPTION = 70  # room for half the text above a band
_HALF = 5  # half the size of a mark


def forest(plot: Plot) -> str:
    """The SVG element for ``plot``: rows by group, margin band, rule, n, verdict word.

    Its ``title`` and ``desc`` state the finding. Every text is escaped.
    """
    scale = _scale(plot)
    body, y = _header(plot)
    height = y + sum(_group_height(group) for group in plot.groups) + _AXIS
    for group in plot.groups:
        body += _group(group, plot, scale, y)
        y += _group_height(group)
    body += _axis(plot, scale, y)
    return framed(
        plot.id, plot.title, plot.description, (WIDTH, height, "".join(body)), kind="forest"
    )


def mark(kind: str, x: float, y: float) -> str:
    """The shape of a verdict: circle pass, square fail, triangle thin, ring untested."""
    h = _HALF
    if kind == "fail":
        return f'<rect class="mark fail" x="{x - h}" y="{y - h}" width="{2 * h}" height="{2 * h}"/>'
    if kind == "thin":
        points = f"{x},{y - h - 1} {x + h + 1},{y + h - 1} {x - h - 1},{y + h - 1}"
        return f'<polygon class="mark thin" points="{points}"/>'
    return (
        f'<circle class="mark {"pass" if kind == "pass" else "none"}" cx="{x}" cy="{y}" r="{h}"/>'
    )


def _scale(plot: Plot) -> Scale:
    """Everything drawn fits, with some room; the rule is always inside."""
    rows = chain.from_iterable(group.rows for group in plot.groups)
    drawn = chain.from_iterable((row.estimate, row.low, row.high) for row in rows)
    edges = chain.from_iterable((g.allowed_low, g.allowed_high) for g in plot.groups)
    values = [plot.rule, *(v for v in chain(drawn, edges) if v is not None)]
    if min(values) >= 0:
        values.append(0.0)
    low, high = min(values), max(values)
    room = (high - low) * _PADDING or 1.0
    return Scale(
        low if low == 0 and min(values) >= 0 else low - room, high + room, left=_LEFT, right=_RIGHT
    )


def _group_height(group: PlotGroup) -> int:
    return _HEADING + _ROW * len(group.rows)


def _header(plot: Plot) -> tuple[list[str], int]:
    """What stands above the first group, and where that begins."""
    ends = (plot.lower_end and f"← {plot.lower_end}", plot.upper_end and f"{plot.upper_end} →")
    left, right = (textwrap.wrap(end, _END_CHARS) for end in ends)
    top = _TOP + _LINE * max(len(left) - 1, len(right) - 1, 0)
    parts = [text_at(_LEFT, 14 + _LINE * at, words, "small") for at, words in enumerate(left)]
    parts += [
        text_at(_RIGHT, 14 + _LINE * at, words, "small end") for at, words in enumerate(right)
    ]
    parts.append(text_at(_N, top - 10, plot.n_label, "small end"))
    parts.append(text_at(_VERDICT, top - 10, "Verdict", "small"))
    return parts, top


def _group(group: PlotGroup, plot: Plot, scale: Scale, y: int) -> Iterator[str]:
    top = y + _HEADING
    yield text_at(0, top - 9, _short(group.heading, _HEADING_CHARS), "strong")
    yield from _band(group, scale, top)
    yield f'<line class="hairline" x1="0" x2="{WIDTH}" y1="{top}" y2="{top}"/>'
    x = scale.x(plot.rule)
    yield f'<line class="rule" x1="{x}" x2="{x}" y1="{top}" y2="{top + _ROW * len(group.rows)}"/>'
    for index, row in enumerate(group.rows):
        yield from _row(row, scale, top + _ROW * index + _ROW // 2)


def _band(group: PlotGroup, scale: Scale, top: int) -> Iterator[str]:
    """What the policy allows, shaded, with its size written above it."""
    if group.allowed_low is None and group.allowed_high is None:
        return
    left = _LEFT if group.allowed_low is None else scale.x(group.allowed_low)
    right = _RIGHT if group.allowed_high is None else scale.x(group.allowed_high)
    width, height = round(right - left, 2), _ROW * len(group.rows)
    yield f'<rect class="band" x="{left}" y="{top}" width="{width}" height="{height}"/>'
    middle = min(max((left + right) / 2, _LEFT + _CAPTION), _RIGHT - _CAPTION)
    yield text_at(round(middle, 2), top - 9, group.allowed, "small middle muted")


def _row(row: PlotRow, scale: Scale, y: int) -> Iterator[str]:
    yield _label(row.label, y)
    if row.estimate is None:
        yield text_at(_LEFT + 8, y + 4, row.missing, "small muted")
    else:
        yield _whisker(row, row.estimate, scale, y)
        yield mark(row.verdict.mark, scale.x(row.estimate), y)
    yield text_at(_N, y + 4, row.n, "end")
    yield text_at(_VERDICT, y + 4, row.verdict.word, f"verdict-{row.verdict.mark}")


def _whisker(row: PlotRow, estimate: float, scale: Scale, y: int) -> str:
    """The interval, with a cap at each end that is known."""
    low = scale.x(estimate if row.low is None else row.low)
    high = scale.x(estimate if row.high is None else row.high)
    caps = [x for x, known in ((low, row.low), (high, row.high)) if known is not None]
    drawn = f"M{low} {y}H{high}" + "".join(f"M{x} {y - 4}v8" for x in caps)
    return f'<path class="whisker {row.verdict.mark}" d="{drawn}"/>'


def _axis(plot: Plot, scale: Scale, y: int) -> Iterator[str]:
    yield f'<line class="axis" x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}"/>'
    for tick in scale.ticks():
        x = scale.x(tick)
        yield f'<line class="axis" x1="{x}" x2="{x}" y1="{y}" y2="{y + 5}"/>'
        yield text_at(x, y + 19, minus(tick), "small middle")
    yield text_at((_LEFT + _RIGHT) / 2, y + 40, plot.axis, "small middle")
    yield text_at(0, y + 40, "Shaded: what the policy allows", "small muted")


def _label(label: str, y: int) -> str:
    lines = textwrap.wrap(label, _LABEL_CHARS) or [""]
    if len(lines) == 1:
        return text_at(0, y + 4, lines[0], "")
    second = lines[1] if len(lines) == 2 else _short(f"{lines[1]} {lines[2]}", _LABEL_CHARS)
    return text_at(0, y - 2, lines[0], "") + text_at(0, y + 12, second, "")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
