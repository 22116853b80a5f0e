"""``govern report diff``: two decisions side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.report.decision_diff import Cell, DecisionDiff

EXAMPLES = "Examples: govern report diff 3f2a… 9c01…; govern report diff old.zip new.zip --json"
NAME = "report-diff"
_MARKS = {"verdict": "VERDICT", "numbers": "numbers", "nothing": "", "added": "ADDED"}


class Spelt(TyperGroup):
    """Takes ``report diff A B``, which people say, for the command ``report-diff``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As ever, after that."""
        spoken = args[:2] == NAME.split("-")
        return super().resolve_command(ctx, [NAME, *args[2:]] if spoken else args)


def report_diff(
    before: Annotated[str, typer.Argument(help="A decision's id, folder or bundle.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    html: Annotated[Path | None, typer.Option(help="Write a page of it as well.")] = None,
    json: Json = False,
) -> None:
    """Show what changed between two decisions; also as `govern report diff A B`."""
    from govern.app.report_diff import diff_decisions, write_diff
    from govern.cli.output import print_json

    found = diff_decisions(context.here(), before, after)
    if html:
        write_diff(found, html)
    if json:
        print_json(found.as_json())
        return
    _show(found)
    if html:
        typer.echo(f"Page: {html}")


def _show(found: DecisionDiff) -> None:
    from govern.cli.output import print_line, print_rows
    from govern.cli.policies import change_row, in_words

    for name, side in (("Before", found.before), ("After", found.after)):
        advisory = ", advisory" if side.advisory else ""
        print_line(
            f"{name}: {side.verdict.word}{advisory}: {side.candidate} under {side.policy}, "
            f"decision {side.decision_id} of {side.made}."
        )
    if not found.same_pipeline:
        print_line("These are two pipelines, not two versions of one.")
    typer.echo("")
    facts = [
        {"about": f.about, "what": f.what.replace("_", " "), "before": in_words(f.before),
         "after": in_words(f.after)}
        for f in found.facts
    ]  # fmt: skip
    print_rows(facts, empty="They rest on the same.")
    typer.echo("")
    rows = [
        {"clause": f"{row.id} {row.title}", "moved": _MARKS.get(row.moved, "REMOVED"),
         "before": _cell(row.before), "after": _cell(row.after)}
        for row in found.clauses
    ]  # fmt: skip
    print_rows(rows, empty="neither has a clause")
    typer.echo("")
    print_line(
        f"{found.changed} of {len(rows)} clauses came out with another verdict or stand in one "
        "alone. The numbers stand side by side; nothing tests their difference: `govern compare` "
        "does, over the same cells."
    )
    if found.policy:
        typer.echo("")
        print_rows([change_row(change) for change in found.policy], empty="")


def _cell(cell: Cell | None) -> str:
    from govern.cli.words import group_words, numbers

    if cell is None:
        return "-"
    if cell.estimate is None:
        return cell.verdict.word
    where = group_words(cell.slice or "")
    told = numbers(cell.estimate, cell.lower, cell.upper)
    return f"{cell.verdict.word}\n{f'{where}: ' if where else ''}{told} n {cell.n}"
