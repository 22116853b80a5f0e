"""Section 8: do drafts say what the file says, and rate by the rubric?"""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, Figure, Heading, NotMeasured, grid, numeric, whole
from govern.report.drawings import Matrix
from govern.report.material import Material
from govern.report.sections.excerpts import claims_of
from govern.report.sections.family import beyond_the_policy, clauses_of_family


def accuracy(material: Material) -> Iterator[Block]:
    """The clauses, the reliability of ratings, claims that the file does not bear out."""
    yield from clauses_of_family(material, "accuracy")
    yield Heading(text="Reliability of ratings", anchor="reliability")
    ratings = material.beside.shapes.ratings
    if ratings is None:
        yield NotMeasured(
            what="Drafted ratings by the rubric's rating",
            why="It takes drafts in the decision's folder with ratings from 1 to 5 beside the "
            "rubric's.",
        )
    else:
        yield _figure(ratings)
    yield from claims_of(material)
    yield from beyond_the_policy(material, "accuracy")


def _figure(ratings: Matrix) -> Figure:
    total = sum(map(sum, ratings.counts))
    same = sum(row[at] for at, row in enumerate(ratings.counts))
    above = sum(sum(row[at + 1 :]) for at, row in enumerate(ratings.counts))
    below = total - same - above
    return Figure(
        id="reliability-figure",
        title="Drafted rating by the rubric's rating",
        description=f"Of {total:,} rated drafts, {same:,} ({same / total:.0%}) give the rubric's "
        f"rating, {above:,} a higher and {below:,} a lower one.",
        drawing=ratings,
        table=grid(
            "reliability-table",
            "Of the drafts to each of the rubric's ratings, how many give which",
            columns=(ratings.row_axis, *numeric(*(f"Drafted {label}" for label in ratings.labels))),
            rows=(
                (label, *map(whole, row))
                for label, row in zip(ratings.labels, ratings.counts, strict=True)
            ),
        ),
    )
