"""``govern measure``: a table in, findings out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli.options import Executor, Json, RayAddress, cluster_of
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.app.measure import Measured
    from govern.domain.finding import Finding

EXAMPLES = (
    "Examples: "
    "govern measure pay.csv --measure fairness.rating_shift --by gender "
    "--columns rating=score,group.gender=sex; "
    "govern measure drafts.parquet --measure fairness.length_gap --measure homogeneity.similarity "
    "--columns text=review,case=job,name=who,group.gender=sex --json; "
    "govern measure hired.jsonl --measure fairness.ll144_selection_ratio "
    "--measure fairness.shortfall "
    "--columns outcome=hired,group.gender=sex,group.race_ethnicity=race; "
    "govern measure ratings.csv --measure accuracy.rating_agreement --by gender "
    "--columns case=id,rating=model,gold_rating=panel,group.gender=sex --confidence 0.95"
)


def measure(
    table: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet.")],
    *,
    metric: Annotated[
        list[str] | None,
        typer.Option("--measure", help="A metric of `govern list metrics`; may be repeated."),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            help="What the columns are: role=column, by comma. Roles: case (the same work under "
            "several names; without it each row is a case of its own), name, text, rating (any "
            "scale; 1 to 5 where top ratings count), gold_rating, outcome (1 favourable, 0 "
            "not), label, gold_label, stratum, prompt, evidence, status (ok, refused, failed), "
            "id, group.<attribute>. Name what the measure needs."
        ),
    ] = "",
    by: Annotated[
        str,
        typer.Option(help="One attribute or a cross: gender, or gender*race_ethnicity. Else all."),
    ] = "",
    kernel: Annotated[
        str,
        typer.Option(
            help="With --measure homogeneity.similarity: compare whole texts by tfidf-cosine, "
            "ngram-jaccard, rouge-l, bleu or embeddings, nothing masked."
        ),
    ] = "",
    panel: Annotated[
        bool,
        typer.Option(
            "--panel",
            help="The scores of diversity that others publish, all biased by the number or length "
            "of texts, instead of a measure.",
        ),
    ] = False,
    confidence: Annotated[float, typer.Option(help="Of the two-sided intervals.")] = 0.9,
    as_in: Annotated[
        Path | None,
        typer.Option(
            help="A findings.json: measure what it holds again, over the drafts.parquet of its "
            "run. Goes without --measure, --columns, --by and --kernel."
        ),
    ] = None,
    executor: Executor = "local",
    ray_address: RayAddress = "",
    json: Json = False,
) -> None:
    """Measure a table of your own: texts, ratings or outcomes. Nothing is stored.

    Where cases stand in several groups, they are paired. Where every row is a person, groups
    are compared over different people, and each finding says so.
    """
    from govern.app.measure import measure_as_in, measure_table, panel_of
    from govern.app.measure_on_cluster import measure_on_cluster
    from govern.cli.output import print_json, print_rows

    cluster = cluster_of(executor, ray_address)
    if cluster and (by or kernel or panel or as_in):
        raise InputError("--executor ray: goes without --by, --kernel, --panel and --as-in")
    if panel:
        if metric or by or kernel or as_in:
            raise InputError("--panel: goes without --measure, --by, --kernel and --as-in")
        rows = panel_of(table, columns=columns)
        print_json(rows) if json else print_rows(rows, empty="no score")
        return
    if as_in and (metric or columns or by or kernel):
        raise InputError("--as-in: goes without --measure, --columns, --by and --kernel")
    if as_in:
        measured = measure_as_in(table, as_in, confidence=confidence)
    elif cluster:
        measured = measure_on_cluster(
            table, metrics=metric or [], columns=columns, address=cluster, confidence=confidence
        )
    else:
        measured = measure_table(
            table,
            metrics=metric or [],
            columns=columns,
            by=by,
            kernel=kernel,
            confidence=confidence,
        )
    if json:
        print_json(measured.as_json())
    else:
        _show(measured)


def _show(measured: Measured) -> None:
    from govern.cli.output import print_rows
    from govern.metrics import METRICS

    for name, group in groupby(measured.findings, key=lambda f: f.metric):
        found = list(group)
        spec = METRICS[name].spec
        typer.echo(f"{spec.question}\n{name}, {spec.unit}, {_direction(spec.sense)}\n")
        print_rows(_rows(measured, found), empty="nothing was found")
        typer.echo("")
        for method in dict.fromkeys(one.method for one in found):
            typer.echo(f"How: {method}.")
        if any(one.design == "unpaired" for one in found):
            typer.echo(
                "Rows are people: a difference may come from their work as well as from how they "
                "were treated."
            )
        typer.echo("")


def _direction(sense: str) -> str:
    return {
        "centred": "0 is equal treatment",
        "higher_is_better": "higher is better",
        "lower_is_better": "lower is better",
    }[sense]


def _rows(measured: Measured, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """A row for each number, and one for all groups of a slice that share a reason."""
    rows = []
    for (by, reason), group in groupby(findings, key=_silence):
        members = list(group)
        if reason is None:
            rows += [_row(measured, one) for one in members]
            continue
        names = f"{len(members)} groups" if len(members) > 1 else members[0].contrast
        rows.append(_cells(measured, by, names, f"not assessable: {reason}"))
    return rows


def _silence(finding: Finding) -> tuple[str, str | None]:
    reason = None if isinstance(finding.estimate, float) else finding.estimate.reason
    return finding.by, reason


def _row(measured: Measured, finding: Finding) -> dict[str, Any]:
    from govern.cli.words import numbers

    counts, estimate, ends = finding.counts, float(str(finding.estimate)), measured.ends(finding)
    return _cells(
        measured,
        finding.by,
        finding.contrast,
        f"{estimate:.3g}" if ends is None else numbers(estimate, *ends),
        p="" if finding.p_value is None else f"{finding.p_value:.3g}",
        n=f"{counts.units} {counts.unit_name}"
        + ("" if counts.names is None else f", {counts.names} names"),
    )


def _cells(
    measured: Measured, by: str, group: str, shown: str, *, p: str = "", n: str = ""
) -> dict[str, Any]:
    return {
        "by": by.replace("*", " × ").replace("_", " "),
        "group": group.replace("*", " "),
        f"estimate [{100 * measured.confidence:g} % interval]": shown,
        "p": p,
        "n": n,
    }
