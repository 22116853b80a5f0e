"""``govern intake``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.app.intake import Taken
    from govern.contest.coverage import Uncovered

EXAMPLES = (
    "Examples: govern intake reviews.jsonl; "
    "govern intake reviews.csv --columns review_id=Id,employee=Person; "
    "govern intake --outcomes pay.csv"
)


def intake(
    file: Annotated[
        Path | None, typer.Argument(help="Reviews as they were finalised: .csv or .jsonl.")
    ] = None,
    outcomes: Annotated[
        Path | None, typer.Option(help="What HR decided since: .csv or .jsonl.")
    ] = None,
    columns: Annotated[
        str, typer.Option(help="field=column,… where the CSV of reviews has other names.")
    ] = "",
    json: Json = False,
) -> None:
    """Take in reviews and HR outcomes: all of a file or nothing; the same again is no harm."""
    from govern.app.case_store import open_case_store
    from govern.app.intake import read_mapping, take_in
    from govern.cli.output import print_json

    if not (file or outcomes):
        raise InputError("name a FILE of reviews, or --outcomes FILE")
    project = context.here()
    taken = take_in(
        project,
        open_case_store(project),
        reviews=file,
        outcomes=outcomes,
        columns=read_mapping(columns),
    )
    if json:
        print_json({**vars(taken), "uncovered": [one.as_json() for one in taken.uncovered]})
    else:
        _print_taken(taken)


def _print_taken(taken: Taken) -> None:
    from govern.cli.output import print_line

    typer.echo(f"Reviews: {taken.reviews}, of them new {taken.new_reviews}.")
    typer.echo(f"HR outcomes: {taken.outcomes}, of them new {taken.new_outcomes}.")
    for one in taken.uncovered:
        print_line(uncovered_words(one))
    if taken.undisclosed:
        print_line(undisclosed_words(taken.undisclosed))


def uncovered_words(found: Uncovered) -> str:
    """Which reviews no decision covers, and why."""
    which = f"pipeline {found.fingerprint[:12]}" if found.fingerprint else "an unnamed pipeline"
    return f"No valid decision for {found.reviews} reviews by {which}: {found.why}."


def undisclosed_words(reviews: int) -> str:
    """Of how many reviews nobody knows that AI was disclosed."""
    return f"Nothing says that the person was told before use: {reviews} reviews."
