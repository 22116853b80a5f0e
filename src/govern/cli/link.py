"""``govern link``."""

from __future__ import annotations

from typing import Annotated

import typer

from govern.cli import context
from govern.cli.contest import As, Json, Person, actor_of, opened
from govern.cli.serve import require_extra

EXAMPLE = "Example: govern link e-60 --role case-handler --as board --person e-2"


def link(
    about: Annotated[str, typer.Argument(help="Whom it lets in, by their id in the directory.")],
    role: Annotated[str, typer.Option(help="As what; no employee and no representative.")],
    as_: As,
    person: Person,
    days: Annotated[int, typer.Option(help="How many days it works.")] = 1,
    json: Json = False,
) -> None:
    """Make a one-time link to the pages for somebody who works on contests. That you did is kept.

    Case handlers make those of employees and representatives, on their page.
    """
    require_extra()
    from govern.app.one_time_links import let_staff_in
    from govern.cli.output import print_json
    from govern.web.sessions import offer_link
    from govern.web.settings import read_settings

    contests, now = opened(), context.now()
    settings = read_settings(contests.project.root, host=None, port=None)
    found = let_staff_in(contests, actor_of(as_, person), about, role, days=days, now=now)
    doors = contests.store.doors
    address = offer_link(doors, found.visitor, origin=settings.origin, until=found.until)
    if json:
        print_json({"link": address, "until": found.until.isoformat()})
    else:
        typer.echo(address)
