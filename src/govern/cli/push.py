"""``govern push``: results that wait for MLflow."""

from __future__ import annotations

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import RunError

EXAMPLE = "Example: govern push --json"


def push(json: Json = False) -> None:
    """Send MLflow what waits for it in .govern/spool. Exit code 14: something still waits."""
    from govern.app import mirror
    from govern.cli.output import print_json, print_rows

    pushed = mirror.push(context.here())
    if json:
        print_json({"sent": list(pushed.sent), "left": pushed.left})
    else:
        rows = [{"what": name, "": "sent"} for name in pushed.sent]
        rows += [{"what": name, "": f"waits: {why}"} for name, why in pushed.left.items()]
        print_rows(rows, empty="nothing waits")
    if pushed.left:
        raise typer.Exit(RunError.exit_code)
