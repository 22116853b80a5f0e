"""``govern canary``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.canary import Canary
    from govern.app.drift import Difference

EXAMPLES = "Examples: govern canary DECISION; govern canary RUN --pipeline my-model --json"
CELLS = 24
"""Of a pipeline whose exact repeats differ, 12 say too seldom that it is the same."""
EXIT_CODES = {"same": 0, "drifted": 10, "not enough to tell": 11}


def canary(
    which: Annotated[str, typer.Argument(help="A decision's id or folder, or a run.")],
    *,
    pipeline: Annotated[str, typer.Option(help="The one in force; without it the run's own.")] = "",
    cells: Annotated[int, typer.Option(help="Cells that are drafted again, at most.")] = CELLS,
    json: Json = False,
) -> None:
    """Draft some of a run's cells again today: does the pipeline still draft as it did?

    It warns and decides nothing. Exit code 0: the same, 10: drifted, 11: not enough to tell.
    """
    from govern.app.canary import fly
    from govern.cli.output import Bars, print_json

    project = context.here()
    flown = fly(
        project,
        which,
        pipeline=pipeline or None,
        cells=cells,
        now=context.now(),
        reporter=Bars(),
    )
    if json:
        print_json(flown.canary.as_json())
    else:
        _show(flown.canary)
        typer.echo(f"Kept: {flown.folder / 'canary.json'}")
    raise typer.Exit(EXIT_CODES[flown.canary.outcome])


def _show(canary: Canary) -> None:
    from govern.cli.output import print_line, print_rows

    found = canary.found
    print_rows([_row(one) for one in found.differences], empty="")
    repeats = (
        "" if found.identical_noise is None else f", of the run's repeats {found.identical_noise}"
    )
    typer.echo(f"\n{found.identical} of {found.cells} drafts are the run's word for word{repeats}.")
    print_line(f"{canary.outcome.capitalize()}: {'; '.join(canary.why)}.")
    for note in canary.notes:
        print_line(f"Note: {note}.")
    about = f"Decision {canary.decision}" if canary.decision else f"Run {canary.run_id}"
    print_line(f"{about} stands as it is: a canary warns, and nothing is decided by it.")


def _row(one: Difference) -> dict[str, str]:
    difference = "" if one.difference is None else f"{one.difference:+.2f}"
    return {
        "beside the run's": one.what,
        "today": f"{one.today:.2f}",
        "run": "" if one.run is None else f"{one.run:.2f}",
        "difference": difference,
        "may be": "" if one.bound is None else f"{one.bound:.2f}",
        "margin": f"{one.margin:g}",
        "p": "" if one.p is None else f"{one.p:.4f}",
        "unit": one.unit,
    }
