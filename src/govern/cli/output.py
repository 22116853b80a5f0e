"""Tables for people and JSON for programs; nothing else goes to stdout.

What others wrote may steer a terminal, so characters that hide or move text stand as ``[U+001B]``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import TYPE_CHECKING, Any

from govern.app.progress import Reporter
from govern.report.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

    from govern.domain.finding import Finding

WIDTH = 100


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def console(*, stderr: bool = False) -> Console:
    """A console of 100 columns where it is piped; no colour there."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, markup=False)


def print_rows(rows: Sequence[dict[str, Any]], *, empty: str) -> None:
    """Rows of the same keys as a table."""
    from rich.table import Table

    screen = console()
    if not rows:
        screen.print(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, name in enumerate(rows[0]):
        table.add_column(str(name), no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*(visible(shortened(str(value))) for value in row.values()))
    screen.print(table)


def shortened(text: str) -> str:
    """A digest by its first 12 digits; other text as it is."""
    is_digest = len(text) == 64 and all(c in "0123456789abcdef" for c in text)
    return text[:12] if is_digest else text


def rate(cells: int, seconds: float) -> str:
    """Cells a second, or a minute where it is less than one a second."""
    if not cells or seconds <= 0:
        return ""
    per_second = cells / seconds
    return f"{per_second:.1f} cells/s" if per_second >= 1 else f"{per_second * 60:.1f} cells/min"


def print_line(line: str) -> None:
    """One line, going on indented below where it is long."""
    shown = visible(line)
    sys.stdout.write(
        f"{fill(shown, width=WIDTH, subsequent_indent='  ', break_on_hyphens=False)}\n"
    )


def print_findings(findings: Sequence[Finding]) -> None:
    """Findings as a table, and below it why others have no number."""
    from govern.cli.words import finding_rows, not_assessable

    print_rows(finding_rows(findings), empty="nothing was measured")
    for line in not_assessable(findings):
        sys.stdout.write("\n")
        print_line(line)


class Bars(Reporter):
    """Progress bars on stderr: cells done, rate, time left, tokens."""

    def __init__(self) -> None:
        self._console = console(stderr=True)

    @contextmanager
    def drafting(
        self, pipeline: str, *, done: int, planned: int
    ) -> Iterator[Callable[[int, int], None]]:
        """A bar over all planned cells, beginning with those that a run had done before."""
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:>14}"),
            TextColumn("{task.fields[tokens]:>15}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(
                f"drafting {pipeline}", total=planned, completed=done, rate="", tokens=""
            )

            def tick(new: int, tokens: int) -> None:
                elapsed = progress.tasks[0].elapsed or 0.0
                progress.update(
                    task,
                    completed=done + new,
                    rate=rate(new, elapsed),
                    tokens=f"{tokens:,} tokens" if tokens else "",
                )

            yield tick

    @contextmanager
    def reading(self, what: str) -> Iterator[Callable[[float], None]]:
        """A bar over a file, by the share that was read."""
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(what, total=1.0)
            yield lambda share: progress.update(task, completed=share)

    def draining(self) -> None:
        """Say why it takes a moment, and what a second Ctrl-C does."""
        self._console.print("Stopping. Drafts in flight are kept; Ctrl-C again loses them.")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A spinner around a step without a count."""
        with self._console.status(what):
            yield
