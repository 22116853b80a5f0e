"""Forest plots as SVG: a dot and a line per group, with what the policy allows behind them.

Nothing is coloured here. The page's style sheet gives the classes their colours, so one
drawing serves light, dark and print.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from govern.report.page import Plot, PlotGroup, PlotRow
from govern.report.strokes import NARROW, WIDTH, Scale, framed, minus, text_at

_ROW, _HEADING, _AXIS, _LINE = 22, 28, 52, 14
_TALLEST = 1100  # a page of A4 has room for 1150 where WIDTH fills it
_CHAR, _STRONG, _SMALL = 7.2, 8.0, 6.6  # how wide a character is, at the most on the average
_NAMES = (130, 320)  # the room for names left of what is plotted, at least and at most
_GAP = 14
_DATA = 12  # half the height of what is plotted of a row
_PADDING = 0.06
_CAPTION = 70  # room for half the text above a band
_HALF, _DOT = 5, 4  # half the size of a mark beside a word, and in a plot


class _Layout(NamedTuple):
    """Where what belongs to a row stands: at the sides of its data, or above it where narrow.

    ``left`` and ``right`` bound what is plotted, ``n`` is where that number ends; ``name``,
    ``said`` and ``data`` are how far below the top of a row they stand.
    """

    width: int
    left: float
    right: float
    n: float
    name: int
    said: int
    data: int
    row: int
    chars: int
    lines: int

    @property
    def narrow(self) -> bool:
        return self.width == NARROW

    def height(self, group: PlotGroup) -> int:
        return _HEADING + self.row * len(group.rows)


def forest(plot: Plot, *, narrow: bool = False) -> str:
    """The SVG element for ``plot``: rows by group, margin band, rule, n, verdict word.

    Its ``title`` and ``desc`` state the finding. Every text is escaped.

    Args:
        plot: what is drawn.
        narrow: names, n and verdicts stand above their rows, for a screen in a hand.
    """
    layout = _narrow(plot) if narrow else _wide(plot)
    scale = _scale(plot, layout)
    body, y = _header(plot, layout)
    for group in plot.groups:
        body += _group(group, plot, layout, scale, y)
        y += layout.height(group)
    body += _axis(plot, layout, scale, y)
    drawing = (layout.width, y + _AXIS + (_LINE if narrow else 0), "".join(body))
    return framed(plot.id, plot.title, plot.description, drawing, kind="forest")


def mark(kind: str, x: float, y: float, half: int = _HALF) -> str:
    """The shape of a verdict: circle pass, square fail, triangle thin, ring untested."""
    h = half
    if kind == "fail":
        return f'<rect class="mark fail" x="{x - h}" y="{y - h}" width="{2 * h}" height="{2 * h}"/>'
    if kind == "thin":
        points = f"{x},{y - h - 1} {x + h + 1},{y + h - 1} {x - h - 1},{y + h - 1}"
        return f'<polygon class="mark thin" points="{points}"/>'
    return (
        f'<circle class="mark {"pass" if kind == "pass" else "none"}" cx="{x}" cy="{y}" r="{h}"/>'
    )


def _rows(plot: Plot) -> list[PlotRow]:
    return [row for group in plot.groups for row in group.rows]


def _longest(texts: Iterator[str]) -> int:
    return max(map(len, texts), default=0)


def _verdicts_and_n(plot: Plot) -> tuple[float, float]:
    """The room that the verdicts take, and the numbers before them."""
    rows = _rows(plot)
    verdicts = _longest(chain(["Verdict"], (row.verdict.word for row in rows))) * _STRONG + 16
    return verdicts, _longest(chain([plot.n_label], (row.n for row in rows))) * _CHAR


def _wide(plot: Plot) -> _Layout:
    verdicts, numbers = _verdicts_and_n(plot)
    names = _longest(row.label for row in _rows(plot))
    heads = _longest(group.heading for group in plot.groups) * _STRONG
    left = min(max(names * _CHAR, heads) + _GAP, _NAMES[1])
    left = max(round(left), _NAMES[0])
    n = round(WIDTH - verdicts - _GAP)
    chars = int((left - _GAP + 1) / _CHAR)
    tall = _ROW + _LINE
    two = names > chars and tall * len(_rows(plot)) + _HEADING * len(plot.groups) <= _TALLEST
    row = tall if two else _ROW
    middle = row // 2
    name = middle + (-2 if two else 4)
    return _Layout(
        WIDTH,
        left,
        round(n - numbers - _GAP),
        n,
        name,
        middle + 4,
        middle,
        row,
        chars,
        1 + two,
    )


def _narrow(plot: Plot) -> _Layout:
    verdicts, numbers = _verdicts_and_n(plot)
    names = _longest(row.label for row in _rows(plot))
    chars = int(NARROW / _CHAR)
    lines = 1 + (names > chars)
    beside = names * _CHAR + numbers + 2 * _CHAR + verdicts + 2 * _GAP <= NARROW
    said = 18 if beside else 18 + lines * (_LINE + 2)
    data = max(said, 18 + (lines - 1) * _LINE) + 8 + _DATA
    n = round(NARROW - verdicts - _GAP)
    return _Layout(NARROW, _GAP, NARROW - _GAP, n, 18, said, data, data + _DATA + 4, chars, lines)


def _scale(plot: Plot, layout: _Layout) -> Scale:
    """Everything drawn fits, with some room; the rule is always inside, and zero if it is near."""
    drawn = chain.from_iterable((row.estimate, row.low, row.high) for row in _rows(plot))
    edges = chain.from_iterable((g.allowed_low, g.allowed_high) for g in plot.groups)
    values = [plot.rule, *(v for v in chain(drawn, edges) if v is not None)]
    low, high = min(values), max(values)
    if 0 <= low <= high - low:
        low = 0.0
    room = (high - low) * _PADDING or 1.0
    return Scale(low - room if low else low, high + room, left=layout.left, right=layout.right)


def _header(plot: Plot, layout: _Layout) -> tuple[list[str], int]:
    """What lies left and right of zero, each in half the plotting area; where the groups begin."""
    chars = int((layout.right - layout.left) / 2 / _SMALL)
    ends = (
        plot.lower_end and f"←\N{NO-BREAK SPACE}{plot.lower_end}",
        plot.upper_end and f"{plot.upper_end}\N{NO-BREAK SPACE}→",
    )
    left, right = (_even(end, chars) for end in ends)
    parts = [text_at(layout.left, 14 + _LINE * at, words, "small") for at, words in enumerate(left)]
    parts += [
        text_at(layout.right, 14 + _LINE * at, words, "small end") for at, words in enumerate(right)
    ]
    return parts, (lines := max(len(left), len(right))) and 6 + _LINE * lines


def _group(group: PlotGroup, plot: Plot, layout: _Layout, scale: Scale, y: int) -> Iterator[str]:
    top = y + _HEADING
    yield from _heading(group, plot, layout, scale, top - 9)
    rows = [top + layout.row * at for at in range(len(group.rows))]
    whole = [(top, layout.row * len(rows))]
    plotted = [(at + layout.data - _DATA, 2 * _DATA) for at in rows] if layout.narrow else whole
    for at, height in plotted:
        yield from _band(group, scale, at, height)
    yield f'<line class="hairline" x1="0" x2="{layout.width}" y1="{top}" y2="{top}"/>'
    x = scale.x(plot.rule)
    for at, height in plotted:
        yield f'<line class="rule" x1="{x}" x2="{x}" y1="{at}" y2="{at + height}"/>'
    for at, row in zip(rows, group.rows, strict=True):
        yield from _row(row, layout, scale, at)


def _heading(group: PlotGroup, plot: Plot, layout: _Layout, scale: Scale, y: int) -> Iterator[str]:
    """The group's name, what it is allowed, and what the numbers beside the first group are."""
    bounded = not (group.allowed_low is None and group.allowed_high is None)
    allowed = group.allowed if bounded else ""
    room = layout.width - len(allowed) * _SMALL - 8 if layout.narrow else layout.left
    yield text_at(0, y, _short(group.heading, int(room / _STRONG)), "strong")
    if layout.narrow:
        yield text_at(layout.width, y, allowed, "small end muted")
        return
    left, right = _ends_of(group, scale)
    middle = min(max((left + right) / 2, layout.left + _CAPTION), layout.right - _CAPTION)
    yield text_at(round(middle, 2), y, allowed, "small middle muted")
    if group is plot.groups[0]:
        yield text_at(layout.n, y, plot.n_label, "small end")
        yield text_at(layout.width, y, "Verdict", "small end")


