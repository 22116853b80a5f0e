"""Section 9: do drafts about different people sound more alike than their work is?"""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, Figure, Heading, NotMeasured, Number, grid, numeric
from govern.report.drawings import Strip, Strips
from govern.report.material import Material
from govern.report.sections.excerpts import phrases_of
from govern.report.sections.family import beyond_the_policy, clauses_of_family
from govern.report.wording import fixed, two_digits

_POINTS = ("5%", "25%", "Median", "75%", "95%")


def homogeneity(material: Material) -> Iterator[Block]:
    """The clauses, how alike drafts are beside what they were drafted from, shared wording."""
    yield from clauses_of_family(material, "homogeneity")
    yield Heading(text="How alike drafts are, beside the file", anchor="similarity")
    strips = material.beside.shapes.similarity
    if strips:
        yield _figure(strips)
    else:
        yield NotMeasured(
            what="The spread of similarity against the baseline",
            why="It takes drafts about 12 people or more in the decision's folder.",
        )
    yield from phrases_of(material)
    yield from beyond_the_policy(material, "homogeneity")


def _figure(strips: tuple[Strip, ...]) -> Figure:
    told = " ".join(
        f"{one.label}: {two_digits(one.points[2])} in the middle, from "
        f"{two_digits(one.points[0])} to {two_digits(one.points[4])}."
        for one in strips
    )
    return Figure(
        id="similarity-figure",
        title="Likeness to texts about other people in the same role",
        description=f"Mean TF-IDF cosine of each person's texts with those about others. {told}",
        drawing=Strips(axis="TF-IDF cosine, 0 is nothing in common", strips=strips),
        table=grid(
            "similarity-table",
            "Likeness to texts about other people, by its 5 to 95% points, TF-IDF cosine",
            columns=("Texts", *numeric(*_POINTS)),
            rows=((one.label, *(_point(value) for value in one.points)) for one in strips),
        ),
    )


def _point(value: float) -> Number:
    return Number(shown=fixed(value, 3), exact=value)
