"""``govern contest held`` and ``forget``: for data protection officers, and people themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.contest import As, Json, Person, actor_of, opened
from govern.errors import InputError

HELD_EXAMPLE = (
    "Example: govern contest held e-17 --out held.json --as data-protection-officer --person e-60"
)
FORGET_EXAMPLE = (
    'Example: govern contest forget e-17 --ground "GDPR 17(1)(b)" '
    "--as data-protection-officer --person e-60"
)
About = Annotated[str, typer.Argument(help="About whom, by their id in the directory.")]


def held(
    about: About,
    as_: As,
    person: Person,
    out: Annotated[Path | None, typer.Option(help="File to write, .json or .txt.")] = None,
    json: Json = False,
) -> None:
    """All that is held about a person, and who looked at it. That you asked is kept and told."""
    from json import dumps

    from govern.app.privacy import held as found_of
    from govern.app.privacy_text import as_text
    from govern.cli.output import print_json

    if out and out.suffix not in (".json", ".txt"):
        raise InputError(f"{out}: expected .json or .txt, found {out.suffix!r}")
    found = found_of(opened(), actor_of(as_, person), about, now=context.now())
    if out:
        whole = dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n"
        try:
            out.write_text(whole if out.suffix == ".json" else as_text(found), encoding="utf-8")
        except OSError as err:
            raise InputError(f"{out}: cannot be written: {err.strerror}") from err
    if json:
        print_json(found.as_json())
    elif out:
        typer.echo(f"{out}: {len(found.reviews)} reviews, {len(found.cases)} contests")
    else:
        typer.echo(as_text(found), nl=False)


def forget(
    about: About,
    as_: As,
    person: Person,
    ground: Annotated[str, typer.Option(help="On which ground; it is kept, so name nobody.")],
    json: Json = False,
) -> None:
    """Delete what came in about a person, once all contests of theirs are erased."""
    from govern.app.privacy import forget as forgotten
    from govern.cli.output import print_json

    rows = forgotten(opened(), actor_of(as_, person), about, ground=ground, now=context.now())
    if json:
        print_json({"rows": rows})
    else:
        typer.echo(f"Deleted: {rows} rows. Backups from before still hold them.")