def _ends_of(group: PlotGroup, scale: Scale) -> tuple[float, float]:
    """From where to where the policy allows it; what is open reaches to the edge."""
    left = scale.left if group.allowed_low is None else scale.x(group.allowed_low)
    return left, scale.right if group.allowed_high is None else scale.x(group.allowed_high)


def _band(group: PlotGroup, scale: Scale, top: int, height: int) -> Iterator[str]:
    """What the policy allows, shaded."""
    if group.allowed_low is None and group.allowed_high is None:
        return
    left, right = _ends_of(group, scale)
    yield (
        f'<rect class="band" x="{left}" y="{top}" width="{round(right - left, 2)}" '
        f'height="{height}"/>'
    )


def _row(row: PlotRow, layout: _Layout, scale: Scale, top: int) -> Iterator[str]:
    for at, words in enumerate(_lines(row.label, layout)):
        yield text_at(0, top + layout.name + at * _LINE, words, "")
    y = top + layout.data
    if row.estimate is None:
        yield text_at(layout.left + 8, y + 4, row.missing, "small muted")
    else:
        yield _whisker(row, row.estimate, scale, y)
        yield mark(row.verdict.mark, scale.x(row.estimate), y, _DOT)
    said = top + layout.said
    yield text_at(layout.n, said, f"n {row.n}" if layout.narrow else row.n, "end")
    yield text_at(layout.width - 16, said, row.verdict.word, f"end verdict-{row.verdict.mark}")
    yield _beside(row.verdict.mark, layout.width - 6, said - 4)


