"""``govern board``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

EXAMPLE = "Example: govern board --policy review-drafting"


def board(
    policy: Annotated[str, typer.Option(help="The policy's id, if there are several.")] = "",
    out: Annotated[Path, typer.Option(help="Where to write the page.")] = Path("board.html"),
    json: Json = False,
) -> None:
    """Write a page for a board: candidates side by side, alternatives, trend over versions.

    With --json nothing is written: the page is printed.
    """
    from govern.app.board_page import compared, write_board
    from govern.cli.output import print_json

    page = compared(context.here(), policy or None, now=context.now())
    if json:
        print_json(page.as_json())
    else:
        typer.echo(write_board(page, out))
