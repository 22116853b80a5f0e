"""``govern runs``: runs in object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.stored_runs import Copied

runs = typer.Typer(no_args_is_help=True, help="Runs in object storage.")
PUSH_EXAMPLE = "Example: govern runs push 20260302T101500-review-core-standard-my-service"
FETCH_EXAMPLE = "Example: govern runs fetch 20260302T101500-review-core-standard-my-service"


@runs.command(epilog=PUSH_EXAMPLE)
def push(
    run: Annotated[str, typer.Argument(help="Id or folder of a run.")],
    personal: Annotated[
        bool,
        typer.Option("--personal", help="Texts that come from people may be stored there."),
    ] = False,
    json: Json = False,
) -> None:
    """Copy a run, finished or not, to the storage that govern.toml names."""
    from govern.app.stored_runs import push as pushed

    _say(pushed(context.here(), run, personal=personal), "stored at", as_json=json)


@runs.command(epilog=FETCH_EXAMPLE)
def fetch(
    run: Annotated[str, typer.Argument(help="Id of a stored run.")],
    json: Json = False,
) -> None:
    """Bring a stored run here, each file checked; what differs here is never overwritten."""
    from govern.app.stored_runs import fetch as fetched

    _say(fetched(context.here(), run), "fetched from", as_json=json)


def _say(copied: Copied, what: str, *, as_json: bool) -> None:
    from govern.cli.output import print_json, print_line

    if as_json:
        print_json(copied.as_json())
        return
    print_line(f"Run {copied.run}: {what} {copied.where}, {copied.files} files, {copied.moved} new")