def _beside(kind: str, x: float, y: float) -> str:
    """A verdict's mark beside its word, which says the same."""
    return f'<g class="beside">{mark(kind, x, y, _DOT)}</g>'


def _whisker(row: PlotRow, estimate: float, scale: Scale, y: int) -> str:
    """The interval, with a cap at each end that is known; a cap is taller than a dot."""
    low = scale.x(estimate if row.low is None else row.low)
    high = scale.x(estimate if row.high is None else row.high)
    caps = [x for x, known in ((low, row.low), (high, row.high)) if known is not None]
    drawn = f"M{low} {y}H{high}" + "".join(f"M{x} {y - 6}v12" for x in caps)
    return f'<path class="whisker {row.verdict.mark}" d="{drawn}"/>'


def _axis(plot: Plot, layout: _Layout, scale: Scale, y: int) -> Iterator[str]:
    yield f'<line class="axis" x1="{scale.left}" x2="{scale.right}" y1="{y}" y2="{y}"/>'
    for tick in scale.ticks():
        x = scale.x(tick)
        yield f'<line class="axis" x1="{x}" x2="{x}" y1="{y}" y2="{y + 5}"/>'
        yield text_at(x, y + 19, minus(tick), "small middle")
    yield text_at((scale.left + scale.right) / 2, y + 40, plot.axis, "small middle")
    shaded = y + 40 + (_LINE + 4 if layout.narrow else 0)
    yield text_at(0, shaded, "Shaded: what the policy allows", "small muted")


def _lines(label: str, layout: _Layout) -> list[str]:
    """A name in the lines it has; where two groups are held apart, the second begins a line."""
    if len(label) <= layout.chars or layout.lines == 1:
        return [_short(label, layout.chars)]
    first, against, second = label.partition(" against ")
    if against and max(len(first) + len(against), len(second)) <= layout.chars:
        return [f"{first} against", second]
    lines = textwrap.wrap(label, layout.chars)
    return [lines[0], _short(" ".join(lines[1:]), layout.chars)]


def _even(text: str, most: int) -> list[str]:
    """``text`` in as few lines as it takes, none longer than it must be for that."""
    lines = textwrap.wrap(text, most)
    return (
        next(
            (
                even
                for chars in range(len(text) // len(lines), most)
                if len(even := textwrap.wrap(text, chars)) == len(lines)
            ),
            lines,
        )
        if lines
        else []
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
