"""What a dataset folder says about itself: README and manifest."""

from __future__ import annotations

from datetime import date

from govern.sources.anonymise.risk import LIMITS, Risk
from govern.sources.datasets import Card
from govern.sources.packaging import Package, Responsible
from govern.sources.reviews import REVIEWS

LICENCE = "internal use only"
INTENDED = (
    "Human-written reviews, made anonymous, as the baseline of homogeneity measures and as cases "
    "to compare drafts with. Not for training, and not for judging any employee."
)


_RESPONSIBLE = Responsible(
    collection="Reviews that an organisation supplied; how they were collected is for it to say.",
    collection_type="Others",
    annotation="Ratings are those that the source gave. Nothing was labelled here.",
    preprocessing="Names became pseudonyms, dates were moved, other identifiers became labels, "
    "columns were made coarse and rows left out to reach k-anonymity; risk.md has the figures.",
    biases="Those of the people who wrote the reviews, and of who was reviewed.",
    social_impact="Meant as a baseline and as cases for evaluating drafted reviews. Not for "
    "judging any employee, and not for finding out who is meant.",
    personal="Real people's reviews, made anonymous as far as risk.md says. Pseudonymous is not "
    "anonymous in law.",
    maintenance="Kept by whoever made it; a new version is a new folder.",
)


def package(name: str, risk: Risk, *, cases: int, columns: list[str], made: date) -> Package:
    """What manifest and Croissant say, but for the files' digests."""
    card = Card(
        id=name,
        version="1.0.0",
        licence=LICENCE,
        use_case="review",
        language="en",
        synthetic=False,
        cases=cases,
        reviews=risk.reviews,
        files={},
        intended_use=INTENDED,
        limits=tuple(line.removeprefix("- ") for line in LIMITS.splitlines()),
    )
    return Package(
        card=card,
        title=name,
        description="Employee reviews that people wrote, made anonymous.",
        date_published=made,
        records=REVIEWS,
        responsible=_RESPONSIBLE,
        about={column: _MEANING.get(column, _other(column)) for column in columns},
        keywords=("performance reviews", "anonymised"),
        creator="Whoever holds the originals",
    )


def readme(name: str, risk: Risk, *, cases: int, columns: list[str]) -> str:
    """The card for people."""
    l_words = "without ratings" if risk.l is None else f"l = {risk.l} ratings a class"
    rows = "\n".join(
        f"| `{column}` | {_MEANING.get(column, _other(column))} |" for column in columns
    )
    return f"""---
license: other
license_name: internal
language: [en]
pretty_name: {name}
configs:
- config_name: default
  data_files: reviews.jsonl
---
# {name}

Employee reviews that people wrote, made anonymous with `govern anonymise`: {risk.reviews} reviews
of {risk.people} people in {cases} cases. k = {risk.k} people a class, {l_words}. No mapping back
is in this folder. Rows are in an order of their own.

## Columns of `reviews.jsonl`

| column | meaning |
|---|---|
{rows}

## Intended use

{INTENDED}

## Risks and limits

Measured risks, and the places that a person has to read: [risk.md](risk.md).

{LIMITS}
"""


_MEANING = {
    "id": "line, as r000001",
    "text": "the review: names are pseudonyms, dates are moved, other identifiers are [labels]",
    "case": "pseudonym of the piece of work or period",
    "person": "pseudonym of the person",
    "name": "what the texts call the person",
    "stratum": "role or kind of work, generalised",
    "rating": "the rating that was given",
}


def _other(column: str) -> str:
    return "group attribute" if column.startswith("group.") else "generalised attribute"
