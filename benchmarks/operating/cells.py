"""How the page writes its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import fill

from operating import contrasts
from operating.rates import Misses, share_error
from operating.verdicts import Judged

ALPHA, ATTEMPT = contrasts.ALPHAS


def replicated(runs: int) -> str:
    return (
        f"{runs:,} runs of each condition; error of a rate: {share_error(0.05, runs):.3f} at .05, "
        f"{share_error(0.05 / 3, runs):.3f} at .05/3."
    )


def by_kind(value: Callable[[str], str]) -> str:
    return " · ".join(value(kind) for kind in contrasts.KINDS)


def both_ends(misses: Misses) -> str:
    return f"{places(misses.above / misses.runs)} · {places(misses.below / misses.runs)}"


def width(misses: Misses) -> str:
    return "" if misses.width is None else f"{misses.width:.2f}{'f' if misses.by_floor else ''}"


def judged(one: Judged) -> str:
    return f"{places(one.share('pass'))} / {places(one.share('fail'))}"


def places(share: float) -> str:
    """A share to three places without the leading zero."""
    return f"{share:.3f}".removeprefix("0") if share < 1 else "1"


def level_name(alpha: float) -> str:
    return ".05" if alpha == ALPHA else ".05/3"


def wrapped(text: str) -> str:
    """Paragraphs and list entries filled; tables, headings and commands as they are."""
    return "\n\n".join(map(_filled, text.split("\n\n")))


def _filled(block: str) -> str:
    if block.startswith(("|", "#", "    ")):
        return block
    if not block.startswith("- "):
        return _fill(block, "")
    entries = block.removeprefix("- ").split("\n- ")
    return "\n".join(_fill(f"- {entry}", "  ") for entry in entries)


def _fill(text: str, indent: str) -> str:
    return fill(
        " ".join(text.split()),
        width=98,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
