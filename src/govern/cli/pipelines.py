"""``govern pipelines``: what a pipeline is sent and what it answers."""

from __future__ import annotations

import json as json_text
from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.pipelines_check import Checked, Exchanged

pipelines = typer.Typer(help="Look at a pipeline before it is run.", no_args_is_help=True)


@pipelines.callback()
def _pipelines() -> None:
    """Look at a pipeline before it is run."""


@pipelines.command(epilog="Example: govern pipelines check my-function")
def check(
    pipeline: Annotated[str, typer.Argument(help="An id or a manifest.")],
    *,
    suite: Annotated[str, typer.Option(help="Whose cells to take.")] = "review-core",
    json: Json = False,
) -> None:
    """Ask for three drafts; show what exactly was sent and what came back, without secrets.

    Exit code 10: an answer was refused or is no draft, 14: nobody answered.
    """
    from govern.app.pipelines_check import check as ask
    from govern.cli.output import Bars, print_json
    from govern.errors import FailedError, RunError

    checked = ask(context.here(), pipeline, suite=suite, reporter=Bars())
    if json:
        print_json(checked.as_json())
    else:
        _print(checked)
    total = len(checked.cells)
    if checked.outages:
        raise RunError(f"{len(checked.outages)} of {total} cells had no answer")
    if checked.not_ok:
        raise FailedError(f"{checked.not_ok} of {total} answers are no draft; see why above")


def _print(checked: Checked) -> None:
    typer.echo(f"{checked.pipeline} {checked.version}, kind {checked.kind}")
    typer.echo(f"fingerprint    {checked.fingerprint[:12]}")
    typer.echo(f"covers         {', '.join(['the manifest', *checked.digests])}")
    typer.echo(f"declared only  {', '.join(checked.declared_only) or 'nothing'}")
    for number, cell in enumerate(checked.cells, start=1):
        typer.echo(f"\n{number} of {len(checked.cells)}: case {cell.case} as {cell.name}")
        _print_cell(cell)


def _print_cell(cell: Exchanged) -> None:
    how = "" if cell.word_for_word else " (as packet and prompt: this adapter tells no more)"
    _print_values(f"sent{how}", cell.sent)
    _print_values("came back", cell.came_back)
    if cell.draft is None:
        typer.echo(_plain(f"no answer      {cell.outage}"))
        return
    draft = cell.draft
    for step in draft.get("steps", []):
        why = f": {step['error']}" if "error" in step else ""
        typer.echo(_plain(f"step           {step['name']}: {step['status']}{why}"))
    typer.echo(_plain(f"read as        {_read_as(draft)}"))


def _read_as(draft: dict[str, Any]) -> str:
    if draft["status"] != "ok":
        return f"{draft['status']}: {draft.get('error')}"
    rating = f"rating {draft['rating']:g}" if "rating" in draft else "no rating"
    parts = [f"ok, {len(draft['text'])} characters", rating]
    if draft.get("citations"):
        parts.append(f"cites {', '.join(draft['citations'])}")
    if "cost_usd" in draft["usage"]:
        parts.append(f"{draft['usage']['cost_usd']:g} USD")
    return ", ".join([*parts, f"{draft['latency_s']:.2f} s"])


def _print_values(title: str, values: list[Any]) -> None:
    if not values:
        return
    typer.echo(title)
    for value in values:
        shown = json_text.dumps(value, indent=2, ensure_ascii=False)
        typer.echo("\n".join(f"  {line}" for line in _plain(shown).split("\n")))


def _plain(text: str) -> str:
    from govern.report.wording import visible

    return visible(text)
