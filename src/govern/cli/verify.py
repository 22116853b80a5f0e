"""``govern verify``: how far a decision can be followed back, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.verify import Verification

EXAMPLES = (
    "Examples: govern verify bundle-3f2a….zip --trust my-copy-of-trust.json; "
    "govern verify record/decisions/3f2a… --level 3 --run 20260304T050600-review-core --json"
)
HOLDS = {True: "holds", False: "DOES NOT HOLD", None: "note"}


def verify(
    decision: Annotated[
        Path, typer.Argument(help="A bundle, a decision's folder, or a decision's id here.")
    ],
    trust: Annotated[
        Path | None, typer.Option(help="Your own copy of trust.json, from another channel.")
    ] = None,
    level: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=3,
            help="How far: 1 digests and signatures, 2 verdicts from findings, 3 findings from "
            "drafts. Of a bundle as far as it goes, else 2.",
        ),
    ] = None,
    annex: Annotated[
        Path | None, typer.Option(help="The restricted annex of a bundle, for level 3.")
    ] = None,
    run: Annotated[
        str, typer.Option(help="Run, or drafts.parquet, where the folder has no drafts.")
    ] = "",
    incumbent: Annotated[
        str, typer.Option(help="Run, or drafts.parquet, of the incumbent it was compared with.")
    ] = "",
    approvals: Annotated[
        Path | None,
        typer.Option(help="A record whose approvals must be those that promoting asks for."),
    ] = None,
    json: Json = False,
) -> None:
    """Check a decision offline and say how far it holds, and what keeps it from the next level.

    Exit code 13: something was altered; 12: unsigned, signed by nobody who counts, or over.
    """
    from govern.cli.output import print_json

    found = _followed(
        decision,
        level,
        annex,
        trust=trust,
        approvals=approvals,
        frames={
            "drafts": _drafts(run) if run else None,
            "incumbent": _drafts(incumbent) if incumbent else None,
        },
    )
    if json:
        print_json(found.as_json())
    else:
        _print(found)
    raise typer.Exit(found.exit_code)


def _followed(
    decision: Path,
    level: int | None,
    annex: Path | None,
    *,
    frames: dict[str, Path | None],
    **by: Path | None,
) -> Verification:
    from govern.app.opened_bundle import is_bundle
    from govern.app.opened_decision import decision_folder
    from govern.app.verify import verify as follow_back
    from govern.app.verify_bundle import verify_bundle
    from govern.errors import InputError

    if is_bundle(decision):
        now = context.now()
        return verify_bundle(decision, now=now, level=level, annex=annex, **frames, **by)
    if annex:
        raise InputError(f"{decision}: --annex belongs to a bundle; this is none")
    folder = decision
    if not decision.exists() and decision.suffix:
        raise InputError(
            f"{decision}: no such file; expected a bundle, or a decision's folder or id"
        )
    if not decision.exists():
        folder = decision_folder(context.here().record, str(decision))
    return follow_back(folder, now=context.now(), level=level or 2, **frames, **by)


def _drafts(run: str) -> Path:
    """The drafts frame that a run's id or folder, or a file, stands for."""
    if Path(run).is_file():
        return Path(run)
    from govern.app.run_folders import find_run

    return find_run(context.here(), run).frame


def _print(found: Verification) -> None:
    from govern.app.verify import LEVELS
    from govern.cli.output import print_line, print_rows
    from govern.cli.words import VERDICTS
    from govern.report.wording import visible

    decision = found.decision
    advisory = ", advisory" if decision.advisory else ""
    outcome = VERDICTS[decision.effective_outcome]
    print_line(f"Decision {decision.decision_id} ({outcome}{advisory}), made {decision.created}.")
    whose = "your own" if found.own_trust else "NOT your own: whoever made the folder chose it"
    print_line(f"Trust root: {found.trust} ({whose}).")
    typer.echo("")
    print_rows(
        [
            {"level": c.level or "", "what": c.what, "": HOLDS[c.holds], "found": c.said}
            for c in found.checks
        ],
        empty="nothing was checked",
    )
    typer.echo("")
    print_line(f"Level reached: {found.level} of 4 ({LEVELS[found.level]}).")
    print_line(f"Not level {found.level + 1}: {found.kept_from}.")
    typer.echo("To run it again (level 4):")
    for command in found.again:
        typer.echo(f"  {visible(command)}")
