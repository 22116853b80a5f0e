"""What a dataset folder says about itself: README and manifest."""

from __future__ import annotations

from typing import Any

from govern.sources.anonymise.risk import LIMITS, Risk

LICENCE = "internal use only"
INTENDED = (
    "Human-written reviews, made anonymous, as the baseline of homogeneity measures and as cases "
    "to compare drafts with. Not for training, and not for judging any employee."
)


def manifest(name: str, risk: Risk, *, cases: int) -> dict[str, Any]:
    """Everything of the manifest but the files' digests."""
    return {
        "id": name,
        "version": "1.0.0",
        "licence": LICENCE,
        "seed": None,
        "use_case": "review",
        "language": "en",
        "synthetic": False,
        "cases": cases,
        "reviews": risk.reviews,
        "intended_use": INTENDED,
        "limits": [line.removeprefix("- ") for line in LIMITS.splitlines()],
    }


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
