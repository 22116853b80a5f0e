"""``govern anonymise``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.keys import passphrase
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.sources.anonymise.risk import Risk

EXAMPLE = (
    "Example: govern anonymise reviews.csv --roster roster.csv "
    "--columns text=review,name=employee,case=id,rating=score --out datasets/acme-2026"
)
_SECRET_BYTES = 32


def anonymise(
    reviews: Annotated[Path, typer.Argument(help="CSV, XLSX, Parquet or JSONL; one review a row.")],
    roster: Annotated[Path, typer.Option(help="Everybody who may be named: name, or first, last.")],
    columns: Annotated[
        str, typer.Option(help="What the columns are: text=…,name=…,case=…,group.gender=…,quasi.…")
    ],
    out: Annotated[Path, typer.Option(help="New dataset folder.")],
    k: Annotated[int, typer.Option(help="Fewest people that share all attributes.")] = 5,
    l: Annotated[int, typer.Option(help="Fewest ratings among them.")] = 2,  # noqa: E741
    products: Annotated[Path | None, typer.Option(help="Product names, one a line.")] = None,
    clients: Annotated[Path | None, typer.Option(help="Client names, one a line.")] = None,
    keep_mapping: Annotated[
        Path | None,
        typer.Option(help="Keep who is who in this file, encrypted; not kept if absent."),
    ] = None,
    spacy: Annotated[bool, typer.Option(help="Guess names that nobody listed, too.")] = False,
    encoding: Annotated[str, typer.Option(help="The encoding of files that are not UTF-8.")] = "",
    day_first: Annotated[bool, typer.Option(help="Read 3/4/2024 as 3 April.")] = False,
    max_unlisted: Annotated[
        float, typer.Option(help="Largest share of rows about people not on the roster.")
    ] = 0.05,
    max_suppressed: Annotated[
        float, typer.Option(help="Largest share of rows left out to reach k and l.")
    ] = 0.05,
    max_linkage: Annotated[
        float, typer.Option(help="Largest excess of texts linked to the same person's others.")
    ] = 0.5,
    json: Json = False,
) -> None:
    """Make real reviews anonymous: a dataset folder with its risk report, or a reason why not.

    Nothing personal is printed. A missed threshold writes no data set, exit code 2.
    """
    from govern.app.anonymise import NotAnonymousError
    from govern.app.anonymise import anonymise as write
    from govern.cli.output import Bars, print_json
    from govern.errors import InputError
    from govern.sources.anonymise.job import Asked
    from govern.sources.anonymise.risk import Thresholds

    for name, value in (("--k", k), ("--l", l)):
        if value < 1:
            raise InputError(f"{name}: expected 1 or more, found {value}")
    shares = {"unlisted": max_unlisted, "suppressed": max_suppressed, "linkage": max_linkage}
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise InputError(f"--max-{name}: expected a share from 0 to 1, found {share:g}")
    asked = Asked(
        reviews=reviews,
        roster=roster,
        columns=columns,
        out=out,
        thresholds=Thresholds(k, l, max_unlisted, max_suppressed, max_linkage),
        products=products,
        clients=clients,
        keep_mapping=keep_mapping,
        spacy=spacy,
        encoding=encoding or None,
        day_first=day_first,
    )
    given = passphrase("Passphrase for the mapping", confirm=True) if keep_mapping else None
    secret = secrets.token_bytes(_SECRET_BYTES)
    try:
        risk = write(
            asked,
            secret=secret,
            passphrase=given,
            made=context.now().date(),
            reporter=Bars(),
        )
    except NotAnonymousError as err:
        if json:
            print_json(err.risk.as_json())
        raise
    if json:
        print_json(risk.as_json())
    else:
        _print(risk, out)


def _print(risk: Risk, out: Path) -> None:
    typer.echo(f"{risk.reviews} reviews of {risk.people} people: {out}")
    rated = "no ratings" if risk.l is None else f"l = {risk.l}"
    typer.echo(f"k = {risk.k}, {rated}; {risk.suppressed} row(s) left out; roster words left: 0")
    lines = len({look.line for look in risk.look})
    typer.echo(f"{len(risk.look)} place(s) in {lines} text(s) to read yourself: {out / 'risk.md'}")
