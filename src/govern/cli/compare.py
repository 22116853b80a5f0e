"""``govern compare``: a candidate's run beside an incumbent's."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.compare import Compared
    from govern.domain.finding import Finding

EXAMPLES = (
    "Examples: govern compare NEW OLD --policy model-upgrade; "
    "govern compare NEW OLD --measure accuracy.key_coverage --measure fairness.rating_shift --json"
)
WORDS = {
    "better": "Better",
    "worse": "Worse",
    "higher": "Higher",
    "lower": "Lower",
    "no_material_difference": "No material difference",
    "undecided": "Undecided",
}


def compare(
    candidate: Annotated[str, typer.Argument(help="The candidate's run.")],
    incumbent: Annotated[str, typer.Argument(help="The run of the pipeline in use.")],
    *,
    policy: Annotated[
        str, typer.Option(help="Its clauses against the incumbent give the margins.")
    ] = "",
    metric: Annotated[
        list[str] | None,
        typer.Option("--measure", help="A metric of `govern list metrics`; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Compare two runs of the same cells: better, worse, no material difference, or undecided.

    Without --policy and --measure every level that both runs measured is compared.
    """
    from govern.app.compare import compare as compare_two
    from govern.app.readable import readable_policy
    from govern.cli.output import Bars, print_json

    project = context.here()
    read = readable_policy(project, policy, now=context.now()) if policy else None
    with Bars().step("measuring both runs again without each group of cases"):
        compared = compare_two(project, candidate, incumbent, metrics=metric or (), policy=read)
    if json:
        print_json(compared.as_json())
    else:
        _show(compared)


def _show(compared: Compared) -> None:
    from govern.cli.output import print_line, print_rows

    if compared.differences:
        print_rows(_difference_rows(compared), empty="")
        typer.echo("")
        print_line(
            f"{compared.cells} shared cells; candidate minus incumbent with its 90 % interval. "
            "Better and worse hold over all rows together."
        )
        if any(one.margin is None for one in compared.differences):
            print_line("Without a margin from a policy no difference can be called immaterial.")
    if compared.differences and compared.gaps:
        typer.echo("")
    if compared.gaps:
        print_rows(_gap_rows(compared), empty="")
        typer.echo("")
        print_line(
            "Each with its 90 % interval. Gaps have no difference: a policy judges the "
            "candidate's own by its margins."
        )


def _difference_rows(compared: Compared) -> list[dict[str, Any]]:
    return [
        {
            "measure": one.finding.metric,
            "candidate - incumbent": _cell(one.finding),
            "margin": f"{one.margin.size:g}" if one.margin else "",
            "verdict": WORDS[one.verdict],
            "unit": one.finding.unit,
        }
        for one in compared.differences
    ]


def _gap_rows(compared: Compared) -> list[dict[str, Any]]:
    """A row for each group, below one that names the measure."""
    from govern.cli.words import group_words

    rows: list[dict[str, Any]] = []
    for name, gaps in groupby(compared.gaps, key=lambda gap: gap.metric):
        rows.append({"gap": name, "candidate": "", "incumbent": ""})
        rows += [
            {
                "gap": f"  {group_words(gap.slice) or 'all'}",
                "candidate": _cell(gap.candidate),
                "incumbent": _cell(gap.incumbent),
            }
            for gap in gaps
        ]
    return rows


def _cell(finding: Finding | None) -> str:
    from govern.app.compare import ends
    from govern.cli.words import numbers

    if finding is None:
        return "not measured"
    if not isinstance(finding.estimate, float):
        return f"not assessable: {finding.estimate.reason}"
    found = ends(finding)
    return numbers(finding.estimate, *found) if found else f"{finding.estimate:.3g}"
