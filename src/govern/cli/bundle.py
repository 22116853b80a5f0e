"""``govern bundle``: what an auditor takes away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

EXAMPLES = (
    "Examples: govern bundle record/decisions/3f2a…; "
    "govern bundle 3f2a… --out for-the-auditor.zip --annex restricted.zip --split-mb 25; "
    "govern bundle 3f2a… --pdf"
)
_MB = 1_000_000


def bundle(
    decision: Annotated[str, typer.Argument(help="A decision's id here, or its folder.")],
    out: Annotated[
        Path | None, typer.Option(help="Archive to write; else bundle-ID.zip here.")
    ] = None,
    annex: Annotated[
        Path | None, typer.Option(help="Write the restricted annex too: drafts of real people.")
    ] = None,
    split_mb: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Several numbered files of so many million bytes."),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Take along the report as PDF (extra pdf).")
    ] = False,
    json: Json = False,
) -> None:
    """Write all that a decision rests on into one archive, which `govern verify` takes offline."""
    from govern.app.bundle import bundle as write_bundle
    from govern.cli.output import print_json, print_line

    done = write_bundle(
        context.here(),
        decision,
        now=context.now(),
        out=out,
        annex=annex,
        part=split_mb * _MB if split_mb else None,
        pdf=pdf,
    )
    told = done.contents
    if json:
        files = {str(path): digest for path, digest in done.digests.items()}
        print_json({"files": files, "left_out": [one.as_json() for one in told.left_out]})
        return
    for path, digest in done.digests.items():
        typer.echo(f"{path}  SHA-256 {digest}")
    print_line("Tell the auditor the SHA-256 and the trust root by another way than the file.")
    for one in told.left_out:
        print_line(f"Left out: {one.what}: {one.why}.")
