"""All contests at once: an export, their statistics, and whether store and ledger agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.contest import As, Json, Person, actor_of, opened
from govern.errors import InputError

EXPORT_EXAMPLE = "Example: govern contest export --as auditor --person e-60 --out cases.csv"
STATS_EXAMPLE = "Example: govern contest stats --window 365"
CHECK_EXAMPLE = "Example: govern contest check"


def export(
    as_: As,
    person: Person,
    out: Annotated[Path | None, typer.Option(help="File to write, .csv or .json.")] = None,
    json: Json = False,
) -> None:
    """All cases that you may see. For an auditor people are numbers and texts are withheld;
    lifting that takes two people: `govern contest agree`.
    """
    from json import dumps

    from govern.app.contest_export import as_csv
    from govern.app.contest_export import export as exported
    from govern.cli.output import print_json

    if out and out.suffix not in (".csv", ".json"):
        raise InputError(f"{out}: expected .csv or .json, found {out.suffix!r}")
    found = exported(opened(), actor_of(as_, person), now=context.now())
    if out:
        whole = dumps(list(found), indent=2, ensure_ascii=False) + "\n"
        text = as_csv(found) if out.suffix == ".csv" else whole
        try:
            out.write_text(text, encoding="utf-8", newline="")
        except OSError as err:
            raise InputError(f"{out}: cannot be written: {err.strerror}") from err
    if json:
        print_json(list(found))
    elif out:
        typer.echo(f"{out}: {len(found)} cases")
    else:
        typer.echo(as_csv(found), nl=False)


def stats(
    window: Annotated[int, typer.Option(min=1, help="Days, up to now.")] = 365,
    json: Json = False,
) -> None:
    """Shares and gaps over all contests, and the watch on retaliation; never of under 10 people."""
    from govern.app.contest_record import stats as counted
    from govern.app.sending import open_directory, stuck
    from govern.cli.intake import uncovered_words, undisclosed_words
    from govern.cli.output import print_findings, print_json, print_line
    from govern.contest.statistics import CAVEAT

    contests = opened()
    found = counted(contests, now=context.now(), window_days=window)
    untold = len(stuck(contests, open_directory(contests)))
    if json:
        more = {
            "retaliation_watch": [finding.as_json() for finding in found.watch],
            "uncovered": [one.as_json() for one in found.uncovered],
            "undisclosed": found.undisclosed,
            "notices_stuck": untold,
            "caveat": CAVEAT,
        }
        print_json(found.facts.as_json() | more)
        return
    print_findings([*found.facts.findings, *found.watch])
    typer.echo("")
    for one in found.uncovered:
        print_line(uncovered_words(one))
    if found.undisclosed:
        print_line(undisclosed_words(found.undisclosed))
    if untold:
        print_line(f"Notices that reached nobody: {untold}; `govern contest send` says why.")
    print_line(CAVEAT)


def check(json: Json = False) -> None:
    """Compare the store with the ledger; exit code 13 where one holds what the other does not."""
    from govern.app.contest_check import check as compare
    from govern.cli.output import print_json, print_line

    found = compare(opened())
    if json:
        print_json({"events": found.events, "waiting": found.waiting})
    else:
        print_line(
            f"Store and ledger agree on {found.events - found.waiting} events; {found.waiting} "
            "more wait for the ledger."
        )
