"""Dataset folders: make a split, check a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.dataset_check import Checked
    from govern.app.resemblance import Resemblance

dataset = typer.Typer(help="Make and check dataset folders.", no_args_is_help=True)


@dataset.callback()
def _dataset() -> None:
    """Make and check dataset folders."""


@dataset.command(
    "make",
    epilog="Examples: govern dataset make review-core-v1 --seed 7 --out datasets/mine; "
    "govern dataset make review-core-v1 --private --seed-file sealed.seed --out sealed",
)
def make(
    which: Annotated[str, typer.Argument(metavar="DATASET", help="A dataset with a grammar.")],
    *,
    out: Annotated[Path, typer.Option(help="New folder for the cases.")],
    seed: Annotated[int | None, typer.Option(help="Seed that the manifest will state.")] = None,
    seed_file: Annotated[
        Path | None, typer.Option(help="File with a private seed; the manifest stays silent.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Draw a new private seed and keep it in a file.")
    ] = False,
    json: Json = False,
) -> None:
    """Write fresh cases from a dataset's grammar: the same seed gives the same bytes.

    With --private a seed is drawn and kept in --seed-file, or below .govern/seeds, readable
    by you alone. No published text recurs in a split with another seed.
    """
    from govern.app import dataset as app
    from govern.cli.output import print_json
    from govern.errors import InputError

    secretly = private or seed_file is not None
    if secretly == (seed is not None):
        raise InputError(
            "give --seed N, which the manifest will state, or for a private seed --private "
            "or --seed-file FILE"
        )
    project = context.here()
    kept: Path | None = seed_file
    if seed is not None:
        made = app.make_public(project, which, seed=seed, out=out)
    else:
        app.refuse_used(out)
        if private:
            kept = seed_file or project.state / "seeds" / f"{out.resolve().name}.seed"
            secret = app.new_seed(kept)
        else:
            secret = app.read_seed(Path(str(seed_file)))
        made = app.make_private(project, which, seed=secret, out=out)
    if json:
        where = {"seed_file": str(kept)} if kept else {"seed": seed}
        print_json(
            {"id": made.id, "folder": str(made.folder), "cases": made.cases}
            | {"digest": made.digest, **where}
        )
        return
    typer.echo(f"{made.folder}: {made.cases} cases, {made.id}")
    typer.echo(f"SHA-256 of its manifest: {made.digest}")
    if kept:
        typer.echo(f"{kept} (private seed; whoever has it has the cases)")


@dataset.command(
    "cases",
    epilog="Example: govern dataset cases acme-2026 --out datasets/acme-cases-2026",
)
def cases(
    which: Annotated[
        str, typer.Argument(metavar="DATASET", help="A folder that `govern anonymise` wrote.")
    ],
    out: Annotated[Path, typer.Option(help="New folder for the cases.")],
    json: Json = False,
) -> None:
    """Make cases of anonymised reviews, for a suite of your own: one a person.

    Each sentence becomes an item of evidence with slots in place of the person; the rating that
    was given is the gold rating. Prints counts, never a word of a review.
    """
    from govern.app.dataset import make_from_reviews
    from govern.cli.output import print_json

    done = make_from_reviews(context.here(), which, out=out, made=context.now().date())
    if json:
        print_json(
            {"id": done.made.id, "folder": str(out), "cases": done.made.cases}
            | {"digest": done.made.digest, "left_out": dict(done.left_out)}
        )
        return
    typer.echo(f"{out}: {done.made.cases} cases")
    for reason, count in done.left_out.items():
        typer.echo(f"left out: {count} × {reason}")
    typer.echo(f"SHA-256 of its manifest: {done.made.digest}")


@dataset.command(
    "check",
    epilog="Example: govern dataset check review-core-v1 --against reviews.csv "
    "--columns text=review",
)
def check(
    which: Annotated[str, typer.Argument(metavar="FOLDER", help="A dataset folder or its id.")],
    against: Annotated[
        Path | None, typer.Option(help="Real reviews to compare with: CSV, JSONL or Parquet.")
    ] = None,
    columns: Annotated[str, typer.Option(help="Which column holds the reviews.")] = "text=text",
    json: Json = False,
) -> None:
    """Verify digests, schema, ratings, balance and variety; compare with real reviews.

    Exit code 13: a changed byte; 2: something else is not as the card says.
    """
    from govern.app.dataset import folder_of
    from govern.app.dataset_check import check as check_folder
    from govern.cli.output import print_json
    from govern.errors import DatasetError, InputError
    from govern.sources.datasets import CaseSet

    project = context.here()
    folder = folder_of(project, which)
    checked = check_folder(folder, cache=project.state / "cache")
    compared = None
    if against is not None:
        from govern.app.resemblance import read_reviews, resemblance

        if not isinstance(checked.data, CaseSet):
            raise InputError(f"{which}: holds identities; reviews are compared with cases")
        compared = resemblance(checked.data, read_reviews(against, columns))
    if json:
        print_json(_as_json(checked, compared))
    else:
        _print(checked, compared)
    if not checked.ok:
        wrong = ", ".join(c.name for c in checked.checks if c.ok is False)
        raise DatasetError(f"{folder}: not as its card says: {wrong}")


def _as_json(checked: Checked, compared: Resemblance | None) -> dict[str, object]:
    rows = [{"check": c.name, "ok": c.ok, "found": c.found} for c in checked.checks]
    found: dict[str, object] = {"id": checked.card.id, "digest": checked.digest}
    found |= {"ok": checked.ok, "checks": rows}
    return found | ({"against": compared.as_json()} if compared else {})


def _print(checked: Checked, compared: Resemblance | None) -> None:
    from govern.cli.output import print_rows

    marks = {True: "ok", False: "NO", None: "-"}
    print_rows(
        [{"": marks[c.ok], "check": c.name, "found": c.found} for c in checked.checks],
        empty="nothing to check",
    )
    typer.echo(f"\n{checked.card.id} {checked.card.version}, manifest SHA-256 {checked.digest}")
    if compared is None:
        return
    typer.echo(f"\nBeside {compared.reviews} reviews:\n")
    print_rows(
        [
            {
                "texts": c.texts,
                "feature": c.feature,
                "synthetic": f"{c.synthetic:.4g}",
                "reviews": f"{c.reviews:.4g}",
                "difference": "-" if c.difference is None else f"{c.difference:+.2f}",
                "unit": c.unit,
            }
            for c in compared.compared
        ],
        empty="nothing to compare",
    )
    typer.echo("")
    for sentence in compared.words:
        typer.echo(sentence)
