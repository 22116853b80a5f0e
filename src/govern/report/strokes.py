"""What drawings are put together from: scales, texts, the frame that names a drawing."""

from __future__ import annotations

import math
from html import escape

from govern.report.wording import as_written

WIDTH, NARROW = 760, 320
"""Units from left to right of a drawing for a page, and of one for a screen in a hand."""
_TICKS = 5


class Scale:
    """Linear map from a unit to x or y, with round ticks; what lies outside is put on the edge."""

    def __init__(self, low: float, high: float, *, left: float, right: float) -> None:
        self.low, self.high, self.left, self.right = low, high, left, right

    def x(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.left + share * (self.right - self.left), 2)

    def ticks(self) -> tuple[float, ...]:
        """Four to eight multiples of 1, 2 or 5 times a power of ten."""
        rough = (self.high - self.low) / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough * 0.999)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return tuple(round(k * step, 12) for k in range(first, last + 1))


def framed(
    name: str,
    title: str,
    description: str,
    drawing: tuple[int, int, str],
    kind: str = "drawing",
) -> str:
    """The SVG element of a drawing whose title and description state the finding, escaped.

    Args:
        name: unique in the page, apart from the same drawing in another width.
        title: what is drawn.
        description: what it shows.
        drawing: width, height and what is drawn, every text in it escaped.
        kind: the class of the element.
    """
    width, height, body = drawing
    size = "narrow" if width == NARROW else "wide"
    key = escape(name if size == "wide" else f"{name}-narrow")
    return (
        f'<svg class="{kind} {size}" role="img" viewBox="0 0 {width} {height}" '
        f'aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(description)}</desc>{body}</svg>'
    )


def text_at(x: float, y: float, text: str, kind: str) -> str:
    """A text of a class, escaped."""
    cls = f' class="{kind}"' if kind else ""
    return f'<text{cls} x="{x}" y="{y}">{escape(text)}</text>'


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A line of a class."""
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def minus(value: float) -> str:
    """A tick's number with a true minus sign."""
    return as_written(value).replace("-", "\N{MINUS SIGN}")
