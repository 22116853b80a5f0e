"""What stands about cases that were made of anonymised reviews."""

from __future__ import annotations

from datetime import date

from govern.sources.datasets import Card
from govern.sources.packaging import Package, Responsible
from govern.sources.review_cases import Taken
from govern.sources.reviews import Reviews

USE = (
    "Cases of one organisation, to evaluate pipelines that draft reviews from a manager's words. "
    "Not for training, and not for judging any employee."
)
LIMITS = (
    "The evidence is a finished review, sentence by sentence: smoother than the notes that a "
    "drafter would get, and already somebody's judgement.",
    "Every sentence counts as key evidence. No rubric determines the ratings; people gave them.",
    "Names, pronouns, verbs and spouses became slots by rules that err; other words that tell a "
    "gender or an origin stay. Have people read a sample before a finding rests on them.",
    "The limits and risks of the anonymised reviews hold here too.",
)


def review_cases_package(name: str, source: Card, cases: int, made: date) -> Package:
    """Manifest and Croissant of the cases, but for the files' digests."""
    card = Card(
        id=name,
        version="1.0.0",
        licence=source.licence,
        use_case=source.use_case,
        language=source.language,
        synthetic=False,
        cases=cases,
        files={},
        intended_use=USE,
        limits=LIMITS,
    )
    responsible = Responsible(
        collection="Reviews that an organisation supplied and made anonymous.",
        collection_type="Others",
        annotation="Gold ratings are those that people gave.",
        preprocessing="One review a person, cut into sentences; slots in place of the person. A "
        "review was left out where filling the slots did not give its text again.",
        biases="Those of the people who wrote and rated the reviews.",
        social_impact="Meant to find out, before use, whether drafts depend on who is written "
        "about. Not for judging any employee, and not for finding out who is meant.",
        personal="Real people's reviews, made anonymous as far as the risk report of the source "
        "says. Pseudonymous is not anonymous in law.",
        maintenance="Kept by whoever made it; a new version is a new folder.",
    )
    return Package(
        card=card,
        title=name,
        description="Employee-periods made of anonymised reviews, with identity slots.",
        date_published=made,
        records="cases.jsonl",
        responsible=responsible,
        about={"gold_rating": "1 to 5, as it was given", "evidence.text": "a sentence, with slots"},
        keywords=("performance reviews", "anonymised"),
        creator="Whoever holds the originals",
    )


def review_cases_readme(card: Card, source: Reviews, taken: Taken) -> str:
    """The card for people."""
    left_out = "\n".join(f"- {n} × {reason}" for reason, n in sorted(taken.left_out.items()))
    limits = "\n".join(f"- {line}" for line in card.limits)
    return f"""---
license: other
license_name: internal
language: [en]
pretty_name: {card.id}
configs:
- config_name: default
  data_files: cases.jsonl
---
# {card.id}

{len(taken.cases)} cases made of the anonymised reviews `{source.card.id}` (manifest SHA-256
{source.digest}) with `govern dataset cases`: one review a person, each sentence an item of
evidence, identity slots in place of the person, the rating that was given as gold rating. Ratings
go round, so that the first cases of the file are as balanced as the reviews allow.

Left out:

{left_out or "- nothing"}

## Intended use

{card.intended_use}

## Limits

{limits}
"""
