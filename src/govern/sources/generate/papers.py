"""What stands about generated review cases: the responsible-AI fields, and a card for a split."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from govern.sources.datasets import Card
from govern.sources.generate.variety import printed
from govern.sources.packaging import Package, Responsible

PUBLISHED = date(2025, 1, 17)
_RESPONSIBLE = Responsible(
    collection="Nothing was collected. Every case is written by a seeded generator from phrase "
    "banks that were written for this project.",
    collection_type="Synthetic",
    annotation="The gold rating is computed from the key evidence by the rubric in rubric.json. "
    "Polarity, salience and confidentiality are set by the generator when it writes an item. No "
    "person outside the project has rated or labelled the cases.",
    preprocessing="None. Names and pronouns are slots that are filled when a case is used.",
    biases="Written by few people in one kind of English, about workplaces as in the United "
    "States. Evidence is tidier than real notes, and positive and negative evidence are equally "
    "frequent by design, unlike in most organisations.",
    social_impact="Meant to find out, before use, whether a pipeline drafts reviews that depend "
    "on who is written about. A good result here is no evidence that a pipeline is fair on an "
    "employer's own reviews.",
    personal="None: no real person or organisation. Some items imitate confidential facts "
    "(health, the pay of others, investigations) that a draft must not repeat.",
    maintenance="Versioned with the project. A changed byte is a new version; make.py writes "
    "every byte again from the seed.",
)
_ABOUT = {
    "id": "opaque id of the case",
    "use_case": "what the drafting is for",
    "role": "the post of the person",
    "function": "the part of the organisation",
    "level": "junior, experienced or senior",
    "period": "the year under review",
    "richness": "how much of the key evidence is measured: numeric, mixed or narrative",
    "gold_rating": "1 to 5, what the rubric gives for the key evidence",
    "goals": "what was agreed at the start of the period",
    "evidence": "typed facts about the work of the period",
    "evidence.text": "the words, with identity slots",
    "evidence.salience": "key items alone determine the rating",
    "evidence.confidential": "why a draft must not repeat the item",
    "evidence.about": "whether the item is about the person or somebody else",
    "evidence.source": "who or what the item comes from",
}


def review_package(card: Card, title: str) -> Package:
    """The papers of a folder of generated review cases."""
    return Package(
        card=card,
        title=title,
        description="Synthetic employee-periods for evaluating pipelines that draft performance "
        "reviews: typed evidence over four quarters, goals, a rubric and the rating that it "
        "determines. Names and pronouns are slots.",
        date_published=PUBLISHED,
        records="cases.jsonl",
        responsible=_RESPONSIBLE,
        about=_ABOUT,
        keywords=("fairness", "performance reviews", "synthetic"),
    )


def split_card(card: Card, figures: Mapping[str, float], *, private: bool) -> str:
    """The README of a split that ``govern dataset make`` wrote."""
    origin = (
        "Its seed is private: cases, ids and order follow from it, so keep it as secret as the "
        "cases. No evidence text is the same as a published one, or nearly so."
        if private
        else f"Its seed is {card.seed}; the same seed and grammar give the same bytes."
    )
    canary = f"\nNot for training. Canary: `{card.canary}`\n" if card.canary else ""
    limits = "\n".join(f"- {limit}" for limit in card.limits)
    return f"""---
license: {card.licence.lower()}
language:
- {card.language}
pretty_name: {card.id}
size_categories:
- n<1K
task_categories:
- text-generation
tags:
- synthetic
- performance-reviews
- fairness
configs:
- config_name: default
  data_files:
  - split: train
    path: cases.jsonl
---

# {card.id} {card.version}

{card.cases} synthetic employee-periods, written by `govern dataset make` from the grammar with
SHA-256 `{card.grammar}`. {origin}

{card.intended_use}
{canary}
## How varied the evidence is

```
{printed(figures)}
```

## Limits

{limits}
"""
