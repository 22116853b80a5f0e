"""``govern gate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import ci, context, keys
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.gate import Gated

EXAMPLES = (
    "Examples: govern gate RUN --policy review-drafting --key gate; "
    "govern gate NEW --policy model-upgrade --incumbent OLD"
)


def gate(
    run: Annotated[str, typer.Argument(help="A finished run; see `govern list runs`.")],
    policy: Annotated[str, typer.Option(help="Signed policy; an id or a file.")],
    record: Annotated[Path | None, typer.Option(help="Folder of signatures and decisions.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for this decision.")] = None,
    key: Annotated[str, typer.Option(help="Key that signs the decision.")] = "",
    incumbent: Annotated[str, typer.Option(help="Run of the pipeline in use, same cells.")] = "",
    rejudge: Annotated[
        bool, typer.Option("--rejudge", help="The policy came after the result; say so.")
    ] = False,
    jurisdiction: Annotated[
        list[str] | None, typer.Option(help="Decide for this one alone; may be repeated.")
    ] = None,
    role_family: Annotated[
        list[str] | None, typer.Option(help="Decide for this one alone; may be repeated.")
    ] = None,
    cohort: Annotated[str, typer.Option(help="Decide for these people alone.")] = "",
    junit: ci.Junit = None,
    sarif: ci.Sarif = None,
    sarif_profile: ci.SarifProfile = "standard",
    markdown: ci.Markdown = None,
    github: ci.Github = False,
    json: Json = False,
) -> None:
    """Judge a run by a policy. Exit code 0: pass, 10: fail, 11: not enough evidence."""
    from govern.app.contest_record import contest_record
    from govern.app.docket import Terms
    from govern.app.gate import gate as judge_run
    from govern.cli.output import print_json

    project = context.here()
    signer = keys.open_key(record or project.record, key) if key else None
    terms = Terms(
        jurisdictions=tuple(jurisdiction or ()),
        role_families=tuple(role_family or ()),
        cohort=cohort or None,
        incumbent=incumbent or None,
        rejudge=rejudge,
    )
    gated = judge_run(
        project,
        run,
        policy=policy,
        now=context.now(),
        record=record,
        out=out,
        key=signer,
        terms=terms,
        source=contest_record(project),
    )
    with ci.inert(unless=json or not github):
        if json:
            print_json(gated.decision.as_json())
        else:
            _print_gated(gated)
    if json and gated.not_entered:
        typer.echo(f"Not entered in the record: {gated.not_entered}", err=True)
    files = {"junit.xml": junit, "sarif.json": sarif, "summary.md": markdown}
    ci.publish(project, gated, policy, files, sarif_profile, github=github, as_json=json)
    raise typer.Exit(gated.exit_code)


def _print_gated(gated: Gated) -> None:
    from govern.app.demo import outcome_line
    from govern.cli.output import print_line, print_rows
    from govern.cli.words import VERDICTS, clause_cell, more_evidence, verdict

    decision = gated.decision
    print_rows(
        [
            {
                "verdict": verdict(clause),
                "clause": clause.id,
                "title": clause.title,
                "severity": clause.severity,
                "decisive": clause_cell(clause).partition("\n")[2],
            }
            for clause in decision.clauses
        ],
        empty="no clause of the policy applies to this decision",
    )
    typer.echo("")
    print_line(f"{VERDICTS[decision.effective_outcome]}: {outcome_line(decision)}.")
    if decision.bar_set_after:
        typer.echo("Advisory: the bar was set after the result, by a policy that came later.")
    elif decision.advisory:
        typer.echo("Advisory: an exploratory run cannot promote a candidate.")
    for refused in decision.waivers_refused:
        typer.echo(f"A waiver of {refused.clause} does not hold: {refused.why}.")
    if gated.not_entered:
        print_line(f"Not entered in the record: {gated.not_entered}")
    if decision.effective_outcome == "insufficient_evidence" and (more := more_evidence(decision)):
        print_line(f"{more}.")
    typer.echo(f"Report: {gated.report}")
