"""Tables as CSV (RFC 4180) that shows its text in any spreadsheet and runs nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from govern.report.wording import visible

Value = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A header and one line a row: every cell quoted, lines ended as RFC 4180 has them."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([inert(name) for name in columns])
    writer.writerows([inert(value) for value in row] for row in rows)
    return out.getvalue()


def inert(value: Value) -> str:
    """A cell that shows its text: an apostrophe stands before what would begin a formula.

    A number keeps every digit that it takes to read it back, and its sign.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
    text = visible(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
