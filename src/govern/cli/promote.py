"""``govern promote``: where a pipeline stands in the MLflow registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError, IntegrityError

if TYPE_CHECKING:
    from govern.domain.policy import Stage

EXAMPLES = "Examples: govern promote 3f2a… --stage pilot; govern promote --check --json"


def promote(
    decision: Annotated[str, typer.Argument(help="A decision's id or folder.")] = "",
    *,
    stage: Annotated[
        str, typer.Option(help="pilot or rollout; without it the decision's own.")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only look whether every alias stands where it should.")
    ] = False,
    registry_uri: Annotated[
        str, typer.Option(help="MLflow's address; without it that of the project's runs.")
    ] = "",
    json: Json = False,
) -> None:
    """Move a pipeline's alias in the registry by a verified, approved, passing decision.

    ``candidate`` becomes ``pilot`` or ``approved``. Exit code 10: the decision is a fail, 11: not
    enough evidence, 12: unsigned, unapproved, over, advisory or for another stage, 13: it does not
    verify, or with --check an alias is not where the record puts it.
    """
    from govern.app.promote import misplaced, open_registry
    from govern.app.promote import promote as move
    from govern.app.record import open_ledger
    from govern.cli.output import print_json

    if check == bool(decision):
        raise InputError("name a decision, or --check: one of the two")
    project = context.here()
    places: dict[str, Any] = {
        "registry": open_registry(project, registry_uri),
        "ledger": open_ledger(project),
        "now": context.now(),
    }
    if not check:
        moved = move(project, decision, stage=_stage(stage), **places)
        if json:
            print_json(moved.as_json())
        else:
            typer.echo(f"{moved.pipeline} version {moved.version} is {moved.alias} now.")
        return
    wrong = misplaced(project, **places)
    if json:
        print_json([one.as_json() for one in wrong])
    else:
        for one in wrong:
            typer.echo(f"{one.pipeline}@{one.alias}, version {one.version or 'none'}: {one.why}")
        typer.echo("" if wrong else "Every alias stands where the record puts it.", nl=not wrong)
    if wrong:
        raise typer.Exit(IntegrityError.exit_code)


def _stage(named: str) -> Stage | None:
    if named == "":
        return None
    if named in ("pilot", "rollout"):
        return "pilot" if named == "pilot" else "rollout"
    raise InputError(f"--stage: expected pilot or rollout, found {named!r}")
